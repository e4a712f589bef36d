import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createOpenApiSource } from '../tools/openapi/source.ts'
import { createContext, documentOf, findTool, getOf } from './openapi-fixture.ts'

const baseUrl = 'http://127.0.0.1:9/api'
const text = { type: 'string' }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const query = (name: string, schema: object, more: object = {}) => {
  return { name, in: 'query', schema, ...more }
}
const mount = (document: string | object) =>
  createOpenApiSource({ name: 'test', document, baseUrl, token: 'secret-token' })

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
      tags: { type: 'array', items: { enum: ['x', 'y'] } }
    },
    required: ['id'],
    additionalProperties: false
  })
  t.same(tool.parse({ id: 'x', page: 2 }), { ok: true, value: { id: 'x', page: 2 } })
  t.same(tool.parse({ id: 'x', page: '2', tags: ['x', 'z'], other: 1 }), {
    ok: false,
    problems: [
      { field: 'other', message: 'is not declared' },
      { field: 'page', message: 'must be integer' },
      { field: 'tags[1]', message: 'must be one of "x", "y"' }
    ]
  })
  t.same(tool.parse(undefined), { ok: false, problems: [{ field: 'id', message: 'is required' }] })
  t.notOk(tool.parse([]).ok)
  t.notOk(tool.parse(null).ok)
  t.match(tool.parse({ id: 'x', tags: Array(1_001).fill('x') }), {
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

t.test('what cannot be sent exactly is refused with its reason', async (t) => {
  const withQuery = (schema: object, more: object = {}) => ({
    parameters: [query('q', schema, more)]
  })
  const cases: Record<string, [object, RegExp]> = {
    pipe: [
      withQuery({ type: 'array', items: text }, { style: 'pipeDelimited' }),
      /"q" has the style "pipeDelimited"/
    ],
    deep: [
      withQuery({ type: 'object' }, { style: 'deepObject' }),
      /"q" has the style "deepObject"/
    ],
    comma: [
      withQuery({ type: 'array', items: text }, { explode: false }),
      /"q" is an array with explode: false/
    ],
    object: [withQuery({ type: 'object' }), /"q" is not a text, number/],
    hidden: [withQuery({ anyOf: [text, { type: 'object' }] }), /"q" is not a text, number/],
    nested: [
      withQuery({ type: 'array', items: { type: 'array', items: text } }),
      /"q" is not a text/
    ],
    open: [withQuery({}), /"q" is not a text, number/],
    reserved: [withQuery(text, { allowReserved: true }), /"q" has allowReserved/],
    content: [{ parameters: [{ name: 'q', in: 'query', content: {} }] }, /"q" has no schema/],
    header: [
      { parameters: [{ name: 'X-A', in: 'header', required: true, schema: text }] },
      /header parameter "X-A"/
    ],
    cookie: [
      { parameters: [{ name: 'c', in: 'cookie', required: true, schema: text }] },
      /cookie parameter "c"/
    ],
    body: [{ requestBody: { content: {} } }, /request body/],
    servers: [{ servers: [{ url: 'https://other.example' }] }, /server of its own/],
    deprecated: [{ deprecated: true }, /deprecated/],
    image: [
      { responses: { 200: { content: { 'image/png': {} } } } },
      /answers image\/png: only JSON/
    ],
    pattern: [withQuery({ type: 'string', minLength: 'x' }), /schema is not valid/],
    external: [{ parameters: [{ $ref: './other.json#/p' }] }, /another file/],
    proto: [{ parameters: [query('__proto__', text)] }, /reserved name/]
  }
  const paths = Object.fromEntries(
    Object.entries(cases).map(([id, [more]]) => [`/${id}`, { get: getOf(id, undefined, more) }])
  )
  const source = await mount(
    documentOf({
      ...paths,
      '/write': { post: getOf('write'), delete: getOf('remove') },
      '/undeclared/{a}': { get: getOf('undeclared') },
      '/unused': {
        get: getOf('unused', undefined, {
          parameters: [{ name: 'a', in: 'path', required: true, schema: text }]
        })
      },
      '/a/../b': { get: getOf('dots') },
      '/a?x=1': { get: getOf('search') },
      '/fine': { get: getOf('fine'), head: { operationId: 'peek', responses: {} } }
    })
  )
  t.same(
    source.tools.map(({ name }) => name),
    ['fine', 'peek']
  )
  const reasons = new Map(source.refused.map(({ operation, reason }) => [operation, reason]))
  for (const [id, [, reason]] of Object.entries(cases)) t.match(reasons.get(id), reason, id)
  t.match(reasons.get('write'), /read-only/)
  t.match(reasons.get('remove'), /read-only/)
  t.match(reasons.get('undeclared'), /"a" is not declared/)
  t.match(reasons.get('unused'), /does not use the parameter "a"/)
  t.match(reasons.get('dots'), /dot segment/)
  t.match(reasons.get('search'), /characters that a URL path cannot hold/)
  t.equal(reasons.size, Object.keys(cases).length + 6)
})

t.test('documents that are not usable stop the start with the reason', async (t) => {
  const folder = t.testdir({})
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`
  const laughs = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map((pair) => [...pair])) {
    laughs.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]`)
  }
  const cases: [string | object, RegExp][] = [
    [{ swagger: '2.0', paths: {} }, /Swagger 2.0 is not supported. Convert it to OpenAPI 3/],
    [{ openapi: '3.2.0', paths: {} }, /version 3.0.x or 3.1.x/],
    [{ openapi: '3.1.0', info: { title: 'x', version: '1' } }, /no "paths"/],
    [documentOf({ '/a': { get: getOf('a', ref('Missing')) } }), /Missing/],
    [file('broken.json', '{"openapi": '), /broken.json.*not valid JSON/],
    [file('list.yaml', '- a\n- b\n'), /not an object/],
    [file('empty.yaml', ''), /not an object/],
    [file('laughs.yaml', laughs.join('\n')), /alias/],
    [file('deep.json', deep), /nested too deeply/],
    [file('large.json', `{"a":"${'x'.repeat(17 * 1024 * 1024)}"}`), /larger than 16777216 bytes/],
    [file('proto.json', '{"openapi":"3.1.0","paths":{"__proto__":{}}}'), /not valid JSON/],
    [join(folder, 'none.json'), /ENOENT/]
  ]
  for (const [document, message] of cases) await t.rejects(mount(document), { message })
  await t.rejects(
    createOpenApiSource({ name: 'x', document: documentOf({}), baseUrl, token: 'a\nb' }),
    {
      message: /^The token of the API (?!.*a\nb)/
    }
  )
  const yaml = file(
    'good.yaml',
    '\uFEFFopenapi: 3.0.0\ninfo: {title: x, version: "1"}\npaths:\n  /a:\n    get:\n      operationId: a\n      responses: {200: {description: ok}}\n'
  )
  t.same(
    (await mount(yaml)).tools.map(({ name }) => name),
    ['a']
  )
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
