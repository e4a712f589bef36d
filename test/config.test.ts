import t from 'tap'
import { type ConfigInput, listSettings, loadConfig } from '../src/config.ts'
import { printConfig } from '../src/settings/print-config.ts'
import { sourcesOf } from '../src/settings/setting.ts'
import type { SettingRow } from './helpers/setting-row.ts'
import { fileOf, settingRows, valueAt } from './helpers/settings.ts'
import { methodRates } from './helpers/settings-limits.ts'

type Texts = Readonly<Record<string, string>>

function load(env: Texts = {}, flags: Texts = {}, file?: unknown) {
  const input: ConfigInput = { env, flags: new Map(Object.entries(flags)), file }
  return loadConfig(input)
}

/** The value of one setting, and where `--print-config` says that it came from. */
function look(key: string, env: Texts, flags: Texts, file?: unknown) {
  const loaded = load(env, flags, file)
  const line = printConfig(loaded, () => undefined)
    .split('\n')
    .find((text) => text.startsWith(`${key} = `))
  const [, shown, origin] = /^\S+ = (.*) {2}# (.*)$/.exec(line ?? '') ?? []
  return { value: valueAt(loaded.config, key), shown, origin }
}

t.test('the table has every setting, and every source of each', async (t) => {
  const known = listSettings().map(({ key, schema }) => [key, new Set(sourcesOf(schema).from)])
  const rows = settingRows.map(({ key, flags, env }) => [
    key,
    new Set([...(flags ?? []), ...(env ?? [])])
  ])
  t.same(new Map(rows as []), new Map(known as []))
})

/** What a file value becomes; rates of methods are added to those that are there. */
function inFile({ key, file }: SettingRow): unknown {
  return key === 'limits.methods' ? { ...methodRates, ...(file as object) } : file
}

for (const row of settingRows) {
  const { key, flags = [], env = [], flag, variable, secret } = row
  t.test(`${key}: flag > environment > file > default`, async (t) => {
    const show = (value: unknown) => {
      const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0)
      if (isEmpty) return '-'
      return secret ? 'set' : JSON.stringify(value)
    }
    const expect = (found: ReturnType<typeof look>, value: unknown, origin: string) => {
      t.same(found, { value, shown: show(value), origin }, `from ${origin}`)
    }
    const file = fileOf(key, row.file)
    expect(look(key, {}, {}), row.default, 'default')
    expect(look(key, {}, {}, {}), row.default, 'default')
    expect(look(key, {}, {}, file), inFile(row), 'file')
    for (const name of env) {
      const [text = '', value] = variable ?? []
      expect(look(key, { [name]: text }, {}, file), value, name)
      expect(look(key, { [name]: '' }, {}, file), inFile(row), 'file')
    }
    for (const name of flags) {
      const [text = '', value] = flag ?? []
      // The one exception has a test of its own: MCP_HTTP_PORT beats --http.
      const rival = name === '--http' ? 'MCP_PORT' : env[0]
      const others = rival && variable ? { [rival]: variable[0] } : {}
      expect(look(key, others, { [name]: text }, file), value, name)
    }
  })
}

t.test('no secret has a flag', async (t) => {
  const secrets = listSettings().filter(({ schema }) => {
    const { secret, hidden } = sourcesOf(schema)
    return secret || hidden
  })
  t.strictSame(
    secrets.map(({ key }) => key),
    settingRows.filter(({ secret }) => secret).map(({ key }) => key)
  )
  for (const { schema } of secrets) {
    for (const name of sourcesOf(schema).from) t.notMatch(name, /^--/)
  }
})

/** CONTRACT.md: `--port` > `MCP_HTTP_PORT` > `--http N` > `MCP_PORT` > `LISTEN_PORT`. */
const ports = ['--port', 'MCP_HTTP_PORT', '--http', 'MCP_PORT', 'LISTEN_PORT']

function lookAtPort(names: readonly string[]) {
  const texts = names.map((name): [string, string] => [name, String(9000 + ports.indexOf(name))])
  const isFlag = ([name]: [string, string]) => name.startsWith('--')
  const env = Object.fromEntries(texts.filter((text) => !isFlag(text)))
  return look('http.port', env, Object.fromEntries(texts.filter(isFlag)), { http: { port: 9999 } })
}

t.test('every port source beats those after it, alone and together', async (t) => {
  for (const [rank, name] of ports.entries()) {
    for (const weaker of ports.slice(rank + 1)) {
      const { value, origin } = lookAtPort([weaker, name])
      t.strictSame([value, origin], [9000 + rank, name], `${name} over ${weaker}`)
    }
    const { value, origin } = lookAtPort(ports.slice(rank))
    t.strictSame([value, origin], [9000 + rank, name], `${name} over all the rest`)
  }
  t.equal(look('http.port', { MCP_PORT: '9003' }, { '--http': '' }).value, 9003)
  t.equal(look('http.port', {}, { '--http': '' }).value, 8080)
})

const aliases: readonly [readonly string[], string, string][] = [
  [['MCP_HTTP_PORT', 'MCP_PORT', 'LISTEN_PORT'], '9001', '9002'],
  [['MCP_HOST', 'LISTEN_HOST'], '127.0.0.1', '127.0.0.2'],
  [['ALLOWED_ORIGINS', 'MCP_ALLOWED_ORIGINS'], 'https://a.example', 'https://b.example'],
  [['MCP_LOG_LEVEL', 'LOG_LEVEL'], 'info', 'debug'],
  [['UPSTREAM_TIMEOUT', 'HTTPX_TIMEOUT'], '7', '8'],
  [['UPSTREAM_RETRIES', 'HTTPX_RETRIES'], '4', '5'],
  [['UPSTREAM_BACKOFF_FACTOR', 'HTTPX_BACKOFF_FACTOR'], '0.1', '0.2']
]

t.test('of two aliases that disagree the one before counts', async (t) => {
  for (const { key, env = [] } of settingRows) {
    if (env.length < 2) continue
    const [, one, other] = aliases.find(([names]) => names.join() === env.join()) ?? []
    t.ok(one !== undefined && other !== undefined, `${key}: ${env.join()} is in the table`)
    for (const [rank, first] of env.entries()) {
      for (const second of env.slice(rank + 1)) {
        const expected = look(key, { [first]: one ?? '' }, {})
        t.not(expected.value, look(key, { [second]: other ?? '' }, {}).value)
        t.same(look(key, { [second]: other ?? '', [first]: one ?? '' }, {}), expected)
      }
    }
  }
})

t.test('two aliases that disagree give one line that names both', async (t) => {
  for (const [names, one, other] of aliases) {
    for (const [rank, first] of names.entries()) {
      for (const second of names.slice(rank + 1)) {
        const { warnings } = load({ [first]: one, [second]: other })
        t.equal(warnings.length, 1, `${first} and ${second}`)
        t.match(warnings[0], new RegExp(`^config\\.alias_conflict: ${first} and ${second} `))
        t.strictSame(load({ [first]: one, [second]: one }).warnings, [], 'but not when they agree')
        t.strictSame(load({ [first]: one, [second]: '' }).warnings, [], 'nor when one is empty')
      }
    }
    const flag = settingRows.find(({ env }) => names.every((name) => env?.includes(name)))
      ?.flags?.[0]
    const [best = '', next = ''] = names
    if (flag !== undefined) {
      const { warnings } = load({ [best]: one, [next]: other }, { [flag]: one })
      const line = `config.alias_conflict: ${best} and ${next} differ; ${flag} counts`
      t.strictSame(warnings, [line], 'a flag that wins hides nothing')
      t.strictSame(load({ [next]: other }, { [flag]: one }).warnings, [], 'a flag is no alias')
    }
    const all = Object.fromEntries(names.map((name, index) => [name, index === 0 ? one : other]))
    t.equal(load(all).warnings.length, 1, 'one line however many disagree')
  }
})

t.test('aliases agree when they mean the same', async (t) => {
  for (const [names, one, other] of [
    [['MCP_LOG_LEVEL', 'LOG_LEVEL'], 'warn', 'WARNING'],
    [['MCP_HTTP_PORT', 'MCP_PORT'], '8080', ' 8080 '],
    [
      ['ALLOWED_ORIGINS', 'MCP_ALLOWED_ORIGINS'],
      'https://a.example,https://b.example',
      'https://a.example, https://b.example'
    ]
  ] as const) {
    t.strictSame(load({ [names[0]]: one, [names[1]]: other }).warnings, [], names.join(' and '))
  }
})

const spellings: readonly [boolean, readonly string[]][] = [
  [true, ['true', '1', 'yes', 'on', 'TRUE', 'Yes', 'oN', ' true ']],
  [false, ['false', '0', 'no', 'off', 'FALSE', 'No', 'oFF', ' false ']]
]

t.test('booleans in every spelling, from the environment and from a file', async (t) => {
  for (const [value, texts] of spellings) {
    for (const text of texts) {
      t.equal(
        look('log.redact', { MCP_SECRETS_REDACTION: text }, {}).value,
        value,
        `variable ${text}`
      )
    }
    t.equal(look('log.redact', {}, {}, { log: { redact: value } }).value, value)
  }
})

// YAML 1.2 reads `on`, `off`, `yes` and `no` as texts.
t.test('a file may spell a boolean like everybody else', async (t) => {
  for (const [value, texts] of spellings) {
    for (const text of texts) {
      t.equal(look('log.redact', {}, {}, { log: { redact: text } }).value, value, `file ${text}`)
    }
  }
})

t.test('log levels in any case and by their other names', async (t) => {
  for (const [text, level] of [
    ['TRACE', 'trace'],
    ['Debug', 'debug'],
    ['info', 'info'],
    ['warn', 'warn'],
    ['WARNING', 'warn'],
    ['error', 'error'],
    ['notice', 'info'],
    ['fatal', 'fatal'],
    ['Critical', 'fatal'],
    ['silent', 'silent']
  ] as const) {
    t.equal(look('log.level', { LOG_LEVEL: text }, {}).value, level, text)
    t.equal(look('log.level', {}, {}, { log: { level: text } }).value, level, `${text} in a file`)
  }
})

t.test(
  'the configuration is frozen to the last leaf and shares nothing with the file',
  async (t) => {
    const file = { http: { allowedOrigins: ['https://a.example'] } }
    const { config } = load({}, {}, file)
    t.throws(() => Object.assign(config.http, { port: 1 }))
    t.throws(() => (config.http.allowedOrigins as string[]).push('https://evil.example'))
    t.throws(() => Object.assign(config.limits.methods, { ping: { perMinute: 1, burst: 1 } }))
    file.http.allowedOrigins.push('https://b.example')
    t.same(config.http.allowedOrigins, ['https://a.example'])
  }
)
