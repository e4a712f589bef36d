import t from 'tap'
import { type ConfigInput, loadConfig } from '../src/config.ts'
import { ConfigError } from '../src/config-error.ts'
import { printConfig } from '../src/settings/print-config.ts'
import { fileOf, settingRows, valueAt } from './helpers/settings.ts'

type Texts = Readonly<Record<string, string>>

const secretFiles = new Map([
  ['/run/secret', 'secret-of-a-file\n'],
  ['/run/keys', 'key-1, key-2\n'],
  ['/run/empty', '\n']
])

function load(env: Texts = {}, flags: Texts = {}, file?: unknown) {
  const input: ConfigInput = {
    env,
    flags: new Map(Object.entries(flags)),
    file,
    readSecret(path) {
      const text = secretFiles.get(path)
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
      return text
    }
  }
  return loadConfig(input)
}

/** The message of the ConfigError; anything else fails. */
function refusalOf(env: Texts, flags: Texts = {}, file?: unknown): string {
  try {
    load(env, flags, file)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error(`accepted ${JSON.stringify([env, flags, file])}`)
}

for (const { key, flags = [], env = [], bad = [], badInFile = [], secret } of settingRows) {
  t.test(`a wrong ${key} stops the start, names the setting and where it came from`, async (t) => {
    for (const text of bad) {
      for (const name of env) {
        const message = refusalOf({ [name]: text })
        t.ok(message.startsWith(`${key}`), `${name}=${text}: ${message}`)
        t.match(message, `(${name})`)
      }
      for (const name of flags) {
        t.match(refusalOf({}, { [name]: text }), `(${name})`, `${name} ${text}`)
      }
    }
    for (const value of badInFile) {
      const message = refusalOf({}, {}, fileOf(key, value))
      t.match(message, key, `file ${JSON.stringify(value)}`)
      t.notMatch(message, /\n/, 'one line')
      if (secret) t.notMatch(message, /7777777|secret-7/, 'never the value')
    }
  })
}

t.test('a key that nobody knows stops the start and is named in full', async (t) => {
  const rows: readonly [unknown, string][] = [
    [{ htpp: {} }, 'htpp'],
    [{ http: { prot: 1 } }, 'http.prot'],
    [{ limits: { tools: { a: { perMinute: 1, burst: 1, max: 1 } } } }, 'limits.tools.a.max'],
    [{ auth: { token: 'x'.repeat(32), Token: 'y' } }, 'auth.Token'],
    [JSON.parse('{"__proto__":{"http":{}}}'), '__proto__'],
    [JSON.parse('{"http":{"__proto__":{"port":1}}}'), 'http.__proto__'],
    [{ 'http.port': 1 }, 'http.port'],
    [
      { limits: { methods: { 'tool/call': { perMinute: 1, burst: 1 } } } },
      'limits.methods.tool/call'
    ]
  ]
  for (const [file, key] of rows) t.match(refusalOf({}, {}, file), `unknown setting ${key}`)
  t.match(refusalOf({}, {}, { a: 1, b: 2 }), /\ba\b.*\bb\b/, 'all of them')
})

t.test('what is no mapping is no configuration', async (t) => {
  for (const file of [null, [], 'text', 7, true]) {
    t.match(refusalOf({}, {}, file), /mapping/, JSON.stringify(file))
  }
})

t.test('a section that is no mapping is refused even when a variable fills it', async (t) => {
  for (const http of [5, 'text', ['port']]) {
    t.match(refusalOf({}, {}, { http }), /^http: /)
    t.match(refusalOf({ MCP_PORT: '9001' }, {}, { http }), /^http: /)
  }
})

t.test('several faults are told at once, in one line', async (t) => {
  const message = refusalOf({ MCP_PORT: 'x', LOG_LEVEL: 'loud' }, {}, { demo: 'maybe', more: 1 })
  for (const part of ['http.port (MCP_PORT)', 'log.level (LOG_LEVEL)', 'demo', 'more']) {
    t.match(message, part)
  }
  t.notMatch(message, /\n/)
})

t.test('a secret may stand in a file or a variable that the configuration names', async (t) => {
  const inFile = load({}, {}, { auth: { token: { file: '/run/secret' } } })
  t.equal(inFile.config.auth.token, 'secret-of-a-file')
  const inEnv = load({ MY_TOKEN: 'secret-of-my-own' }, {}, { auth: { token: { env: 'MY_TOKEN' } } })
  t.equal(inEnv.config.auth.token, 'secret-of-my-own')
  for (const loaded of [inFile, inEnv]) {
    const printed = printConfig(loaded, () => undefined)
    t.match(printed, /^auth\.token = set {2}# file$/m)
    t.notMatch(printed, /secret-of/)
  }
  const direct = load({ MCP_AUTH_TOKEN: 'direct' }, {}, { auth: { token: { file: '/missing' } } })
  t.equal(direct.config.auth.token, 'direct', 'what is not used is not read')
})

t.test('a list of secrets may be one reference', async (t) => {
  for (const apiKeys of [{ env: 'KEYS' }, { file: '/run/keys' }]) {
    const { config } = load({ KEYS: 'key-1,key-2' }, {}, { auth: { apiKeys } })
    t.same(config.auth.apiKeys, ['key-1', 'key-2'], JSON.stringify(apiKeys))
  }
})

t.test('a list of secrets may hold references', async (t) => {
  const apiKeys = [{ env: 'KEY' }, { file: '/run/secret' }]
  const { config } = load({ KEY: 'key-1' }, {}, { auth: { apiKeys } })
  t.same(config.auth.apiKeys, ['key-1', 'secret-of-a-file'])
})

t.test('a reference that leads nowhere stops the start and names the setting', async (t) => {
  for (const token of [
    { env: 'NOT_SET' },
    { env: 'EMPTY' },
    { file: '/missing' },
    { file: '/run/empty' },
    { value: 'secret-7' },
    {},
    { env: 7 },
    { file: null }
  ]) {
    const message = refusalOf({ EMPTY: '' }, {}, { auth: { token } })
    t.match(message, /^auth\.token/, JSON.stringify(token))
    t.notMatch(message, /secret-7/)
  }
})

t.test('only secrets may be references', async (t) => {
  t.match(refusalOf({ HOST: '::1' }, {}, { http: { host: { env: 'HOST' } } }), /^http\.host/)
})

const long = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'
const weak: readonly [Texts, string][] = [
  [{ MCP_SECRETS_REDACTION: 'false' }, 'log.redact (MCP_SECRETS_REDACTION)'],
  [{ ALLOWED_ORIGINS: '*' }, 'http.allowedOrigins (ALLOWED_ORIGINS)'],
  [{ ALLOWED_ORIGINS: 'https://a.example,*' }, 'http.allowedOrigins (ALLOWED_ORIGINS)'],
  [{ MCP_AUTH_TOKEN: 'hunter2' }, 'MCP_AUTH_TOKEN'],
  [{ MCP_API_KEYS: `${long},hunter2` }, 'MCP_API_KEYS'],
  [{ MCP_TRANSPORT: 'http', MCP_HOST: '0.0.0.0' }, 'http.tls (MCP_TLS_CERT, MCP_TLS_KEY)'],
  [{ MCP_TRANSPORT: 'both', MCP_HOST: 'gate.internal' }, 'MCP_TRUST_PROXY']
]

t.test('plain HTTP is fine where nobody reads on the way', async (t) => {
  const tls = { MCP_TLS_CERT: 'a.pem', MCP_TLS_KEY: 'a.key' }
  const local = { MCP_HOST: '127.0.0.1' }
  const others: readonly Texts[] = [
    tls,
    { MCP_TRUST_PROXY: '192.0.2.1' },
    { MCP_SOCKET: '/run/gate' },
    local
  ]
  for (const env of [...others, { MCP_TRANSPORT: 'stdio' }]) {
    const beyond = { MCP_ENV: 'production', MCP_TRANSPORT: 'http', MCP_HOST: '0.0.0.0', ...env }
    t.strictSame(load(beyond).warnings, [], JSON.stringify(env))
  }
})

t.test('attempts that do not fit into a call are told, when somebody chose them', async (t) => {
  const api = { API_BASE_URL: 'https://api.example' }
  const rows: readonly [Texts, string?][] = [
    [{}],
    [api],
    [{ ...api, UPSTREAM_TIMEOUT: '10' }],
    [{ MCP_DEFAULT_TIMEOUT: '10' }],
    [{ ...api, MCP_DEFAULT_TIMEOUT: '60' }, '3 attempts of 30 s'],
    [{ ...api, UPSTREAM_RETRIES: '5', UPSTREAM_TIMEOUT: '10' }, '5 attempts of 10 s']
  ]
  for (const [env, part] of rows) {
    const { warnings } = load({ ...env, MCP_ENV: 'production' })
    t.equal(warnings.length, part ? 1 : 0, JSON.stringify(env))
    if (part) t.match(warnings[0], `config.late_attempts: ${part}`)
  }
})

const openDoors: readonly [Texts, string][] = [
  [{ MCP_TRANSPORT: 'http', MCP_AUTH_REQUIRED: 'false' }, 'auth.required (MCP_AUTH_REQUIRED)'],
  [{ MCP_TRANSPORT: 'both', MCP_AUTH_REQUIRED: 'false' }, 'auth.required (MCP_AUTH_REQUIRED)'],
  [{ MCP_RATE_LIMIT_ENABLED: 'false' }, 'limits.enabled (MCP_RATE_LIMIT_ENABLED)'],
  [{ MCP_AUDIT: 'false' }, 'audit.enabled (MCP_AUDIT)'],
  [{ MCP_PRODUCTION_MODE: 'false' }, 'client.production (MCP_PRODUCTION_MODE)'],
  [{ MCP_VERIFY_SSL: 'false' }, 'client.verifyTls (MCP_VERIFY_SSL)']
]

t.test('production refuses what is a choice in development', async (t) => {
  for (const [env, part] of openDoors) {
    const message = refusalOf({ ...env, MCP_ENV: 'production' })
    t.ok(message.startsWith(`${part}: off `), message)
    t.notMatch(message, ';', 'and nothing else')
    t.strictSame(load(env).warnings, [], 'not even a warning')
  }
  const all = Object.assign({}, ...openDoors.map(([env]) => env), { MCP_ENV: 'production' })
  for (const [, part] of openDoors) t.match(refusalOf(all), part)
})

t.test('production refuses what development warns of', async (t) => {
  for (const [env, part] of weak) {
    const message = refusalOf({ ...env, MCP_ENV: 'production' })
    t.match(message, part)
    t.notMatch(message, /hunter2/, 'never the value')
    const { warnings } = load(env)
    t.strictSame(warnings, [message], 'the same words')
  }
  const { config, warnings } = load({
    MCP_ENV: 'production',
    MCP_AUTH_TOKEN: long,
    MCP_API_KEYS: `${long},${long}`,
    ALLOWED_ORIGINS: 'https://a.example'
  })
  t.equal(valueAt(config, 'env'), 'production')
  t.strictSame(warnings, [])
})
