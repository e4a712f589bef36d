import t from 'tap'
import {
  bearer,
  callTool,
  documentOf,
  findTool,
  getOf,
  mountApi,
  recordBytes
} from './helpers/openapi.ts'

/** The published injection bugs of bridges from OpenAPI to MCP: the same calls, against ours. */
const text = { type: 'string' }
const server = await recordBytes()
const document = documentOf({
  '/items/{id}': {
    parameters: [
      { name: 'id', in: 'path', required: true, schema: text },
      { name: 'q', in: 'query', schema: text },
      { name: 'X-Tenant', in: 'header', schema: text },
      { name: 'session', in: 'cookie', schema: text }
    ],
    get: getOf('getItem')
  },
  '/users/{user}/files/{file}': {
    parameters: ['user', 'file'].map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: text
    })),
    get: getOf('getFile')
  },
  '/counts/{n}': {
    parameters: [{ name: 'n', in: 'path', required: true, schema: { type: 'integer' } }],
    get: getOf('getCount')
  }
})
const source = await mountApi(document, {
  baseUrl: `${server.origin}/api/v1`,
  credential: bearer('secret')
})
t.teardown(async () => {
  await source.close()
  server.close()
})

/** The request line, or why nothing was sent. */
async function call(name: string, args: object): Promise<string> {
  const before = server.requests.length
  const tool = findTool(source, name)
  const parsed = await tool.parse(args)
  if (!parsed.ok) return `refused: ${parsed.problems[0]?.field} ${parsed.problems[0]?.message}`
  try {
    await callTool(tool, args)
  } catch (error) {
    if (server.requests.length !== before) throw new Error('it was sent')
    return `refused: ${(error as Error).message}`
  }
  return server.requests
    .at(-1)!
    .head.split('\r\n')[0]!
    .replace(/^GET (.*) HTTP\/1.1$/, '$1')
}

t.test('GHSA-v2x6-wwfw-r2rq (agentgateway): path, query and header values are data', async (t) => {
  t.match(await call('get_item', { id: 'a/../../admin' }), /^refused: Argument "id"/)
  t.equal(await call('get_item', { id: 'a/b' }), '/api/v1/items/a%2Fb')
  t.equal(await call('get_item', { id: 'a?admin=1#x' }), '/api/v1/items/a%3Fadmin%3D1%23x')
  t.equal(await call('get_item', { id: 'a', q: 'x&admin=1' }), '/api/v1/items/a?q=x%26admin%3D1')
  t.match(
    await call('get_item', { id: 'a', 'X-Tenant': 'x\r\nX-Admin: 1' }),
    /^refused: .*"X-Tenant"/
  )
  t.match(await call('get_item', { id: '..' }), /^refused: Argument "id"/)
})

t.test('GHSA-vv7q-7jx5-f767 (FastMCP): a path parameter does not traverse', async (t) => {
  const escapes = ['../../../admin/delete-all?x=', '..\\..\\admin', '%2e%2e', '..%2fadmin']
  // What a proxy makes of it that decodes twice, folds full-width forms or cuts `;` parameters.
  const disguised = ['%252e%252E%252fadmin', 'a%5c..', '．．／admin', '..;/admin', '..;x']
  for (const id of [...escapes, ...disguised]) {
    t.match(await call('get_item', { id }), /^refused: Argument "id"/, id)
  }
  for (const id of ['a..b', '..a', '...', '.well-known/x', '100%25', 'v1.0;x']) {
    t.equal(await call('get_item', { id }), `/api/v1/items/${encodeURIComponent(id)}`)
  }
})

t.test('MCPHub #1083: no segment of its own', async (t) => {
  t.match(
    await call('get_file', { user: 'me/../../admin', file: 'keys' }),
    /^refused: Argument "user"/
  )
  t.equal(await call('get_file', { user: 'me/x', file: 'keys' }), '/api/v1/users/me%2Fx/files/keys')
  t.match(await call('get_file', { user: '..', file: '..' }), /^refused: Argument "user"/)
  t.match(await call('get_file', { user: 'me', file: '' }), /^refused: Argument "file"/)
})

t.test('google/adk-js #597: dots, encoded or not, stay inside', async (t) => {
  t.match(await call('get_file', { user: 'me', file: '.' }), /^refused: Argument "file"/)
  t.match(await call('get_file', { user: 'me', file: '.%2e/' }), /^refused: Argument "file"/)
  t.equal(await call('get_file', { user: 'me', file: '...' }), '/api/v1/users/me/files/...')
})

t.test('awslabs/mcp #3695: wrong types and unknown arguments never reach the URL', async (t) => {
  t.match(await call('get_count', { n: '1/../../admin' }), /^refused: n must be integer/)
  t.match(await call('get_count', { n: { toString: 'x' } }), /^refused: n must be integer/)
  t.match(await call('get_count', {}), /^refused: n is required/)
  t.match(await call('get_item', { id: 'a', admin: 1 }), /^refused: admin is not declared/)
  t.equal(await call('get_item', { id: 'a', session: 'x; admin=1' }), '/api/v1/items/a')
  t.match(server.requests.at(-1)!.head, /\r\ncookie: session=x%3B%20admin%3D1(\r\n|$)/)
})

t.test('an exploded object does not speak for another parameter', async (t) => {
  const object = { type: 'object', additionalProperties: text }
  const loose = await mountApi(
    documentOf({
      '/a': {
        get: getOf('loose', undefined, {
          parameters: [
            { name: 'filter', in: 'query', schema: object },
            { name: 'tenant', in: 'query', schema: { enum: ['mine'] } }
          ]
        })
      }
    }),
    {
      baseUrl: server.origin,
      credential: { mode: 'service', scheme: 'query', name: 'key', token: 's' }
    }
  )
  const tool = findTool(loose, 'loose')
  for (const name of ['tenant', 'tenant[x]', 'Tenant', 'key', 'key[]', 'KEY', 'Key[0]']) {
    await t.rejects(callTool(tool, { filter: { [name]: 'theirs' } }), {
      name: 'ToolError',
      message: /"filter" must not hold/
    })
  }
  await loose.close()
})

t.test('a form field does not speak for another one', async (t) => {
  const object = { type: 'object', additionalProperties: text }
  const schema = {
    type: 'object',
    properties: { filter: object, role: { enum: ['user'] } },
    additionalProperties: text
  }
  const encoding = { filter: { style: 'form', explode: true } }
  for (const mediaType of ['application/x-www-form-urlencoded', 'multipart/form-data']) {
    const content = { [mediaType]: { schema, encoding } }
    const form = await mountApi(
      documentOf({ '/a': { post: getOf('form', undefined, { requestBody: { content } }) } }),
      { baseUrl: server.origin, allowWrites: true }
    )
    const tool = findTool(form, 'form')
    const before = server.requests.length
    for (const body of [
      { filter: { role: 'admin' } },
      { filter: { 'role[]': 'admin' } },
      { 'role[]': 'admin' },
      { Role: 'admin' }
    ]) {
      await t.rejects(callTool(tool, { body }), { name: 'ToolError', message: /must not hold/ })
    }
    t.equal(server.requests.length, before, 'nothing was sent')
    await callTool(tool, { body: { filter: { city: 'a' }, role: 'user', more: 'b' } })
    await form.close()
  }
})
