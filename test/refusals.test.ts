import t from 'tap'
import { startApp } from './helpers/app.ts'
import { openSessionId } from './helpers/carriers.ts'
import { send } from './helpers/http.ts'
import {
  call,
  initialize,
  jsonHeaders,
  legacy,
  modern,
  modernHeaders,
  modernRequest,
  type Request,
  request,
  toolCall,
  versionKey
} from './helpers/messages.ts'
import { checkRefusal } from './helpers/refusals.ts'

/* Messages that are refused: status, code, id and body, in both eras. */

type Headers = Readonly<Record<string, string>>

const app = await startApp({ limits: { maxRequestBytes: 1_048_576 } })
t.teardown(() => app.close(0))

const list = modernHeaders({ method: 'tools/list', params: {} })
const capabilities = 'io.modelcontextprotocol/clientCapabilities'

/** A body as it is; the era is told by its headers. */
type BodyRow = readonly [name: string, body: string, status: number, code: number, id?: number]

const nest = (levels: number): string =>
  JSON.stringify(call('echo', { text: 'HERE' }, 5)).replace(
    '"HERE"',
    `${'['.repeat(levels - 3)}${']'.repeat(levels - 3)}`
  )

const badBodies: readonly BodyRow[] = [
  ['not JSON', '{"jsonrpc":"2.0","id":5,', 400, -32700],
  ['empty', '', 400, -32700],
  ['an unterminated text', '"abc', 400, -32700],
  ['a __proto__ key', '{"jsonrpc":"2.0","id":5,"method":"ping","__proto__":{}}', 400, -32700],
  ['a number', '5', 400, -32600],
  ['null', 'null', 400, -32600],
  ['an empty batch', '[]', 400, -32600],
  ['not JSON-RPC, id readable', '{"id":5,"foo":1}', 400, -32600, 5],
  ['no method, id readable', '{"jsonrpc":"2.0","id":5}', 400, -32600, 5],
  ['wrong version, id readable', '{"jsonrpc":"1.0","id":5,"method":"ping"}', 400, -32600, 5],
  ['an id of null', '{"jsonrpc":"2.0","id":null,"method":"tools/list"}', 400, -32600],
  ['65 levels deep', nest(65), 400, -32600],
  ['1 MiB of brackets', '['.repeat(1_048_576), 400, -32600],
  ['one byte over the limit', `"${'x'.repeat(1_048_575)}"`, 413, -32600]
]

const eras: Readonly<Record<string, Headers>> = {
  '2026-07-28': list,
  '2025-11-25': { ...jsonHeaders(), 'mcp-protocol-version': legacy }
}

for (const [era, headers] of Object.entries(eras)) {
  for (const [name, body, status, code, id] of badBodies) {
    t.test(`${era}: ${name}`, async (t) => {
      const answer = await send(app.url, { headers, body })
      // An id that was not read is null in the 2025 revisions and absent in 2026-07-28.
      checkRefusal(t, answer, { status, code, id: id ?? (era === legacy ? null : undefined) })
    })
  }
}

t.test('64 levels are not too deep', async (t) => {
  const { status, text } = await send(app.url, { headers: jsonHeaders(), body: nest(64) })
  t.equal(status, 200)
  t.match(text, 'Invalid arguments', 'it got as far as the tool')
})

t.test('a body of another media type or encoding is 415', async (t) => {
  const body = JSON.stringify(modernRequest('tools/list'))
  const types: readonly (readonly [string, Headers])[] = [
    ['text/plain, which needs no preflight', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON in name only', { 'content-type': 'application/jsonp' }],
    ['Content-Encoding', { 'content-encoding': 'gzip' }]
  ]
  for (const [name, headers] of types) {
    t.test(name, async (t) => {
      const answer = await send(app.url, { headers: { ...list, ...headers }, body })
      checkRefusal(t, answer, { status: 415, code: -32600 })
    })
  }
  t.test('no Content-Type', async (t) => {
    const { 'content-type': _, ...headers } = list
    checkRefusal(t, await send(app.url, { headers, body }), { status: 415, code: -32600 })
  })
})

/** A 2026-07-28 request; `headers` go over those that belong to it, an empty text removes one. */
type ModernRow = readonly [
  name: string,
  message: unknown,
  headers: Headers,
  status: number,
  code: number,
  id?: number
]

const echo = modernRequest('tools/call', toolCall('echo', { text: 'a' }), 5)
const inRegion = modernRequest('tools/call', toolCall('in_region', { region: 'eu' }), 5)
const lists = (meta: Headers | Record<string, unknown>): Request =>
  modernRequest('tools/list', {}, 5, meta)

const modernRows: readonly ModernRow[] = [
  ['a tool name that is no text', modernRequest('tools/call', { name: 5 }, 5), {}, 200, -32602, 5],
  ['a URI that is no text', modernRequest('resources/read', { uri: 5 }, 5), {}, 200, -32602, 5],
  ['a batch', [echo], {}, 400, -32600],
  ['an answer to nothing', { jsonrpc: '2.0', id: 5, result: {} }, {}, 400, -32600],
  ['unknown method', modernRequest('no/such', {}, 5), {}, 404, -32601, 5],
  ['unknown tool', modernRequest('tools/call', toolCall('nope'), 5), {}, 200, -32602, 5],
  ['bad cursor', modernRequest('tools/list', { cursor: 'bm9wZQ' }, 5), {}, 200, -32602, 5],
  ['no capabilities named', lists({ [capabilities]: undefined }), {}, 400, -32602, 5],
  ['no version named', lists({ [versionKey]: undefined }), {}, 400, -32602, 5],
  [
    'unsupported version',
    lists({ [versionKey]: '2099-01-01' }),
    { 'mcp-protocol-version': '2099-01-01' },
    400,
    -32022,
    5
  ],
  ['version against header', echo, { 'mcp-protocol-version': legacy }, 400, -32020, 5],
  ['method against header', echo, { 'mcp-method': 'tools/list' }, 400, -32020, 5],
  ['name against header', echo, { 'mcp-name': 'fail' }, 400, -32020, 5],
  ['no version header', echo, { 'mcp-protocol-version': '' }, 400, -32020, 5],
  ['no method header', echo, { 'mcp-method': '' }, 400, -32020, 5],
  ['no name header', echo, { 'mcp-name': '' }, 400, -32020, 5],
  ['argument against header', inRegion, { 'mcp-param-region': 'us' }, 400, -32020, 5],
  ['no argument header', inRegion, {}, 400, -32020, 5],
  [
    'a question that the client cannot take',
    modernRequest('tools/call', toolCall('ask_name'), 5, { [capabilities]: {} }),
    {},
    400,
    -32021,
    5
  ]
]

for (const [name, message, changed, status, code, id] of modernRows) {
  t.test(`2026-07-28: ${name}`, async (t) => {
    const own = isRequest(message) ? modernHeaders(message) : list
    const headers = Object.entries({ ...own, ...changed }).filter(([, value]) => value !== '')
    const answer = await send(app.url, { headers: Object.fromEntries(headers), body: message })
    checkRefusal(t, answer, { status, code, id })
  })
}

function isRequest(message: unknown): message is Request {
  return typeof (message as Partial<Request>).method === 'string'
}

t.test('2026-07-28: the supported versions are named', async (t) => {
  const headers = { ...list, 'mcp-protocol-version': '2099-01-01' }
  const { text } = await send(app.url, { headers, body: lists({ [versionKey]: '2099-01-01' }) })
  const { error } = JSON.parse(text) as { error: { data: unknown } }
  t.strictSame(error.data, { supported: [modern], requested: '2099-01-01' })
})

t.test('2026-07-28: an argument header tells nothing of a hidden tool', async (t) => {
  const headers = modernHeaders(inRegion, 'tiny')
  const answer = await send(app.url, { headers, body: inRegion })
  checkRefusal(t, answer, { status: 200, code: -32602, id: 5 })
})

const init = request('initialize', { protocolVersion: legacy }, 5)

const legacyRows: readonly (readonly [string, Request, Headers, number, number])[] = [
  ['a tool name that is no text', request('tools/call', { name: 5 }, 5), {}, 200, -32602],
  ['no such log level', request('logging/setLevel', { level: 'x' }, 5), {}, 200, -32602],
  ['unknown method', request('no/such', {}, 5), {}, 200, -32601],
  ['unknown tool', call('nope', {}, 5), {}, 200, -32602],
  ['bad cursor', request('tools/list', { cursor: 'bm9wZQ' }, 5), {}, 200, -32602],
  ['unknown session', request('tools/list', {}, 5), { 'mcp-session-id': 'x' }, 404, -32600],
  [
    'unsupported version',
    request('tools/list', {}, 5),
    { 'mcp-protocol-version': '2024-01-01' },
    400,
    -32600
  ],
  ['initialize without its parameters', init, {}, 200, -32602]
]

for (const [name, body, changed, status, code] of legacyRows) {
  t.test(`2025-11-25: ${name}`, async (t) => {
    const headers = { ...jsonHeaders(), accept: 'application/json', ...changed }
    checkRefusal(t, await send(app.url, { headers, body }), { status, code, id: 5 })
  })
}

t.test('2025-11-25, in a session', async (t) => {
  const session = { 'mcp-session-id': await openSessionId({ app, key: 'full' }) }
  const rows: readonly (readonly [string, Request, Headers, number, number])[] = [
    ['of another principal', request('tools/list', {}, 5), jsonHeaders('narrow'), 404, -32600],
    [
      'unsupported version',
      request('tools/list', {}, 5),
      { 'mcp-protocol-version': '2024-01-01' },
      400,
      -32600
    ],
    ['initialize again', initialize(5), {}, 400, -32600]
  ]
  for (const [name, body, changed, status, code] of rows) {
    t.test(name, async (t) => {
      const answer = await send(app.url, {
        headers: { ...jsonHeaders(), ...session, ...changed },
        body
      })
      checkRefusal(t, answer, { status, code, id: 5 })
    })
  }
})
