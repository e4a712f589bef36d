import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { openSessionId } from './helpers/carriers.ts'
import { type EventStream, type Message, openStream, type Sent, send } from './helpers/http.ts'
import {
  authHeaders,
  call,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  toolCall
} from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/* What stops a running tool: in a session its client's word, outside of one its going away. */

const app = await startApp({ limits: { enabled: false } })
t.teardown(() => app.close(0))

const outcomeOf = (name: string): unknown =>
  app.audit('TOOL_EXECUTE').find(({ args }) => (args as { name?: string }).name === name)?.outcome

async function inSession(name: string) {
  const sessionId = await openSessionId({ app, key: 'full' })
  const session = { 'mcp-protocol-version': legacy, 'mcp-session-id': sessionId }
  const headers = { ...jsonHeaders(), ...session }
  const body = call('hold', { name }, 7)
  const stream = await openStream(app.url, { headers, body })
  await app.events.told(`running ${name}`)
  return { headers, stream, end: { ...authHeaders(), ...session } }
}

t.test('session: notifications/cancelled stops the tool and ends the stream', async (t) => {
  const { headers, stream } = await inSession('cancelled')
  const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } }
  t.equal((await send(app.url, { headers, body })).status, 202)
  await app.events.told('aborted cancelled')
  await until(() => outcomeOf('cancelled') === 'cancelled', 'the audit record')
  const { messages, lastId } = await readToEnd(stream)
  t.strictSame(messages, [], 'without an answer')

  // Both SDKs come back for the answer of a stream that ended without one.
  const again = { ...headers, accept: 'text/event-stream', 'last-event-id': String(lastId) }
  const resumed = await readToEnd(await openStream(app.url, { method: 'GET', headers: again }))
  t.notOk(resumed.messages.some(({ result }) => result))
})

/** A stream that stays open for nothing keeps its session alive and a shutdown waiting. */
async function readToEnd(stream: EventStream) {
  const messages: Message[] = []
  let lastId: string | undefined
  const reading = (async () => {
    for (let event = await stream.next(); event; event = await stream.next()) {
      lastId = event.id ?? lastId
      if (event.message) messages.push(event.message)
    }
  })()
  const stillOpen = wait(3000, undefined, { ref: false }).then(() => {
    stream.cut()
    throw new Error('nothing more will come, but the stream stays open')
  })
  await Promise.race([reading, stillOpen])
  return { messages, lastId }
}

t.test('session: DELETE stops the tool', async (t) => {
  const { end, stream } = await inSession('deleted')
  t.equal((await send(app.url, { method: 'DELETE', headers: end })).status, 200)
  await app.events.told('aborted deleted')
  await until(() => outcomeOf('deleted') === 'cancelled', 'the audit record')
  t.strictSame((await readToEnd(stream)).messages, [], 'its stream ends without an answer')
})

/** A batch of the revision 2025-03-26, in which each call holds by its name, and how to cancel one. */
async function batchInSession(names: readonly string[]) {
  const sessionId = await openSessionId({ app, key: 'full' })
  const session = { 'mcp-protocol-version': '2025-03-26', 'mcp-session-id': sessionId }
  const headers = { ...jsonHeaders(), ...session }
  const body = names.map((name, id) => call('hold', { name }, id))
  const stream = await openStream(app.url, { headers, body })
  for (const name of names) await app.events.told(`running ${name}`)
  return {
    stream,
    async cancel(requestId: number) {
      const params = { requestId }
      const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params }
      await send(app.url, { headers, body: cancelled })
      await app.events.told(`aborted ${names[requestId]}`)
    }
  }
}

t.test('session: of a batch one call is cancelled, the others are answered', async (t) => {
  const { stream, cancel } = await batchInSession(['batch 0', 'batch 1', 'batch 2'])
  await cancel(0)
  app.events.tell('release batch 1')
  t.match(await stream.find(({ id }) => id === 1), { result: { content: [{}] } })
  app.events.tell('release batch 2')
  const { messages } = await readToEnd(stream)
  t.match(messages, [{ id: 2, result: { content: [{}] } }], 'and the stream ends with the last')
  t.equal(messages.length, 1, 'without an answer for the cancelled one')
})

t.test('session: a batch ends with the last of its calls, answered or cancelled', async (t) => {
  const { stream, cancel } = await batchInSession(['batch 3', 'batch 4', 'batch 5'])
  app.events.tell('release batch 4')
  t.match(await stream.find(({ id }) => id === 1), { result: { content: [{}] } })
  await cancel(0)
  await cancel(2)
  t.strictSame((await readToEnd(stream)).messages, [])
})

t.test('session: a client that goes away is expected back', async (t) => {
  const { stream } = await inSession('away')
  stream.cut()
  await app.events.told(`closed ${stream.headers['x-request-id']}`)
  t.equal(outcomeOf('away'), undefined, 'the tool runs on')
  app.events.tell('release away')
  await until(() => outcomeOf('away') !== undefined, 'the end of the call')
  t.equal(outcomeOf('away'), 'ok')
})

const legacyCall = (name: string): Sent => ({
  headers: { ...jsonHeaders(), 'mcp-protocol-version': legacy },
  body: call('hold', { name }, 7)
})

const outside: Readonly<Record<string, (name: string) => Sent>> = {
  '2026-07-28': (name) => {
    const body = modernRequest('tools/call', toolCall('hold', { name }), 7)
    return { headers: modernHeaders(body), body }
  },
  '2026-07-28 with progress': (name) => {
    const body = modernRequest('tools/call', toolCall('hold', { name }), 7, { progressToken: 1 })
    return { headers: modernHeaders(body), body }
  },
  '2025-11-25 sessionless': legacyCall,
  '2025-11-25 sessionless, JSON': (name) => {
    const { headers, body } = legacyCall(name)
    return { headers: { ...headers, accept: 'application/json' }, body }
  }
}

for (const [name, build] of Object.entries(outside)) {
  t.test(`${name}: a client that goes away stops the tool`, async (t) => {
    const controller = new AbortController()
    const sent = { ...build(name), signal: controller.signal }
    const opened = openStream(app.url, sent).then((stream) => stream.find(({ id }) => id === 7))
    await app.events.told(`running ${name}`)
    controller.abort()
    await t.rejects(opened)
    await app.events.told(`aborted ${name}`)
    await until(() => outcomeOf(name) !== undefined, 'the audit record')
    t.equal(outcomeOf(name), 'cancelled')
  })
}

t.test('a request whose client went away leaves an access line, too', async (t) => {
  const { stream } = await inSession('unseen')
  const id = String(stream.headers['x-request-id'])
  stream.cut()
  await app.events.told(`closed ${id}`)
  app.events.tell('release unseen')
  await until(() => outcomeOf('unseen') !== undefined, 'the end of the call')
  const lines = app.log().filter(({ msg, request_id }) => msg === 'request' && request_id === id)
  t.equal(lines.length, 1)
})
