import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { bearer, documentOf, findTool, getOf, mountApi } from './helpers/openapi.ts'

const text = { type: 'string' }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const query = (name: string, schema: object, more: object = {}) => {
  return { name, in: 'query', schema, ...more }
}
const mount = (document: string | object, settings: object = {}) =>
  mountApi(document, { credential: bearer('secret-token'), ...settings })

t.test('what cannot be sent exactly is refused with its reason', async (t) => {
  const needed = (schema: object, more: object = {}) => ({
    parameters: [query('q', schema, { required: true, ...more })]
  })
  const list = { type: 'array', items: text }
  const header = (name: string) => ({
    parameters: [{ name, in: 'header', required: true, schema: text }]
  })
  const body = (type: string, media: object = {}) => ({
    requestBody: { required: true, content: { [type]: media } }
  })
  const cases: Record<string, [object, RegExp]> = {
    pipe: [needed(list, { style: 'pipeDelimited', explode: true }), /pipeDelimited with explode/],
    space: [needed(text, { style: 'spaceDelimited' }), /type that its style spaceDelimited/],
    deep: [needed(list, { style: 'deepObject', explode: true }), /type that its style deepObject/],
    simple: [needed(text, { style: 'simple' }), /"q" has the style "simple" in query/],
    nested: [needed({ type: 'array', items: list }), /"q" has a type/],
    inner: [
      needed({ type: 'object', required: ['a'], properties: { a: list } }),
      /"q" has a type that its style form/
    ],
    missing: [needed(ref('Missing')), /refers to "#\/components\/schemas\/Missing"/],
    content: [
      { parameters: [{ name: 'q', in: 'query', required: true, content: { 'text/csv': {} } }] },
      /media type "text\/csv"/
    ],
    none: [{ parameters: [{ name: 'q', in: 'query', required: true }] }, /"q" has no schema/],
    host: [header('Host'), /"Host" belongs to the connection/],
    override: [header('X-HTTP-Method-Override'), /belongs to the connection/],
    crlf: [header('A\r\nB'), /name that cannot be sent/],
    token: [header('A B'), /name that is no token/],
    cookie: [
      { parameters: [{ name: 'c', in: 'cookie', required: true, schema: list }] },
      /cookie parameter "c" has a type/
    ],
    body: [body('application/json'), /needs a request body on GET/],
    servers: [{ servers: [{ url: 'https://other.example' }] }, /server of its own/],
    pattern: [needed({ type: 'string', minLength: 'x' }), /schema is not valid/],
    external: [{ parameters: [{ $ref: './other.json#/p' }] }, /another file/],
    proto: [
      { parameters: [query('__proto__', {}, { schema: text, required: true })] },
      /reserved name/
    ]
  }
  const writes: Record<string, [object, RegExp]> = {
    xml: [body('application/xml', { schema: { type: 'object' } }), /is application\/xml/],
    mixed: [body('multipart/mixed'), /is multipart\/mixed/],
    image: [body('image/*'), /is image\/\*/],
    charset: [body('application/json; charset=utf-16'), /has the charset "utf-16"/],
    ghost: [body('application/json', { schema: ref('Missing') }), /body refers to/],
    deepBody: [
      body('application/json', { schema: { properties: { a: ref('Missing') } } }),
      /refers to ".*Missing"/
    ],
    bytes: [
      body('application/x-www-form-urlencoded', {
        schema: { required: ['f'], properties: { f: { type: 'string', format: 'binary' } } }
      }),
      /"f" is binary/
    ]
  }
  const source = await mount(
    documentOf({
      ...Object.fromEntries(
        Object.entries(cases).map(([id, [more]]) => [`/${id}`, { get: getOf(id, undefined, more) }])
      ),
      ...Object.fromEntries(
        Object.entries(writes).map(([id, [more]]) => [`/${id}`, { post: getOf(id, text, more) }])
      ),
      '/undeclared/{a}': { get: getOf('undeclared') },
      '/unused': {
        get: getOf('unused', undefined, {
          parameters: [{ name: 'a', in: 'path', required: true, schema: text }]
        })
      },
      '/a/../b': { get: getOf('dots') },
      '/a?x=1': { get: getOf('search') },
      '/options': { options: { operationId: 'ask' }, trace: { operationId: 'follow' } },
      '/fine': { get: getOf('fine'), head: { operationId: 'peek', responses: {} } }
    }),
    { allowWrites: true }
  )
  t.same(
    source.tools.map(({ name }) => name),
    ['fine', 'peek']
  )
  const reasons = new Map(source.refused.map(({ operation, reason }) => [operation, reason]))
  for (const [id, [, reason]] of Object.entries({ ...cases, ...writes })) {
    t.match(reasons.get(id), reason, id)
  }
  t.match(reasons.get('undeclared'), /"a" is not declared/)
  t.match(reasons.get('unused'), /does not use the parameter "a"/)
  t.match(reasons.get('dots'), /dot segment/)
  t.match(reasons.get('search'), /characters that a URL path cannot hold/)
  t.match(reasons.get('ask'), /OPTIONS is not offered/)
  t.match(reasons.get('follow'), /TRACE is not offered/)
  t.equal(reasons.size, Object.keys(cases).length + Object.keys(writes).length + 6)
})

t.test('what is optional and cannot be sent is left out, and the operation says so', async (t) => {
  const source = await mount(
    documentOf({
      '/a': {
        get: getOf('a', undefined, {
          parameters: [
            query('fine', text),
            query(
              'pipes',
              { type: 'array', items: text },
              { style: 'pipeDelimited', explode: true }
            ),
            { name: 'Connection', in: 'header', schema: text },
            { name: 'X-Original-URL', in: 'header', schema: text },
            { name: 'Authorization', in: 'header', required: true, schema: text },
            query(
              'when',
              { anyOf: [{ type: 'integer' }, { type: 'object', properties: {} }] },
              {
                style: 'deepObject',
                explode: true
              }
            )
          ],
          requestBody: { content: { 'application/json': {} } }
        })
      }
    })
  )
  t.same(Object.keys(findTool(source, 'a').inputSchema.properties as object), ['fine', 'when'])
  t.match(findTool(source, 'a').inputSchema.properties, {
    when: { anyOf: [{ type: 'object' }] }
  })
  const notes = source.degraded.map(({ reason }) => reason)
  t.match(notes, [
    /^left out: the query parameter "pipes"/,
    /^left out: the header parameter "Connection"/,
    /^left out: the header parameter "X-Original-URL"/,
    /^the query parameter "when" is offered without/,
    /^left out: the request body/
  ])
  t.equal(notes.length, 5)
})

t.test('a broken reference refuses its users only', async (t) => {
  const source = await mount(
    documentOf(
      {
        '/a': { get: getOf('a', ref('Missing')) },
        '/b': { get: getOf('b', ref('Fine')) },
        '/c': { get: getOf('c', ref('Loop')) }
      },
      { Fine: { type: 'object', properties: { x: text } }, Loop: ref('Loop') }
    )
  )
  t.equal(findTool(source, 'a').outputSchema, undefined)
  t.match(findTool(source, 'b').outputSchema, { type: 'object' })
  t.same(
    source.degraded.map(({ operation }) => operation),
    ['a', 'c']
  )
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
    [file('broken.json', '{"openapi": '), /broken.json.*not valid JSON/],
    [file('list.yaml', '- a\n- b\n'), /not an object/],
    [file('empty.yaml', ''), /not an object/],
    [file('laughs.yaml', laughs.join('\n')), /alias/],
    [file('deep.json', deep), /nested too deeply/],
    [file('large.json', `{"a":"${'x'.repeat(33 * 1024 * 1024)}"}`), /larger than 33554432 bytes/],
    [file('proto.json', '{"openapi":"3.1.0","paths":{"__proto__":{}}}'), /not valid JSON/],
    [join(folder, 'none.json'), /ENOENT/]
  ]
  for (const [document, message] of cases) await t.rejects(mount(document), { message })
  await t.rejects(mount(documentOf({}), { credential: bearer('a\nb') }), { message: /^(?!.*a\nb)/ })
  const yaml = file(
    'good.yaml',
    '\uFEFFopenapi: 3.0.0\ninfo: {title: x, version: "1"}\npaths:\n  /a:\n    get:\n      operationId: a\n      responses: {200: {description: ok}}\n'
  )
  t.same(
    (await mount(yaml)).tools.map(({ name }) => name),
    ['a']
  )
})

t.test(
  'without a base URL the first server of the document counts, and must be public',
  async (t) => {
    const withServers = (servers: unknown) => ({
      ...documentOf({ '/a': { get: getOf('a') } }),
      servers
    })
    const bare = { baseUrl: undefined }
    await mount(
      withServers([{ url: 'https://{at}.example/v1', variables: { at: { default: 'eu' } } }]),
      bare
    )
    const bad: [unknown, RegExp][] = [
      [undefined, /names no server: set baseUrl/],
      [[{ url: '/v1' }], /not a whole URL: set baseUrl/],
      [[{ url: 'https://{x}.example' }], /variable without default/],
      [[{ url: 'http://api.example' }], /must be an https URL/],
      [[{ url: 'https://127.0.0.1/' }], /not on the public Internet/],
      [[{ url: 'https://169.254.169.254/latest' }], /not on the public Internet/]
    ]
    for (const [servers, message] of bad)
      await t.rejects(mount(withServers(servers), bare), { message })
  }
)

t.test('names out of a document cannot steer a terminal or hide text', async (t) => {
  const hidden = 'x\u202e\u001b[2J'
  const parameter = { name: 'x\u202e', in: 'path', required: true, schema: text }
  const source = await mount(
    documentOf({
      '/a/{x\u202e}': { parameters: [parameter], get: { responses: {} } },
      [`/b/{${hidden}}`]: { get: { responses: {} } },
      '/c': { parameters: [parameter], get: getOf(`c${hidden}`) }
    })
  )
  t.equal(source.tools.length, 1)
  t.equal(source.refused.length, 2)
  const { tools, refused } = source
  const said = [...tools, ...refused]
    .flatMap((each): unknown[] => Object.values(each))
    .filter((each) => typeof each === 'string')
  for (const text of said) t.notMatch(text, /[\p{Cc}\p{Cf}]/u)
})
