import type { RequestListener, ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import {
  bearer,
  callTool,
  createContext,
  documentOf,
  findTool,
  getOf,
  listen,
  mountApi,
  textOf
} from './helpers/openapi.ts'

const person = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer' }, name: { type: ['string', 'null'] } }
}
const document = documentOf({
  '/one': { get: getOf('one', person), head: { operationId: 'peek', responses: {} } },
  '/many': { get: getOf('many', { type: 'array', items: person }) },
  '/count': { get: getOf('count', { type: 'integer' }) },
  '/either': { get: getOf('either', { oneOf: [person, { type: 'string' }] }) },
  '/free': { get: getOf('free') },
  '/default': {
    get: { operationId: 'fallback', responses: { default: getOf('x', person).responses[200] } }
  }
})

async function mount(t: Test, answer: RequestListener) {
  const server = await listen(answer)
  const source = await mountApi(document, {
    baseUrl: server.origin,
    credential: bearer('secret-token')
  })
  t.teardown(async () => {
    await source.close()
    await server.close()
  })
  const call = (name: string, args: unknown = {}, ctx = createContext()) =>
    callTool(findTool(source, name), args, ctx)
  return { server, source, call }
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type })
  response.end(body)
}

const json = 'application/json'

t.test('a JSON answer becomes structured content in the declared form', async (t) => {
  let body = ''
  const { call, source } = await mount(t, (_request, response) =>
    send(response, 200, 'application/vnd.api+json; charset=utf-8', body)
  )
  const rows: [string, unknown, object][] = [
    ['one', { id: 1, name: null, more: [1] }, { id: 1, name: null, more: [1] }],
    ['fallback', { id: 1 }, { id: 1 }],
    ['many', [{ id: 1 }], { items: [{ id: 1 }] }],
    ['many', [], { items: [] }],
    ['count', 7, { value: 7 }],
    ['either', 'a', { value: 'a' }],
    ['either', { id: 1 }, { value: { id: 1 } }],
    ['free', { a: 1 }, { a: 1 }],
    ['free', [1], { items: [1] }],
    ['free', null, { value: null }]
  ]
  for (const [name, answer, structuredContent] of rows) {
    body = JSON.stringify(answer)
    const text = JSON.stringify(structuredContent)
    t.same(await call(name), { content: [{ type: 'text', text }], structuredContent }, name)
  }
  t.match(findTool(source, 'count').outputSchema, {
    type: 'object',
    properties: { value: { type: 'integer' } },
    required: ['value']
  })
})

t.test('an answer that breaks the declared schema is an error that keeps the data', async (t) => {
  const { call } = await mount(t, (_request, response) => send(response, 200, json, '[{"id":"x"}]'))
  const result = await call('many')
  t.equal(result.isError, true)
  t.notOk('structuredContent' in result)
  t.match(textOf(result), '("items[0].id" must be integer). It answered: {"items":[{"id":"x"}]}')
  t.match(textOf(await call('one')), 'not as its document says')
})

t.test('answers without content', async (t) => {
  const { call, server } = await mount(t, (_request, response) => response.writeHead(204).end())
  t.same(await call('free'), {
    content: [{ type: 'text', text: 'Done. The API answered without content.' }]
  })
  t.match(await call('one'), { isError: true })
  t.notOk((await call('peek')).isError)
  t.equal(server.requests.at(-1)?.method, 'HEAD')
})

t.test('a failure gives status, title and advice, never the body', async (t) => {
  const rows: [number, string, string, RegExp][] = [
    [
      404,
      'application/problem+json',
      '{"title":"No such\\u0007 person.","detail":"SECRET"}',
      /^The API answered 404 \(Not Found\): No such person\. .*check the ids/
    ],
    [
      400,
      json,
      '{"title":"SECRET"}',
      /^The API answered 400 \(Bad Request\)\. Check the arguments/
    ],
    [
      401,
      'application/problem+json',
      '{"title":"SECRET at http://10.0.0.1/"}',
      /401 \(Unauthorized\)\. .*operator/
    ],
    [429, 'text/plain', 'SECRET', /429 .*wait/],
    [
      500,
      'text/html',
      '<h1>Error</h1><pre>SECRET at /srv/app/db.js:12:3</pre>',
      /500 \(Internal Server Error\)\. The API failed/
    ],
    [
      502,
      'application/problem+json',
      '{"title":"SECRET at Db.connect (db.js:1)"}',
      /502 \(Bad Gateway\)\. The API failed/
    ],
    ...[
      'connect to SECRET-1.example:5432 refused',
      'SECRET.payroll.internal said no',
      'SECRET on fe80::1',
      'SECRETNullPointerException'
    ].map((title): [number, string, string, RegExp] => [
      500,
      'application/problem+json',
      JSON.stringify({ title }),
      /500 \(Internal Server Error\)\. The API failed/
    ]),
    [304, json, '', /^The API answered 304 \(Not Modified\)\. Nothing has changed/],
    [503, 'application/problem+json', 'SECRET', /503 \(Service Unavailable\)\. The API failed/],
    [599, json, '{}', /599 \(unknown status\)\. The API failed/]
  ]
  let current = rows[0]!
  const { call } = await mount(t, (_request, response) => {
    response.setHeader('x-secret', 'SECRET')
    send(response, current[0], current[1], current[2])
  })
  for (const row of rows) {
    current = row
    const result = await call('one')
    t.equal(result.isError, true)
    t.match(textOf(result), row[3])
    t.notMatch(JSON.stringify(result), /SECRET|127\.0\.0\.1|secret-token/)
  }
})

t.test('a redirect is not followed', async (t) => {
  const trap = await listen((_request, response) => send(response, 200, json, '{"id":1}'))
  t.teardown(() => trap.close())
  for (const status of [301, 302, 303, 307, 308]) {
    const { call, server } = await mount(t, (_request, response) => {
      response.writeHead(status, { location: `${trap.origin}/one` }).end()
    })
    const result = await call('one')
    t.match(result, { isError: true })
    t.match(textOf(result), /Redirects are not followed/)
    t.notMatch(textOf(result), /127\.0\.0\.1/)
    t.equal(server.requests.length, 1)
  }
  t.equal(trap.requests.length, 0)
})

t.test('what is not JSON is an error without the body', async (t) => {
  const rows: [string, string | Buffer][] = [
    ['text/html', '<p>SECRET</p>'],
    [json, 'SECRET'],
    [json, '{"id":1'],
    [json, Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    [json, `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [json, '{"__proto__":{"SECRET":1}}'],
    ['image/png', '{"id":1}'],
    ['', '{"id":1}']
  ]
  let current = rows[0]!
  const { call } = await mount(t, (_request, response) =>
    send(response, 200, current[0], current[1])
  )
  for (const row of rows) {
    current = row
    const result = await call('one')
    t.match(result, { isError: true })
    t.match(textOf(result), /did not answer with usable JSON/)
    t.notMatch(textOf(result), /SECRET/)
  }
  current = [json, '\uFEFF{"id":1}']
  t.match(await call('one'), { structuredContent: { id: 1 } })
})

t.test('an accepted write whose answer is unusable is not offered for repetition', async (t) => {
  const writes = documentOf({ '/one': { post: getOf('add', person) } })
  const answers: [number, string, string][] = [
    [200, json, 'garbage'],
    [201, 'text/html', '<h1>Login</h1>'],
    [200, json, '{"name":"x"}'],
    [204, json, '']
  ]
  let current = answers[0]!
  const server = await listen((_request, response) => send(response, ...current))
  const source = await mountApi(writes, { baseUrl: server.origin, allowWrites: true })
  t.teardown(async () => {
    await source.close()
    await server.close()
  })
  for (const answer of answers) {
    current = answer
    const result = await callTool(findTool(source, 'add'), {})
    t.equal(result.isError, true)
    t.match(textOf(result), /^The API accepted the request \(20[014]\).*do not repeat it/)
    t.notMatch(JSON.stringify(result), /[Tt]ry again/)
  }
})
