import fc from 'fast-check'
import { getOf } from './openapi.ts'

const anything = {}
const map = { type: 'object', additionalProperties: { type: 'string' } }
const list = { type: 'array', items: { type: 'string' } }
const query = (name: string, more: object = {}) => ({ name, in: 'query', schema: list, ...more })
const path = (name: string, style: string, explode: boolean, schema: object) => {
  return { name, in: 'path', required: true, style, explode, schema }
}
const text = { type: 'string' }
const parameters = [
  path('id', 'simple', false, text),
  path('ids', 'simple', true, map),
  path('lab', 'label', true, list),
  path('mat', 'matrix', true, map),
  query('q', { schema: text }),
  query('arr'),
  query('csv', { explode: false }),
  query('sp', { style: 'spaceDelimited' }),
  query('pi', { style: 'pipeDelimited' }),
  query('obj', { schema: map }),
  query('flat', { schema: map, explode: false }),
  query('deep', { schema: map, style: 'deepObject', explode: true }),
  query('res', { schema: text, allowReserved: true }),
  query('resl', { explode: false, allowReserved: true }),
  { name: 'js', in: 'query', content: { 'application/json': { schema: anything } } },
  { name: 'X-A', in: 'header', schema: text },
  { name: 'X-L', in: 'header', schema: list },
  { name: 'X-O', in: 'header', schema: map, explode: true },
  { name: 'X-J', in: 'header', content: { 'application/json': { schema: anything } } },
  { name: 'c', in: 'cookie', schema: text },
  { name: 'd', in: 'cookie', content: { 'text/plain': { schema: text } } }
]
const template = '/p/{id}/i{ids}/l{lab}/m{mat}/end'
const file = { type: 'string', format: 'binary' }
const bodies = {
  none: undefined,
  json: { 'application/json': {} },
  form: {
    'application/x-www-form-urlencoded': {
      schema: {
        type: 'object',
        properties: { deep: map, csv: list, tags: list },
        additionalProperties: text
      },
      encoding: { deep: { style: 'deepObject', explode: true }, csv: { explode: false } }
    }
  },
  multi: {
    'multipart/form-data': {
      schema: { type: 'object', properties: { file, tags: list }, additionalProperties: text }
    }
  },
  text: { 'text/plain': { schema: text } }
}
export type Kind = keyof typeof bodies
const kinds = Object.keys(bodies) as Kind[]
/** One operation with every style, per kind of body. */
export const paths = Object.fromEntries(
  kinds.map((kind) => {
    const content = bodies[kind]
    const more = { parameters, ...(content && { requestBody: { content } }) }
    return [`/${kind}${template}`, { [content ? 'post' : 'get']: getOf(kind, undefined, more) }]
  })
)

const traps = [
  ...[
    '',
    '.',
    '..',
    '...',
    '%2e',
    '%2E%2e',
    '.%2e',
    '/',
    '\\',
    '?',
    '#',
    '%',
    '%00',
    '%0d%0a',
    ';'
  ],
  ...['@', ':', '&', '=', '+', ' ', ',', '|', '[', ']', '"', "'", '%26', '%7C', '%20', '%2C', '~'],
  ...['a', 'é', '😀', '\n', '\r\n', '\r\nX-Evil: 1', '\u0085', '\ud800', '\u202e', '--', 'q=1'],
  ...[
    '&q=1',
    '../../admin',
    '//evil.example',
    'http://evil.example/',
    '; d=2',
    'q',
    'csv',
    'deep[x]'
  ]
]
const calm = fc.string({
  unit: fc.constantFrom(...'abcXYZ019-_~ /?&=é'),
  minLength: 1,
  maxLength: 8
})
const hostile = fc.oneof(
  { weight: 40, arbitrary: calm },
  { weight: 2, arbitrary: fc.constantFrom(...traps) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...traps), { maxLength: 4 }).map((all) => all.join(''))
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) }
)
const ascii = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.string({ unit: fc.constantFrom(...'abcXYZ019-_/;"'), maxLength: 8 })
  },
  { weight: 1, arbitrary: hostile }
)
const hostiles = fc.array(hostile, { maxLength: 3 })
const hostileMap = fc.dictionary(hostile, hostile, { maxKeys: 3 })
const some = fc.array(hostile, { minLength: 1, maxLength: 3 })
const someMap = fc.dictionary(hostile, hostile, { minKeys: 1, maxKeys: 3 })
const asciiMap = fc.dictionary(ascii, ascii, { maxKeys: 2 })
const json = fc.jsonValue({ maxDepth: 2 })
const body: Record<Kind, fc.Arbitrary<unknown>> = {
  none: fc.constant(undefined),
  json,
  form: fc
    .tuple(
      hostileMap,
      fc.record({ deep: hostileMap, csv: hostiles, tags: hostiles }, { requiredKeys: [] })
    )
    .map(([rest, named]) => ({ ...rest, ...named })),
  multi: fc
    .tuple(
      hostileMap,
      fc.record(
        {
          file: fc.record(
            { base64: fc.constant('YQ=='), filename: hostile },
            { requiredKeys: ['base64'] }
          ),
          tags: hostiles
        },
        { requiredKeys: [] }
      )
    )
    .map(([rest, named]) => ({ ...rest, ...named })),
  text: hostile
}
const argumentsOf = (kind: Kind) =>
  fc.record(
    {
      ...{ id: hostile, ids: someMap, lab: some, mat: someMap, q: hostile, arr: hostiles },
      ...{ csv: hostiles, sp: hostiles, pi: hostiles, obj: hostileMap, flat: hostileMap },
      ...{ deep: hostileMap, res: hostile, resl: hostiles, js: json, 'X-A': ascii },
      ...{
        'X-L': fc.array(ascii, { maxLength: 2 }),
        'X-O': asciiMap,
        'X-J': json,
        c: hostile,
        d: ascii
      },
      ...(kind !== 'none' && { body: body[kind] })
    },
    { requiredKeys: ['id', 'ids', 'lab', 'mat'] }
  ) as fc.Arbitrary<Record<string, unknown>>

/** A few arguments only: with all twenty at once nearly every set would be refused. */
export const call = fc.constantFrom(...kinds).chain((kind) =>
  fc
    .tuple(fc.constant(kind), argumentsOf(kind), fc.integer({ min: 0, max: 2 ** 17 - 1 }))
    .map(([, args, mask]) => {
      const optional = Object.keys(args).filter(
        (name) => !['id', 'ids', 'lab', 'mat', 'body'].includes(name)
      )
      const dropped = optional.filter((_, index) => ((mask * 2654435761) >>> index) % 4 !== 0)
      for (const name of dropped) delete args[name]
      return { kind, args }
    })
)
