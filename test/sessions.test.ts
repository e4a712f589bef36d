import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { openSessionId } from './helpers/carriers.ts'
import { type Answer, type EventStream, openStream, send } from './helpers/http.ts'
import { authHeaders, jsonHeaders, legacy, request, toolCall } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/* Sessions of 2025-era clients: their stream, its resumption, and their end. */

type Headers = Readonly<Record<string, string>>

const app = await startApp({ limits: { enabled: false }, sessions: { heartbeatMs: 20 } })
t.teardown(() => app.close(0))

/** What a client does in its session. */
async function openSession(at = app) {
  const sessionId = await openSessionId({ app: at, key: 'full' })
  const session = { 'mcp-protocol-version': legacy, 'mcp-session-id': sessionId }
  const ask = (method: string, params = {}, id = 1): Promise<EventStream> =>
    openStream(at.url, {
      headers: { ...jsonHeaders(), ...session },
      body: request(method, params, id)
    })
  return {
    sessionId,
    ask,
    /** Asks, and waits until it was answered. */
    async answer(method: string, params = {}, id = 1) {
      return (await ask(method, params, id)).find((message) => message.id === id)
    },
    tell: (method: string, params = {}): Promise<Answer> => {
      const body = { jsonrpc: '2.0', method, params }
      return send(at.url, { headers: { ...jsonHeaders(), ...session }, body })
    },
    listen: (more: Headers = {}): Promise<EventStream> => {
      const headers = { ...authHeaders(), ...session, accept: 'text/event-stream', ...more }
      return openStream(at.url, { method: 'GET', headers })
    },
    end: (): Promise<Answer> =>
      send(at.url, { method: 'DELETE', headers: { ...authHeaders(), ...session } })
  }
}

t.test('initialize opens a session that serves until DELETE', async (t) => {
  const session = await openSession()
  t.match(session.sessionId, /^[\x21-\x7e]{32,}$/, 'the id is long and printable')
  t.equal((await session.tell('notifications/initialized')).status, 202)
  t.strictSame((await session.answer('ping')).result, {})
  const { result } = await session.answer('tools/call', toolCall('echo', { text: 'a' }))
  t.strictSame(result?.structuredContent, { text: 'a' })

  t.equal((await session.end()).status, 200)
  t.equal((await session.ask('ping')).status, 404, 'POST after DELETE')
  t.equal((await session.listen()).status, 404, 'GET after DELETE')
  t.equal((await session.end()).status, 404, 'DELETE after DELETE')
})

t.test('the GET stream hears of changes', async (t) => {
  const session = await openSession()
  const stream = await session.listen()
  t.equal(stream.status, 200)
  const uri = 'docs://about'
  const change = { kind: 'resource', uri } as const
  app.changes.publish(change)
  app.changes.publish({ kind: 'tools' })
  t.strictSame((await session.answer('resources/subscribe', { uri })).result, {})
  app.changes.publish({ kind: 'resource', uri: 'docs://long' })
  app.changes.publish(change)
  t.strictSame((await session.answer('resources/unsubscribe', { uri })).result, {})
  app.changes.publish(change)
  app.changes.publish({ kind: 'prompts' })
  app.changes.publish({ kind: 'resources' })

  const heard = []
  for (const _ of [1, 2, 3, 4]) heard.push((await stream.next())?.message)
  t.match(heard, [
    { method: 'notifications/tools/list_changed' },
    { method: 'notifications/resources/updated', params: { uri } },
    { method: 'notifications/prompts/list_changed' },
    { method: 'notifications/resources/list_changed' }
  ])
  await session.end()
  t.equal(await stream.next(), undefined, 'DELETE ends it')
})

t.test('the GET stream opens at once', async (t) => {
  const quiet = await startApp()
  t.teardown(() => quiet.close(0))
  const session = await openSession(quiet)
  const opened = session.listen().then(({ status }) => status)
  const timer = wait(3000, 'still waiting', { ref: false })
  t.equal(await Promise.race([opened, timer]), 200, 'before there is anything to hear')
})

t.test('nobody subscribes to what he cannot read', async (t) => {
  const session = await openSession()
  const { error } = await session.answer('resources/subscribe', { uri: 'docs://nothing' })
  t.match(error, { code: -32602, message: 'Unknown resource.' })
  await session.end()
})

t.test('a second GET stream is refused, a new one after a cut is not', async (t) => {
  const session = await openSession()
  const first = await session.listen()
  t.equal((await session.listen()).status, 409)
  first.cut()
  await isNoticed(first)
  t.equal((await session.listen()).status, 200)
  await session.end()
})

t.test('an answer that was cut off is resumed by Last-Event-ID', async (t) => {
  const session = await openSession()
  const params = { ...toolCall('hold', { name: 'resumed' }), _meta: { progressToken: 'p' } }
  const stream = await session.ask('tools/call', params, 7)
  const primer = await stream.next()
  t.equal(primer?.message, undefined, 'the first event carries an id only')
  const progress = await stream.next()
  t.match(progress?.message, { method: 'notifications/progress', params: { progress: 1 } })
  t.not(primer?.id, progress?.id, 'each event has its own id')
  stream.cut()
  await isNoticed(stream)
  app.events.tell('release resumed')
  await until(() => app.audit('TOOL_EXECUTE').at(-1)?.tool === 'hold', 'the end of the call')

  const fromStart = await session.listen({ 'last-event-id': String(primer?.id) })
  t.match((await fromStart.next())?.message, { method: 'notifications/progress' })
  t.match((await fromStart.next())?.message, { id: 7, result: { content: [{}] } })
  const fromMiddle = await session.listen({ 'last-event-id': String(progress?.id) })
  t.match((await fromMiddle.next())?.message, { id: 7, result: { content: [{}] } })
  t.equal(await fromMiddle.next(), undefined, 'and then it ends')
  await session.end()
})

t.test('an answer is resumed while its tool still runs', async (t) => {
  const session = await openSession()
  const stream = await session.ask('tools/call', toolCall('hold', { name: 'running' }), 7)
  const primer = await stream.next()
  await app.events.told('running running')
  stream.cut()
  await isNoticed(stream)
  const resumed = await session.listen({ 'last-event-id': String(primer?.id) })
  t.equal(resumed.status, 200)
  app.events.tell('release running')
  t.match(await resumed.next(), { message: { id: 7, result: { content: [{}] } } })
  await session.end()
})

t.test('what was announced meanwhile is heard after coming back', async (t) => {
  const session = await openSession()
  const stream = await session.listen()
  app.changes.publish({ kind: 'tools' })
  const heard = await stream.next()
  stream.cut()
  await isNoticed(stream)
  app.changes.publish({ kind: 'prompts' })
  const again = await session.listen({ 'last-event-id': String(heard?.id) })
  t.match((await again.next())?.message, { method: 'notifications/prompts/list_changed' })
  await session.end()
})

t.test('a client that was away too long gets what is left', async (t) => {
  const session = await openSession()
  const stream = await session.listen()
  app.changes.publish({ kind: 'tools' })
  const heard = await stream.next()
  stream.cut()
  await isNoticed(stream)
  for (let count = 0; count < 300; count++) app.changes.publish({ kind: 'prompts' })
  const again = await session.listen({ 'last-event-id': String(heard?.id) })
  t.equal(again.status, 200)
  t.match((await again.next())?.message, { method: 'notifications/prompts/list_changed' })
  await session.end()
})

t.test('one session cannot resume the stream of another', async (t) => {
  const [one, other] = [await openSession(), await openSession()]
  const stream = await one.ask('tools/call', toolCall('echo', { text: 'mine' }), 7)
  const primer = await stream.next()
  t.match(await stream.next(), { message: { id: 7 } })
  const stolen = await other.listen({ 'last-event-id': String(primer?.id) })
  const event = await stolen.next()
  t.notMatch(JSON.stringify(event ?? {}), 'mine')
  stolen.cut()
  await Promise.all([one.end(), other.end()])
})

t.test('an idle session ends, one with an open stream does not', async (t) => {
  const brief = await startApp({ sessions: { idleMs: 800, heartbeatMs: 50 } })
  t.teardown(() => brief.close(0))
  const [listening, idle] = [await openSession(brief), await openSession(brief)]
  const stream = await listening.listen()
  const ended = () => brief.log().filter(({ msg }) => msg === 'Cleaned up expired session').length
  await until(() => ended() === 1, 'the end of the idle session')
  t.equal((await idle.ask('ping')).status, 404)
  t.equal((await listening.ask('ping')).status, 200)
  stream.cut()
  await until(() => ended() === 2, 'the end of the other one, too')
  t.equal((await listening.ask('ping')).status, 404)
})

/** A cut is over once the server knows of it. */
function isNoticed({ headers }: EventStream): Promise<void> {
  return app.events.told(`closed ${headers['x-request-id']}`)
}
