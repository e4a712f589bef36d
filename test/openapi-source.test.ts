import t from 'tap'
import { bearer, createContext, documentOf, findTool, getOf, mountApi } from './helpers/openapi.ts'

const text = { type: 'string' }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const query = (name: string, schema: object, more: object = {}) => {
  return { name, in: 'query', schema, ...more }
}
const mount = (document: string | object, settings: object = {}) =>
  mountApi(document, { credential: bearer('secret-token'), ...settings })

t.test('a tool is named by its operationId in snake_case', async (t) => {
  const long = `get${'VeryLong'.repeat(10)}`
  const ids = [
    'listHTTPServers',
    'get-user.by_email',
    'list_http_servers',
    `${long}A`,
    `${long}B`,
    '操作',
    undefined
  ]
  const paths = Object.fromEntries(
    ids.map((operationId, index) => [`/p${index}`, { get: { ...getOf('x'), operationId } }])
  )
  const { tools } = await mount(documentOf(paths))
  const names = tools.map(({ name }) => name)
  t.match(names, [
    'list_http_servers',
    'get_user_by_email',
    /^list_http_servers_[0-9a-f]{6}$/,
    /^get_very_long_.*_[0-9a-f]{6}$/,
    /^get_very_long_.*_[0-9a-f]{6}$/,
    'get_p5',
    'get_p6'
  ])
  t.equal(new Set(names).size, ids.length)
  t.ok(names.every((name) => /^[a-zA-Z0-9_-]{1,64}$/.test(name)))
  const reordered = Object.fromEntries(Object.entries(paths).toSpliced(1, 1).toSpliced(5, 1))
  const later = await mount(documentOf(reordered))
  t.same(
    later.tools.map(({ name }) => name),
    names.filter((_, index) => index !== 1 && index !== 6),
    'suffixes do not depend on the other operations'
  )
})

t.test('title, description, toolset and annotations', async (t) => {
  const { tools } = await mount(
    documentOf({
      '/a': {
        get: getOf('a', undefined, {
          summary: 'Get\u202e the \u0007thing',
          description: `Line one.\r\nLine\ttwo.${'x'.repeat(2_000)}`
        })
      },
      '/b': { get: getOf('b') }
    })
  )
  const [a, b] = tools
  t.equal(a?.title, 'Get the thing')
  t.match(a?.description, /^Get the thing\n\nLine one.\nLine two.x+…$/)
  t.equal(a?.description.length, 1_000)
  t.match(b, { title: 'b', description: 'GET /b', toolset: 'test', scopes: [] })
  t.same(b?.annotations, {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true
  })
  t.ok(Object.isFrozen(a))
  t.notOk(a && 'outputSchema' in a)
})

t.test('arguments are one closed object; a clash gets the location as prefix', async (t) => {
  const source = await mount(
    documentOf({
      '/a/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }, query('page', text)],
        get: getOf('a', undefined, {
          parameters: [
            query('id', text),
            query('page', { type: 'integer', minimum: 1 }, { description: 'Page.' }),
            query('tags', { type: 'array', items: { enum: ['x', 'y'] } }),
            { name: 'Accept', in: 'header', required: true, schema: text },
            { name: 'X-Trace', in: 'header', schema: text }
          ]
        })
      }
    })
  )
  const tool = findTool(source, 'a')
  t.same(tool.inputSchema, {
    type: 'object',
    properties: {
      id: text,
      query_id: text,
      page: { type: 'integer', minimum: 1, description: 'Page.' },
      tags: { type: 'array', items: { enum: ['x', 'y'] } },
      'X-Trace': text
    },
    required: ['id'],
    additionalProperties: false
  })
  t.same(await tool.parse({ id: 'x', page: 2 }), { ok: true, value: { id: 'x', page: 2 } })
  t.same(await tool.parse({ id: 'x', page: '2', tags: ['x', 'z'], other: 1 }), {
    ok: false,
    problems: [
      { field: 'other', message: 'is not declared' },
      { field: 'page', message: 'must be integer' },
      { field: 'tags[1]', message: 'must be one of "x", "y"' }
    ]
  })
  t.same(await tool.parse(undefined), {
    ok: false,
    problems: [{ field: 'id', message: 'is required' }]
  })
  t.notOk((await tool.parse([])).ok)
  t.notOk((await tool.parse(null)).ok)
  t.match(await tool.parse({ id: 'x', tags: Array(1_001).fill('x') }), {
    problems: [{ field: 'tags', message: 'must hold at most 1000 items' }]
  })
})

t.test('an inherited property is not a given argument', async (t) => {
  const source = await mount(
    documentOf({
      '/a': {
        get: getOf('a', undefined, {
          parameters: [query('constructor', {}, { schema: text, required: true })]
        })
      }
    })
  )
  t.same(findTool(source, 'a').parse({}), {
    ok: false,
    problems: [{ field: 'constructor', message: 'is required' }]
  })
})

t.test('a given document is not changed', async (t) => {
  const document = documentOf({ '/a': { get: getOf('a', ref('A')) } }, { A: text })
  const before = JSON.stringify(document)
  await mount(document)
  t.equal(JSON.stringify(document), before)
})

t.test('nothing is sent once the call was aborted', async (t) => {
  const source = await mount(documentOf({ '/a': { get: getOf('a') } }))
  const reason = new Error('gone')
  const run = async () => findTool(source, 'a').run({}, createContext(AbortSignal.abort(reason)))
  await t.rejects(run(), reason)
})
