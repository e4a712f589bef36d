import { createServer } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import type { ApiCredential } from '../src/settings/api-settings.ts'
import { createContext, limits, once1, openClient, request, start } from './helpers/api-client.ts'
import {
  closeOf,
  closeOnReuse,
  drip,
  type Fault,
  hang,
  pour,
  reply,
  reset,
  shortFin
} from './helpers/fault-server.ts'
import { openPort } from './helpers/open-port.ts'
import { selfSigned } from './helpers/self-signed.ts'

t.test('a write whose answer was lost is "outcome unknown", never "failed"', async (t) => {
  const { server } = await start(t, hang)
  const impatient = { ...limits, timeoutMs: 1000 }
  const rows: [string, Fault, RegExp][] = [
    ['reset', reset, /^Outcome unknown: the request was sent.*Do not repeat it blindly/],
    ['shortFin', shortFin, /^Outcome unknown.* began to answer with 200\./],
    ['hang', hang, /^Outcome unknown/],
    ['drip', drip, /^Outcome unknown/],
    ['huge', pour(64 * 1024 * 1024, true), /^Outcome unknown.* began to answer with 200\./]
  ]
  for (const [name, fault, message] of rows) {
    server.answerWith(fault)
    const before = server.seen.length
    const client = openClient({ limits: fault === hang || fault === drip ? impatient : limits })
    await t.rejects(
      client.send(request(server.origin, 'POST'), createContext()),
      { name: 'ToolError', message },
      name
    )
    t.equal(server.seen.length - before, 1, 'sent once')
    client.close()
  }
  await server.close()
  const client = openClient()
  await t.rejects(client.send(request(server.origin, 'POST'), createContext()), {
    name: 'ToolError',
    message: /Nothing was sent, so nothing was changed/
  })
  client.close()
})

t.test('an API that hangs or drips is left at the time limit, its connection closed', async (t) => {
  for (const fault of [hang, drip]) {
    const closed: Promise<unknown>[] = []
    const { call } = await start(
      t,
      (socket, seen) => {
        closed.push(closeOf(socket))
        fault(socket, seen)
      },
      { limits: { ...once1, timeoutMs: 500 } }
    )
    await t.rejects(call(), { name: 'ToolError', message: /did not answer in time/ })
    await closed[0]
  }
})

t.test('an abort of the caller reaches the API, with the reason given', async (t) => {
  const controller = new AbortController()
  const reason = new Error('client gave up')
  const closed: Promise<unknown>[] = []
  const { client, server } = await start(t, (socket) => {
    closed.push(closeOf(socket))
    controller.abort(reason)
  })
  const ctx = createContext({ signal: controller.signal })
  await t.rejects(client.send(request(server.origin), ctx), reason)
  await closed[0]
  await t.rejects(client.send(request(server.origin), ctx), reason)
  t.equal(server.seen.length, 1, 'nothing is sent once it is aborted')
})

/** A connection rests for a turn of the event loop before it is used again. */
const restMs = 100

t.test('a read survives a connection that is closed at the moment of reuse', async (t) => {
  const { call, server } = await start(t, closeOnReuse(reply(200, '{}')))
  for (let turn = 0; turn < 100; turn++) t.equal((await call()).status, 200)
  t.ok(
    server.seen.some(({ turn }) => turn === 1),
    'the race did happen'
  )
})

t.test('a write is not repeated after such a race', async (t) => {
  const { call, server } = await start(t, closeOnReuse(reply(200, '{}')))
  await call('POST')
  await wait(restMs)
  await t.rejects(call('POST'), { name: 'ToolError', message: /^Outcome unknown/ })
  t.equal(server.seen.length, 2)
})

t.test('once a byte of an answer has come it is no race, and nothing is repeated', async (t) => {
  const { call, server } = await start(t, (socket, seen) => {
    if (seen.turn === 0) reply(200, '{}')(socket, seen)
    else socket.write('HTTP/1.1 2', () => socket.resetAndDestroy())
  })
  await call()
  await wait(restMs)
  await t.rejects(call(), { name: 'ToolError', message: /broke before/ })
  t.equal(server.seen.length, 2)
})

t.test('an API that is not there gives advice, no address', async (t) => {
  const { server, call } = await start(t, hang)
  await server.close()
  await t.rejects(call(), {
    name: 'ToolError',
    message: /^The API cannot be reached at the moment/
  })
})

t.test('a certificate that nobody signed gets no byte of the request', async (t) => {
  let requests = 0
  const server = createServer(selfSigned, (_request, response) => {
    requests++
    response.end('{}')
  })
  const port = await openPort(server)
  const credential: ApiCredential = { mode: 'service', scheme: 'bearer', token: 'canary' }
  const client = openClient({ credential })
  t.teardown(async () => {
    client.close()
    await new Promise((resolve) => server.close(resolve))
  })
  const origin = `https://127.0.0.1:${port}`
  for (const method of ['GET', 'POST']) {
    await t.rejects(client.send(request(origin, method), createContext()), {
      name: 'ToolError',
      message: /certificate of the API is not accepted: do not retry/
    })
  }
  t.equal(requests, 0)
})

t.test('a request that Node refuses says so and does not count against the API', async (t) => {
  const { call, client, server } = await start(t, reply(200, '{}'))
  for (let turn = 0; turn < 6; turn++) {
    await t.rejects(call('POST', { headers: { 'x-name': 'a\u0001b' } }), {
      name: 'ToolError',
      message: /cannot be sent over HTTP, so nothing was sent/
    })
  }
  t.equal(client.state, 'closed')
  t.equal(server.seen.length, 0)
})
