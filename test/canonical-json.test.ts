import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { canonicalize, showUnseen } from '../src/json-text.ts'
import { digestDefinition } from '../src/lock/pinned-tool.ts'
import { alter, definitions, shuffle } from './helpers/definitions.ts'

/* LOCK_RUNS=100000 node dist/test/canonical-json.test.js */

const numRuns = Number(process.env.LOCK_RUNS ?? 100)
t.setTimeout(3_600_000)

t.test('the example of RFC 8785, section 3.2.2', async (t) => {
  const value = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`)
  t.equal(
    canonicalize(value),
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
  )
})

t.test('the order of keys of RFC 8785, section 3.2.3: by UTF-16 units', async (t) => {
  const value = JSON.parse(String.raw`{
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "o"
  }`)
  t.equal(
    canonicalize(value),
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"o","\u20ac":"Euro Sign",' +
      '"\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
  )
})

const picks = fc.infiniteStream(fc.nat()).map((stream) => () => stream.next().value as number)

t.test('any order of keys at any depth is the same definition', async () => {
  const property = fc.property(definitions, picks, (definition, next) => {
    const other = shuffle(definition, next) as object
    return digestDefinition(definition) === digestDefinition(other)
  })
  fc.assert(property, { numRuns })
})

t.test('one change, however deep, is another definition', async () => {
  const property = fc.property(definitions, picks, (definition, next) => {
    const other = alter(definition, next) as object
    fc.pre(!isDeepStrictEqual(definition, other))
    return digestDefinition(definition) !== digestDefinition(other)
  })
  fc.assert(property, { numRuns })
})

t.test('definitions have one digest exactly when they are equal', async () => {
  const property = fc.property(definitions, definitions, (one, other) => {
    const isSame = digestDefinition(one) === digestDefinition(other)
    return isSame === isDeepStrictEqual(one, other)
  })
  fc.assert(property, { numRuns })
})

t.test(
  'the canonical form is JSON of the same value, and nothing in it need be invisible',
  async () => {
    const property = fc.property(definitions, (definition) => {
      const text = canonicalize(definition)
      const visible = showUnseen(text)
      return (
        isDeepStrictEqual(JSON.parse(text), definition) &&
        isDeepStrictEqual(JSON.parse(visible), definition) &&
        !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(visible)
      )
    })
    fc.assert(property, { numRuns })
  }
)

t.test(
  'characters that hide a sentence or turn it around are shown by their numbers',
  async (t) => {
    const hidden = [...'Ignore'].map((letter) =>
      String.fromCodePoint(0xe0000 + letter.charCodeAt(0))
    )
    const text = JSON.stringify(`a${hidden.join('')}\u202eb\u200b\ufe0f\u00adc\u0007`)
    t.equal(
      showUnseen(text),
      '"a\\udb40\\udc49\\udb40\\udc67\\udb40\\udc6e\\udb40\\udc6f\\udb40\\udc72\\udb40\\udc65' +
        '\\u202eb\\u200b\\ufe0f\\u00adc\\u0007"'
    )
  }
)
