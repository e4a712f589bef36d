import fc from 'fast-check'
import t from 'tap'
import { generateKey, isMistypedKey } from '../src/identity/api-key.ts'
import { findWeakness } from '../src/identity/key-strength.ts'

/* The format of keys, and which keys of other makers are too weak for production. */

t.test('a key is new each time, recognisable and whole', async (t) => {
  const keys = Array.from({ length: 1000 }, generateKey)
  t.equal(new Set(keys).size, keys.length)
  for (const key of keys) {
    if (!/^pcl_[0-9A-Za-z]{49}$/.test(key) || isMistypedKey(key)) t.fail(key)
  }
  t.notOk(keys.some((key) => findWeakness(key) !== undefined))
})

t.test('the secret part uses all of its alphabet', async (t) => {
  const used = new Set(
    Array.from({ length: 200 }, generateKey).flatMap((key) => [...key.slice(4, 47)])
  )
  t.equal(used.size, 62)
})

t.test('one wrong character, or two that changed places, is told by the checksum', async () => {
  const alphabet = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']
  const position = fc.integer({ min: 4, max: 52 })
  fc.assert(
    fc.property(position, fc.constantFrom(...alphabet), (at, letter) => {
      const key = generateKey()
      const wrong = key.slice(0, at) + letter + key.slice(at + 1)
      return isMistypedKey(wrong) === (wrong !== key)
    })
  )
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 51 }), (at) => {
      const key = generateKey()
      const wrong = key.slice(0, at) + key[at + 1] + key[at] + key.slice(at + 2)
      return isMistypedKey(wrong) === (wrong !== key)
    })
  )
})

t.test('what is not shaped like a key of ours has no checksum to be wrong', async (t) => {
  for (const text of ['', 'pcl_', 'pcl_short', `pcl_${'a-'.repeat(25)}`, 'x'.repeat(53)]) {
    t.equal(isMistypedKey(text), false, text)
  }
  fc.assert(fc.property(fc.string(), (text) => isMistypedKey(text) === false))
})

t.test('weak keys are named', async (t) => {
  const rows: readonly (readonly [RegExp, readonly string[]])[] = [
    [/shorter/, ['', 'secret', 'x'.repeat(31), 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0g']],
    [
      /repeated|counted/,
      [
        'x'.repeat(32),
        'changeme'.repeat(5),
        'abc'.repeat(20),
        '0123456789'.repeat(4),
        'abcdefghijklmnopqrstuvwxyz0123456789'
      ]
    ],
    [
      /placeholder/,
      [
        'your-api-key-here-your-api-key-here-x',
        'changeme-changeme-changeme-changeme-1',
        'REPLACE_ME_WITH_A_LONG_RANDOM_STRING_OF_32_CHARACTERS',
        'please-change-this-super-secret-token-in-production',
        'example-token-for-testing-example-token-2',
        'aabbaabbccaabbaaccaabbccbbaaccbbaabbcc'
      ]
    ],
    [/checksum/, [`pcl_${'a'.repeat(49)}`]]
  ]
  for (const [pattern, keys] of rows) {
    for (const key of keys) t.match(findWeakness(key) ?? 'strong', pattern, key)
  }
})

t.test('random keys of every usual make are strong', async (t) => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32, max: 255 })
  const encodings = ['hex', 'base64', 'base64url'] as const
  // fast-check favours runs of zeros and the like, which are weak indeed: those are left out.
  const random = fc.noBias(bytes).filter((all) => new Set(all).size > 24)
  fc.assert(
    fc.property(random, fc.constantFrom(...encodings), (all, encoding) => {
      return findWeakness(Buffer.from(all).toString(encoding)) === undefined
    }),
    { numRuns: 2000 }
  )
  t.equal(findWeakness('correct-horse-battery-staple-orbit-lamp'), undefined)
})
