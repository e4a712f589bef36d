import t from 'tap'
import { documentOf, findTool, getOf, mountApi } from './helpers/openapi.ts'

const text = { type: 'string' }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const query = (name: string, schema: object) => ({ name, in: 'query', schema })
/** An argument of its own named `fields`: then there is no projection, and answers stay strict. */
const strict = { parameters: [{ name: 'fields', in: 'query', schema: { type: 'string' } }] }
const mount = (document: object) => mountApi(document)

t.test('recursive schemas become $defs', async (t) => {
  const source = await mount(
    documentOf(
      {
        '/tree': { get: getOf('tree', ref('Node'), strict) },
        '/forest': { get: getOf('forest', { type: 'array', items: ref('Node') }, strict) },
        '/pair': { get: getOf('pair', ref('A')) }
      },
      {
        Node: {
          type: 'object',
          required: ['id'],
          properties: { id: text, children: { type: 'array', items: ref('Node') } }
        },
        A: { type: 'object', properties: { b: { ...ref('B'), description: 'The other.' } } },
        B: {
          type: 'object',
          properties: { a: { ...ref('A'), description: 'Back.' }, again: ref('B') }
        }
      }
    )
  )
  const node = {
    type: 'object',
    required: ['id'],
    properties: { id: text, children: { type: 'array', items: { $ref: '#/$defs/schema1' } } }
  }
  t.same(findTool(source, 'tree').outputSchema, { ...node, $defs: { schema1: node } })
  t.same(findTool(source, 'forest').outputSchema, {
    type: 'object',
    properties: { items: { type: 'array', items: { $ref: '#/$defs/schema1' } } },
    required: ['items'],
    $defs: { schema1: node }
  })
  t.match(findTool(source, 'pair').outputSchema, { type: 'object', $defs: Object })
})

t.test('hostile schemas neither hang nor slip in', async (t) => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [
      `L${index}`,
      { type: 'object', properties: { a: ref(`L${index + 1}`), b: ref(`L${index + 1}`) } }
    ])
  )
  const source = await mount(
    documentOf(
      {
        '/laughs': { get: getOf('laughs', ref('L0')) },
        '/itself': { get: getOf('itself', ref('Itself')) },
        '/far': { get: getOf('far', { $ref: 'http://127.0.0.1:9/evil.json' }) },
        '/async': {
          get: getOf('async', undefined, {
            parameters: [
              query('q', {
                type: 'string',
                maxLength: 3,
                $async: true,
                $id: 'https://evil.example',
                $ref2: 1
              }),
              query('slow', { type: 'string', pattern: '^(a+)+$' }),
              query('hex', { type: 'string', pattern: '^[0-9a-f]+$' }),
              query('word', { type: 'string', pattern: '^[g-z]+$' })
            ]
          })
        }
      },
      { ...doubling, L40: text, Itself: ref('Itself') }
    )
  )
  for (const name of ['laughs', 'itself', 'far']) {
    t.equal(findTool(source, name).outputSchema, undefined, `${name} promises nothing`)
  }
  const tool = findTool(source, 'async')
  t.same(tool.inputSchema.properties, {
    q: { type: 'string', maxLength: 3 },
    slow: text,
    hex: { type: 'string', pattern: '^[0-9a-f]+$' },
    word: { type: 'string', pattern: '^[g-z]+$' }
  })
  t.match(await tool.parse({ q: 'long', hex: 'xyz', word: 'abc' }), {
    problems: [{ field: 'q' }, { field: 'hex' }, { field: 'word' }]
  })
  t.ok((await tool.parse({ slow: `${'a'.repeat(50_000)}!`, hex: 'ff', word: 'xyz' })).ok)
})

t.test('only patterns that cannot hang the process are used', async (t) => {
  const safe = [
    '^[a-z]+$',
    '^[^@]+@[^@]+\\.[^@]+$',
    '^[0-9a-f]{8}-[0-9a-f]{4}$',
    '^(?:red|green|blue)$',
    '^\\p{Lu}\\w*$',
    'a\\+\\*\\?\\|[|*+?]'
  ]
  const unsafe = [
    '^(a+)+$',
    '(?:a*)*b',
    '(a|a)*b',
    `${'a?'.repeat(30)}b`,
    `${'(a|a)'.repeat(30)}b`,
    '(a{0,9}){0,9}b',
    'a*a*a*a*b',
    '(a)\\1',
    '(?=a)b',
    '[',
    'a'.repeat(257)
  ]
  const patterns = [...safe, ...unsafe]
  const parameters = patterns.map((pattern, index) => query(`q${index}`, { ...text, pattern }))
  const source = await mount(documentOf({ '/a': { get: getOf('a', undefined, { parameters }) } }))
  const properties = findTool(source, 'a').inputSchema.properties as Record<string, object>
  const kept = patterns.filter((_, index) => 'pattern' in (properties[`q${index}`] ?? {}))
  t.same(kept, safe)
})

t.test('OpenAPI 3.0 notation becomes JSON Schema 2020-12', async (t) => {
  const schema = {
    type: 'object',
    required: ['pin', 'age'],
    properties: {
      age: {
        type: 'integer',
        minimum: 0,
        exclusiveMinimum: true,
        nullable: true,
        example: 3,
        xml: {}
      },
      kind: { type: 'string', enum: ['a'], nullable: true },
      pin: { type: 'string', writeOnly: true }
    }
  }
  const source = await mount({
    ...documentOf({ '/a': { get: getOf('a', schema, strict) } }),
    openapi: '3.0.3'
  })
  t.same(findTool(source, 'a').outputSchema, {
    type: 'object',
    required: ['age'],
    properties: {
      age: { type: ['integer', 'null'], exclusiveMinimum: 0 },
      kind: { type: ['string', 'null'], enum: ['a', null] }
    }
  })
})

t.test('what branches at every level costs bounded time, at the start and at a call', async (t) => {
  const chain = Array.from({ length: 40 }, (_, index) => {
    const next = ref(`C${index + 1}`)
    return [`C${index}`, { allOf: [next, next] }] as const
  })
  const branch = { type: 'object', properties: { a: ref('Tree') }, required: ['a'] }
  const content = { 'application/json': { schema: ref('Tree') } }
  const source = await mountApi(
    documentOf(
      {
        '/wide': { get: getOf('wide', undefined, { parameters: [query('x', ref('C0'))] }) },
        '/tree': { post: { operationId: 'tree', requestBody: { content }, responses: {} } }
      },
      { ...Object.fromEntries(chain), C40: text, Tree: { anyOf: [branch, branch, { const: 1 }] } }
    ),
    { allowWrites: true }
  )
  t.match(source.degraded, [
    {
      operation: 'wide',
      reason: /^left out: the query parameter "x" has a schema that is too large/
    }
  ])
  const nest = (levels: number, leaf: number): unknown =>
    levels === 0 ? leaf : { a: nest(levels - 1, leaf) }
  const { parse } = findTool(source, 'tree')
  t.match(parse({ body: nest(10, 1) }), { ok: true })
  t.match(parse({ body: nest(4, 2) }), { ok: false, problems: [{ message: 'must be object' }] })
  t.match(parse({ body: nest(40, 2) }), {
    ok: false,
    problems: [{ field: '', message: /nests too deeply to be checked/ }]
  })
  t.match(parse({ body: nest(4, 1) }), { ok: true }, 'the next check counts anew')
})
