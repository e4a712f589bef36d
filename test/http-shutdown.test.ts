import { Agent } from 'node:http'
import t from 'tap'
import { fixture, type Running } from './helpers/executable.ts'
import { createGate } from './helpers/gate.ts'
import { type EventStream, openStream, send } from './helpers/http.ts'
import { quiet, speak } from './helpers/json-rpc.ts'
import { bearerHeaders, call, initialize, modernRequest, ping } from './helpers/messages.ts'
import { serve } from './helpers/serve.ts'
import { until } from './helpers/until.ts'

const token = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'
const gated = ['--module', fixture('gated-tools')]
/** Less than the grace period of 10 s: whoever waits for that does not end at once. */
const promptly = () => ({ timeout: 40_000 })

const jsonHeaders = bearerHeaders(token)

const serveGated = (
  t: { teardown(end: () => unknown): void },
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {}
) => serve(t, [...gated, ...flags], { ...quiet, MCP_AUTH_TOKEN: token, ...env })

const modernHeaders = (method: string, name?: string) => ({
  ...jsonHeaders,
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...(name !== undefined && { 'mcp-name': name })
})

/** A call that waits at the gate, by the lane that its number picks. */
function waitAtGate(url: string, id: number, sessionId: string) {
  const params = { name: 'wait_at_gate', arguments: { name: `${id}` } }
  if (id % 2 === 0) {
    const headers = modernHeaders('tools/call', 'wait_at_gate')
    return send(url, { headers, body: modernRequest('tools/call', params, id) })
  }
  const headers = id % 3 === 0 ? { ...jsonHeaders, 'mcp-session-id': sessionId } : jsonHeaders
  return send(url, { headers, body: call('wait_at_gate', { name: `${id}` }, id) })
}

async function openSession(url: string): Promise<string> {
  const { headers } = await send(url, { headers: jsonHeaders, body: initialize('init') })
  return String(headers['mcp-session-id'])
}

function openSessionStream(url: string, sessionId: string): Promise<EventStream> {
  const headers = { ...jsonHeaders, accept: 'text/event-stream', 'mcp-session-id': sessionId }
  return openStream(url, { method: 'GET', headers })
}

/** The two kinds of stream that stay open without a call. */
async function openStreams(url: string, sessionId: string) {
  const session = await openSessionStream(url, sessionId)
  const wish = { notifications: { toolsListChanged: true } }
  const listen = await openStream(url, {
    headers: modernHeaders('subscriptions/listen'),
    body: modernRequest('subscriptions/listen', wish, 'listen')
  })
  await listen.find(({ method }) => method === 'notifications/subscriptions/acknowledged')
  return { session, listen }
}

/** A stream whose first bytes come with its first heartbeat is a fault of its own, see below. */
const soon = { SSE_HEARTBEAT_INTERVAL: '0.05' }

async function readToEnd(stream: EventStream) {
  const messages = []
  for (let event = await stream.next(); event; event = await stream.next()) {
    if (event.message) messages.push(event.message)
  }
  return messages
}

async function terminate({ child, stderr }: Running): Promise<void> {
  child.kill('SIGTERM')
  await stderr.until(/shutting down/)
}

t.test('SIGTERM with 20 calls in flight and open streams: 20 answers, exit 0', async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const { running, url, origin } = await serveGated(t, ['--http'], { ...gate.env, ...soon })
  const sessionId = await openSession(url)
  const streams = await openStreams(url, sessionId)
  const ids = Array.from({ length: 20 }, (_, index) => index + 1)
  const calls = ids.map((id) => waitAtGate(url, id, sessionId))
  await gate.reached(ids.length)
  t.match(await send(`${origin}/ready`, { method: 'GET' }), { status: 200 })

  await terminate(running)
  const ready = await send(`${origin}/ready`, { method: 'GET' })
  t.equal(ready.status, 503)
  t.match(JSON.parse(ready.text), { reasons: [{ reason: 'draining' }] })
  t.match(await send(`${origin}/health`, { method: 'GET' }), { status: 200 })
  for (const body of [call('fill', { length: 1 }, 'new'), initialize('new'), ping('new')]) {
    const refused = await send(url, { headers: jsonHeaders, body })
    t.equal(refused.status, 503)
    t.match(refused.headers, { 'retry-after': /^\d+$/, 'x-request-id': String })
    t.match(JSON.parse(refused.text), { jsonrpc: '2.0', error: { code: 503 } })
  }

  gate.open()
  for (const [index, answer] of (await Promise.all(calls)).entries()) {
    t.equal(answer.status, 200)
    t.match(answer.text, `passed ${ids[index]}"`, 'with its own result')
  }
  const listened = await readToEnd(streams.listen)
  t.match(listened, [{ id: 'listen', result: { resultType: 'complete' } }])
  t.strictSame(await readToEnd(streams.session), [])
  t.equal((await running.ended).code, 0)
})

t.test('streams and idle connections alone do not delay the end', promptly(), async (t) => {
  const { running, url } = await serveGated(t, ['--http'], soon)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  t.match(await send(url, { headers: jsonHeaders, body: ping(1), agent }), { status: 200 })
  const streams = await openStreams(url, await openSession(url))
  await terminate(running)
  t.match(await readToEnd(streams.listen), [{ id: 'listen', result: {} }])
  t.strictSame(await readToEnd(streams.session), [])
  t.equal((await running.ended).code, 0)
})

t.test('the stream of a session is open before anything happens in it', promptly(), async (t) => {
  const { running, url } = await serveGated(t, ['--http'])
  const stream = await openSessionStream(url, await openSession(url))
  t.equal(stream.status, 200)
  await terminate(running)
  t.strictSame(await readToEnd(stream), [])
  t.equal((await running.ended).code, 0)
})

t.test('a second SIGTERM does not wait for calls in flight', promptly(), async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const { running, url } = await serveGated(t, ['--http'], gate.env)
  const lost = t.rejects(waitAtGate(url, 2, ''))
  await gate.reached(1)
  await terminate(running)
  running.child.kill('SIGTERM')
  t.not((await running.ended).code, 0)
  await lost
})

t.test('with a wait the server works on while it is not ready', async (t) => {
  const { running, url, origin } = await serveGated(t, ['--http'], { MCP_DRAIN_WAIT: '60' })
  await terminate(running)
  const ready = await send(`${origin}/ready`, { method: 'GET' })
  t.match([ready.status, JSON.parse(ready.text)], [503, { reasons: [{ reason: 'draining' }] }])
  const answer = await send(url, { headers: jsonHeaders, body: call('fill', { length: 3 }) })
  t.match([answer.status, answer.text], [200, /xxx/])
  t.equal(answer.headers.connection, 'close', 'but over another connection next time')
  running.child.kill('SIGTERM')
  t.equal((await running.ended).code, 1, 'a second signal ends the wait, too')
})

t.test('then it closes its port, and answers what it has', async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const { running, url } = await serveGated(t, ['--http'], { ...gate.env, MCP_DRAIN_WAIT: '0.05' })
  const held = waitAtGate(url, 2, '')
  await gate.reached(1)
  await terminate(running)
  const isOpen = () =>
    send(url, { method: 'GET' }).then(
      () => true,
      ({ code }) => code !== 'ECONNREFUSED'
    )
  await until(async () => !(await isOpen()), 'the port is closed')
  gate.open()
  t.match(await held, { status: 200, text: /passed 2/ })
  t.equal((await running.ended).code, 0)
})

t.test('--http --stdio serves both; HTTP outlives the end of input', async (t) => {
  const { running, url } = await serveGated(t, ['--http', '--stdio'])
  const client = speak(running)
  client.send(ping('line'))
  t.match(await client.answer('line'), { result: {} })
  t.match(await send(url, { headers: jsonHeaders, body: ping('post') }), {
    status: 200,
    text: /"id":"post"/
  })

  client.send(call('fill', { length: 3 }, 'last'))
  running.child.stdin?.end()
  t.match(await client.answer('last'), { result: { content: [{ text: 'xxx' }] } })
  t.match(await send(url, { headers: jsonHeaders, body: ping('after') }), { status: 200 })
  await terminate(running)
  const { code, stdout } = await running.ended
  t.equal(code, 0)
  t.equal(stdout.trimEnd().split('\n').length, 2, 'nothing but the two answers on stdout')
})

t.test('--mode both is the same choice, --mode http is not', async (t) => {
  const both = await serveGated(t, ['--mode', 'both'])
  const client = speak(both.running)
  client.send(ping(1))
  t.match(await client.answer(1), { result: {} })
  await terminate(both.running)
  t.equal((await both.running.ended).code, 0)

  const http = await serveGated(t, ['--mode', 'http'])
  http.running.child.stdin?.end(`${JSON.stringify(ping(1))}\n`)
  t.match(await send(http.url, { headers: jsonHeaders, body: ping(2) }), { status: 200 })
  await terminate(http.running)
  t.strictSame(await http.running.ended.then(({ code, stdout }) => [code, stdout]), [0, ''])
})
