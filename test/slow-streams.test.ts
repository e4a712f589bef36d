import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { openSessionId } from './helpers/carriers.ts'
import { type EventStream, openStream } from './helpers/http.ts'
import {
  authHeaders,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  request,
  toolCall
} from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/* Clients that do not read what their streams say, and what others notice of it: nothing. */

type Headers = Readonly<Record<string, string>>

/** Large events fill the buffers of the kernel soon. */
const uri = `example://people/${'x'.repeat(1900)}`
const retryIds = /^id: (\S+)$/m

interface Raw {
  readonly method: 'GET' | 'POST'
  readonly headers: Headers
  readonly body?: object
}

/** Sends a request and stops reading after the head and the first event of the answer. */
async function sendDeaf(
  t: { teardown(end: () => unknown): void },
  { port }: App,
  { method, headers, body }: Raw
) {
  const text = body === undefined ? '' : JSON.stringify(body)
  const own = { ...headers, host: `127.0.0.1:${port}`, 'content-length': Buffer.byteLength(text) }
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}`)
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`${method} /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`)
  const [head] = (await once(socket, 'data')) as [Buffer]
  socket.pause()
  return { socket, head: head.toString() }
}

/** A session that has subscribed to the large resource. */
async function openSession(app: App): Promise<Headers> {
  const sessionId = await openSessionId({ app, key: 'full' })
  const session = { 'mcp-protocol-version': legacy, 'mcp-session-id': sessionId }
  const body = request('resources/subscribe', { uri })
  const stream = await openStream(app.url, { headers: { ...jsonHeaders(), ...session }, body })
  const { result } = await stream.find(({ id }) => id === body.id)
  if (!result) throw new Error('not subscribed')
  return session
}

const getStream = (session: Headers): Raw => ({
  method: 'GET',
  headers: { ...authHeaders(), ...session, accept: 'text/event-stream' }
})

function listen(): Raw {
  const body = modernRequest('subscriptions/listen', {
    notifications: { promptsListChanged: true, resourceSubscriptions: [uri] }
  })
  return { method: 'POST', headers: modernHeaders(body), body }
}

const isCut = (app: App, method: string): boolean =>
  app.log().some((line) => line.method === `${method} /mcp` && line.http_status === 499)

const kinds: Readonly<Record<string, (app: App) => Promise<Raw>>> = {
  'the stream of a session': async (app) => getStream(await openSession(app)),
  'subscriptions/listen': async () => listen()
}

for (const [kind, prepare] of Object.entries(kinds)) {
  t.test(`${kind}: who does not read is cut off, others hear everything`, async (t) => {
    const app = await startApp({ limits: { enabled: false } })
    t.teardown(() => app.close(0))
    const deaf = await prepare(app)
    await sendDeaf(t, app, deaf)
    const { method, headers, body } = await prepare(app)
    const other = await openStream(app.url, { method, headers, ...(body && { body }) })
    const count = countUntil(other, 'notifications/prompts/list_changed')
    let published = 0
    await until(async () => {
      for (let index = 0; index < 20; index++) app.changes.publish({ kind: 'resource', uri })
      published += 20
      await new Promise((resolve) => setImmediate(resolve))
      return isCut(app, deaf.method)
    }, 'the cut')
    app.changes.publish({ kind: 'prompts' })
    t.equal(await count, published, 'every event')
    other.cut()
  })
}

t.test('an answer in a session: cut off while it is not read, resumed afterwards', async (t) => {
  const app = await startApp({ limits: { enabled: false } })
  t.teardown(() => app.close(0))
  const session = await openSession(app)
  const headers = { ...jsonHeaders(), ...session }
  const body = request('tools/call', toolCall('talk', { name: 'first', times: 3000 }), 7)
  const { head } = await sendDeaf(t, app, { method: 'POST', headers, body })
  const [, primer = ''] = retryIds.exec(head) ?? []
  await until(() => isCut(app, 'POST'), 'the cut')
  await until(() => app.audit('TOOL_EXECUTE').length === 1, 'the end of the call')
  const resumed = await openStream(app.url, {
    method: 'GET',
    headers: { ...getStream(session).headers, 'last-event-id': primer }
  })
  let bytes = 0
  const answer = await resumed.find((message) => {
    bytes += JSON.stringify(message).length
    return message.id === 7
  })
  t.match(answer.result, { content: [{ text: 'said it all' }] })
  t.ok(bytes > 100_000 && bytes < 600_000, `${bytes} bytes of what was said, and no more`)
})

t.test('an answer larger than what may stay unread arrives whole', async (t) => {
  const app = await startApp({ limits: { enabled: false, maxResultBytes: 20_000_000 } })
  t.teardown(() => app.close(0))
  const session = await openSession(app)
  const headers = { ...jsonHeaders(), ...session }
  const body = request('tools/call', toolCall('big', { bytes: 15_000_000 }), 7)
  const { socket, head } = await sendDeaf(t, app, { method: 'POST', headers, body })
  await until(() => app.audit('TOOL_EXECUTE').length === 1, 'the end of the call')
  const end = readUntilEnd(socket, head)
  socket.resume()
  t.match(await end, /x{15}"[^x]*"id":7/)
})

t.test('an answer that is over is not kept for whoever never reads it', async (t) => {
  const app = await startApp({ limits: { enabled: false, maxResultBytes: 20_000_000 } })
  t.teardown(() => app.close(0))
  const session = await openSession(app)
  const { setTimeout } = globalThis
  t.teardown(() => {
    globalThis.setTimeout = setTimeout
  })
  // The time for so large an answer is a minute at least; nothing else here waits that long.
  const hurried = (run: () => void, ms = 0) => setTimeout(run, ms > 60_000 ? 10 : ms)
  globalThis.setTimeout = hurried as typeof setTimeout
  const headers = { ...jsonHeaders(), ...session }
  const body = request('tools/call', toolCall('big', { bytes: 15_000_000 }), 7)
  await sendDeaf(t, app, { method: 'POST', headers, body })
  await until(() => isCut(app, 'POST'), 'the cut')
  t.equal(app.audit('TOOL_EXECUTE').length, 1)
})

t.test('an answer outlives the noise of other calls', async (t) => {
  const app = await startApp({ limits: { enabled: false } })
  t.teardown(() => app.close(0))
  const session = await openSession(app)
  const headers = { ...jsonHeaders(), ...session }
  const call = (name: string, args: object, id: number) =>
    openStream(app.url, { headers, body: request('tools/call', toolCall(name, { ...args }), id) })
  const first = await call('echo', { text: 'kept' }, 7)
  const primer = await first.next()
  await first.find(({ id }) => id === 7)
  const noise = await call('talk', { name: 'noise', times: 300 }, 8)
  await noise.find(({ id }) => id === 8)
  const resumed = await openStream(app.url, {
    method: 'GET',
    headers: { ...getStream(session).headers, 'last-event-id': String(primer?.id) }
  })
  t.match((await resumed.next())?.message, {
    id: 7,
    result: { structuredContent: { text: 'kept' } }
  })
})

t.test('who resumes the stream of a session takes the place of the one before', async (t) => {
  const app = await startApp({ limits: { enabled: false } })
  t.teardown(() => app.close(0))
  const session = await openSession(app)
  const { method, headers } = getStream(session)
  const first = await openStream(app.url, { method, headers })
  app.changes.publish({ kind: 'tools' })
  const heard = await first.next()
  app.changes.publish({ kind: 'prompts' })
  app.changes.publish({ kind: 'prompts' })
  const own = { ...headers, 'last-event-id': String(heard?.id) }
  const second = await openStream(app.url, { method, headers: own })
  t.equal(second.status, 200)
  t.match((await second.next())?.message, { method: 'notifications/prompts/list_changed' })
  app.changes.publish({ kind: 'resources' })
  const next = await second.next()
  t.match(next?.message, { method: 'notifications/resources/list_changed' }, 'once, not twice')
  while (await first.next());
  t.pass('the first one has ended')
  second.cut()
})

async function countUntil(stream: EventStream, method: string): Promise<number> {
  let count = 0
  await stream.find((message) => {
    if (message.method === 'notifications/resources/updated') count++
    return message.method === method
  })
  return count
}

function readUntilEnd(socket: Socket, head: string): Promise<string> {
  // Only the end is of interest; ones of the chunked body may be in between.
  let tail = head
  return new Promise((resolve, reject) => {
    socket.on('close', () => reject(new Error('cut off')))
    socket.on('data', (chunk) => {
      tail = (tail + chunk.toString('latin1')).slice(-500)
      if (tail.endsWith('0\r\n\r\n')) resolve(tail)
    })
  })
}
