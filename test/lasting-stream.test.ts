import type { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type EventStream, openStream } from './helpers/http.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { serve } from './helpers/serve.ts'
import { openEventStream } from './helpers/streams.ts'
import { closed, exchange, openSocket } from './helpers/websocket.ts'

const leaver = 'Zq81mvLc0pTy5RwXb7Ne3KsUd9HgAf2J'
const stayer = 'Wd42kxNf8rVu6YeQz1Mi0LtBh5CoGj7S'

t.test('a stream ends with the key that opened it, and no other does', async (t) => {
  const file = join(t.testdir({}), 'tokens')
  writeFileSync(file, `leaver:${leaver}\nstayer:${stayer}\n`, { mode: 0o600 })
  const env = { MCP_AUTH_TOKEN_FILE: file, SSE_HEARTBEAT_INTERVAL: '1' }
  const { running, url } = await serve(t, ['--http'], env)
  const openAll = async (key: string) => [await openEventStream(url, key), await listen(url, key)]
  const [left, stayed] = [await openAll(leaver), await openAll(stayer)]
  for (const { status } of [...left, ...stayed]) t.equal(status, 200)
  const ends = left.map(readToEnd)
  let isOver = false
  for (const stream of stayed) {
    readToEnd(stream).then(() => {
      isOver = true
    })
  }
  writeFileSync(file, `stayer:${stayer}\n`, { mode: 0o600 })
  await Promise.all(ends)
  await running.stderr.until(/"method":"GET \/mcp"/)
  t.notOk(isOver, 'those of the other key are open')
  for (const stream of stayed) stream.cut()
})

function listen(url: string, key: string): Promise<EventStream> {
  const body = modernRequest('subscriptions/listen', { notifications: { toolsListChanged: true } })
  const headers = { ...modernHeaders(body), authorization: `Bearer ${key}` }
  return openStream(url, { headers, body })
}

/** Resolves when the stream is over or cut off. */
async function readToEnd(stream: EventStream): Promise<void> {
  try {
    while ((await stream.next()) !== undefined);
  } catch {
    // Cut off.
  }
}

t.test('a WebSocket ends with its key, and runs nothing after that', async (t) => {
  const file = join(t.testdir({}), 'tokens')
  writeFileSync(file, `leaver:${leaver}\nstayer:${stayer}\n`, { mode: 0o600 })
  const env = { MCP_AUTH_TOKEN_FILE: file, MCP_TRANSPORT: 'websocket', MCP_SSE: 'true' }
  const { running, url } = await serve(t, [], env)
  const open = (key: string) => openSocket(url, { headers: { authorization: `Bearer ${key}` } })
  const [left, stayed] = [await open(leaver), await open(stayer)]
  const headers = { authorization: `Bearer ${leaver}` }
  const stream = await openStream(`${url}/sse`, { method: 'GET', headers })
  // A client that does not go when it is told to.
  const sayOn = (): void => {
    left.send(JSON.stringify(modernRequest('tools/call', toolCall('call_after_the_end'))))
  }
  const isOver = new Promise<number>((resolve) => {
    const receiver = left as unknown as { _receiver: EventEmitter }
    receiver._receiver.prependListener('conclude', (code: number) => {
      sayOn()
      resolve(code)
    })
  })
  writeFileSync(file, `stayer:${stayer}\n`, { mode: 0o600 })
  t.equal(await isOver, 1008)
  await readToEnd(stream)
  t.match(await exchange(stayed, modernRequest('ping')), { error: { code: -32601 } })
  t.notMatch(running.stderr.text, 'call_after_the_end')
  left.terminate()
  stayed.terminate()
})

t.test('a WebSocket ends when its key means somebody else', async (t) => {
  const file = join(t.testdir({}), 'tokens')
  writeFileSync(file, `leaver:${leaver}\nstayer:${stayer}\n`, { mode: 0o600 })
  const env = { MCP_AUTH_TOKEN_FILE: file, MCP_TRANSPORT: 'websocket' }
  const { url } = await serve(t, [], env)
  const open = (key: string) => openSocket(url, { headers: { authorization: `Bearer ${key}` } })
  const [left, stayed] = [await open(leaver), await open(stayer)]
  const end = closed(left)
  writeFileSync(file, `other:${leaver}\nstayer:${stayer}\n`, { mode: 0o600 })
  t.equal(await end, 1008)
  t.match(await exchange(stayed, modernRequest('ping')), { error: { code: -32601 } })
  stayed.terminate()
})
