import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import t from 'tap'
import {
  createContext,
  type Line,
  limits,
  once1,
  openClient,
  request,
  start
} from './helpers/api-client.ts'
import {
  bomb,
  closeOf,
  type Fault,
  hang,
  head,
  pour,
  raw,
  reply,
  reset,
  resetMidBody,
  shortFin,
  startFaultServer
} from './helpers/fault-server.ts'

const text = (body: Uint8Array): string => Buffer.from(body).toString()

t.test('an answer comes with status, media type and charset', async (t) => {
  const { call, server } = await start(
    t,
    reply(201, '{"id":1}', { 'content-type': 'Application/JSON; charset="UTF-8"' })
  )
  const response = await call('POST', { headers: { 'Content-Type': 'application/json' } })
  t.match(response, { status: 201, mediaType: 'application/json', charset: 'utf-8', isWrite: true })
  t.equal(text(response.body), '{"id":1}')
  const [seen] = server.seen
  t.match(seen, { method: 'POST', target: '/things', body: '{}' })
  t.equal(seen?.headers.get('accept'), 'application/json')
  t.equal(seen?.headers.get('content-type'), 'application/json')
  t.equal(seen?.headers.get('content-length'), '2')
})

t.test('bodies go out as they are, and no body is no body', async (t) => {
  const { call, server } = await start(t, reply(200, '{}'))
  await call('PUT', { body: new Uint8Array([0, 255, 13, 10]) })
  await call('DELETE', { body: undefined })
  await call('POST', { body: undefined })
  await call('GET')
  t.same(
    server.seen.map(({ method, body, headers }) => [method, body, headers.get('content-length')]),
    [
      ['PUT', '\x00\xff\r\n', '4'],
      ['DELETE', '', undefined],
      ['POST', '', '0'],
      ['GET', '', undefined]
    ]
  )
  const connections = new Set(server.seen.map(({ connection }) => connection)).size
  t.ok(connections < server.seen.length, 'connections are used again', { connections })
})

t.test('one content coding is undone, within the cap', async (t) => {
  const json = '{"id":1}'
  const { call, server } = await start(t, hang)
  const rows: [string, Buffer][] = [
    ['gzip', gzipSync(json)],
    ['x-gzip', gzipSync(json)],
    ['GZIP', gzipSync(json)],
    ['deflate', deflateSync(json)],
    ['br', brotliCompressSync(json)],
    ['identity', Buffer.from(json)]
  ]
  for (const [coding, body] of rows) {
    server.answerWith(reply(200, body, { 'content-encoding': coding }))
    t.equal(text((await call()).body), json, coding)
  }
  server.answerWith(reply(200, '', { 'content-encoding': 'gzip' }))
  t.equal((await call()).body.length, 0)
  for (const status of [204, 304]) {
    server.answerWith(raw(head(status, { 'content-encoding': 'gzip' })))
    t.equal((await call()).body.length, 0)
  }
  server.answerWith(raw(head(200, { 'content-encoding': 'gzip', 'content-length': 9_999_999 })))
  t.equal((await call('HEAD')).body.length, 0)
})

t.test('stacked, unknown and broken codings are refused', async (t) => {
  const stacked = Array(500).fill('gzip').join(', ')
  const { call, server } = await start(t, hang)
  for (const coding of ['gzip, gzip', stacked, 'zstd', 'compress', 'br,identity']) {
    server.answerWith(reply(200, gzipSync(gzipSync('{}')), { 'content-encoding': coding }))
    await t.rejects(call(), { name: 'ToolError', message: /encoding that is not accepted/ })
  }
  for (const body of [Buffer.from('not gzip'), gzipSync('{"id":1}').subarray(0, 12)]) {
    server.answerWith(reply(200, body, { 'content-encoding': 'gzip' }))
    await t.rejects(call(), { name: 'ToolError', message: /broke before/ })
  }
})

t.test('a huge answer is stopped at the cap and its connection closed', async (t) => {
  const { call, server } = await start(t, hang)
  const faults = [
    pour(64 * 1024 * 1024, true),
    pour(64 * 1024 * 1024, false),
    bomb(64 * 1024 * 1024)
  ]
  for (const fault of faults) {
    const closed: Promise<unknown>[] = []
    server.answerWith((socket, seen) => {
      closed.push(closeOf(socket))
      fault(socket, seen)
    })
    await t.rejects(call(), { name: 'ToolError', message: /larger than 5 MiB/ })
    await closed[0]
  }
})

t.test('an incomplete or unreadable answer is never a success', async (t) => {
  const { call, server } = await start(t, hang)
  const manyHeaders = Array.from({ length: 20_000 }, (_, index) => `x-${index}: 1`).join('\r\n')
  const faults: Record<string, Fault> = {
    resetMidBody,
    shortFin,
    reset,
    notHttp: raw('SSH-2.0-OpenSSH_9\r\n\r\n'),
    manyHeaders: raw(`HTTP/1.1 200 OK\r\n${manyHeaders}\r\ncontent-length: 2\r\n\r\n{}`),
    longHeader: raw(
      `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(1_048_576)}\r\ncontent-length: 2\r\n\r\n{}`
    ),
    bareCr: raw('HTTP/1.1 200 OK\r\nx: a\rb\r\ncontent-length: 2\r\n\r\n{}'),
    twoLengths: raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'),
    lengthAndChunks: raw(
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'
    )
  }
  for (const [name, fault] of Object.entries(faults)) {
    server.answerWith(fault)
    const client = openClient({ limits: once1 })
    await t.rejects(
      client.send(request(server.origin), createContext()),
      { name: 'ToolError', message: /broke before its answer was complete/ },
      name
    )
    client.close()
  }
  server.answerWith(reply(200, '{}'))
  t.equal((await call()).status, 200, 'and the client lives on')
})

t.test('an answer that nobody asked for is never taken for the next one', async (t) => {
  const good = '{"call":0}'
  const answer = `${head(200, { 'content-type': 'application/json', 'content-length': good.length })}${good}`
  const poison = answer.replace('0', '1')
  const { call, server } = await start(t, hang, { limits: { ...limits, attempts: 1 } })
  const late: Fault[] = [
    (socket) => socket.write(answer + poison),
    (socket) => {
      socket.write(answer)
      setImmediate(() => socket.write(poison))
    },
    (socket) => {
      socket.write(answer)
      setTimeout(() => socket.write(poison), 1)
    },
    (socket) => {
      socket.write(answer, () => socket.write(poison))
    }
  ]
  let taken = 0
  for (let turn = 0; turn < 200; turn++) {
    server.answerWith(late[turn % late.length]!)
    const response = await call().catch(() => undefined)
    if (response && text(response.body) !== good) taken++
  }
  t.equal(taken, 0)
})

t.test('nor when it comes while the connection is idle', async (t) => {
  const { call, server } = await start(t, hang)
  const answer = (text: string): string =>
    `${head(200, { 'content-type': 'application/json', 'content-length': text.length })}${text}`
  for (let turn = 0; turn < 60; turn++) {
    const strayed = new Promise<void>((resolve) => {
      server.answerWith((socket) => {
        socket.write(answer(`{"turn":${turn}}`))
        setTimeout(() => socket.write(answer('{"turn":"stray"}'), () => resolve()), turn % 6)
      })
    })
    const { body } = await call()
    t.equal(text(body), `{"turn":${turn}}`)
    await strayed
    // The event loop reads what lies there.
    for (let pass = 0; pass < 4; pass++) await new Promise((resolve) => setImmediate(resolve))
  }
})

t.test('a redirect is not followed, and no credential goes with it', async (t) => {
  const trap = await startFaultServer(reply(200, '{}'))
  t.teardown(() => trap.close())
  for (const status of [301, 302, 303, 307, 308]) {
    const { call } = await start(t, reply(status, '', { location: `${trap.origin}/` }), {
      credential: { mode: 'service', scheme: 'header', name: 'X-API-Key', token: 'canary-key' }
    })
    t.equal((await call()).status, status)
  }
  t.equal(trap.seen.length, 0)
})

t.test('what is logged and thrown names no address and no credential', async (t) => {
  const lines: Line[] = []
  const log = {
    debug: (...line: Line) => lines.push(line),
    info: (...line: Line) => lines.push(line),
    warn: (...line: Line) => lines.push(line),
    error: (...line: Line) => lines.push(line)
  }
  const { server } = await start(t, reset)
  const client = openClient({
    credential: { mode: 'service', scheme: 'bearer', token: 'canary-token' },
    limits: once1,
    log
  })
  t.teardown(() => client.close())
  for (let turn = 0; turn < 6; turn++) {
    const ctx = createContext({ log })
    const error = await client.send(request(server.origin), ctx).catch((each: Error) => each)
    t.type(error, Error)
    t.notOk((error as Error).cause)
    t.notMatch((error as Error).message, /127\.0\.0\.1|canary/)
  }
  t.notMatch(JSON.stringify(lines), /127\.0\.0\.1|canary/)
  const fields = { api: 'test', kind: 'broken', code: 'ECONNRESET', request_id: 'request-1' }
  t.same(lines[0], ['API request failed', fields])
  t.match(lines, [[], [], [], [], ['circuit breaker of an API', { api: 'test', state: 'open' }]])
})

t.test('an address that a document chose is called only if it is public', async (t) => {
  const server = await startFaultServer(reply(200, '{}'))
  t.teardown(() => server.close())
  const client = openClient({ limits: once1, mustBePublic: true })
  t.teardown(() => client.close())
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const origin = `http://${host}:${new URL(server.origin).port}`
    await t.rejects(client.send(request(origin), createContext()), {
      message: /cannot be reached/
    })
  }
  t.equal(server.sockets.size, 0)
  t.equal(server.seen.length, 0)
})

t.test('every attempt is observed with the class of its status', async (t) => {
  const seen: string[] = []
  const { call, server } = await start(t, reply(200, '{}'), {
    observe: ({ statusClass }) => seen.push(statusClass)
  })
  await call()
  server.answerWith(reply(404, '{}'))
  await call()
  server.answerWith(reset)
  await call('POST').catch(() => {})
  t.same(seen, ['2xx', '4xx', 'error'])
})
