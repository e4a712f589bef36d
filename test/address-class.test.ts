import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import t from 'tap'
import { type AddressClass, classifyAddress } from '../src/address-class.ts'

const table: Readonly<Record<AddressClass, readonly string[]>> = {
  public: ['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::7f00:1', '::127.0.0.1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.100', 'fd12::1', 'fec0::1'],
  link_local: ['169.254.1.1', 'fe80::1', 'febf::1', '::ffff:169.254.1.1'],
  metadata: [
    ...['169.254.169.254', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'],
    ...['::ffff:169.254.169.254', '::a9fe:a9fe', '64:ff9b::a9fe:a9fe', 'FD00:EC2:0:0::254']
  ],
  shared: ['100.64.0.1', '100.127.255.255', '::ffff:100.64.0.1'],
  unspecified: ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0'],
  reserved: [
    ...['192.0.2.1', '198.18.0.1', '203.0.113.9', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['2001:db8::1', '2002:7f00:1::', '2001::1', 'ff02::1', '100::1', '4000::1', '::2'],
    ...['::ffff:8.8.8.8', '::808:808', '64:ff9b::808:808', 'localhost', '127.1', '0x7f000001', '']
  ]
}

t.test('every address is of its class, however it is written', async (t) => {
  for (const [wanted, addresses] of Object.entries(table)) {
    for (const address of addresses) t.equal(classifyAddress(address), wanted, address)
  }
})

t.test('an IPv4 address is never more public inside an IPv6 one', async () => {
  const octet = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 10, 127, 169, 192, 254))
  const property = fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
    const plain = classifyAddress(octets.join('.'))
    const mapped = new ipaddr.IPv4(octets).toIPv4MappedAddress()
    return [mapped.toRFC5952String(), mapped.toNormalizedString()].every(
      (written) => classifyAddress(written) === (plain === 'public' ? 'reserved' : plain)
    )
  })
  fc.assert(property, { numRuns: 1000 })
})
