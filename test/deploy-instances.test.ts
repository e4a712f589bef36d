import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import t, { type Test } from 'tap'
import { findFreePort } from './helpers/free-port.ts'
import { send } from './helpers/http.ts'
import { openPort } from './helpers/open-port.ts'
import { without } from './helpers/program.ts'
import {
  agentOf,
  callOf,
  type StartProxy,
  site,
  startCaddy,
  startNginx
} from './helpers/proxies.ts'
import { until } from './helpers/until.ts'

/* Which instance a request goes to, how often, and over which connection: the instances count. */

for (const [name, startProxy] of [
  ['nginx', startNginx],
  ['caddy', startCaddy]
] as const) {
  t.test(`${name}: what goes to which instance`, { skip: without(name) }, async (t) => {
    await t.test('a POST that was sent is never repeated', (t) => checkNoRepeat(t, startProxy))
    await t.test('events pass at once', (t) => checkStream(t, startProxy))
    await t.test('a WebSocket passes', (t) => checkUpgrade(t, startProxy))
    await t.test('connections to an instance are kept', (t) => checkKept(t, startProxy))
  })
}

t.test('nginx: nobody listens: the next instance', { skip: without('nginx') }, checkAbsent)

t.test('nginx: a flood is 429, not 503', { skip: without('nginx') }, async (t) => {
  const instance = await startInstance(t)
  const proxy = await startNginx([instance.port])
  t.teardown(() => proxy.close())
  const agent = agentOf(t, proxy)
  const asked = Array.from({ length: 300 }, () =>
    send(`${proxy.origin}/health`, { method: 'GET', headers: { host: site }, agent })
  )
  const statuses = new Set((await Promise.all(asked)).map(({ status }) => status))
  t.strictSame([...statuses].sort(), [200, 429])
})

interface Instance {
  readonly port: number
  readonly requests: () => number
  readonly connections: () => number
}

/** An instance that answers, or breaks off once it has read the whole request. */
async function startInstance(t: Test, breaksOff = false): Promise<Instance> {
  let requests = 0
  let connections = 0
  const server = createServer(async (message, response) => {
    requests++
    message.resume()
    await once(message, 'end')
    if (breaksOff) message.socket.destroy()
    else response.end('{}')
  })
  server.keepAliveTimeout = 75_000
  server.on('connection', () => connections++)
  const port = await openPort(server)
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { port, requests: () => requests, connections: () => connections }
}

async function checkNoRepeat(t: Test, startProxy: StartProxy): Promise<void> {
  const instances = [await startInstance(t, true), await startInstance(t, true)]
  const proxy = await startProxy(instances.map(({ port }) => port))
  t.teardown(() => proxy.close())
  const agent = agentOf(t, proxy)
  const { status } = await send(`${proxy.origin}/mcp`, { ...callOf('tally', {}), agent })
  t.equal(status, 502)
  const requests = instances.map((instance) => instance.requests())
  t.strictSame(requests.sort(), [0, 1])
}

async function checkAbsent(t: Test): Promise<void> {
  const present = await startInstance(t)
  const proxy = await startNginx([await findFreePort(), present.port])
  t.teardown(() => proxy.close())
  const agent = agentOf(t, proxy)
  for (let caller = 0; caller < 8; caller++) {
    const call = callOf('tally', {})
    const headers = { ...call.headers, authorization: `Bearer caller-${caller}` }
    const { status } = await send(`${proxy.origin}/mcp`, { ...call, headers, agent })
    t.equal(status, 200, `caller ${caller}`)
  }
}

/** Without the header by which Portcullis itself asks nginx not to collect. */
async function checkStream(t: Test, startProxy: StartProxy): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n')
    releases.push(() => response.end('data: last\n\n'))
  })
  const releases: (() => void)[] = []
  const port = await openPort(server)
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const proxy = await startProxy([port])
  t.teardown(() => proxy.close())
  const asked = httpRequest(`${proxy.origin}/mcp`, {
    agent: agentOf(t, proxy),
    headers: { host: site }
  })
  const [response] = await once(asked.end(), 'response', { signal: AbortSignal.timeout(20_000) })
  const [first] = await once(response, 'data', { signal: AbortSignal.timeout(20_000) })
  t.equal(String(first), 'data: first\n\n')
  for (const release of releases) release()
  const [last] = await once(response, 'data')
  t.equal(String(last), 'data: last\n\n')
}

async function checkUpgrade(t: Test, startProxy: StartProxy): Promise<void> {
  const server = createServer((_, response) => response.end('no upgrade'))
  server.on('upgrade', ({ headers }, socket) => {
    const { upgrade } = headers
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n\r\n`
    )
  })
  const port = await openPort(server)
  t.teardown(() => server.close())
  const proxy = await startProxy([port])
  t.teardown(() => proxy.close())
  const agent = agentOf(t, proxy)
  const ask = (upgrade: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        host: site,
        connection: 'upgrade',
        upgrade,
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA=='
      }
      const asked = httpRequest(`${proxy.origin}/mcp`, { agent, headers })
      asked.on('upgrade', ({ statusCode }, socket) => {
        socket.destroy()
        resolve(statusCode)
      })
      asked.on('response', (response) => resolve(response.resume().statusCode))
      asked.on('error', reject).end()
    })
  t.equal(await ask('websocket'), 101)
  if (startProxy === startNginx) t.equal(await ask('h2c'), 200, 'and nothing else')
}

async function checkKept(t: Test, startProxy: StartProxy): Promise<void> {
  const [one, other] = [await startInstance(t), await startInstance(t)]
  const proxy = await startProxy([one.port, other.port])
  t.teardown(() => proxy.close())
  const agent = agentOf(t, proxy)
  for (let call = 0; call < 6; call++) {
    await send(`${proxy.origin}/mcp`, { ...callOf('tally', {}), agent })
  }
  const requests = [one.requests(), other.requests()]
  t.strictSame(requests.sort(), [0, 6], 'one caller, one instance')
  await until(() => one.connections() + other.connections() > 0, 'a connection')
  t.equal(one.connections() + other.connections(), 1)
}
