import fc from 'fast-check'
import t from 'tap'
import { Refusal } from '../src/errors.ts'
import { isRecord, parseJson, parseMessage } from '../src/json.ts'

const maxDepth = 64

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

/** What it throws, as the kind of the refusal; undefined when it parses. */
function refusalOf(text: string): string | undefined {
  try {
    parseMessage(text)
    return undefined
  } catch (error) {
    return error instanceof Refusal ? error.kind : 'not a refusal'
  }
}

/** Texts made of what a scan for brackets could trip over. */
const tricky = fc.string({
  unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', 'a', '\n', '\u2028', 'é')
})
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', maxDepth: 8 },
    fc.oneof(tricky, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(tricky, tie('value'), { maxKeys: 4 })
  )
})).value
const indents = fc.constantFrom(undefined, 1, '\t')

function nest(value: unknown, levels: readonly boolean[]): unknown {
  return levels.reduce<unknown>((inner, isArray) => (isArray ? [inner] : { in: inner }), value)
}

t.test('up to 64 levels the result is that of JSON.parse, beyond it is refused', async (t) => {
  const property = fc.property(
    values,
    fc.array(fc.boolean(), { maxLength: 80, size: 'max' }),
    indents,
    (value, levels, indent) => {
      const nested = nest(value, levels)
      const text = JSON.stringify(nested, null, indent)
      if (depthOf(nested) > maxDepth) return refusalOf(text) === 'too_deep'
      return JSON.stringify(parseJson(text)) === JSON.stringify(JSON.parse(text))
    }
  )
  fc.assert(property, { numRuns: 500 })
  t.equal(refusalOf('['.repeat(64) + ']'.repeat(64)), undefined)
  t.equal(refusalOf('['.repeat(65) + ']'.repeat(65)), 'too_deep')
  t.equal(refusalOf('{"a":'.repeat(65)), 'too_deep', 'before it turns out to be incomplete')
})

t.test('10,000 keys and 100,000 elements, and no more', async (t) => {
  const object = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, ':,'])))
  const list = (count: number) => JSON.stringify(Array.from({ length: count }, () => ','))
  t.equal(refusalOf(object(10_000)), undefined)
  t.equal(refusalOf(object(10_001)), 'too_many')
  t.equal(refusalOf(list(100_000)), undefined)
  t.equal(refusalOf(list(100_002)), 'too_many')
  t.equal(refusalOf(`[${'[],'.repeat(100_002)}0]`), 'too_many')
  t.resolveMatch(Promise.resolve(parseJson(object(20_000))), {}, 'an API may answer with more')
})

t.test('brackets and quotes inside strings do not count', async (t) => {
  for (const inside of [
    '['.repeat(100),
    '{"'.repeat(100),
    '\\',
    '\\"['.repeat(70),
    '\\\\"'.repeat(9)
  ]) {
    t.same(parseJson(JSON.stringify({ [inside]: [inside] })), { [inside]: [inside] })
  }
  const text = String.raw`["\\", ${'['.repeat(64)}`
  t.equal(refusalOf(text), 'too_deep', 'an escaped backslash does not hide the end of its string')
})

t.test('whatever JSON.parse refuses is refused, and nothing else', async (t) => {
  const cut = fc.tuple(values, fc.nat(), fc.nat({ max: 3 })).map(([value, at, length]) => {
    const text = JSON.stringify(value)
    const start = at % (text.length + 1)
    return text.slice(0, start) + text.slice(start + length)
  })
  const property = fc.property(fc.oneof(cut, tricky, fc.string({ unit: 'binary' })), (text) => {
    if (text.startsWith('\uFEFF')) return true
    let isJson = true
    try {
      JSON.parse(text)
    } catch {
      isJson = false
    }
    const kind = refusalOf(text)
    return isJson ? kind === undefined : kind === 'parse' || kind === 'too_deep'
  })
  fc.assert(property, { numRuns: 500 })
  for (const text of ['', ' ', 'NaN', "{'a':1}", '[1,]', '{"a":1}}', '\u0000', '"\n"']) {
    t.equal(refusalOf(text), 'parse')
  }
})

t.test('__proto__ is refused in every spelling and at every depth', async (t) => {
  const letters = [...'__proto__']
  const spellings = fc
    .tuple(...letters.map(() => fc.constantFrom('plain', 'lower', 'upper')))
    .map((styles) =>
      letters
        .map((letter, index) => {
          const hex = letter.charCodeAt(0).toString(16).padStart(4, '0')
          if (styles[index] === 'plain') return letter
          return `\\u${styles[index] === 'lower' ? hex : hex.toUpperCase()}`
        })
        .join('')
    )
  const property = fc.property(
    spellings,
    fc.constantFrom('', ' ', '\n\t'),
    fc.array(fc.boolean(), { maxLength: 20 }),
    (key, space, levels) => {
      const inner = `{"a":1,"${key}"${space}:{"admin":true}}`
      const text = levels.reduce((all, isArray) => (isArray ? `[${all}]` : `{"in":${all}}`), inner)
      return refusalOf(text) === 'parse'
    }
  )
  fc.assert(property, { numRuns: 300 })
  t.equal(refusalOf('{"constructor":{"prototype":{"admin":true}}}'), 'parse')
  t.same(parseJson('{"text":"__proto__","constructor":"Ford"}'), {
    text: '__proto__',
    constructor: 'Ford'
  })
  t.equal(({} as { admin?: unknown }).admin, undefined)
})

t.test('a record is an object that is no array', async (t) => {
  for (const value of [{}, Object.create(null), { a: 1 }]) t.ok(isRecord(value))
  for (const value of [null, undefined, [], 'text', 1, true, () => {}]) t.notOk(isRecord(value))
})
