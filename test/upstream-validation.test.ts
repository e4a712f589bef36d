import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import t from 'tap'
import { validateConfigurationSecurity } from '../index.ts'
import type { IssueCode } from '../tools/upstream/configuration/issue.ts'
import { endpoints, servers, wholes } from './fixtures/upstream-table.ts'

function codesOf(config: unknown, productionMode: boolean, allowCommands = false) {
  const { valid, errorMessage, details } = validateConfigurationSecurity(config, {
    productionMode,
    allowCommands
  })
  const errors = details.issues.filter(({ severity }) => severity === 'error')
  return {
    valid,
    errorMessage,
    errors: errors.map(({ code }) => code),
    all: details.issues.map(({ code }) => code),
    issues: details.issues
  }
}

t.test(
  'endpoints: the first thing that production says, and what development refuses',
  async (t) => {
    for (const [endpoint, first, development = 'refused'] of endpoints) {
      const strict = codesOf({ server: endpoint }, true)
      t.equal(strict.errors[0], first, endpoint)
      t.equal(strict.valid, first === undefined, endpoint)
      const lenient = codesOf({ server: endpoint }, false)
      t.equal(lenient.valid, first === undefined || development === 'warned', endpoint)
      t.strictSame(lenient.all, strict.all, `${endpoint}: the same issues in both modes`)
      t.strictSame(codesOf(JSON.stringify({ server: endpoint }), true), strict, 'as text')
      // The object form and a client's own form lead to the same check.
      for (const config of [
        { server: { endpoint } },
        { servers: { server: { endpoint } } },
        { mcpServers: { server: { url: endpoint } } }
      ]) {
        if (endpoint !== '') t.equal(codesOf(config, true).errors[0], first, JSON.stringify(config))
      }
    }
  }
)

t.test('servers and the settings beside them', async (t) => {
  for (const [entry, first] of servers) {
    const { errors, valid } = codesOf({ server: entry }, true, true)
    t.equal(errors[0], first, inspect(entry))
    t.equal(valid, first === undefined)
  }
})

t.test('a whole configuration is refused with its first error', async (t) => {
  for (const [label, config, first] of wholes) {
    const { errors, valid } = codesOf(config, true)
    t.equal(errors[0], first, label)
    t.equal(valid, first === undefined, label)
  }
})

t.test('the samples of the old library', async (t) => {
  const valid = { atlassian: 'https://mcp-atlassian.company.com/sse', timeout: 30 }
  t.match(validateConfigurationSecurity(valid, { productionMode: true }), {
    valid: true,
    errorMessage: undefined,
    details: { issues: [], endpointsValidated: 1, productionMode: true }
  })
  const insecure = { local: 'http://localhost:8080/sse', internal: 'http://192.168.1.100/sse' }
  const refused = codesOf(insecure, true)
  t.equal(refused.errorMessage, 'Localhost/loopback addresses not allowed in production mode')
  t.strictSame(
    refused.issues.map(({ path, code }) => `${path} ${code}`),
    [
      'local.endpoint loopback',
      'local.endpoint cleartext',
      'internal.endpoint private',
      'internal.endpoint cleartext'
    ]
  )
  const allowed = codesOf(insecure, false)
  t.ok(allowed.valid)
  t.ok(allowed.issues.every(({ severity }) => severity === 'warning'))

  const others: readonly (readonly [unknown, IssueCode | undefined])[] = [
    [
      {
        atlassian: 'https://mcp-atlassian.company.com/sse',
        github: 'https://mcp-github.company.com/sse'
      },
      undefined
    ],
    [{ atlassian: 'http://mcp-atlassian.company.com/sse' }, 'cleartext'],
    [{ atlassian: 'https://user:password@mcp-server.com/sse' }, 'credentials'],
    [{ atlassian: 'https://mcp.example.com/sse', auth_token: null }, undefined],
    [{ atlassian: null, auth_token: null }, 'entry'],
    [
      {
        a: {
          endpoint: 'https://mcp-atlassian.com/sse',
          timeout: 30,
          connection_type: 'external_route'
        }
      },
      undefined
    ],
    [{ a: { endpoint: 'https://mcp-atlassian.com/sse', timeout: 3600 } }, 'timeout'],
    [
      Object.fromEntries(
        Array.from({ length: 10_000 }, (_, i) => [`server_${i}`, `https://server${i}.com`])
      ),
      'too_large'
    ]
  ]
  for (const [config, first] of others) t.equal(codesOf(config, true).errors[0], first)
})

t.test('no issue holds a value: secrets stay where they are', async (t) => {
  const secret = 'hunter2-hunter2'
  const configs = [
    `{"a": "https://u:${secret}@h.example/"`,
    { a: `https://u:${secret}@h.example/?token=${secret}#${secret}` },
    {
      a: { endpoint: `https://${secret}_/`, headers: { 'X-Key': `${secret}\n` }, timeout: secret }
    },
    { a: { endpoint: 'https://h.example/', auth: { scheme: secret, token: secret } } },
    { a: { endpoint: 'https://h.example/', auth_token: [secret], connection_type: secret } },
    {
      a: { command: `x;${secret}`, env: { 'A B': secret }, args: [`${secret}\0`] },
      auth_token: [secret]
    }
  ]
  for (const config of configs) {
    const { issues } = codesOf(config, true, true)
    t.ok(issues.length > 0)
    t.notMatch(JSON.stringify(issues), /hunter2/)
  }
})

t.test('what is shown of a name is one line without control characters', async (t) => {
  const { issues } = codesOf({ '\u001b[2J\nx\u202ey': 'https://mcp.example.com/' }, true)
  t.strictSame(
    issues.map(({ code, path }) => [code, path]),
    [['name', '[2J xy']]
  )
})

t.test('objects: read once, own fields only, plain data', async (t) => {
  let reads = 0
  const shifty = {
    get server() {
      reads += 1
      return reads === 1 ? 'http://169.254.169.254/' : 'https://mcp.example.com/'
    }
  }
  t.equal(codesOf(shifty, true).errors[0], 'metadata')
  t.equal(reads, 1)
  const circle: Record<string, unknown> = { server: 'https://mcp.example.com/' }
  circle.metadata = { circle }
  t.notOk(codesOf(circle, true).valid)
  const wide: unknown[] = []
  wide.push(wide, wide, wide)
  t.notOk(codesOf({ server: 'https://mcp.example.com/', metadata: { wide } }, true).valid)
  const holes = { server: 'https://mcp.example.com/', metadata: { holes: new Array(4e9) } }
  t.strictSame(codesOf(holes, true).errors, ['too_large'])
  const inherited = Object.assign(Object.create({ endpoint: 'https://mcp.example.com/' }), {})
  t.equal(codesOf({ server: inherited }, true).errors[0], 'not_plain')
  t.notOk(Object.hasOwn(Object.prototype, 'polluted'))
})

t.test('an error is not lost behind any number of warnings', async (t) => {
  const odd = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`odd${index}`, 1]))
  const docs = { ...odd, url: 'https://169.254.169.254/' }
  const { errors, all } = codesOf({ mcpServers: { docs } }, true)
  t.strictSame(errors, ['metadata'])
  t.equal(all.length, 201)
})

t.test('the whole rule table is exercised', async (t) => {
  const source = readFileSync(
    new URL('../../tools/upstream/configuration/issue.ts', import.meta.url),
    'utf8'
  )
  const known = [...source.matchAll(/^ {2}(\w+): (?:always|production)\(/gm)].map(
    ([, code]) => code
  )
  const seen = new Set<string | undefined>([
    ...endpoints.map(([, first]) => first),
    ...servers.map(([, first]) => first),
    ...wholes.map(([, , first]) => first)
  ])
  // Never the first thing that is said; asserted in the samples above.
  const others = new Set(['command'])
  t.strictSame(
    known.filter((code) => !seen.has(code) && !others.has(code ?? '')),
    []
  )
})
