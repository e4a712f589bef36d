import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import t from 'tap'
import { networkOf } from '../src/network.ts'

const group = fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
const v6 = fc.array(group, { minLength: 8, maxLength: 8 })

t.test('IPv6 by /64, however it is written', async () => {
  const property = fc.property(v6, (groups) => {
    const address = new ipaddr.IPv6(groups)
    const wanted = `${groups
      .slice(0, 4)
      .map((each) => each.toString(16))
      .join(':')}::/64`
    return [
      address.toString(),
      address.toRFC5952String(),
      address.toNormalizedString(),
      address.toNormalizedString().toUpperCase(),
      `${address.toString()}%eth0`
    ].every((written) => networkOf(written) === wanted)
  })
  fc.assert(property, {
    numRuns: 1000,
    examples: [[[0, 0, 0, 0, 0, 0, 0, 1]], [[0, 0, 0, 0, 0, 0, 0, 0]], [[1, 0, 0, 0, 0, 0, 0, 0]]]
  })
})

t.test('IPv4 as it is, also in IPv6 clothes', async (t) => {
  for (const [written, wanted] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['', '']
  ] as const) {
    t.equal(networkOf(written), wanted, written)
  }
})
