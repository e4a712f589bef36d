import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { openStream, send } from './helpers/http.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'

const logLevel = { 'io.modelcontextprotocol/logLevel': 'info' }
const talk = (name: string, times: number) =>
  modernRequest('tools/call', toolCall('talk', { name, times }), 1, logLevel)

/** Sends a request and reads nothing of the answer. */
async function sendDeaf(port: number, message: ReturnType<typeof talk>): Promise<Socket> {
  const body = JSON.stringify(message)
  const headers = {
    ...modernHeaders(message),
    host: `127.0.0.1:${port}`,
    'content-length': Buffer.byteLength(body)
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  socket.write(`POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  return socket
}

t.test('a stream whose client does not read is cut off, and its call stopped', async (t) => {
  const app = await startApp()
  t.teardown(() => app.close(0))
  // 200 MB: more than any socket buffer holds.
  const socket = await sendDeaf(app.port, talk('first', 20_000))
  await app.events.told('cut off first')
  const before = process.memoryUsage().rss
  const again = await sendDeaf(app.port, talk('second', 20_000))
  await app.events.told('cut off second')
  t.comment(`RSS grew by ${((process.memoryUsage().rss - before) / 2 ** 20).toFixed(1)} MiB`)
  socket.destroy()
  again.destroy()
  const other = modernRequest('tools/call', toolCall('echo', { text: 'hi' }))
  t.equal((await send(app.url, { headers: modernHeaders(other), body: other })).status, 200)
})

t.test('a client that reads gets all of it', async (t) => {
  const app = await startApp()
  t.teardown(() => app.close(0))
  const message = talk('heard', 500)
  const stream = await openStream(app.url, { headers: modernHeaders(message), body: message })
  const last = await stream.find(({ result }) => result !== undefined)
  t.match(last.result, { content: [{ text: 'said it all' }] })
})
