import fc from 'fast-check'
import t from 'tap'
import { censored, createRedactor, standardRules } from '../src/redact.ts'
import { sensitiveKeys, shapes } from './helpers/secret-shapes.ts'

const { isSensitiveName, text: redactText, json } = createRedactor()
const redact = (value: unknown, sensitive?: readonly string[]): unknown =>
  JSON.parse(json(value, sensitive))

const canary = 'cAnArY0'

/** A secret as keys and tokens look: one run of token characters. */
const tokens = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019_-'), minLength: 24, maxLength: 200 })
  .map((rest) => canary + rest)
/** A secret that somebody chose: anything, quotes and line ends included. */
const anything = fc
  .tuple(fc.string({ unit: 'binary' }), fc.constantFrom('', '"', '\\', '\n', '$&', '%', '🔑'))
  .map(([text, odd]) => `${odd}${canary}${text}${odd}`)

/** Puts a value somewhere into lists and objects. */
const wraps = fc.array(fc.constantFrom('list', 'object', 'both'), { maxLength: 14 })
function bury(value: unknown, levels: readonly string[]): unknown {
  return levels.reduce<unknown>((inner, level, index) => {
    if (level === 'list') return ['first', inner, index]
    return level === 'object' ? { inner, other: 'text' } : { list: [inner, { inner }] }
  }, value)
}

const leaks = (value: unknown) => JSON.stringify(value)?.includes(canary) ?? false

t.test('nothing below a sensitive name is shown, at any depth', async (t) => {
  const below = fc.oneof(
    anything,
    anything.map((secret) => [secret]),
    anything.map((secret) => ({ value: { deep: [secret] } })),
    anything.map((secret) => ({ [secret]: 1 }))
  )
  const property = fc.property(
    fc.constantFrom(...sensitiveKeys),
    below,
    wraps,
    (key, value, levels) => {
      return !leaks(redact(bury({ [key]: value, count: 1 }, levels)))
    }
  )
  fc.assert(property, { numRuns: 1000 })
  t.strictSame(
    JSON.stringify(redact({ Password: ['a'], user: 'Ann' })),
    `{"Password":"${censored}","user":"Ann"}`
  )
})

const before = fc.oneof(
  fc.constant(''),
  fc
    .constantFrom('refused: ', 'GET ', 'tried "', '(', 'a\n')
    .chain((end) =>
      fc
        .string({ unit: fc.constantFrom(...'ab \n.'), maxLength: 600, size: 'max' })
        .map((text) => text + end)
    )
)

for (const shape of shapes) {
  t.test(`censored wherever it stands: ${shape('…').slice(0, 50)}`, async () => {
    const inText = fc.property(before, tokens, (start, secret) => {
      return !leaks(redactText(`${start}${shape(secret)} and more`))
    })
    fc.assert(inText, { numRuns: 100 })
    const inData = fc.property(before, tokens, wraps, (start, secret, levels) => {
      const text = `${start}${shape(secret)}`
      return !leaks(redact(bury(text, levels))) && !leaks(redact(bury({ [text]: 1 }, levels)))
    })
    fc.assert(inData, { numRuns: 100 })
  })
}

t.test('quoted values are censored to their closing quote', async (t) => {
  for (const text of [
    `{"password":"correct horse ${canary} staple"}`,
    `{"password":"a,b;c&d}${canary}"}`,
    `password='two words ${canary}'`
  ]) {
    t.notOk(leaks(redactText(text)), text)
  }
})

t.test('values in JSON that stands in a JSON text are censored', async (t) => {
  const inner = JSON.stringify({ password: `${canary}abcdef`, user: 'Ann' })
  t.notOk(leaks(redactText(JSON.stringify({ body: inner }))))
  t.notOk(leaks(redact({ body: JSON.stringify({ body: inner }) })))
})

t.test('a secret longer than most leaves no tail', async (t) => {
  const long = (length: number) => `${'a'.repeat(length)}${canary}`
  for (const text of [
    `Bearer ${long(5000)}`,
    `sk-${long(700)}`,
    `eyJhbGciOiJIUzI1NiJ9.${long(9000)}.signature`,
    `access_token=${long(3000)}`,
    `{"password":"${long(3000)}"}`
  ]) {
    t.notOk(leaks(redactText(text)), text.slice(0, 20))
    t.notOk(leaks(redact({ text })), text.slice(0, 20))
  }
})

t.test('ordinary data stays as it is', async (t) => {
  const keys = fc.constantFrom(
    'name',
    'author',
    'secretary',
    'max_tokens',
    'tokenCount',
    'pinned',
    'spinning',
    'keyboard',
    'cookies_accepted',
    'passwordless',
    'passengers',
    'id'
  )
  const words = fc
    .array(
      fc.constantFrom(
        'rate',
        '0.05',
        'token',
        'Bearer',
        'a@b.example',
        'https://a.example/b?c=d',
        '№ 7',
        'key:'
      )
    )
    .map((parts) => parts.join('  '))
  const values = fc.oneof(
    words,
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null)
  )
  const objects = fc.dictionary(keys, fc.oneof(values, fc.array(values, { maxLength: 5 })))
  const property = fc.property(objects, fc.integer({ min: 0, max: 5 }), (object, depth) => {
    const buried = bury(object, Array(depth).fill('object'))
    const before = JSON.stringify(buried)
    const shown = JSON.stringify(redact(buried))
    return shown === before && JSON.stringify(buried) === before
  })
  fc.assert(property, { numRuns: 500 })
  for (const key of ['author', 'max_tokens', 'pinned', 'secretary']) t.notOk(isSensitiveName(key))
})

t.test('the hint misses nothing that a shape matches', async () => {
  const property = fc.property(
    before,
    tokens,
    fc.constantFrom(...shapes),
    (start, secret, shape) => {
      const text = `${start}${shape(secret)}`
      const isMatched = standardRules.values.some((pattern) => text.search(pattern) >= 0)
      return isMatched && standardRules.hint.test(text)
    }
  )
  fc.assert(property, { numRuns: 500 })
})

t.test('characters that a terminal obeys or hides are shown by number', async (t) => {
  const text = 'a\u001b[31m\u009bb\u202ec\u2028d\ufeff\u007f'
  const shown = json({ text, [text]: 1 })
  t.match(shown, /^[ -~]*$/)
  t.equal((JSON.parse(shown) as { text: string }).text, text)
})

t.test('what is shown is bounded', async (t) => {
  const long = redact('x'.repeat(100_000)) as string
  t.equal(long.length, 257)
  t.equal((redact(Array(1000).fill(1)) as unknown[]).length, 200)
  const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1]))
  t.equal(Object.keys(redact(wide) as object).length, 200)
  const bushy = Array(200).fill(Array(200).fill('x'.repeat(200)))
  t.ok(json(bushy).length < 20_000, 'all together, too')
  t.match(JSON.stringify(redact(bury('end', Array(40).fill('object')))), /\[deeper\]/)
})

t.test('names can be added, and odd values do no harm', async (t) => {
  t.same(redact({ salary: 5, age: 7 }, ['salary']), { salary: censored, age: 7 })
  t.same(redact({ f() {}, u: undefined, big: 1n, s: Symbol('s'), list: [() => {}] }), {
    list: [null]
  })
  t.equal(json(undefined), 'null')
  t.equal(json(JSON.parse('{"__proto__":{"admin":true}}')), '{"__proto__":{"admin":true}}')
})
