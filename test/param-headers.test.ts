import fc from 'fast-check'
import t from 'tap'
import { Refusal } from '../src/errors.ts'
import { compileParamHeaders } from '../transports/http/lanes/param-headers.ts'

type Schema = Readonly<Record<string, unknown>>

const objectOf = (properties: Schema): Schema => ({ type: 'object', properties })
const region = { type: 'string', 'x-mcp-header': 'Region' }
const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`

/** The code of the refusal; undefined when headers and arguments agree. */
function refusalOf(schema: Schema, args: unknown, headers: Readonly<Record<string, string>> = {}) {
  const sent = new Map(Object.entries(headers))
  try {
    compileParamHeaders(schema)?.check(args, (name) => sent.get(name))
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.code
  }
}

t.test('a schema without declarations needs no check', async (t) => {
  t.equal(compileParamHeaders(objectOf({ region: { type: 'string' } })), undefined)
  t.equal(compileParamHeaders({ type: 'object' }), undefined)
})

t.test('the declared headers are named as they are sent', async (t) => {
  const flag = { type: 'boolean', 'x-mcp-header': 'Dry-Run' }
  const compiled = compileParamHeaders(objectOf({ region, inner: objectOf({ flag }) }))
  t.strictSame(compiled?.headers, ['Mcp-Param-Region', 'Mcp-Param-Dry-Run'])
})

t.test('the header must be there and say the same', async (t) => {
  const whole = { type: 'integer', 'x-mcp-header': 'Count' }
  const flag = { type: 'boolean', 'x-mcp-header': 'Dry-Run' }
  const rows: readonly [string, Schema, unknown, Record<string, string>, number | undefined][] = [
    ['equal', { region }, { region: 'eu' }, { 'mcp-param-region': 'eu' }, undefined],
    ['missing', { region }, { region: 'eu' }, {}, -32020],
    ['different', { region }, { region: 'eu' }, { 'mcp-param-region': 'us' }, -32020],
    ['other case', { region }, { region: 'eu' }, { 'mcp-param-region': 'EU' }, -32020],
    ['empty', { region }, { region: '' }, { 'mcp-param-region': '' }, undefined],
    ['absent argument', { region }, {}, { 'mcp-param-region': 'eu' }, undefined],
    ['no arguments', { region }, undefined, {}, undefined],
    ['null argument', { region }, { region: null }, {}, undefined],
    ['base64', { region }, { region: 'é u' }, { 'mcp-param-region': base64('é u') }, undefined],
    ['other base64', { region }, { region: 'eu' }, { 'mcp-param-region': base64('us') }, -32020],
    [
      'bad alphabet',
      { region },
      { region: 'eu' },
      { 'mcp-param-region': '=?base64?e*U=?=' },
      -32020
    ],
    ['bad padding', { region }, { region: 'eu' }, { 'mcp-param-region': '=?base64?ZXU?=' }, -32020],
    [
      'half a sentinel',
      { region },
      { region: '=?base64?x' },
      { 'mcp-param-region': '=?base64?x' },
      undefined
    ],
    ['integer', { whole }, { whole: 42 }, { 'mcp-param-count': '42' }, undefined],
    ['integer as decimal', { whole }, { whole: 42 }, { 'mcp-param-count': '42.0' }, undefined],
    ['negative', { whole }, { whole: -7 }, { 'mcp-param-count': '-7' }, undefined],
    ['zero', { whole }, { whole: 0 }, {}, -32020],
    ['other integer', { whole }, { whole: 42 }, { 'mcp-param-count': '43' }, -32020],
    ['hexadecimal', { whole }, { whole: 16 }, { 'mcp-param-count': '0x10' }, -32020],
    ['exponent', { whole }, { whole: 100 }, { 'mcp-param-count': '1e2' }, -32020],
    ['blank', { whole }, { whole: 0 }, { 'mcp-param-count': '' }, -32020],
    ['boolean', { flag }, { flag: false }, { 'mcp-param-dry-run': 'false' }, undefined],
    ['other boolean', { flag }, { flag: false }, { 'mcp-param-dry-run': 'true' }, -32020],
    ['boolean missing', { flag }, { flag: false }, {}, -32020]
  ]
  for (const [name, properties, args, headers, expected] of rows) {
    t.equal(refusalOf(objectOf(properties), args, headers), expected, name)
  }
})

t.test('declarations count at any depth of properties', async (t) => {
  const schema = objectOf({ where: objectOf({ region }), name: { type: 'string' } })
  t.equal(refusalOf(schema, { where: { region: 'eu' } }, { 'mcp-param-region': 'eu' }), undefined)
  t.equal(refusalOf(schema, { where: { region: 'eu' } }), -32020)
  for (const args of [{ where: 'text' }, { where: null }, { where: [] }, 'text', null]) {
    t.equal(refusalOf(schema, args), undefined, 'a wrong type is the argument check’s business')
  }
})

t.test('any text survives the way through base64', async () => {
  const property = fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    const headers = { 'mcp-param-region': base64(text) }
    return refusalOf(objectOf({ region }), { region: text }, headers) === undefined
  })
  fc.assert(property)
})

t.test('two different texts never agree', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '=', '?', 'b', '0', ' ') })
  const property = fc.property(text, text, fc.boolean(), (given, sent, isEncoded) => {
    if (given === sent) return true
    const headers = { 'mcp-param-region': isEncoded ? base64(sent) : sent }
    return refusalOf(objectOf({ region }), { region: given }, headers) === -32020
  })
  fc.assert(property, { numRuns: 300 })
})

t.test('a declaration that the specification forbids is refused when it is made', async (t) => {
  const bad: readonly [string, Schema][] = [
    ['empty name', objectOf({ a: { type: 'string', 'x-mcp-header': '' } })],
    ['blank in the name', objectOf({ a: { type: 'string', 'x-mcp-header': 'a b' } })],
    ['colon in the name', objectOf({ a: { type: 'string', 'x-mcp-header': 'a:b' } })],
    ['line end in the name', objectOf({ a: { type: 'string', 'x-mcp-header': 'a\n' } })],
    ['no text', objectOf({ a: { type: 'string', 'x-mcp-header': 7 } })],
    ['object', objectOf({ a: { type: 'object', 'x-mcp-header': 'A' } })],
    ['array', objectOf({ a: { type: 'array', 'x-mcp-header': 'A' } })],
    ['no type', objectOf({ a: { 'x-mcp-header': 'A' } })],
    ['the whole', { type: 'object', 'x-mcp-header': 'A' }],
    [
      'twice',
      objectOf({
        a: { type: 'string', 'x-mcp-header': 'Region' },
        b: objectOf({ c: { type: 'string', 'x-mcp-header': 'REGION' } })
      })
    ]
  ]
  for (const [name, schema] of bad) t.throws(() => compileParamHeaders(schema), name)
})

t.test('a declaration on a number, whose texts are many, is refused', async (t) => {
  const schema = objectOf({ a: { type: 'number', 'x-mcp-header': 'A' } })
  t.throws(() => compileParamHeaders(schema))
})

t.test('a declaration that properties alone do not reach is refused', async (t) => {
  const declared = { type: 'string', 'x-mcp-header': 'A' }
  const inner = objectOf({ a: declared })
  for (const schema of [
    objectOf({ list: { type: 'array', items: declared } }),
    { type: 'object', additionalProperties: declared },
    { type: 'object', patternProperties: { '^a': declared } },
    { type: 'object', oneOf: [inner] },
    { type: 'object', anyOf: [inner] },
    { type: 'object', allOf: [inner] },
    { type: 'object', if: inner },
    { type: 'object', else: inner },
    { type: 'object', $defs: { inner } }
  ]) {
    t.throws(() => compileParamHeaders(schema), JSON.stringify(schema))
  }
})
