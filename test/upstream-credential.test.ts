import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { type McpHttpServer, startNewServer, startOldServer } from './helpers/mcp-servers.ts'
import { openPort } from './helpers/open-port.ts'
import { callTool, connect, faultOf } from './helpers/upstreams.ts'

async function open(t: Test, start: () => Promise<McpHttpServer> = startNewServer) {
  const server = await start()
  t.teardown(() => server.close())
  return server
}

const secrets = { TOKEN: 'token-from-the-environment' }

t.test('the credential of its entry, and no other, goes with every request', async (t) => {
  for (const start of [startOldServer, startNewServer]) {
    const server = await open(t, start)
    const variants = [
      [{ auth_token: { env: 'TOKEN' } }, { authorization: `Bearer ${secrets.TOKEN}` }],
      [{ auth: { scheme: 'bearer', token: 'plain' } }, { authorization: 'Bearer plain' }],
      [{ auth: { scheme: 'header', name: 'X-Key', token: 'k' } }, { 'x-key': 'k' }],
      [
        { headers: { 'X-Tenant': 't', Authorization: 'Basic eDp5' } },
        { 'x-tenant': 't', authorization: 'Basic eDp5' }
      ],
      [{}, { authorization: 'Bearer common' }]
    ] as const
    for (const [entry, expected] of variants) {
      const from = server.requests.length
      const servers = { it: { endpoint: server.url, ...entry } }
      const { get } = connect(t, servers, { secrets, settings: { token: 'common' } })
      await callTool(get('it'), 'echo', { text: 'x' })
      const seen = server.requests.slice(from)
      t.ok(seen.length > 0)
      for (const { headers } of seen) t.match(headers, expected)
      if (!('authorization' in expected)) {
        for (const { headers } of seen) t.notOk('authorization' in headers)
      }
    }
  }
})

t.test('a secret that is missing stops the start, by name', async (t) => {
  const servers = { it: { endpoint: 'http://127.0.0.1:1/mcp', auth_token: { env: 'NOWHERE' } } }
  t.throws(() => connect(t, servers), {
    name: 'ConfigError',
    message: 'servers.it.auth.token: the variable NOWHERE holds no value'
  })
})

t.test('TLS checks cannot be off in production', async (t) => {
  const settings = { production: true, verifyTls: false }
  t.throws(() => connect(t, { it: 'https://mcp.example.com/mcp' }, { settings }), /MCP_VERIFY_SSL/)
})

t.test('a server that refuses the credential is a fault of authentication', async (t) => {
  const server = createServer((_request, response) => response.writeHead(401).end())
  const port = await openPort(server)
  t.teardown(() => server.close())
  const { get } = connect(t, { it: `http://127.0.0.1:${port}/mcp` })
  t.equal(await faultOf(callTool(get('it'), 'echo')), 'authentication')
})

/** An authorization server that counts, in front of a server that forgets tokens. */
async function startIssuer(t: Test) {
  const seen: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = []
  const server = createServer(async (request, response) => {
    seen.push({ headers: request.headers, body: await text(request) })
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ access_token: `t${seen.length}`, token_type: 'Bearer', expires_in: 3600 })
    )
  })
  const port = await openPort(server)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, tokenUrl: `http://127.0.0.1:${port}/token` }
}

t.test('client credentials: one token for all, a new one when it is refused', async (t) => {
  const { seen, tokenUrl } = await startIssuer(t)
  const inner = await open(t)
  let good = 't1'
  const front = createServer(async (request, response) => {
    if (request.headers.authorization !== `Bearer ${good}`) return response.writeHead(401).end()
    const headers = Object.entries(request.headers).filter(
      ([name]) => !/^(?:host|connection|content-length|transfer-encoding)$/.test(name)
    ) as [string, string][]
    try {
      const body = await text(request)
      const answer = await fetch(inner.url, { method: 'POST', headers, body })
      const type = answer.headers.get('content-type') ?? ''
      response.writeHead(answer.status, { 'content-type': type }).end(await answer.text())
    } catch {
      // A stream of events has ended with its server.
      response.destroy()
    }
    return undefined
  })
  const port = await openPort(front)
  t.teardown(() => {
    front.closeAllConnections()
    front.close()
  })
  const endpoint = `http://127.0.0.1:${port}/mcp`
  const auth = { scheme: 'oauth2', tokenUrl, clientId: 'me', clientSecret: 'hush', scopes: ['a'] }
  const { get } = connect(t, { it: { endpoint, auth } })
  await Promise.all([1, 2, 3].map((n) => callTool(get('it'), 'echo', { text: `${n}` })))
  t.equal(seen.length, 1)
  t.match(seen[0]?.body, /grant_type=client_credentials&scope=a/)
  good = 't2'
  t.same(await callTool(get('it'), 'echo', { text: 'again' }), { text: 'again' })
  t.equal(seen.length, 2)
})

t.test('without a token nothing is sent', async (t) => {
  const server = await open(t)
  const auth = {
    scheme: 'oauth2',
    tokenUrl: 'http://127.0.0.1:1/token',
    clientId: 'me',
    clientSecret: 'x'
  }
  const { get } = connect(t, { it: { endpoint: server.url, auth } })
  t.equal(await faultOf(callTool(get('it'), 'echo', { text: 'x' })), 'authentication')
  t.equal(server.requests.length, 0)
})
