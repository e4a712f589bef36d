import t from 'tap'
import { readServers, resolveAndCheck } from '../index.ts'
import { isOneLine, run } from './helpers/executable.ts'

const endpoint = 'https://mcp.example.com/mcp'

t.test('the three forms, and the settings that stand beside the servers', async (t) => {
  const settings = {
    default_timeout: 20,
    timeout: 10,
    auth_token: 'x',
    health_check_interval: 300,
    max_retries: 3,
    metadata: {}
  }
  const defaults = { timeoutMs: 20_000, token: 'x', healthMs: 300_000, retries: 3 }
  const server = { kind: 'remote', name: 'docs', enabled: true, endpoint, transport: 'auto' }
  for (const config of [
    { docs: endpoint, ...settings },
    { docs: { endpoint }, ...settings },
    { servers: { docs: endpoint }, ...settings },
    { servers: { docs: endpoint, ...settings } }
  ]) {
    for (const given of [config, JSON.stringify(config)]) {
      const read = readServers(given)
      t.match(read, { servers: [server], defaults, warnings: [] })
      t.equal(read.servers.length, 1)
    }
  }
  const desktop = readServers({ mcpServers: { docs: { url: endpoint } }, ...settings })
  t.match(desktop.servers, [server])
  t.strictSame(desktop.defaults, {}, 'what stands beside mcpServers belongs to the client')
  t.strictSame(readServers({ docs: endpoint, timeout: 10 }).defaults, { timeoutMs: 10_000 })
})

t.test('every field of a remote server', async (t) => {
  const auth = { scheme: 'header', name: 'X-Key', token: { env: 'KEY' } }
  const [server] = readServers({
    docs: {
      endpoint: ' HTTPS://MCP.example.com:443/mcp ',
      timeout: 1.5,
      connection_type: 'streamable-http',
      headers: { 'X-Tenant': 'a', 'X-Other': { file: '/run/other' } },
      auth,
      enabled: false,
      metadata: { team: 'x' }
    }
  }).servers
  t.strictSame(server, {
    kind: 'remote',
    name: 'docs',
    timeoutMs: 1500,
    enabled: false,
    endpoint,
    transport: 'http',
    headers: new Map<string, unknown>([
      ['X-Tenant', 'a'],
      ['X-Other', { file: '/run/other' }]
    ]),
    auth
  })
  const [inCluster] = readServers(
    { docs: { endpoint: 'docs.tools.svc.cluster.local:8080', connection_type: 'cluster_service' } },
    { productionMode: false }
  ).servers
  t.match(inCluster, { endpoint: 'http://docs.tools.svc.cluster.local:8080/', transport: 'auto' })
})

t.test('a program only where the caller vouches for the file', async (t) => {
  const config = {
    files: {
      command: 'npx',
      args: ['-y', 'pkg'],
      env: { KEY: { env: 'KEY' } },
      cwd: '/srv',
      timeout: 5
    }
  }
  t.throws(() => readServers(config), {
    name: 'ConfigError',
    message: /files\.command: Commands are only run from a file of the operator; /
  })
  t.throws(() => readServers(config, { productionMode: false }), /Commands/)
  const local = {
    kind: 'local',
    name: 'files',
    timeoutMs: 5000,
    enabled: true,
    command: 'npx',
    args: ['-y', 'pkg'],
    env: new Map([['KEY', { env: 'KEY' }]]),
    cwd: '/srv'
  }
  t.strictSame(readServers(config, { allowCommands: true }).servers, [local])
})

t.test('the dialects of desktop clients', async (t) => {
  const remote = (entry: object) => readServers({ mcpServers: { docs: entry } }).servers[0]
  for (const field of ['url', 'httpUrl', 'serverUrl', 'endpoint']) {
    t.match(remote({ [field]: endpoint }), { endpoint, enabled: true }, field)
  }
  t.match(remote({ url: endpoint, type: 'STREAMABLE_HTTP' }), { transport: 'http' })
  t.match(remote({ url: endpoint, type: 'sse', disabled: true }), {
    transport: 'sse',
    enabled: false
  })
  t.match(remote({ url: endpoint, type: 'remote', disabled: false }), {
    transport: 'auto',
    enabled: true
  })
  t.match(remote({ url: endpoint, bearerToken: 'x' }), { auth: { scheme: 'bearer', token: 'x' } })
  const dollar = '$'
  for (const [value, token] of [
    ['Bearer abc', 'abc'],
    [`Bearer ${dollar}{TOKEN}`, { env: 'TOKEN' }],
    [`bearer ${dollar}{env:TOKEN}`, { env: 'TOKEN' }],
    [`Bearer ${dollar}TOKEN`, { env: 'TOKEN' }]
  ] as const) {
    const server = remote({
      url: endpoint,
      headers: { authorization: value, 'X-A': `${dollar}{A}` }
    })
    t.strictSame(server, {
      kind: 'remote',
      name: 'docs',
      enabled: true,
      endpoint,
      transport: 'auto',
      headers: new Map([['X-A', { env: 'A' }]]),
      auth: { scheme: 'bearer', token }
    })
  }
  const read = readServers({
    mcpServers: {
      docs: { url: endpoint, timeout: 600_000, autoApprove: ['x'], args: [], command: '' }
    }
  })
  t.match(read.servers, [{ timeoutMs: 300_000 }])
  t.strictSame(
    read.warnings.map(({ code, path }) => `${code} ${path}`),
    ['ignored_field docs.autoApprove', 'timeout_unit docs.timeout', 'timeout_long docs.timeout']
  )
  const [local] = readServers(
    {
      mcpServers: {
        a: { type: 'stdio', command: 'uvx', args: ['x'], env: { K: `${dollar}{env:K}` } }
      }
    },
    { allowCommands: true }
  ).servers
  t.match(local, { kind: 'local', command: 'uvx', env: new Map([['K', { env: 'K' }]]) })
})

t.test('the first error stops the reading with one line', async (t) => {
  t.throws(() => readServers({ a: endpoint, b: 'http://localhost/' }), {
    name: 'ConfigError',
    message:
      'servers (MCP_SERVERS): b.endpoint: Localhost/loopback addresses not allowed in production mode; use the public https address'
  })
  const { warnings } = readServers({ b: 'http://localhost/' }, { productionMode: false })
  t.strictSame(
    warnings.map(({ code, severity }) => `${severity} ${code}`),
    ['warning loopback', 'warning cleartext']
  )
})

t.test('names are judged by everything they resolve to', async (t) => {
  const asked: string[] = []
  const check = (addresses: readonly string[], productionMode = true) =>
    resolveAndCheck(
      { a: endpoint, b: 'https://8.8.8.8/', c: 'https://[2606:4700::1111]/' },
      {
        productionMode,
        resolve: async (host) => {
          asked.push(host)
          if (addresses.length === 0) throw new Error('ENOTFOUND')
          return addresses
        }
      }
    )
  t.match(await check(['8.8.8.8', '2606:4700::1111']), {
    valid: true,
    details: { issues: [], endpointsValidated: 3 }
  })
  t.strictSame(asked, ['mcp.example.com'], 'an address needs no resolver')
  for (const [address, code] of [
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:10.0.0.1', 'private'],
    ['100.64.0.1', 'shared'],
    ['not an address', 'reserved']
  ] as const) {
    const refused = await check(['8.8.8.8', address])
    t.match(refused, { valid: false, details: { issues: [{ code, path: 'a.endpoint' }] } })
    t.match(refused.errorMessage, /: by its name$/)
    t.match(await check(['8.8.8.8', address], false), {
      valid: true,
      details: { issues: [{ code }] }
    })
  }
  t.match(await check(['169.254.169.254'], false), {
    valid: false,
    details: { issues: [{ code: 'metadata' }] }
  })
  t.match(await check([]), {
    valid: true,
    details: { issues: [{ code: 'unresolved', severity: 'warning' }] }
  })
  const issuer = {
    scheme: 'oauth2',
    tokenUrl: 'https://login.example.com/',
    clientId: 'a',
    clientSecret: 'b'
  }
  const byIssuer = await resolveAndCheck(
    { a: { endpoint, auth: issuer } },
    { resolve: async (host) => [host.startsWith('login') ? '10.0.0.1' : '8.8.8.8'] }
  )
  t.match(byIssuer.details.issues, [{ code: 'private', path: 'a.auth.tokenUrl' }])
  const wrong = await resolveAndCheck(
    { a: 'http://localhost/' },
    { resolve: async () => ['8.8.8.8'] }
  )
  t.match(wrong.errorMessage, /^Localhost/, 'the first step counts, too')
})

t.test('the resolver of the system', async (t) => {
  const { details } = await resolveAndCheck({ a: 'http://localhost/' }, { productionMode: false })
  t.ok(
    details.issues.some(({ code, message }) => code === 'loopback' && /by its name/.test(message))
  )
})

t.test('what is wrong with the servers of a configuration stops the start', async (t) => {
  const servers = { docs: 'http://169.254.169.254/mcp' }
  const file = `${t.testdir({ 'c.json': JSON.stringify({ servers }) })}/c.json`
  const ended = await run(['--config', file])
  t.equal(ended.code, 2)
  t.ok(isOneLine(ended))
  t.match(ended.stderr, /servers \(MCP_SERVERS\)/)
})
