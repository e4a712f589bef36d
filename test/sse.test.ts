import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { SSEClientTransport as ModernSse } from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import t from 'tap'
import { openConnection } from '../transports/connection.ts'
import { type App, startApp } from './helpers/app.ts'
import { openSse } from './helpers/carriers.ts'
import { type EventStream, openStream, send } from './helpers/http.ts'
import { authHeaders, jsonHeaders, request, toolCall } from './helpers/messages.ts'
import { keyOf, principals } from './helpers/principals.ts'
import { until } from './helpers/until.ts'

/* The HTTP+SSE transport of the revision 2024-11-05. */

const sse = { enabled: true }

async function start(
  t: { teardown(end: () => unknown): void },
  settings: object = {}
): Promise<App> {
  const app = await startApp({ sse, ...settings })
  t.teardown(() => app.close(0))
  return app
}

type Headers = Readonly<Record<string, string>>

/** Opens a session by hand. */
async function open(app: App, more: Headers = {}) {
  const headers = { accept: 'text/event-stream', ...authHeaders(), ...more }
  const stream = await openStream(`${app.url}/sse`, { method: 'GET', headers })
  const endpoint = String((await stream.next())?.data)
  return {
    stream,
    endpoint,
    sessionId: String(stream.headers['x-session-id']),
    post: (body: unknown, headers: Headers = jsonHeaders()) =>
      send(app.origin + endpoint, { headers, body })
  }
}

const call = (id: number, text: string) => request('tools/call', toolCall('echo', { text }), id)

t.test('off, unless it is asked for', async (t) => {
  const app = await startApp()
  t.teardown(() => app.close(0))
  const answer = await send(`${app.url}/sse`, { method: 'GET', headers: authHeaders() })
  t.equal(answer.status, 404)
  const posted = await send(`${app.url}?sessionId=x`, {
    headers: jsonHeaders(),
    body: call(1, 'a')
  })
  t.equal(posted.status, 200, 'and the parameter means nothing')
  const info = JSON.parse((await send(app.url, { method: 'GET' })).text)
  t.notOk('sse' in info.endpoints)
})

t.test('the client of the SDK lists, calls, is asked and cancels', async (t) => {
  const app = await start(t)
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } })
  client.setRequestHandler(ElicitRequestSchema, async () => ({
    action: 'accept' as const,
    content: { name: 'Ada' }
  }))
  const requestInit = { headers: authHeaders() }
  const eventSourceInit = {
    fetch: (url: string | URL, init: object) =>
      fetch(url, { ...init, headers: { ...authHeaders(), accept: 'text/event-stream' } })
  }
  const url = new URL(`${app.url}/sse`)
  await client.connect(new SSEClientTransport(url, { requestInit, eventSourceInit }))
  const { tools } = await client.listTools()
  t.ok(tools.some(({ name }) => name === 'echo'))
  const echo = await client.callTool({ name: 'echo', arguments: { text: 'hi' } })
  t.strictSame(echo.structuredContent, { text: 'hi' })
  const asked = await client.callTool({ name: 'ask_name' })
  t.match(asked.content, [{ text: /Ada/ }])
  const released: Promise<unknown>[] = []
  const onprogress = (): void => {
    released.push(client.callTool({ name: 'release', arguments: { name: 'told' } }))
  }
  const told = { name: 'hold', arguments: { name: 'told' } }
  t.match(await client.callTool(told, undefined, { onprogress }), { content: [{}] })
  t.equal(released.length, 1, 'progress comes while the tool runs')
  await Promise.all(released)
  const controller = new AbortController()
  const held = client.callTool({ name: 'hold', arguments: { name: 'sse' } }, undefined, {
    signal: controller.signal
  })
  await app.events.told('running sse')
  controller.abort()
  await t.rejects(held)
  await app.events.told('aborted sse')
  await client.close()
  t.equal(typeof ModernSse, 'function', 'the successor of the SDK has that client, too')
})

t.test('the endpoint comes first, with the session in a header', async (t) => {
  const app = await start(t)
  const { stream, endpoint, sessionId, post } = await open(app)
  t.equal(stream.status, 200)
  t.match(stream.headers, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff'
  })
  t.match(sessionId, /^[\da-f-]{36}$/)
  t.equal(endpoint, `/mcp?sessionId=${sessionId}`)
  t.match(await post(call(7, 'a')), { status: 202, text: '' })
  t.match(await stream.next(), { message: { id: 7, result: {} } })
  const info = JSON.parse((await send(app.url, { method: 'GET' })).text)
  t.equal(info.endpoints.sse, '/mcp/sse')
  stream.cut()
})

t.test('a bad message is refused where it was posted', async (t) => {
  const app = await start(t)
  const { stream, post } = await open(app)
  for (const [body, status, code] of [
    ['nonsense', 400, -32700],
    ['[', 400, -32700],
    ['[]', 400, -32600],
    [[call(1, 'a')], 400, -32600],
    [{ jsonrpc: '2.0' }, 400, -32600],
    ['['.repeat(100_000), 400, -32600],
    ['x'.repeat(1_100_000), 413, -32600]
  ] as const) {
    const answer = await post(body)
    t.equal(answer.status, status)
    t.match(JSON.parse(answer.text), { jsonrpc: '2.0', error: { code } })
  }
  t.equal((await post(request('tools/call', { name: 5 }, 3))).status, 202)
  t.match(await stream.next(), { message: { id: 3, error: { code: -32602 } } })
  await post(request('tools/call', toolCall('hold', { name: 'twice' }), 4))
  await app.events.told('running twice')
  t.equal((await post(call(4, 'again'))).status, 400, 'an id that is in use')
  app.events.tell('release twice')
  t.match(await stream.next(), { message: { id: 4, result: {} } })
  stream.cut()
})

t.test('somebody else has no use of a session id', async (t) => {
  const app = await start(t, { limits: { enabled: false } })
  const mine = await open(app)
  const foreign = await mine.post(call(1, 'stolen'), jsonHeaders('tiny'))
  t.equal(foreign.status, 404)
  t.match(JSON.parse(foreign.text), { id: 1, error: { code: -32600 } })
  t.equal((await mine.post(call(1, 'none'), { 'content-type': 'application/json' })).status, 401)
  t.equal(app.audit('TOOL_EXECUTE').length, 0, 'nothing ran')
  const taken = await open(app, {
    authorization: `Bearer ${keyOf('tiny')}`,
    'x-session-id': mine.sessionId
  })
  t.not(taken.sessionId, mine.sessionId, 'nor of its stream')
  for (const query of ['sessionId=', `sessionId=${mine.sessionId}&sessionId=x`, 'sessionId[]=x']) {
    const answer = await send(`${app.url}?${query}`, { headers: jsonHeaders(), body: call(1, 'a') })
    t.equal(answer.status, query.includes('[]') ? 200 : 404, query)
  }
  await mine.post(call(2, 'mine'))
  t.match(await mine.stream.next(), { message: { id: 2, result: {} } })
  mine.stream.cut()
  taken.stream.cut()
})

t.test('what is cancelled at once is judged by the key it came with', async (t) => {
  const app = await start(t)
  const said: string[] = []
  const connection = openConnection({
    mcp: app.mcp,
    caller: { principal: principals.full, transport: 'sse' },
    maxBytes: 1_000_000,
    takePlace: () => undefined,
    wire: { write: async (text) => void said.push(text) }
  })
  const poster = { principal: principals.tiny, transport: 'sse' } as const
  const params = { requestId: 7 }
  connection.accept(request('tools/call', toolCall('hold', { name: 'lent' }), 7), poster)
  connection.accept({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, poster)
  await until(() => app.audit('TOOL_EXECUTE').length === 1, 'the record')
  t.match(app.audit('TOOL_EXECUTE'), [{ outcome: 'forbidden', principal: 'tiny' }])
  await connection.close(0)
  t.strictSame(said, [], 'and is never answered')
})

t.test('clients that count alike get their own answers', async (t) => {
  const app = await start(t, { limits: { enabled: false } })
  const carriers = await Promise.all([1, 2, 3].map(() => openSse({ app, key: 'full' })))
  for (let id = 1; id <= 30; id++) {
    const pending = await Promise.all(
      carriers.map((carrier, client) =>
        carrier.send('tools/call', toolCall('echo', { text: `${client} ${id}` }), id)
      )
    )
    const answers = await Promise.all(pending.map(({ answer }) => answer))
    t.match(
      answers,
      carriers.map((_, client) => ({
        id,
        result: { structuredContent: { text: `${client} ${id}` } }
      }))
    )
  }
  for (const carrier of carriers) await carrier.close()
})

t.test('a comment keeps a quiet stream alive', async (t) => {
  const app = await start(t, { sessions: { heartbeatMs: 20 } })
  const socket = await openDeaf(app, '/mcp/sse')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  await until(() => text.split('\n: heartbeat\n\n').length > 3, 'three heartbeats')
  socket.destroy()
})

t.test('idle without a stream it ends; with one it lives', async (t) => {
  const app = await start(t, { sse: { enabled: true, idleMs: 50 } })
  const [left, stays] = [await open(app), await open(app)]
  left.stream.cut()
  const isExpired = () => app.log().some(({ msg }) => msg === 'Cleaned up expired session')
  await until(isExpired, 'the expiry')
  t.equal((await left.post(call(1, 'late'))).status, 404)
  t.equal((await stays.post(call(2, 'alive'))).status, 202)
  t.match(await stays.stream.next(), { message: { id: 2 } })
  const expired = app.log().filter(({ msg }) => msg === 'Cleaned up expired session')
  t.equal(expired.length, 1)
  stays.stream.cut()
})

t.test('a client that comes back goes on, and gets what it missed', async (t) => {
  const app = await start(t)
  const first = await open(app)
  await first.post(request('tools/call', toolCall('hold', { name: 'missed' }), 9))
  await app.events.told('running missed')
  first.stream.cut()
  await app.events.told(`closed ${first.stream.headers['x-request-id']}`)
  app.events.tell('release missed')
  await until(() => app.audit('TOOL_EXECUTE').length === 1, 'the end of the call')
  const again = await open(app, { 'x-session-id': first.sessionId })
  t.equal(again.sessionId, first.sessionId)
  t.match(await again.stream.find(({ id }) => id === 9), { result: {} })
  const third = await open(app, { 'x-session-id': first.sessionId })
  t.equal(await again.stream.next(), undefined, 'a newer stream takes over')
  await third.post(call(10, 'on the third'))
  t.match(await third.stream.next(), { message: { id: 10 } })
  third.stream.cut()
})

t.test('the room is shared: of one caller and in all', async (t) => {
  const app = await start(t, { sessions: { max: 10 }, limits: { enabled: false } })
  const opened = await Promise.all(Array.from({ length: 10 }, () => open(app)))
  const more: EventStream = await openStream(`${app.url}/sse`, {
    method: 'GET',
    headers: authHeaders()
  })
  t.equal(more.status, 503)
  t.match(more.headers, { 'retry-after': String })
  for (const { stream } of opened) stream.cut()
})

/** A stream whose answers nobody reads. */
async function openDeaf(app: App, path: string): Promise<Socket> {
  const socket = connect(app.port, '127.0.0.1')
  socket.on('error', () => {})
  const lines = ['Host: localhost', `Authorization: Bearer ${keyOf('full')}`]
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  await once(socket, 'connect')
  return socket
}

t.test('a reader that stalls is cut off; what waits for it is bounded', async (t) => {
  const app = await start(t, { sse: { enabled: true, idleMs: 50 }, limits: { enabled: false } })
  const socket = await openDeaf(app, '/mcp/sse')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  await until(() => text.includes('sessionId='), 'the endpoint')
  const [, endpoint = ''] = /data: (\S+)/.exec(text) ?? []
  socket.pause()
  const bytes = 900_000
  const isThere = async (id: number): Promise<boolean> => {
    const body = request('tools/call', toolCall('big', { bytes }), id)
    return (await send(app.origin + endpoint, { headers: jsonHeaders(), body })).status === 202
  }
  let sent = 0
  while (sent < 200 && (await isThere(sent))) sent++
  t.ok(sent < 200, `gone after ${sent} answers of ${bytes} bytes`)
  socket.destroy()
})

t.test('the end of the server answers what is in flight, and ends the streams', async (t) => {
  const app = await startApp({ sse })
  const [busy, idle] = [await open(app), await open(app)]
  await busy.post(request('tools/call', toolCall('hold', { name: 'last' }), 1))
  await app.events.told('running last')
  const over = app.close(10_000)
  t.equal(await idle.stream.next(), undefined)
  app.events.tell('release last')
  t.match(await busy.stream.next(), { message: { id: 1, result: {} } })
  t.equal(await busy.stream.next(), undefined)
  await over
})
