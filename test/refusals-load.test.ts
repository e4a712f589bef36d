import t from 'tap'
import { startApp } from './helpers/app.ts'
import { openStream, send } from './helpers/http.ts'
import {
  authHeaders,
  initialize,
  jsonHeaders,
  modernHeaders,
  modernRequest,
  request,
  toolCall
} from './helpers/messages.ts'
import { checkRefusal } from './helpers/refusals.ts'

/* Refusals of a server that has too much to do, or that is about to end. */

const seconds = { 'retry-after': /^[1-9]\d*$/ }
const list = modernRequest('tools/list', {}, 5)

t.test('a flood from one address is 429 everywhere but at the probes', async (t) => {
  const app = await startApp({ limits: { address: 3 } })
  t.teardown(() => app.close(0))
  const headers = modernHeaders(list)
  t.equal((await send(app.url, { headers, body: list })).status, 200)
  t.equal((await send(app.url, { body: list })).status, 401, 'refused requests count')
  t.equal((await send(`${app.origin}/no/such`, {})).status, 404, 'unknown paths count')
  t.test('on the MCP path, before the key is looked at', async (t) => {
    const answer = await send(app.url, { headers, body: list })
    checkRefusal(t, answer, { status: 429, code: 429, headers: seconds })
    const { status } = await send(app.url, { body: list })
    t.equal(status, 429)
  })
  t.test('on other paths, in plain JSON', async (t) => {
    const answer = await send(`${app.origin}/no/such`, {})
    checkRefusal(t, answer, { status: 429, code: 'plain', headers: seconds })
  })
  const { status } = await send(`${app.origin}/health`, { method: 'GET' })
  t.equal(status, 200, 'a probe is no load')
})

t.test('no flood limit when limits are off', async (t) => {
  const app = await startApp({ limits: { address: 1, enabled: false } })
  t.teardown(() => app.close(0))
  for (const _ of [1, 2, 3]) {
    t.equal((await send(app.url, { headers: modernHeaders(list), body: list })).status, 200)
  }
})

t.test('a session that finds no place is 503, until another ends', async (t) => {
  const app = await startApp({ sessions: { max: 1 } })
  t.teardown(() => app.close(0))
  const body = initialize(5)
  const first = await send(app.url, { headers: jsonHeaders(), body })
  t.equal(first.status, 200)
  const answer = await send(app.url, { headers: jsonHeaders('narrow'), body })
  checkRefusal(t, answer, { status: 503, code: 503, id: 5, headers: seconds })

  const headers = { ...authHeaders(), 'mcp-session-id': String(first.headers['mcp-session-id']) }
  t.equal((await send(app.url, { method: 'DELETE', headers })).status, 200)
  const { status } = await send(app.url, { headers: jsonHeaders('narrow'), body })
  t.equal(status, 200, 'room again once one has ended')
})

t.test('a failed initialize takes no room', async (t) => {
  const app = await startApp({ sessions: { max: 1 } })
  t.teardown(() => app.close(0))
  const broken = request('initialize', {}, 5)
  const failed = await send(app.url, { headers: jsonHeaders(), body: broken })
  checkRefusal(t, failed, { status: 200, code: -32602, id: 5 })
  t.notOk(failed.headers['mcp-session-id'])
  const body = initialize(5)
  t.equal((await send(app.url, { headers: jsonHeaders(), body })).status, 200)
})

t.test('a drain refuses what is new with 503 and answers what is in flight', async (t) => {
  const app = await startApp()
  const call = modernRequest('tools/call', toolCall('hold', { name: 'last' }), 7)
  const held = send(app.url, { headers: modernHeaders(call), body: call })
  await app.events.told('running last')
  const closed = app.close(10_000)

  const refused = await send(app.url, { headers: modernHeaders(list), body: list })
  const wanted = { headers: { ...seconds, connection: 'close' } }
  checkRefusal(t, refused, { ...wanted, status: 503, code: 503 })
  const ready = await send(`${app.origin}/ready`, { method: 'GET' })
  t.equal(ready.status, 503)
  t.match(JSON.parse(ready.text), { reasons: [{ reason: 'draining' }] })
  const { status } = await send(`${app.origin}/health`, { method: 'GET' })
  t.equal(status, 200, 'alive until the end')

  app.events.tell('release last')
  const { text } = await held
  t.match(text, 'released last', 'what was in flight is answered')
  await closed
  await t.rejects(send(app.url, {}), { code: 'ECONNREFUSED' }, 'then nobody listens')
})

t.test('draining ends the streams of those who only listen', async (t) => {
  const app = await startApp()
  const listen = modernRequest('subscriptions/listen', {
    notifications: { toolsListChanged: true }
  })
  const stream = await openStream(app.url, { headers: modernHeaders(listen), body: listen })
  t.match((await stream.next())?.message, { method: 'notifications/subscriptions/acknowledged' })
  await app.close(10_000)
  const rest = []
  for (let event = await stream.next(); event; event = await stream.next()) rest.push(event.message)
  t.match(rest, [{ id: 1, result: {} }], 'with the result of listening')
})
