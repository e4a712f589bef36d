import t from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { type Answer, send } from './helpers/http.ts'
import { authHeaders, jsonHeaders, request } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/* What anybody may see, what pages in browsers are told, and the line that each request leaves. */

const listed = 'https://agents.example.com'
const other = 'https://desk.example.com'

async function start(
  t: { teardown(end: () => unknown): void },
  settings: Readonly<Record<string, unknown>> = {}
): Promise<App> {
  const app = await startApp(settings)
  t.teardown(() => app.close(0))
  return app
}

const get = (app: App, path: string, headers: Readonly<Record<string, string>> = {}) =>
  send(app.origin + path, { method: 'GET', headers })

function preflight(app: App, origin: string): Promise<Answer> {
  const headers = { origin, 'access-control-request-method': 'POST' }
  return send(app.url, { method: 'OPTIONS', headers })
}

t.test('health: JSON, or OK for those who prefer text', async (t) => {
  const app = await start(t)
  for (const path of ['/health', '/livez', '/healthz']) {
    const answer = await get(app, path)
    t.equal(answer.status, 200)
    t.equal(
      answer.headers['access-control-allow-origin'],
      'http://localhost:8080',
      'without asking'
    )
    const { uptimeSeconds, ...rest } = JSON.parse(answer.text)
    t.ok(Number.isInteger(uptimeSeconds))
    t.match(rest, {
      status: 'healthy',
      version: app.mcp.version,
      service: 'portcullis',
      timestamp: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/
    })
    const text = await get(app, path, { accept: 'text/plain, application/json' })
    t.equal(text.text, 'OK')
    t.match((await get(app, path, { accept: 'application/json, text/plain' })).text, /^\{/)
  }
})

t.test('GET of the MCP path says what is there, unless it is closed', async (t) => {
  const app = await start(t)
  const answer = await get(app, '/mcp')
  t.equal(answer.status, 200)
  t.strictSame(JSON.parse(answer.text), {
    name: 'portcullis',
    version: app.mcp.version,
    protocolVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'],
    endpoints: { mcp: '/mcp', health: '/health', ready: '/ready' },
    authentication: 'required'
  })
  const closed = await start(t, { http: { infoPublic: false } })
  t.equal((await get(closed, '/mcp')).status, 401)
  t.equal((await get(closed, '/mcp', authHeaders())).status, 200)
})

t.test('MCP is served on the path of the configuration, and there only', async (t) => {
  const app = await start(t, { http: { path: '/tools/mcp' } })
  const ask = async (url: string) =>
    (await send(url, { headers: jsonHeaders(), body: request('tools/list') })).status
  t.equal(await ask(`${app.origin}/tools/mcp`), 200)
  t.equal(await ask(`${app.origin}/mcp`), 404)
})

t.test('preflight: a day, and credentials only where there is authentication', async (t) => {
  const guarded = await start(t, { http: { allowedOrigins: [listed, other] } })
  for (const origin of [listed, other]) {
    const { status, headers } = await preflight(guarded, origin)
    t.equal(status, 204)
    t.match(headers, {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
      'access-control-max-age': '86400',
      vary: /Origin/
    })
  }
  const open = await start(t, { auth: { required: false }, http: { allowedOrigins: [listed] } })
  t.equal((await preflight(open, listed)).headers['access-control-allow-credentials'], undefined)
  const anywhere = await start(t, { http: { allowedOrigins: ['*'] } })
  const { headers } = await preflight(anywhere, other)
  t.equal(headers['access-control-allow-origin'], '*')
  t.equal(headers['access-control-allow-credentials'], undefined)
})

t.test('each request leaves one line with time, level, id, method, duration, status', async (t) => {
  const app = await start(t)
  const requests = () => app.log().filter(({ msg }) => msg === 'request')
  await get(app, '/health')
  const good = await get(app, '/api/tools', authHeaders())
  const bad = await get(app, '/api/tools')
  const rows = [
    [good, 'success', 200],
    [bad, 'error', 401]
  ] as const
  for (const [{ headers }, status, http_status] of rows) {
    const id = headers['x-request-id']
    const lines = () => requests().filter(({ request_id }) => request_id === id)
    await until(() => lines().length > 0, 'the line of the request')
    t.match(lines(), [
      {
        timestamp: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
        level: 'INFO',
        method: 'GET /api/tools',
        duration_ms: Number,
        status,
        http_status
      }
    ])
  }
  t.equal(requests().length, 2, 'none of a probe')
})

t.test('the audit says who came in, who did not, from where and to which path', async (t) => {
  const app = await start(t)
  await get(app, '/health')
  await get(app, '/api/tools', authHeaders('tiny'))
  await get(app, '/api/tools')
  await get(app, '/api/tools', { 'x-api-key': 'wrong' })
  const place = { transport: 'http', remote: '127.0.0.1', path: '/api/tools' }
  t.match(app.audit('AUTH_SUCCESS'), [{ ...place, principal: 'tiny' }])
  t.equal(app.audit('AUTH_SUCCESS').length, 1)
  t.match(app.audit('AUTH_FAILED'), [
    { ...place, reason: 'missing_bearer_token' },
    { ...place, reason: 'invalid_token' }
  ])
  t.equal(app.audit('AUTH_FAILED').length, 2)
})

t.test('a method without a rate of its own: ten at once, unless limits are off', async (t) => {
  const codes = async (settings: Readonly<Record<string, unknown>>) => {
    const app = await start(t, settings)
    const found: unknown[] = []
    for (let turn = 0; turn < 12; turn++) {
      const { status, text } = await send(app.url, {
        headers: { ...jsonHeaders(), accept: 'application/json' },
        body: request('no/such')
      })
      const { code, data } = JSON.parse(text).error
      t.equal(status, 200, 'the protocol was reached')
      t.equal(data?.retryAfterMs > 0, code === 429, 'how long to wait')
      found.push(code)
    }
    return found
  }
  const unknown = Array.from({ length: 10 }, () => -32601)
  // Less than one refills meanwhile.
  t.strictSame(await codes({ limits: { perMinute: 0.001 } }), [...unknown, 429, 429])
  t.strictSame(await codes({ limits: { enabled: false } }), [...unknown, -32601, -32601])
})

t.test('without redaction the log tells what was thrown', async (t) => {
  const shows = async (redact: boolean) => {
    const app = await start(t, { log: { redact } })
    await send(`${app.origin}/api/tools/fail`, { headers: jsonHeaders(), body: {} })
    return /secret at/.test(JSON.stringify(app.log()))
  }
  t.equal(await shows(true), false)
  t.equal(await shows(false), true)
})
