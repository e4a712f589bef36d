import t from 'tap'
import { startApp } from './helpers/app.ts'
import { type Answer, openStream, send, sendRaw } from './helpers/http.ts'
import { authHeaders, modernHeaders, modernRequest, request, toolCall } from './helpers/messages.ts'
import { keyOf } from './helpers/principals.ts'
import { checkRefusal, type Wanted } from './helpers/refusals.ts'

/* Who is let in: credentials, Host, Origin, headers, paths and methods; and what browsers are told. */

type Headers = Readonly<Record<string, string>>

const listed = 'https://agents.example.com'
const app = await startApp({ http: { allowedOrigins: [listed] } })
t.teardown(() => app.close(0))

const own = new URL(app.origin).host
const body = request('tools/list', {}, 5)
const json = { 'content-type': 'application/json', accept: 'application/json' }
const withoutError = { 'www-authenticate': /^Bearer(?:(?!error=).)*$/ }
const withError = { 'www-authenticate': /^Bearer .*error="invalid_token"/ }

t.test('a missing or wrong key is 401, with its challenge and one audit record', async (t) => {
  const key = keyOf('full')
  const bearer = authHeaders()
  const rows: readonly (readonly [string, Headers, string, Headers | Record<string, RegExp>])[] = [
    ['none', {}, '', withoutError],
    ['in the query string', {}, `?api_key=${key}&token=${key}&access_token=${key}`, withoutError],
    ['a wrong bearer key', { authorization: 'Bearer wrong' }, '', withError],
    ['a wrong X-API-Key', { 'x-api-key': 'wrong' }, '', withError],
    ['a prefix of the key', { authorization: `Bearer ${key.slice(0, -1)}` }, '', withError],
    ['another scheme', { authorization: `Basic ${key}` }, '', withError],
    ['both headers', { ...bearer, 'x-api-key': key }, '', withError],
    ['two keys in one header', { authorization: `Bearer ${key}, Bearer ${key}` }, '', withError],
    ['nothing behind Bearer', { authorization: 'Bearer ' }, '', withError]
  ]
  for (const [name, headers, query, challenge] of rows) {
    t.test(name, async (t) => {
      const failures = app.audit('AUTH_FAILED').length
      const answer = await send(app.url + query, { headers: { ...json, ...headers }, body })
      checkRefusal(t, answer, { status: 401, code: 401, id: null, headers: challenge })
      const reason = challenge === withError ? 'invalid_token' : 'missing_bearer_token'
      const records = app.audit('AUTH_FAILED').slice(failures)
      t.match(records, [{ reason, requestId: answer.headers['x-request-id'] }], 'the audit record')
      t.notMatch(JSON.stringify(app.log()), key, 'no key in the log')
    })
  }
  t.test('a refused key is logged in these words', async (t) => {
    t.ok(app.log().some(({ msg }) => msg === 'invalid API key'))
  })
  t.test('either header alone is welcome', async (t) => {
    for (const headers of [bearer, { 'x-api-key': key }, { authorization: `bearer ${key}` }]) {
      const { status } = await send(app.url, { headers: { ...json, ...headers }, body })
      t.equal(status, 200)
    }
  })
})

t.test('a Host that is not allowed is 403 on every path', async (t) => {
  const forbidden = { status: 403, code: 'plain' } as const
  const rows: readonly (readonly [string, string, string | undefined, Wanted])[] = [
    ['foreign', '/health', 'evil.example', forbidden],
    ['of an allowed name as a prefix', '/health', `127.0.0.1.evil.example`, forbidden],
    ['none', '/health', undefined, forbidden],
    ['empty', '/health', '', forbidden],
    ['with userinfo', '/health', `evil@${own}`, forbidden],
    ['an absolute URL', '/health', `http://${own}`, forbidden],
    ['a port out of range', '/health', '127.0.0.1:99999', forbidden],
    ['foreign, on the MCP path', '/mcp', 'evil.example', { status: 403, code: 403, id: null }],
    // RFC 9112 §3.2.2: the authority of an absolute target counts, not the Host header.
    ['foreign in the target', 'http://evil.example/mcp', own, { ...forbidden, code: 403, id: null }]
  ]
  for (const [name, target, host, wanted] of rows) {
    t.test(name, async (t) => checkRefusal(t, await get(target, host), wanted))
  }
  t.test('HTTP/1.0 without a Host', async (t) => {
    checkRefusal(t, await sendRaw(app.port, 'GET /health HTTP/1.0\r\n\r\n'), forbidden)
  })
  t.test('its own names are allowed', async (t) => {
    for (const host of [own, 'localhost', 'LOCALHOST:1', '[::1]:80']) {
      t.equal((await get('/health', host)).status, 200, host)
    }
    t.equal((await get(`http://${own}/health`, own)).status, 200, 'as an absolute target')
  })
})

function get(target: string, host: string | undefined, more = ''): Promise<Answer> {
  const hostLine = host === undefined ? '' : `Host: ${host}\r\n`
  return sendRaw(app.port, `GET ${target} HTTP/1.1\r\n${hostLine}Connection: close\r\n${more}\r\n`)
}

t.test('the MCP path as an absolute target is refused in JSON-RPC, too', async (t) => {
  const head = `POST ${app.url} HTTP/1.1\r\nHost: ${own}\r\nConnection: close\r\n`
  const answer = await sendRaw(app.port, `${head}Content-Length: 0\r\n\r\n`)
  checkRefusal(t, answer, { status: 401, code: 401, id: null, headers: withoutError })
})

t.test('an Origin that is not listed is 403', async (t) => {
  const foreign = ['https://evil.example', 'null', '', `${listed}.evil.example`, `${listed}:444`]
  for (const origin of [...foreign, listed.replace('https', 'http')]) {
    t.test(`${origin || 'empty'}: refused`, async (t) => {
      const headers = { ...json, ...authHeaders(), origin }
      const answer = await send(app.url, { headers, body })
      checkRefusal(t, answer, { status: 403, code: 403, id: null })
    })
  }
  for (const origin of [listed, app.origin]) {
    t.test(`${origin === listed ? 'listed' : 'own'}: welcome`, async (t) => {
      const headers = { ...json, ...authHeaders(), origin }
      t.equal((await send(app.url, { headers, body })).status, 200)
    })
  }
})

t.test(
  'more than 100 headers are 431, one that may come once only is 400 when it comes twice',
  async (t) => {
    const many = (count: number): string =>
      Array.from({ length: count }, (_, index) => `X-${index}: 1\r\n`).join('')
    // Host and Connection count, too.
    t.equal((await get('/health', own, many(98))).status, 200, '100 are allowed')
    const tooMany = { status: 431, code: 'plain', headers: { connection: 'close' } } as const
    checkRefusal(t, await get('/health', own, many(99)), tooMany)
    checkRefusal(
      t,
      await get('/health', own, `${many(300)}Origin: https://evil.example\r\n`),
      tooMany
    )
    const repeated = ['Host', 'Origin', 'Authorization', 'X-API-Key', 'Mcp-Session-Id', 'Mcp-Name']
    for (const name of repeated) {
      t.test(`${name} twice`, async (t) => {
        const value = name === 'Host' ? own : name === 'Origin' ? listed : 'a'
        const line = `${name}: ${value}\r\n`
        const answer = await get('/mcp', own, name === 'Host' ? line : line + line.toLowerCase())
        checkRefusal(t, answer, { status: 400, code: -32600, id: null })
      })
    }
  }
)

t.test('malformed HTTP is refused without a word of JSON-RPC', async (t) => {
  const end = 'Connection: close\r\n\r\n'
  const rows: readonly (readonly [string, string, number])[] = [
    ['no HTTP', 'hello\r\n\r\n', 400],
    [
      'a header of 20 KB',
      `GET /health HTTP/1.1\r\nHost: ${own}\r\nX: ${'x'.repeat(20_000)}\r\n${end}`,
      431
    ],
    ['a path that cannot be decoded', `GET /%zz HTTP/1.1\r\nHost: ${own}\r\n${end}`, 404],
    ['the same for a foreign Host', `GET /%zz HTTP/1.1\r\nHost: evil.example\r\n${end}`, 403]
  ]
  for (const [name, text, status] of rows) {
    t.test(name, async (t) => {
      checkRefusal(t, await sendRaw(app.port, text), { status, code: 'plain' })
    })
  }
})

t.test('an unknown path is 404, a wrong method 405 with the right ones', async (t) => {
  const auth = authHeaders()
  const stream = { ...auth, accept: 'text/event-stream' }
  const allow = { allow: /^GET, POST, DELETE/ }
  const rows: readonly (readonly [string, string, Headers, Wanted])[] = [
    ['GET', '/no/such', {}, { status: 404, code: 'plain' }],
    ['POST', '/no/such', auth, { status: 404, code: 'plain' }],
    ['POST', '/mcp/', auth, { status: 404, code: 'plain' }],
    ['POST', '/health', {}, { status: 405, code: 'plain', headers: { allow: 'GET' } }],
    ['PUT', '/mcp', auth, { status: 405, code: -32600, id: null, headers: allow }],
    ['PATCH', '/mcp', auth, { status: 405, code: -32600, id: null, headers: allow }],
    ['TRACE', '/mcp', auth, { status: 405, code: -32600, id: null, headers: allow }],
    ['DELETE', '/mcp', auth, { status: 405, code: -32600, id: null, headers: allow }],
    ['GET', '/mcp', stream, { status: 400, code: -32600, id: null }],
    ['GET', '/mcp', { ...stream, 'mcp-session-id': 'x' }, { status: 404, code: -32600, id: null }],
    ['DELETE', '/mcp', { ...auth, 'mcp-session-id': 'x' }, { status: 404, code: -32600, id: null }],
    ['GET', '/mcp', { accept: 'text/event-stream' }, { status: 401, code: 401, id: null }]
  ]
  for (const [method, path, headers, wanted] of rows) {
    t.test(`${method} ${path} ${wanted.status}`, async (t) => {
      checkRefusal(t, await send(app.origin + path, { method, headers }), wanted)
    })
  }
})

const standard = {
  'access-control-allow-origin': listed,
  'access-control-expose-headers': /Mcp-Session-Id.*X-Request-Id/,
  'x-content-type-options': 'nosniff',
  'content-security-policy': /default-src 'none'/,
  'x-request-id': /^[\da-f-]{36}$/
}

t.test('a preflight is answered without a key', async (t) => {
  const headers = {
    origin: listed,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,mcp-method'
  }
  const { status, headers: told } = await send(app.url, { method: 'OPTIONS', headers })
  t.equal(status, 204)
  t.equal(told['access-control-allow-origin'], listed)
  t.match(told['access-control-allow-methods'], /POST.*DELETE/)
  const wanted = [
    'authorization',
    'x-api-key',
    'mcp-session-id',
    'mcp-protocol-version',
    'mcp-method'
  ]
  const more = [
    'mcp-name',
    'last-event-id',
    'traceparent',
    'tracestate',
    'baggage',
    'mcp-param-region'
  ]
  const allowed = String(told['access-control-allow-headers']).toLowerCase().split(/, */)
  for (const name of [...wanted, ...more]) t.ok(allowed.includes(name), `${name} may be sent`)
  const evil = { ...headers, origin: 'https://evil.example' }
  const refused = await send(app.url, { method: 'OPTIONS', headers: evil })
  checkRefusal(t, refused, { status: 403, code: 403, id: null })
})

t.test('the headers for browsers survive on every kind of answer', async (t) => {
  const origin = { origin: listed }
  const call = modernRequest('tools/call', toolCall('echo', { text: 'a' }))
  const counting = modernRequest('tools/call', toolCall('count', { to: 2 }), 1, {
    progressToken: 1
  })
  const asJson = await send(app.url, { headers: { ...modernHeaders(call), ...origin }, body: call })
  t.match(asJson.headers, { ...standard, 'content-type': /json/ }, 'tools/call')
  const stream = await openStream(app.url, {
    headers: { ...modernHeaders(counting), ...origin },
    body: counting
  })
  t.match(stream.headers, { ...standard, 'content-type': /event-stream/ }, 'as an event stream')
  stream.cut()
  const legacy = {
    ...json,
    accept: 'application/json, text/event-stream',
    ...authHeaders(),
    ...origin
  }
  const once = await openStream(app.url, { headers: legacy, body })
  t.match(once.headers, { ...standard, 'content-type': /event-stream/ }, 'to a 2025-era client')
  once.cut()
  const denied = await send(app.url, { headers: { ...json, ...origin }, body })
  t.match(denied.headers, standard, 'a refusal')
})
