import { createServer } from 'node:http'
import { connect } from 'node:net'
import t from 'tap'
import { type Sent, send } from './helpers/http.ts'
import { noteAcceptedKeys, watchForInboundKeys } from './helpers/inbound-key.ts'
import { openPort } from './helpers/open-port.ts'
import { until } from './helpers/until.ts'

/* The guard of all upstreams of the tests finds what it is there for. */

const key = 'the-key+of/a-client-of-ours'

async function startWatched() {
  const found: string[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'))
  })
  watchForInboundKeys(server, (each) => found.push(each))
  const port = await openPort(server)
  t.teardown(() => server.close())
  return { found, port, origin: `http://127.0.0.1:${port}` }
}

t.test('an inbound key is found wherever it stands in an upstream request', async (t) => {
  const { found, origin, port } = await startWatched()
  await send(`${origin}/clean`, { body: { token: 'a-service-token-of-ours' } })
  await send(`${origin}/early`, { body: { key } })
  t.same(found, [], 'nothing is known yet')
  noteAcceptedKeys({ MCP_API_KEYS: `short,${key}` })

  const basic = `Basic ${Buffer.from(`user:${key}`).toString('base64')}`
  const rows: (Sent & { readonly path: string })[] = [
    { path: '/header', headers: { 'x-other': key } },
    { path: '/basic', headers: { 'x-other': basic } },
    { path: `/query?k=${encodeURIComponent(key)}` },
    { path: '/body', body: { deep: [key] } },
    { path: '/made', headers: { cookie: 'k=pcl_abcdefghijklmnopqrst' } }
  ]
  for (const { path, ...sent } of rows) {
    await send(origin + path, sent)
    t.equal(found.length, 1, path)
    found.length = 0
  }
  await send(`${origin}/clean`, { body: { token: 'a-service-token-of-ours', short: 'short' } })
  t.same(found, [])

  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.write(`GET /split HTTP/1.1\r\nhost: a\r\nx-key: ${key.slice(0, 9)}`)
  await new Promise((resolve) => setImmediate(resolve))
  socket.write(`${key.slice(9)}\r\n\r\n`)
  await until(() => found.length === 1, 'a key in two chunks')
})

t.test('a key that a client has presented is known from then on', async (t) => {
  const { found, origin } = await startWatched()
  const presented = 'another-key-of-a-client'
  await send(`${origin}/product`, { headers: { authorization: `Bearer ${presented}` } })
  found.length = 0
  await send(`${origin}/upstream?token=${presented}`, {})
  t.match(found, [/^an inbound key reached an upstream: POST \/upstream/])
})
