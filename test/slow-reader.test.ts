import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { openStream, send } from './helpers/http.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

const logLevel = { 'io.modelcontextprotocol/logLevel': 'info' }
const talk = (name: string, times: number) =>
  modernRequest('tools/call', toolCall('talk', { name, times }), 1, logLevel)

function requestText(port: number, message: ReturnType<typeof talk>): string {
  const body = JSON.stringify(message)
  const headers = {
    ...modernHeaders(message),
    host: `127.0.0.1:${port}`,
    'content-length': Buffer.byteLength(body)
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

/** Sends a request and reads nothing of the answer. */
async function sendDeaf(port: number, message: ReturnType<typeof talk>): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  socket.write(requestText(port, message))
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

t.test('who waits behind a longer call on one connection is not taken for slow', async (t) => {
  const app = await startApp()
  t.teardown(() => app.close(0))
  const { setTimeout } = globalThis
  t.teardown(() => {
    globalThis.setTimeout = setTimeout
  })
  // Meanwhile the 20 s in which a small answer must be read are over at once.
  let isHurried = true
  const hurried = (run: () => void, ms = 0) => setTimeout(run, isHurried && ms === 20_000 ? 1 : ms)
  globalThis.setTimeout = hurried as typeof setTimeout
  const first = modernRequest('tools/call', toolCall('hold', { name: 'long' }), 1)
  const second = modernRequest('tools/call', toolCall('echo', { text: 'short' }), 2)
  const socket = await sendDeaf(app.port, first)
  await app.events.told('running long')
  socket.write(requestText(app.port, second))
  await until(() => app.audit('TOOL_EXECUTE').length === 1, 'the end of the second call')
  for (let turn = 0; turn < 20; turn++) {
    await new Promise<void>((resolve) => globalThis.setTimeout(resolve, 20_000))
  }
  isHurried = false
  app.events.tell('release long')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.resume()
  await until(() => socket.destroyed || text.includes('short'), 'both answers')
  t.match(text, /released long.*"text":"short"/s)
  socket.destroy()
})
