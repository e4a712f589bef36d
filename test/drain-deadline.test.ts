import t from 'tap'
import { startApp } from './helpers/app.ts'
import { allCarriers, carriers, openSessionId } from './helpers/carriers.ts'
import { type Message, openStream, type Sent, send } from './helpers/http.ts'
import {
  authHeaders,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  request,
  toolCall
} from './helpers/messages.ts'

/* The end of the server's patience: whoever is connected and waits is answered. */

/** A call on its way, which ends with the server. */
interface Waiting {
  readonly answer: Promise<Message | undefined>
}

type Start = (name: string) => Promise<Waiting>

const graceMs = 100
const id = 7
const app = await startApp({ ...allCarriers, limits: { enabled: false, maxConcurrent: 100 } })

const hold = (name: string) => toolCall('hold', { name })
const legacyHold = (name: string) => request('tools/call', hold(name), id)

async function readAnswer(sent: Sent): Promise<Message> {
  return (await openStream(app.url, sent)).find((message) => message.id === id)
}

function startModern(meta: Readonly<Record<string, unknown>>): Start {
  return async (name) => {
    const body = modernRequest('tools/call', hold(name), id, meta)
    return { answer: readAnswer({ headers: modernHeaders(body), body }) }
  }
}

/** One of its requests is answered long before the end. */
function startBatch(accept: string, read: (sent: Sent) => Promise<Message | undefined>): Start {
  return async (name) => {
    const headers = { ...jsonHeaders(), 'mcp-protocol-version': '2025-03-26', accept }
    const body = [request('ping', {}, 'quick'), legacyHold(name)]
    return { answer: read({ headers, body }) }
  }
}

async function readBatch(sent: Sent): Promise<Message | undefined> {
  const answers = JSON.parse((await send(app.url, sent)).text) as Message[]
  // What was answered stays so.
  const isWhole = answers.some((each) => each.id === 'quick' && each.result)
  return isWhole ? answers.find((each) => each.id === id) : undefined
}

async function startJson(name: string): Promise<Waiting> {
  const accept = { 'mcp-protocol-version': legacy, accept: 'application/json' }
  return {
    answer: readAnswer({ headers: { ...jsonHeaders(), ...accept }, body: legacyHold(name) })
  }
}

async function startResumed(name: string): Promise<Waiting> {
  const sessionId = await openSessionId({ app, key: 'full' })
  const session = { 'mcp-protocol-version': legacy, 'mcp-session-id': sessionId }
  const headers = { ...jsonHeaders(), ...session }
  const stream = await openStream(app.url, { headers, body: legacyHold(name) })
  const place = { 'last-event-id': String((await stream.next())?.id) }
  stream.cut()
  await app.events.told(`closed ${stream.headers['x-request-id']}`)
  const resuming = { ...authHeaders(), ...session, ...place, accept: 'text/event-stream' }
  const resumed = await openStream(app.url, { method: 'GET', headers: resuming })
  return { answer: resumed.find((message) => message.id === id) }
}

const starts: Readonly<Record<string, Start>> = {
  'HTTP 2026-07-28 with a log level': startModern({ 'io.modelcontextprotocol/logLevel': 'info' }),
  'HTTP 2026-07-28 with progress on its way': startModern({ progressToken: 'p' }),
  'HTTP 2025-11-25 sessionless, JSON': startJson,
  'HTTP 2025-11-25 session, resumed': startResumed,
  'a batch, JSON': startBatch('application/json', readBatch),
  'a batch, events': startBatch('application/json, text/event-stream', readAnswer)
}

for (const [carrierName, open] of Object.entries(carriers)) {
  // The end of a line is its own, see stdio-shutdown.test.ts.
  if (carrierName.startsWith('stdio')) continue
  Object.assign(starts, {
    async [carrierName](name: string) {
      const carrier = await open({ app, key: 'full' })
      return carrier.send('tools/call', hold(name), id)
    }
  })
}

t.test('a call that outlasts it is stopped and answered, however it came', async (t) => {
  const calls = []
  for (const [name, start] of Object.entries(starts)) {
    const { answer } = await start(name)
    // Looked at below; a rejection until then is nobody's.
    answer.catch(() => {})
    await app.events.told(`running ${name}`)
    calls.push({ name, answer })
  }
  const over = app.close(graceMs)
  for (const { name, answer } of calls) {
    const { error, result } = (await answer.catch(() => undefined)) ?? {}
    t.ok(error?.code === 503 || result?.isError === true, `${name}: is answered`)
    await app.events.told(`aborted ${name}`)
  }
  await over
})
