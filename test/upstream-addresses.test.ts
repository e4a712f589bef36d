import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { readServers } from '../tools/upstream/configuration/servers.ts'
import { AddressRefused, createAddressGuard } from '../tools/upstream/link/address-guard.ts'
import { callTool, connect, faultOf } from './helpers/upstreams.ts'

/** Every hit is written down; nobody may come. */
async function listen(t: Test, answer: RequestListener = (_request, response) => response.end()) {
  const hits: (string | undefined)[] = []
  const server = createServer((request, response) => {
    hits.push(request.url)
    answer(request, response)
  })
  let sockets = 0
  server.on('connection', () => {
    sockets++
  })
  server.listen(0)
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, hits, sockets: () => sockets }
}

/** Hosts that all lead to this machine, or to where no MCP server is. */
const hosts = [
  '127.0.0.1',
  '127.1',
  '127.0.0.2',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0x7f.1',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[0:0:0:0:0:0:0:1]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'app.localhost',
  '127.0.0.1.',
  '１２７.0.0.1',
  '127%2e0.0.1',
  '169.254.169.254',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '10.0.0.1',
  '192.168.0.1',
  '172.16.0.1'
]

t.test('an address that is written into the configuration is refused at the start', async (t) => {
  const trap = await listen(t)
  for (const host of hosts) {
    for (const scheme of ['http', 'https']) {
      const servers = { it: `${scheme}://${host}:${trap.port}/mcp` }
      t.throws(
        () => readServers({ servers }, { productionMode: true }),
        { name: 'ConfigError' },
        host
      )
    }
  }
  t.equal(trap.sockets(), 0)
})

t.test('a name that leads to one is refused when the socket would connect', async (t) => {
  const trap = await listen(t)
  const addresses = [
    '127.0.0.1',
    '127.0.0.2',
    '0.0.0.0',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '10.0.0.1',
    '169.254.169.254',
    'fd00:ec2::254'
  ]
  for (const address of addresses) {
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address, family: address.includes(':') ? 6 : 4 }
    ]
    const it = `https://mcp.example.com:${trap.port}/mcp`
    const { get } = connect(t, { it }, { settings: { production: true }, resolve })
    t.equal(await faultOf(callTool(get('it'), 'echo')), 'configuration', address)
  }
  t.equal(trap.sockets(), 0)
})

t.test('development may use its own machine, and still no metadata', async (t) => {
  const trap = await listen(t)
  for (const address of ['169.254.169.254', '0.0.0.0', '::', 'fe80::1', '100.100.100.200']) {
    const resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }]
    const { get } = connect(t, { it: `http://mcp.example.com:${trap.port}/mcp` }, { resolve })
    t.equal(await faultOf(callTool(get('it'), 'echo')), 'configuration', address)
  }
  t.equal(trap.sockets(), 0)
})

t.test('a redirect is not followed to another origin', async (t) => {
  const trap = await listen(t)
  const places = [
    `http://127.0.0.1:${trap.port}/mcp`,
    `http://localhost:${trap.port}/mcp`,
    `http://[::1]:${trap.port}/mcp`,
    `//127.0.0.1:${trap.port}/mcp`,
    'http://169.254.169.254/latest/meta-data/'
  ]
  for (const status of [302, 307]) {
    for (const location of places) {
      const front = await listen(t, (_request, response) => {
        response.writeHead(status, { location }).end()
      })
      const { get } = connect(t, { it: { endpoint: `http://127.0.0.1:${front.port}/mcp` } })
      t.not(await faultOf(callTool(get('it'), 'echo')), 'Error: it did not fail')
      t.ok(front.hits.length > 0, 'it was asked')
    }
  }
  t.same(trap.hits, [])
})

t.test('an old server cannot name another address for its messages', async (t) => {
  const trap = await listen(t)
  const front = await listen(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`event: endpoint\ndata: http://127.0.0.1:${trap.port}/messages\n\n`)
  })
  const entry = { endpoint: `http://127.0.0.1:${front.port}/sse`, connection_type: 'sse' }
  const { get } = connect(t, { it: entry })
  t.not(await faultOf(callTool(get('it'), 'echo')), 'Error: it did not fail')
  t.same(trap.hits, [])
})

t.test('an answer of the DNS that changes is the one that counts', async (t) => {
  const trap = await listen(t)
  const front = await listen(t, (_request, response) => {
    // Each request needs a socket of its own, and with it an answer of the DNS.
    response.writeHead(503, { connection: 'close' }).end()
  })
  let answers = 0
  const resolve = async () => {
    answers++
    return [{ address: answers === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]
  }
  const { get } = connect(t, { it: `http://mcp.example.com:${front.port}/mcp` }, { resolve })
  t.equal(await faultOf(callTool(get('it'), 'echo')), 'connection', 'the first one is used')
  const hits = front.hits.length
  t.ok(hits > 0)
  const { get: other } = connect(t, { it: `http://mcp.example.com:${front.port}/mcp` }, { resolve })
  t.equal(await faultOf(callTool(other('it'), 'echo')), 'configuration')
  t.equal(front.hits.length, hits)
  t.equal(trap.sockets(), 0)
})

t.test(
  'the guard asks the DNS once for each socket, and hands out what it has checked',
  async (t) => {
    let asked = 0
    const guard = createAddressGuard(true, async () => {
      asked++
      return [{ address: '93.184.216.34', family: 4 }]
    })
    const found = await new Promise((resolve) =>
      guard.lookup('mcp.example.com', {}, (_error, address) => resolve(address))
    )
    t.equal(found, '93.184.216.34')
    t.equal(asked, 1)
    t.throws(() => guard.checkHost('[::1]'), AddressRefused)
    t.doesNotThrow(() => guard.checkHost('mcp.example.com'))
  }
)
