import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { allCarriers, openSessionId } from './helpers/carriers.ts'
import { openStream, send } from './helpers/http.ts'
import { startIssuer } from './helpers/issuer.ts'
import { authHeaders, jsonHeaders, legacy, request, toolCall } from './helpers/messages.ts'
import { tryUpgrade } from './helpers/websocket.ts'

/* What the end of the server waits for although nobody is connected for it, or nobody is known yet. */

/** Begins the end, and gives it the time in which it would cut off what it does not wait for. */
async function beginEnd(app: App): Promise<{ readonly over: Promise<void> }> {
  const over = app.close(20_000)
  await wait(500)
  return { over }
}

/** A call in a session whose stream broke. */
async function holdBroken(app: App, name: string) {
  const sessionId = await openSessionId({ app, key: 'full' })
  const session = { 'mcp-protocol-version': legacy, 'mcp-session-id': sessionId }
  const headers = { ...jsonHeaders(), ...session }
  const body = request('tools/call', toolCall('hold', { name }), 7)
  const stream = await openStream(app.url, { headers, body })
  const primer = await stream.next()
  await app.events.told(`running ${name}`)
  stream.cut()
  await app.events.told(`closed ${stream.headers['x-request-id']}`)
  let isAborted = false
  const note = (): void => {
    isAborted = true
  }
  app.events.told(`aborted ${name}`).then(note, note)
  return {
    resume() {
      const place = { accept: 'text/event-stream', 'last-event-id': String(primer?.id) }
      const resuming = { ...authHeaders(), ...session, ...place }
      return openStream(app.url, { method: 'GET', headers: resuming })
    },
    isAborted: () => isAborted
  }
}

t.test('a call of a session whose stream broke runs to its end', async (t) => {
  const app = await startApp()
  const { isAborted } = await holdBroken(app, 'broken')
  const { over } = await beginEnd(app)
  app.events.tell('release broken')
  await over
  t.notOk(isAborted())
})

t.test('a resumed stream gets its answer', async (t) => {
  const app = await startApp()
  const { resume } = await holdBroken(app, 'resumed')
  const resumed = await resume()
  t.equal(resumed.status, 200)
  const { over } = await beginEnd(app)
  app.events.tell('release resumed')
  t.match(await resumed.find(({ id }) => id === 7), { result: { content: [{}] } })
  t.equal(await resumed.next(), undefined, 'and ends')
  await over
})

/** A server for whose callers the issuer's keys are asked for, and answered when the test says so. */
async function startWaiting(t: Test) {
  const issuer = await startIssuer()
  t.teardown(issuer.close)
  const app = await startApp({ ...allCarriers, auth: { jwt: issuer.settings } })
  const pair = await issuer.rotate(false)
  let answerKeys: (response: ServerResponse) => void = () => {}
  const asked = new Promise<ServerResponse>((resolve) => {
    answerKeys = resolve
  })
  issuer.misbehave(answerKeys)
  const { now } = Date
  // A key that is not known yet is asked for again half a minute after the start.
  Date.now = () => now() + 31_000
  t.teardown(() => {
    Date.now = now
  })
  return {
    app,
    authorization: `Bearer ${await issuer.token()}`,
    asked,
    async release() {
      const response = await asked
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ keys: [pair.jwk] }))
    }
  }
}

t.test('a call whose key was being judged is answered', async (t) => {
  const { app, authorization, asked, release } = await startWaiting(t)
  const body = request('tools/call', toolCall('echo', { text: 'late' }))
  const answering = send(app.url, { headers: { ...jsonHeaders(), authorization }, body })
  await asked
  const { over } = await beginEnd(app)
  t.equal((await send(app.url, { headers: jsonHeaders(), body })).status, 503, 'nothing new')
  await release()
  t.match(await answering, { status: 200, text: /"text":"late"/ })
  await over
})

t.test('a WebSocket whose key was being judged is refused, and holds up nobody', async (t) => {
  const { app, authorization, asked, release } = await startWaiting(t)
  const upgrading = tryUpgrade(app.url, { headers: { authorization } })
  await asked
  const { over } = await beginEnd(app)
  await release()
  const upgrade = await upgrading
  if ('socket' in upgrade) t.fail('it was opened')
  else t.match(upgrade.answer, { status: 503, headers: { 'retry-after': '1' } })
  await over
})

t.test('so is a stream of 2024-11-05', async (t) => {
  const { app, authorization, asked, release } = await startWaiting(t)
  const headers = { authorization, accept: 'text/event-stream' }
  const opening = openStream(`${app.url}/sse`, { method: 'GET', headers })
  await asked
  const { over } = await beginEnd(app)
  await release()
  const { status, headers: answered } = await opening
  t.match([status, answered['retry-after']], [503, '1'])
  await over
})
