import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { start } from './helpers/executable.ts'
import { send } from './helpers/http.ts'
import { speak } from './helpers/json-rpc.ts'
import { bearerHeaders, call, initialize, request, toolCall } from './helpers/messages.ts'
import { documentOf, getOf, listen } from './helpers/openapi.ts'
import { scrape } from './helpers/prometheus.ts'
import { serve } from './helpers/serve.ts'

const key = 'canary-inbound-key-of-more-than-32-characters'
const headers = bearerHeaders(key)
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
const env = { MCP_RATE_LIMIT_ENABLED: 'false', UPSTREAM_RETRIES: '1', MCP_AUTH_TOKEN: key }

/** An upstream API with one read, and the flags that mount it. */
async function mount(t: Test, answer: RequestListener) {
  const upstream = await listen(answer)
  t.teardown(upstream.close)
  const document = documentOf({ '/orders': { get: getOf('listOrders') } })
  const folder = t.testdir({ 'orders.json': JSON.stringify(document) })
  const flags = ['--openapi', join(folder, 'orders.json'), '--api-base-url', upstream.origin]
  return { upstream, flags }
}

/** A call of the revision 2025-11-25, with a `_meta`. */
function callWith(meta: object): object {
  return request('tools/call', { ...toolCall('list_orders'), _meta: meta })
}

const ok: RequestListener = (_, response) => {
  response.setHeader('content-type', 'application/json').end('{"item":"tea"}')
}

t.test('attempts by class of status, and the state of the circuit', async (t) => {
  let answer: RequestListener = ok
  const { flags } = await mount(t, (request, response) => answer(request, response))
  const { url, origin } = await serve(t, ['--http', ...flags], env)
  const ask = () => send(url, { headers, body: call('list_orders') })
  await ask()
  answer = (_, response) => response.writeHead(404).end()
  await ask()
  t.equal((await scrape(origin, headers)).value('mcp_circuit_state', { upstream: 'api' }), 0)
  answer = ({ socket }) => socket.resetAndDestroy()
  for (let turn = 0; turn < 5; turn++) await ask()
  const found = await scrape(origin, headers)
  t.equal(found.value('mcp_circuit_state', { upstream: 'api' }), 2)
  const name = 'mcp_upstream_request_duration_seconds_count'
  const count = (status_class: string) => found.value(name, { upstream: 'api', status_class })
  t.equal(count('2xx'), 1)
  t.equal(count('4xx'), 1)
  t.equal(count('error'), 5)
  t.equal(found.value('mcp_tool_calls_total', { tool: 'list_orders', outcome: 'failed' }), 6)
})

t.test('a traceparent goes to the API as it came, into the audit and into the log', async (t) => {
  const { upstream, flags } = await mount(t, ok)
  const { running, url, origin } = await serve(t, ['--http', ...flags], env)
  await send(url, { headers, body: callWith({ traceparent }) })
  await send(`${origin}/api/tools/list_orders`, {
    headers: { ...headers, traceparent },
    body: {}
  })
  for (const bad of ['00-0-0-00', `ff${traceparent.slice(2)}`, `${traceparent}\n`]) {
    await send(url, { headers, body: callWith({ traceparent: bad }) })
  }
  // A later version goes on as the one that is understood here.
  await send(url, { headers, body: callWith({ traceparent: `01${traceparent.slice(2)}-more` }) })
  t.strictSame(
    upstream.requests.map((request) => request.headers.traceparent),
    [traceparent, traceparent, undefined, undefined, undefined, traceparent]
  )
  running.child.kill('SIGTERM')
  const { stderr } = await running.ended
  const lines = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  const expected = [traceId, traceId, undefined, undefined, undefined, traceId]
  const audit = lines.filter(({ event }) => event === 'TOOL_EXECUTE')
  t.strictSame(
    audit.map((line) => line.traceId),
    expected
  )
  const access = lines.filter(({ msg }) => msg === 'request')
  t.strictSame(
    access.map((line) => line.trace_id),
    expected
  )
})

t.test('over stdio it goes to the API, too', async (t) => {
  const { upstream, flags } = await mount(t, ok)
  const running = start(flags, env)
  t.teardown(() => running.child.kill('SIGKILL'))
  const client = speak(running)
  client.send(initialize(0), callWith({ traceparent }))
  await client.answer(1)
  t.equal(upstream.requests[0]?.headers.traceparent, traceparent)
})
