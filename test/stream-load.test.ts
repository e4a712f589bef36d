import t from 'tap'
import { createExpiry } from '../transports/http/streams/expiry.ts'
import { type App, startApp } from './helpers/app.ts'
import { openSessionId } from './helpers/carriers.ts'
import { type EventStream, openStream, send } from './helpers/http.ts'
import {
  authHeaders,
  initialize,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest
} from './helpers/messages.ts'
import { checkRefusal } from './helpers/refusals.ts'
import { until } from './helpers/until.ts'
import { exchange, openSocket } from './helpers/websocket.ts'

/*
 * Room for sessions and subscriptions, and the end of idle sessions among many. For more of them:
 * SESSIONS=5000 node dist/test/stream-load.test.js
 */

const sessionCount = Number(process.env.SESSIONS ?? 100)
t.setTimeout(600_000)

type KeyName = 'full' | 'narrow'
const seconds = { 'retry-after': /^[1-9]\d*$/ }

function listen(app: App, key: KeyName): Promise<EventStream> {
  const wish = modernRequest(
    'subscriptions/listen',
    { notifications: { toolsListChanged: true } },
    9
  )
  return openStream(app.url, { headers: modernHeaders(wish, key), body: wish })
}

function openSessionStream(app: App, sessionId: string): Promise<EventStream> {
  const session = { 'mcp-protocol-version': legacy, 'mcp-session-id': sessionId }
  const headers = { ...authHeaders(), ...session, accept: 'text/event-stream' }
  return openStream(app.url, { method: 'GET', headers })
}

const countSessions = (app: App): Promise<number> =>
  send(`${app.origin}/metrics`, { method: 'GET', headers: authHeaders() }).then(({ text }) =>
    Number(/^mcp_sessions_active (\d+)$/m.exec(text)?.[1])
  )

t.test('subscriptions have room in all, and a share for each caller', async (t) => {
  const app = await startApp({ limits: { enabled: false }, sessions: { max: 12 } })
  t.teardown(() => app.close(0))
  const streams = await Promise.all(Array.from({ length: 10 }, () => listen(app, 'full')))
  for (const stream of streams) {
    t.match((await stream.next())?.message, { method: 'notifications/subscriptions/acknowledged' })
  }
  const refuse = async (key: KeyName) => {
    const stream = await listen(app, key)
    t.equal(stream.status, 200)
    t.match((await stream.next())?.message, {
      id: 9,
      error: { code: 429, message: /subscriptions/, data: { retryAfterMs: 10_000 } }
    })
  }
  await refuse('full')
  const others = [await listen(app, 'narrow'), await listen(app, 'narrow')]
  for (const stream of others)
    t.ok((await stream.next())?.message?.method, 'room for somebody else')
  await refuse('narrow')
  streams[0]?.cut()
  await app.events.told(`closed ${streams[0]?.headers['x-request-id']}`)
  const again = await listen(app, 'full')
  t.ok((await again.next())?.message?.method, 'room again')
  await refuse('full')
})

t.test('a refused subscription takes no room', async (t) => {
  const app = await startApp({ limits: { enabled: false }, sessions: { max: 1 } })
  t.teardown(() => app.close(0))
  const wish = modernRequest('subscriptions/listen', { notifications: 'all' })
  const refused = await send(app.url, { headers: modernHeaders(wish), body: wish })
  t.match(refused.text, '-32602')
  const stream = await listen(app, 'full')
  t.ok((await stream.next())?.message?.method)
})

t.test('those of a connection are counted alike, and end with it', async (t) => {
  const app = await startApp({
    transport: 'websocket',
    limits: { enabled: false },
    sessions: { max: 12 }
  })
  t.teardown(() => app.close(0))
  const socket = await openSocket(app.url, { headers: authHeaders() })
  const ask = (id: number, notifications: unknown = { toolsListChanged: true }) =>
    exchange(socket, modernRequest('subscriptions/listen', { notifications }, id))
  const open = { method: 'notifications/subscriptions/acknowledged' }
  const full = { error: { code: 429, message: /subscriptions/, data: { retryAfterMs: 10_000 } } }
  t.match(await ask(0, 'all'), { error: { code: -32602 } }, 'a refused one takes no room')
  for (let id = 1; id <= 10; id++) t.match(await ask(id), open)
  t.match(await ask(11), { id: 11, ...full })
  t.match((await (await listen(app, 'full')).next())?.message, full)
  const params = { requestId: 1 }
  socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }))
  t.match(await ask(12), open, 'room again')
  t.match(await ask(13), full)
  socket.terminate()
  const isFree = async () =>
    (await (await listen(app, 'full')).next())?.message?.error === undefined
  await until(isFree, 'the place of one that ended with its connection')
})

t.test('sessions have a share for each caller', async (t) => {
  const app = await startApp({ sessions: { max: 12 } })
  t.teardown(() => app.close(0))
  const open = (key: KeyName) => openSessionId({ app, key })
  const [first = ''] = await Promise.all(Array.from({ length: 10 }, () => open('full')))
  const body = initialize(5)
  const refused = await send(app.url, { headers: jsonHeaders(), body })
  checkRefusal(t, refused, { status: 503, code: 503, id: 5, headers: seconds })
  t.ok(await open('narrow'), 'room for somebody else')
  const headers = { ...authHeaders(), 'mcp-session-id': first }
  t.equal((await send(app.url, { method: 'DELETE', headers })).status, 200)
  t.equal((await send(app.url, { method: 'DELETE', headers })).status, 404)
  t.ok(await open('full'), 'room again')
  const { status } = await send(app.url, { headers: jsonHeaders(), body })
  t.equal(status, 503, 'and not twice for one that ended once')
})

t.test(`of ${sessionCount} sessions the idle ones end, those with a stream do not`, async (t) => {
  const many = 10 * sessionCount
  const app = await startApp({
    limits: { enabled: false },
    http: { maxConnections: many, maxConnectionsPerAddress: many },
    sessions: { max: many, idleMs: 4000 }
  })
  t.teardown(() => app.close(0))
  const streams: EventStream[] = []
  for (let index = 0; index < sessionCount; index++) {
    const sessionId = await openSessionId({ app, key: 'full' })
    if (index % 2 === 0) streams.push(await openSessionStream(app, sessionId))
  }
  const ended = () => app.log().filter(({ msg }) => msg === 'Cleaned up expired session').length
  const idle = sessionCount - streams.length
  await until(async () => (await countSessions(app)) === streams.length, 'the end of the idle ones')
  t.equal(ended(), idle)
  app.changes.publish({ kind: 'tools' })
  for (const stream of streams) {
    t.match((await stream.next())?.message, { method: 'notifications/tools/list_changed' })
    stream.cut()
  }
  await until(async () => (await countSessions(app)) === 0, 'the end of the others')
  t.equal(ended(), sessionCount)
})

t.test('what rests longest ends first, and what is in use does not', async (t) => {
  const ended: string[] = []
  const expiry = createExpiry(50, (key) => ended.push(key))
  t.teardown(expiry.close)
  for (const key of ['a', 'b', 'c', 'd']) expiry.rest(key)
  expiry.wake('b')
  expiry.rest('a')
  await until(() => ended.length === 3, 'the end of three')
  t.strictSame(ended, ['c', 'd', 'a'])
  expiry.rest('b')
  await until(() => ended.length === 4, 'the end of the last')
  t.strictSame(ended, ['c', 'd', 'a', 'b'])
})

t.test('thousands that end together all end', async (t) => {
  const ended = new Set<string>()
  const expiry = createExpiry(1, (key) => ended.add(key))
  t.teardown(expiry.close)
  for (let index = 0; index < 5000; index++) expiry.rest(String(index))
  await until(() => ended.size === 5000, 'the end of all')
  t.equal(ended.size, 5000)
})
