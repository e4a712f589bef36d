import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { allCarriers, openSessionId } from './helpers/carriers.ts'
import { openStream, send } from './helpers/http.ts'
import { startIssuer } from './helpers/issuer.ts'
import {
  authHeaders,
  initialize,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  toolCall
} from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/* What is opened or begun for a client that has left meanwhile ends as if it left afterwards. */

type Test = { teardown(end: () => unknown): void }

const countSessions = (app: App): Promise<number> =>
  send(`${app.origin}/metrics`, { method: 'GET', headers: authHeaders() }).then(({ text }) =>
    Number(/^mcp_sessions_active (\d+)$/m.exec(text)?.[1])
  )

/** Requests whose client went away. */
const countLeft = (app: App): number =>
  app.log().filter(({ http_status }) => http_status === 499).length

/** A server whose tokens name a key that it must ask for: it does not hear until `release`. */
async function startAsking(t: Test) {
  const issuer = await startIssuer()
  const app = await startApp({
    ...allCarriers,
    sse: { enabled: true, idleMs: 20 },
    auth: { jwt: issuer.settings },
    limits: { enabled: false }
  })
  const { now } = Date
  // An unknown key is asked for at most every 30 s.
  Date.now = () => now() + 31_000
  t.teardown(async () => {
    Date.now = now
    await app.close(0)
    await issuer.close()
  })
  const known = `Bearer ${await issuer.token()}`
  const held: ServerResponse[] = []
  issuer.misbehave((response) => held.push(response))
  await issuer.rotate(true)
  return {
    app,
    known,
    unknown: `Bearer ${await issuer.token()}`,
    isAsked: () => held.length > 0,
    async release() {
      issuer.misbehave(undefined)
      const keys = await (await fetch(issuer.jwksUri)).text()
      for (const response of held) response.setHeader('content-type', 'application/json').end(keys)
    }
  }
}

/** Sends a GET and does not wait. */
async function ask(app: App, path: string, lines: readonly string[]): Promise<Socket> {
  const socket = connect(app.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  const head = [`GET ${path} HTTP/1.1`, 'Host: localhost', ...lines]
  await new Promise((resolve) => socket.write(`${head.join('\r\n')}\r\n\r\n`, resolve))
  return socket
}

const accepts = 'Accept: text/event-stream'

t.test('whoever leaves while his token is judged leaves no stream behind', async (t) => {
  const { app, known, unknown, isAsked, release } = await startAsking(t)
  const body = initialize()
  const headers = { ...jsonHeaders(), authorization: known }
  const opened = await openStream(app.url, { headers, body })
  await opened.find(({ id }) => id === body.id)
  const sessionId = String(opened.headers['mcp-session-id'])
  const authorization = `Authorization: ${unknown}`
  const session = [`Mcp-Session-Id: ${sessionId}`, `Mcp-Protocol-Version: ${legacy}`]
  const sockets = [
    await ask(app, '/mcp', [authorization, accepts, ...session]),
    await ask(app, '/mcp/sse', [authorization, accepts])
  ]
  await until(isAsked, 'the question for the key')
  for (const socket of sockets) socket.destroy()
  await until(() => countLeft(app) === sockets.length, 'the access lines')
  await release()
  await until(() => app.audit('AUTH_SUCCESS').length === 1 + sockets.length, 'the judgement')
  await until(async () => (await countSessions(app)) === 1, 'the end of the session of 2024-11-05')
  const stream = await openStream(app.url, {
    method: 'GET',
    headers: {
      accept: 'text/event-stream',
      authorization: known,
      'mcp-session-id': sessionId,
      'mcp-protocol-version': legacy
    }
  })
  t.equal(stream.status, 200, 'the place of the stream is free')
  stream.cut()
})

t.test('nor a place of a WebSocket', async (t) => {
  const { app, unknown, isAsked, release } = await startAsking(t)
  const socket = await ask(app, '/mcp', [
    `Authorization: ${unknown}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  ])
  await until(isAsked, 'the question for the key')
  socket.resetAndDestroy()
  await until(() => countLeft(app) === 1, 'the access line')
  await release()
  await until(() => app.audit('AUTH_SUCCESS').length === 1, 'the judgement')
  await until(async () => (await countSessions(app)) === 0, 'the end of its place')
})

const hold = (name: string, more = {}) =>
  modernRequest('tools/call', { ...toolCall('hold', { name }), ...more })

/** What keeps a call out of the native lane. */
const forTheSdk = { inputResponses: {} }

t.test('a session is not held by a call that was cut off', async (t) => {
  const app = await startApp({ limits: { enabled: false }, sessions: { idleMs: 2000 } })
  t.teardown(() => app.close(0))
  const sessionId = await openSessionId({ app, key: 'full' })
  const body = hold('cut', forTheSdk)
  const controller = new AbortController()
  const headers = { ...modernHeaders(body), 'mcp-session-id': sessionId }
  const sent = openStream(app.url, { headers, body, signal: controller.signal })
  await app.events.told('running cut')
  controller.abort()
  await t.rejects(sent)
  await app.events.told('aborted cut')
  await until(async () => (await countSessions(app)) === 0, 'the end of the idle session')
})

t.test('nobody times the reading of an answer that was cut off', async (t) => {
  const app = await startApp()
  t.teardown(() => app.close(0))
  const { setTimeout, clearTimeout } = globalThis
  t.teardown(() => Object.assign(globalThis, { setTimeout, clearTimeout }))
  const running = new Set<unknown>()
  let begun = 0
  const spied = (run: () => void, ms?: number, ...args: []) => {
    const timer = setTimeout(run, ms, ...args)
    // What a small answer has; nothing else here waits that long.
    if (ms !== 20_000) return timer
    begun++
    running.add(timer)
    return timer
  }
  globalThis.setTimeout = spied as typeof setTimeout
  globalThis.clearTimeout = (timer) => {
    running.delete(timer)
    clearTimeout(timer)
  }
  const controller = new AbortController()
  const body = hold('native')
  const sent = send(app.url, { headers: modernHeaders(body), body, signal: controller.signal })
  await app.events.told('running native')
  controller.abort()
  await t.rejects(sent)
  await app.events.told('aborted native')
  await until(() => begun === 1, 'the answer for nobody')
  await until(() => running.size === 0, 'the end of its timer')
})
