import t, { type Test } from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { allCarriers, carriers } from './helpers/carriers.ts'
import { createFacade } from './helpers/facade.ts'
import { send } from './helpers/http.ts'
import {
  authHeaders,
  jsonHeaders,
  modernHeaders,
  modernRequest,
  toolCall
} from './helpers/messages.ts'
import { metricTable, scrape } from './helpers/prometheus.ts'

type Labels = Readonly<Record<string, string>>

const call = 'tools/call'

async function start(t: Test, settings: object = {}): Promise<App> {
  const app = await startApp({ ...allCarriers, ...settings })
  t.teardown(() => app.close(0))
  return app
}

t.test('names, types and labels are those of the contract', async (t) => {
  const app = await start(t)
  const facade = createFacade(app)
  await facade.post('/api/tools/echo', { text: 'hi' })
  await facade.post('/api/tools/unknown', {})
  app.mcp.metrics.observeUpstream('shifts', { statusClass: '2xx', durationMs: 40 })
  const { types, samples } = await scrape(app.origin, authHeaders())
  t.strictSame([...types.keys()], Object.keys(metricTable))
  for (const [name, [type, ...labels]] of Object.entries(metricTable)) {
    t.equal(types.get(name), type, name)
    const own = samples.filter((each) => each.name.replace(/_(bucket|sum|count)$/, '') === name)
    for (const sample of own) {
      const extra = sample.name.endsWith('_bucket') ? ['le'] : []
      t.strictSame(Object.keys(sample.labels).sort(), [...labels, ...extra].sort(), sample.name)
    }
    t.ok(own.length > 0 || name === 'mcp_circuit_state', `${name} has samples`)
  }
})

t.test('what an alert counts from its first event on is there before it', async (t) => {
  const app = await start(t)
  const { samples } = await scrape(app.origin, authHeaders())
  const zeros = samples.filter(({ name, value }) => name === 'mcp_errors_total' && value === 0)
  t.strictSame(
    zeros.map(({ labels }) => labels),
    [call, 'resources/read', 'prompts/get'].map((method) => ({ method, error_code: '503' }))
  )
})

t.test('a histogram is cumulative and ends with all of them', async (t) => {
  const app = await start(t)
  for (const durationMs of [0, 1, 1.001, 30_000, 30_001, 60_001]) {
    app.mcp.metrics.observeUpstream('a', { statusClass: '5xx', durationMs })
  }
  const found = await scrape(app.origin, authHeaders())
  const labels = { upstream: 'a', status_class: '5xx' }
  const name = 'mcp_upstream_request_duration_seconds'
  const buckets = found.samples.filter((each) => each.name === `${name}_bucket`)
  t.strictSame(
    buckets.map(({ labels: { le }, value }) => [le, value]),
    [
      ...[
        ['0.001', 2],
        ...['0.005', '0.025', '0.1', '0.25', '0.5', '1', '2.5', '5', '10'].map((le) => [le, 3])
      ],
      ['30', 4],
      ['60', 5],
      ['+Inf', 6]
    ]
  )
  t.equal(found.value(`${name}_count`, labels), 6)
  t.equal(Math.round(found.value(`${name}_sum`, labels)), 120)
})

t.test('/metrics needs a credential, unless it is public', async (t) => {
  const app = await start(t)
  const get = (origin: string, headers: Labels = {}) =>
    send(`${origin}/metrics`, { method: 'GET', headers })
  t.equal((await get(app.origin)).status, 401)
  t.equal((await get(app.origin, { authorization: 'Bearer wrong' })).status, 401)
  const { status, headers } = await get(app.origin, authHeaders())
  t.equal(status, 200)
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4; charset=utf-8$/)
  const open = await start(t, { http: { metricsPublic: true } })
  t.equal((await get(open.origin)).status, 200)
  t.equal((await send(open.url, { headers: jsonHeaders(), body: '{}' })).status, 400)
  t.equal((await get(open.origin, { host: 'evil.example' })).status, 403)
})

t.test('who was let in, and who was not and why', async (t) => {
  const app = await start(t)
  const ask = (headers: Labels) => send(`${app.origin}/api/tools`, { method: 'GET', headers })
  await ask({})
  await ask({ authorization: 'Bearer wrong' })
  await ask(authHeaders('expired'))
  await ask(authHeaders())
  const found = await scrape(app.origin, authHeaders())
  const failure = (reason: string) => found.value('mcp_auth_total', { result: 'failure', reason })
  t.equal(failure('missing_bearer_token'), 1)
  t.equal(failure('invalid_token'), 1)
  t.equal(failure('expired_token'), 1)
  t.equal(failure('banned'), 0)
  t.equal(found.value('mcp_auth_total', { result: 'success', reason: 'none' }), 2)
})

t.test('sessions, slots, audit and version', async (t) => {
  const app = await start(t)
  const carrier = await carriers['HTTP 2025-11-25 session']?.({ app, key: 'full' })
  const held = await carrier?.send(call, toolCall('hold', { name: 'slot' }))
  await app.events.told('running slot')
  const during = await scrape(app.origin, authHeaders())
  t.equal(during.value('mcp_sessions_active'), 1)
  t.equal(during.value('mcp_inflight'), 1)
  t.equal(during.value('mcp_queue_depth'), 0)
  t.equal(during.value('mcp_build_info', { version: app.mcp.version }), 1)
  app.events.tell('release slot')
  await held?.answer
  const after = await scrape(app.origin, authHeaders())
  t.equal(after.value('mcp_inflight'), 0)
  // The line of the scrape's own key is written when its turn ends.
  const own = app.audit().length - after.value('mcp_audit_records_total')
  t.ok(own === 0 || own === 1, `${own} lines since`)
  t.equal(after.value('mcp_audit_dropped_total'), 0)
})

t.test('no word of a caller becomes a label', async (t) => {
  const app = await start(t, { limits: { enabled: false } })
  const hostile = [
    'canary"} 1',
    'canary\n# HELP x',
    'canary\\',
    '__proto__',
    'constructor',
    'canary'.repeat(50)
  ]
  const facade = createFacade(app)
  for (const name of hostile) {
    for (const open of Object.values(carriers)) {
      const carrier = await open({ app, key: 'full' })
      // Some names cannot even be sent as a header.
      for (const [method, params] of [
        [call, { name, arguments: [] }],
        [name, {}]
      ] as const) {
        await (await carrier.send(method, params)).answer.catch(() => undefined)
      }
      await carrier.close()
    }
    const body = modernRequest('resources/read', { uri: `docs://${name}` })
    await send(app.url, {
      headers: { ...modernHeaders({ ...body, params: {} }), 'mcp-name': 'x' },
      body
    })
    await facade.post(`/api/tools/${encodeURIComponent(name)}`, {})
    await facade.get(`/${encodeURIComponent(name)}`)
    await facade.get('/api/tools', { authorization: `Bearer ${name.replace(/\W/g, '')}` })
  }
  const { samples, text } = await scrape(app.origin, authHeaders())
  t.notMatch(text, /canary|__proto__|constructor|docs:|full|narrow|127\.0\.0\.1|pcl_/)
  const values = (label: string) => new Set(samples.flatMap(({ labels }) => labels[label] ?? []))
  t.strictSame(values('tool'), new Set(['_unknown']))
  t.ok(values('method').has('_unknown'))
  t.ok(values('route').has('_unknown'))
  t.ok(samples.length < 300, `${samples.length} samples`)
})

t.test('a server that is stopped can still be watched', async (t) => {
  const app = await start(t)
  app.mcp.killSwitch.stop()
  t.equal(
    (await send(`${app.origin}/api/tools`, { method: 'GET', headers: authHeaders() })).status,
    503
  )
  await send(app.url, { headers: jsonHeaders(), body: modernRequest(call, toolCall('echo')) })
  const found = await scrape(app.origin, authHeaders())
  t.equal(found.value('mcp_errors_total', { method: '_unknown', error_code: '503' }), 1)
  t.equal((await send(`${app.origin}/metrics`, { method: 'GET' })).status, 401)
})
