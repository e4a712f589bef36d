import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { send } from './helpers/http.ts'
import { authHeaders, call, jsonHeaders } from './helpers/messages.ts'
import { until } from './helpers/until.ts'
import { openSocket } from './helpers/websocket.ts'

/* The end of the server while a client has not read its answer yet. */

const bytes = 15_000_000
const settings = {
  sse: { enabled: true },
  limits: { enabled: false, maxResultBytes: 20_000_000 }
}
const big = call('big', { bytes }, 7)

/** Begins the end once the call is over; for a moment the client does not read. */
async function beginEnd(app: App): Promise<{ readonly over: Promise<void> }> {
  await until(() => app.audit('TOOL_EXECUTE').length === 1, 'the end of the call')
  const over = app.close(20_000)
  await wait(1000)
  return { over }
}

t.test('an answer on a stream of 2024-11-05 is read to its end', async (t) => {
  const app = await startApp(settings)
  const socket = connect(app.port, '127.0.0.1')
  await once(socket, 'connect')
  const lines = Object.entries({ host: 'localhost', ...authHeaders() })
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')
  socket.write(`GET /mcp/sse HTTP/1.1\r\n${head}\r\n\r\n`)
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  await until(() => text.includes('sessionId='), 'the endpoint')
  socket.pause()
  const [, endpoint = ''] = /data: (\S+)/.exec(text) ?? []
  const posted = await send(app.origin + endpoint, { headers: jsonHeaders(), body: big })
  t.equal(posted.status, 202)
  const { over } = await beginEnd(app)
  await readToEnd(socket)
  t.match(text, /x{15}"[^x]*"id":7/)
  await over
})

t.test('an answer on a WebSocket is read to its end', async (t) => {
  const app = await startApp({ ...settings, transport: 'websocket' })
  const socket = await openSocket(app.url, { headers: authHeaders() })
  const lengths: number[] = []
  socket.on('message', (data: Buffer) => lengths.push(data.length))
  socket.send(JSON.stringify(big), () => socket.pause())
  const { over } = await beginEnd(app)
  const end = once(socket, 'close')
  socket.resume()
  t.equal((await end)[0], 1001)
  t.equal(lengths.length, 1)
  t.ok((lengths[0] ?? 0) > bytes)
  await over
})

async function readToEnd(socket: Socket): Promise<void> {
  const end = once(socket, 'close')
  socket.resume()
  await end
}
