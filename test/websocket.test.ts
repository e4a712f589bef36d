import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { WebSocketClientTransport } from '@modelcontextprotocol/sdk/client/websocket.js'
import t from 'tap'
import { WebSocket } from 'ws'
import { type App, startApp } from './helpers/app.ts'
import { type Message, sendRaw } from './helpers/http.ts'
import { authHeaders, modernRequest, request, toolCall } from './helpers/messages.ts'
import { keyOf } from './helpers/principals.ts'
import { until } from './helpers/until.ts'
import { closed, exchange, openSocket, tryUpgrade } from './helpers/websocket.ts'

/* MCP over WebSocket, and what hostile clients of it get. */

const transport = 'websocket'
const headers = authHeaders()

async function start(
  t: { teardown(end: () => unknown): void },
  settings: object = {}
): Promise<App> {
  const app = await startApp({ transport, ...settings })
  t.teardown(() => app.close(0))
  return app
}

const call = (id: number, text: string) =>
  modernRequest('tools/call', toolCall('echo', { text }), id)

/** The bytes of an upgrade request. */
function handshake(lines: readonly string[], target = '/mcp'): string {
  return `GET ${target} HTTP/1.1\r\n${['Host: localhost', ...lines].join('\r\n')}\r\n\r\n`
}
const authorized = `Authorization: Bearer ${keyOf('full')}`
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
const whole = ['Upgrade: websocket', 'Connection: Upgrade', key, 'Sec-WebSocket-Version: 13']

/** A connection of which the test makes the frames itself. */
async function openRaw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(handshake([...whole, authorized]))
  const [head] = await once(socket, 'data')
  if (!String(head).startsWith('HTTP/1.1 101')) throw new Error(String(head))
  return socket
}

/** RFC 6455 §5.2; the mask is zero, so the payload stands as it is. */
function frame(opcode: number, payload: string | Buffer, isFinal = true): Buffer {
  const data = Buffer.from(payload)
  const first = (isFinal ? 0x80 : 0) | opcode
  const length =
    data.length < 126
      ? Buffer.from([first, 0x80 | data.length])
      : Buffer.from([first, 0xff, 0, 0, 0, 0, 0, 0, 0, 0])
  if (data.length >= 126) length.writeUInt32BE(data.length, 6)
  return Buffer.concat([length, Buffer.alloc(4), data])
}

t.test('the client of the SDK lists and calls', async (t) => {
  const app = await start(t, { auth: { required: false } })
  const global = globalThis as { WebSocket?: unknown }
  const before = global.WebSocket
  global.WebSocket = WebSocket
  t.teardown(() => {
    global.WebSocket = before
  })
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(new WebSocketClientTransport(new URL(app.url.replace('http', 'ws'))))
  const { tools } = await client.listTools()
  t.ok(tools.some(({ name }) => name === 'echo'))
  const { structuredContent } = await client.callTool({ name: 'echo', arguments: { text: 'hi' } })
  t.strictSame(structuredContent, { text: 'hi' })
  await client.close()
})

t.test('what is no message is answered, and the connection serves on', async (t) => {
  const app = await start(t)
  const socket = await openSocket(app.url, { headers })
  const rows: readonly [text: string, code: number, id?: unknown][] = [
    ['nonsense', -32700],
    ['{"jsonrpc":"2.0",', -32700],
    ['[]', -32600],
    ['{"jsonrpc":"1.0","id":7,"method":"ping"}', -32600, 7],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","__proto__":{}}', -32700],
    ['['.repeat(1_000_000), -32600],
    [JSON.stringify(request('tools/call', { name: 7 }, 8)), -32602, 8]
  ]
  for (const [text, code, id = null] of rows) {
    t.match(await exchange(socket, text), { id, error: { code } }, text.slice(0, 40))
  }
  t.match(await exchange(socket, call(9, 'still here')), { id: 9, result: {} })
  socket.terminate()
})

t.test('a message in pieces is one message; one that is too large closes', async (t) => {
  const app = await start(t, { limits: { maxRequestBytes: 2048 } })
  const raw = await openRaw(app.port)
  const text = JSON.stringify(call(1, 'in pieces'))
  const pieces = [...text]
  raw.write(Buffer.concat(pieces.map((piece, at) => frame(at === 0 ? 1 : 0, piece, false))))
  raw.write(frame(0, ''))
  const [answer] = await once(raw, 'data')
  t.match(String(answer), 'in pieces')
  raw.destroy()

  const whole = await openSocket(app.url, { headers })
  whole.send('x'.repeat(2049))
  t.equal(await closed(whole), 1009)
  const cut = await openSocket(app.url, { headers })
  for (const _ of [1, 2, 3]) cut.send('x'.repeat(1000), { fin: false })
  t.equal(await closed(cut), 1009, 'and so in pieces')
})

t.test('binary frames, bad UTF-8, unmasked frames and reserved bits close', async (t) => {
  const app = await start(t)
  const binary = await openSocket(app.url, { headers })
  binary.send(Buffer.from(JSON.stringify(call(1, 'never'))))
  t.equal(await closed(binary), 1003)
  const faults: readonly [name: string, bytes: Buffer, code: number][] = [
    ['bad UTF-8', frame(1, Buffer.from([0xc3, 0x28])), 1007],
    ['no mask', Buffer.from([0x81, 0x02, 0x7b, 0x7d]), 1002],
    ['a reserved bit', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ['a continuation of nothing', frame(0, 'x'), 1002],
    ['an unknown opcode', frame(3, 'x'), 1002],
    ['a length beyond all limits', Buffer.from([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0]), 1009]
  ]
  for (const [name, bytes, code] of faults) {
    const raw = await openRaw(app.port)
    raw.write(bytes)
    const [answer] = (await once(raw, 'data')) as [Buffer]
    t.equal(answer[0], 0x88, `${name}: a closing`)
    t.equal(answer.readUInt16BE(2), code, name)
    raw.destroy()
  }
  t.equal(app.audit('TOOL_EXECUTE').length, 0)
})

t.test('an upgrade is refused as every other request is', async (t) => {
  const app = await start(t)
  const refused = async (more: Readonly<Record<string, string>>, path = '') => {
    const upgrade = await tryUpgrade(app.url + path, { headers: more })
    if (!('answer' in upgrade)) throw new Error('not refused')
    return upgrade.answer
  }
  const none = await refused({})
  t.match(none, { status: 401, headers: { 'www-authenticate': /^Bearer/ } })
  t.match(none.headers, { 'x-request-id': String, 'x-content-type-options': 'nosniff' })
  t.equal((await refused({ accept: 'text/event-stream' })).status, 401)
  t.equal((await refused({ accept: 'text/html' })).status, 401, 'not as public information')
  t.equal((await refused({ authorization: 'Bearer guessed' })).status, 401)
  t.equal((await refused({ ...headers, origin: 'https://evil.example' })).status, 403)
  t.equal((await refused({ ...headers, host: 'evil.example' })).status, 403)
  t.equal(app.audit('AUTH_FAILED').length, 4)
  const statuses = () => app.log().flatMap(({ http_status }) => http_status ?? [])
  await until(() => statuses().length === 6, 'every access line')
  t.strictSame(statuses(), [401, 401, 401, 401, 403, 403])
})

t.test('whoever guesses keys is banned from upgrades, too', async (t) => {
  const app = await start(t, { limits: { authFailuresPerMinute: 2 } })
  const statusOf = async (secret: string) => {
    const upgrade = await tryUpgrade(app.url, { headers: { authorization: `Bearer ${secret}` } })
    return 'answer' in upgrade ? upgrade.answer.status : 101
  }
  t.strictSame([await statusOf('a'), await statusOf('b')], [401, 401])
  t.equal(await statusOf(keyOf('full')), 429)
})

t.test('what is no handshake gets an answer of ours', async (t) => {
  const app = await start(t)
  const rows: readonly [name: string, text: string][] = [
    ['no key', handshake([...whole.filter((line) => line !== key), authorized])],
    ['a bad key', handshake([...whole.filter((line) => line !== key), `${key}x`, authorized])],
    ['version 12', handshake([...whole.slice(0, 3), 'Sec-WebSocket-Version: 12', authorized])],
    ['another protocol', handshake(['Upgrade: h2c', 'Connection: Upgrade', authorized])],
    ['POST', handshake([...whole, authorized]).replace('GET', 'POST')],
    ['no key, nowhere', handshake(whole.slice(0, 2), '/nowhere')]
  ]
  for (const [name, text] of rows) {
    const { status, headers, raw } = await sendRaw(app.port, text)
    t.equal(status, 400, name)
    t.match(headers, { 'x-request-id': String, 'content-type': /^application\/json/ }, name)
    t.match(raw, /A WebSocket is opened by GET/, name)
  }
  const ping = 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n'
  const { raw } = await sendRaw(app.port, ping + handshake([...whole, authorized]))
  t.notMatch(raw, '101 Switching', 'no upgrade while an answer is still owed')
})

t.test('a wrong path closes with 4004, known or not, with or without a key', async (t) => {
  const app = await start(t)
  for (const path of ['/', '/mcp/', '/mcp/ws', '/health', '/metrics', '/api/tools', '/%zz']) {
    for (const more of [{}, headers]) {
      const socket = await openSocket(`${app.origin}${path}`, { headers: more })
      t.equal(await closed(socket), 4004, path)
    }
  }
  t.equal(app.audit('AUTH_SUCCESS').length, 0)
})

t.test('two clients that count alike get their own answers', async (t) => {
  const app = await start(t, { limits: { enabled: false } })
  const sockets = await Promise.all([1, 2, 3].map(() => openSocket(app.url, { headers })))
  for (let id = 1; id <= 50; id++) {
    const answers = await Promise.all(
      sockets.map((socket, client) => exchange(socket, call(id, `${client} ${id}`)))
    )
    t.match(
      answers,
      sockets.map((_, client) => ({
        id,
        result: { structuredContent: { text: `${client} ${id}` } }
      }))
    )
  }
  for (const socket of sockets) socket.terminate()
})

t.test('a client that goes away stops its call', async (t) => {
  const app = await start(t)
  const socket = await openSocket(app.url, { headers })
  socket.send(JSON.stringify(modernRequest('tools/call', toolCall('hold', { name: 'left' }))))
  await app.events.told('running left')
  socket.terminate()
  await app.events.told('aborted left')
  await until(() => app.audit('TOOL_EXECUTE').length === 1, 'the record')
  t.match(app.audit('TOOL_EXECUTE'), [{ outcome: 'cancelled', transport, principal: 'full' }])
  await until(() => app.log().some(({ http_status }) => http_status === 101), 'the access line')
  t.match(
    app.log().find(({ http_status }) => http_status === 101),
    { method: 'GET /mcp', status: 'success' }
  )
})

t.test('nobody listens to a resource that is not theirs to read', async (t) => {
  const app = await start(t)
  const socket = await openSocket(app.url, { headers: authHeaders('narrow') })
  const resourceSubscriptions = ['docs://payroll', 'docs://about']
  const listen = modernRequest('subscriptions/listen', {
    notifications: { toolsListChanged: true, resourceSubscriptions }
  })
  const { params } = await exchange(socket, listen)
  t.match(params, { notifications: { resourceSubscriptions: ['docs://about'] } })
  const heard: Message[] = []
  socket.on('message', (data) => heard.push(JSON.parse(String(data))))
  for (const uri of resourceSubscriptions) app.changes.publish({ kind: 'resource', uri })
  app.changes.publish({ kind: 'tools' })
  await until(() => heard.some(({ method }) => method?.includes('list_changed')), 'the last one')
  t.strictSame(
    heard.flatMap(({ params }) => (params as { uri?: string }).uri ?? []),
    ['docs://about']
  )
  socket.terminate()
})

t.test('no more connections than sessions are allowed, of one caller and in all', async (t) => {
  const app = await start(t, { sessions: { max: 10 }, limits: { enabled: false } })
  const sockets = await Promise.all(
    Array.from({ length: 10 }, () => openSocket(app.url, { headers }))
  )
  const upgrade = await tryUpgrade(app.url, { headers })
  t.match(upgrade, { answer: { status: 503, headers: { 'retry-after': String } } })
  const [first] = sockets
  first?.close()
  const retry = async () => 'socket' in (await tryUpgrade(app.url, { headers }))
  await until(retry, 'the place of the one that left')
  for (const socket of sockets) socket.terminate()
})

t.test('a reader that stalls is cut off, and its call stopped', async (t) => {
  const app = await start(t)
  const raw = await openRaw(app.port)
  raw.pause()
  const meta = { 'io.modelcontextprotocol/logLevel': 'info' }
  const talk = toolCall('talk', { name: 'deaf', times: 20_000 })
  raw.write(frame(1, JSON.stringify(modernRequest('tools/call', talk, 1, meta))))
  await app.events.told('cut off deaf')
  raw.destroy()
  const other = await openSocket(app.url, { headers })
  t.match(await exchange(other, call(1, 'fine')), { result: {} })
  other.terminate()
})

/** The server's own ends of the connections from now on. */
function watchSockets(t: { teardown(end: () => unknown): void }, { port }: App): Socket[] {
  const sockets: Socket[] = []
  const note = (message: unknown): void => {
    const { socket } = message as { socket: Socket }
    if (socket.localPort === port) sockets.push(socket)
  }
  diagnostics.subscribe('net.server.socket', note)
  t.teardown(() => diagnostics.unsubscribe('net.server.socket', note))
  return sockets
}

t.test('what comes behind an answer that is not read is served, not kept', async (t) => {
  const app = await start(t, { limits: { enabled: false } })
  const [sockets, raw] = [watchSockets(t, app), await openRaw(app.port)]
  raw.pause()
  const unread = () => sockets[0]?.writableLength ?? Number.NaN
  let sent = 0
  const say = (message: object) => raw.write(frame(1, JSON.stringify(message)))
  const served = () => until(() => app.audit('TOOL_EXECUTE').length === sent, 'the call')
  while (unread() === 0) {
    say(modernRequest('tools/call', toolCall('big', { bytes: 100_000 }), ++sent))
    await served()
  }
  const notifications = { toolsListChanged: true }
  say(modernRequest('subscriptions/listen', { notifications }, 'listen'))
  say(call(++sent, 'behind it'))
  await served()
  t.ok(unread() > 0, 'and the client has not read on')
  raw.destroy()
})

t.test('a client that does not answer pings is cut off, others live', async (t) => {
  const app = await start(t, { sessions: { heartbeatMs: 100 } })
  const raw = await openRaw(app.port)
  const socket = await openSocket(app.url, { headers })
  let pings = 0
  socket.on('ping', () => pings++)
  raw.resume()
  await once(raw, 'close')
  await until(() => pings > 3, 'further pings')
  t.match(await exchange(socket, call(1, 'alive')), { id: 1, result: {} })
  socket.terminate()
})

t.test('a flood of small frames is read slowly; others are served meanwhile', async (t) => {
  const frames = Number(process.env.WEBSOCKET_FRAMES ?? 20_000)
  const perMinute = 50
  const app = await start(t, { limits: { address: perMinute } })
  const startedMs = performance.now()
  const raw = await openRaw(app.port)
  const tiny = frame(1, '?')
  raw.write(Buffer.concat(Array.from({ length: frames }, () => tiny)))
  let answered = 0
  raw.on('data', (chunk: Buffer) => {
    answered += chunk.toString('latin1').split('-32700').length - 1
  })
  // The handshake was the first message of this address.
  await until(() => answered >= perMinute - 1, 'what may come at once')
  // From another address, as a neighbour is.
  const other = await openSocket(app.url, { headers, localAddress: '127.0.0.2' })
  for (let id = 1; id <= 20; id++) {
    t.match(await exchange(other, call(id, 'meanwhile')), { id, result: {} })
  }
  const refilled = Math.ceil(((performance.now() - startedMs) * perMinute) / 60_000)
  t.ok(answered <= perMinute + refilled, `${answered} of ${frames} were answered meanwhile`)
  other.terminate()
  raw.destroy()
})

t.test('who is read slowly is not taken for dead', async (t) => {
  // One message a second after the first sixty, of which one is the handshake.
  const app = await start(t, { limits: { address: 60 }, sessions: { heartbeatMs: 100 } })
  const socket = await openSocket(app.url, { headers })
  let answered = 0
  socket.on('message', () => answered++)
  const cut = closed(socket)
  for (let id = 1; id <= 61; id++) socket.send('?')
  const code = await Promise.race([cut, until(() => answered === 61, 'every answer')])
  t.equal(code, undefined, 'not cut off')
  socket.terminate()
})

t.test('the end of the server answers what is in flight, and closes with 1001', async (t) => {
  const app = await startApp({ transport })
  const socket = await openSocket(app.url, { headers })
  const idle = await openSocket(app.url, { headers })
  const idleEnd = closed(idle)
  const answer = exchange(socket, modernRequest('tools/call', toolCall('hold', { name: 'last' })))
  await app.events.told('running last')
  const end = closed(socket)
  const over = app.close(10_000)
  t.equal(await idleEnd, 1001)
  app.events.tell('release last')
  t.match(await answer, { id: 1, result: { content: [{}] } })
  t.equal(await end, 1001)
  await over
})
