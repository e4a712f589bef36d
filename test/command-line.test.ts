import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commands, options, readCommandLine } from '../bin/command-line.ts'
import { listSettings } from '../src/config.ts'
import { isOneLine, run } from './helpers/executable.ts'

t.test('--version prints the version of package.json', async (t) => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { code, stdout, stderr } = await run(['--version'])
  t.strictSame([code, stdout, stderr], [0, `${JSON.parse(text).version}\n`, ''])
})

t.test(
  '--help shows how each flag and subcommand is written, and how secrets come in',
  async (t) => {
    const { code, stdout, stderr } = await run(['--help'])
    t.strictSame([code, stderr], [0, ''])
    for (const words of [
      '--http [port]',
      '--mode mcp|http|both',
      '--port N --host H --path /mcp',
      '--socket FILE',
      '--config FILE',
      '--module FILE',
      '--toolsets a,b',
      '--tools globs',
      '--exclude-tools globs',
      '--discovery',
      '--openapi FILE|URL',
      '--api-base-url URL',
      '--allow-writes',
      'tools list [--json]',
      'tools call NAME --args JSON',
      'client check [SERVER] [--json]',
      'client list [SERVER] [--json]',
      'client call SERVER TOOL --args JSON [--json]',
      'openapi check FILE|URL [--json] [--strict]',
      'lock diff [--json]',
      'lock approve [NAMES]',
      'import FILE [--json]',
      'keys create --name N [--scopes s,t] [--tools globs] [--expires DATE]',
      'keys list [--json]',
      'keys revoke NAME|ID',
      'audit verify FILE... [--head SEQ:HASH]',
      'audit head FILE',
      'doctor [--json]',
      'snippet CLIENT [--url U]',
      'MCP_AUTH_TOKEN'
    ]) {
      t.ok(stdout.includes(words), words)
    }
  }
)

t.test('--help has every flag and every subcommand of the parser', async (t) => {
  const { stdout } = await run(['--help'])
  for (const flag of Object.keys(options)) {
    t.match(stdout, new RegExp(`--${flag}(?![\\w-])`), flag)
  }
  for (const command of commands) t.match(stdout, `\n  mcp-server ${command} `, command)
})

t.test('what nobody knows is wrong usage', async (t) => {
  const rows: readonly [readonly string[], string][] = [
    [['--prot', '8080'], '--prot'],
    [['--auth-token', 'secret-7'], '--auth-token'],
    [['--auth-token=secret-7'], '--auth-token'],
    [['-x'], '-x'],
    [['serve'], 'serve'],
    [['--port'], '--port'],
    [['--port', '--demo'], '--port'],
    [['--mode', 'all'], '--mode'],
    [['--demo=maybe'], '--demo'],
    [['--http', 'localhost'], 'localhost'],
    [['--http=many'], 'http.port'],
    [['--config', '/missing/file.yaml'], '/missing/file.yaml']
  ]
  for (const [args, part] of rows) {
    const ended = await run(args)
    t.ok(ended.code === 2 && isOneLine(ended), `${args.join(' ')}: ${ended.code} ${ended.stderr}`)
    t.match(ended.stderr, part)
    t.notMatch(ended.stderr, /secret-7/)
  }
})

const settingsOf = (...argv: readonly string[]) =>
  Object.fromEntries(readCommandLine(argv).settings)

t.test('the transport follows from --http, --stdio and --mode', async (t) => {
  const rows: readonly [readonly string[], string | undefined][] = [
    [[], undefined],
    [['--http'], 'http'],
    [['--http', '9000'], 'http'],
    [['--stdio'], 'stdio'],
    [['--http', '--stdio'], 'both'],
    [['--stdio', '--http', '9000'], 'both'],
    [['--mode', 'mcp'], 'stdio'],
    [['--mode', 'http'], 'http'],
    [['--mode', 'both'], 'both'],
    [['--port', '9000'], undefined]
  ]
  for (const [argv, mode] of rows) t.equal(settingsOf(...argv)['--mode'], mode, argv.join(' '))
})

t.test('--http takes a port or stands alone', async (t) => {
  t.match(settingsOf('--http', '9000'), { '--http': '9000' })
  t.match(settingsOf('--http=9000'), { '--http': '9000' })
  t.match(settingsOf('--http'), { '--http': '' })
  t.match(settingsOf('--http', '--demo'), { '--http': '', '--demo': 'true' })
  t.match(settingsOf('--http', '--port', '9000'), { '--http': '', '--port': '9000' })
})

t.test('repeated flags add up', async (t) => {
  t.match(settingsOf('--tools', 'a', '--tools', 'b,c'), { '--tools': 'a,b,c' })
  t.match(settingsOf('--module', 'a.mjs', '--module', 'b.mjs'), { '--module': ['a.mjs', 'b.mjs'] })
})

t.test('a flag that has one value is given once', async (t) => {
  const rows = [
    [['--openapi', 'a.yaml', '--openapi', 'b.yaml'], 'under apis'],
    [['--config', 'a.yaml', '--demo', '--config=b.yaml'], '--config: is given twice'],
    [['--http', '9000', '--http', '9001'], '--http: is given twice'],
    [['keys', 'create', '--name', 'a', '--name', 'b'], '--name: is given twice']
  ] as const
  for (const [argv, part] of rows) {
    t.throws(() => readCommandLine(argv), { name: 'ConfigError', message: new RegExp(part) })
  }
  const ended = await run(['--openapi', 'a.yaml', '--openapi', 'b.yaml'])
  t.equal(ended.code, 2)
  t.ok(isOneLine(ended), ended.stderr)
  t.match(settingsOf('--openapi', 'a.yaml', '--openapi', 'a.yaml'), { '--openapi': 'a.yaml' })
  t.match(settingsOf('--http', '--demo', '--http', '9000'), { '--http': '9000' }, 'npm start -- …')
  t.match(settingsOf('--demo', '--demo'), { '--demo': 'true' })
})

/** `--print-config` as a map from key to value and origin. */
async function printConfig(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await run([...args, '--print-config'], env)
  const lines = stdout.trimEnd().split('\n')
  const rows = lines.map((line): [string, string] => {
    const [, key = line, rest = ''] = /^(\S+) = (.* {2}# \S+)$/.exec(line) ?? []
    return [key, rest]
  })
  return { code, stdout, stderr, rows: new Map(rows) }
}

t.test('--print-config shows every setting, where it is from, and no secret', async (t) => {
  const folder = t.testdir({
    'config.yaml': [
      '# every part is optional',
      'http: { port: 9003, allowedOrigins: [https://a.example] }',
      'limits:',
      '  tools: { create_schedule: { perMinute: 5, burst: 1 } }',
      'auth: { token: { env: OWN_TOKEN } }'
    ].join('\n')
  })
  const config = join(folder, 'config.yaml')
  const env = {
    OWN_TOKEN: 'secret-7-own',
    MCP_API_KEYS: 'secret-7-a,secret-7-b',
    LOG_LEVEL: 'WARN'
  }
  const { code, stdout, stderr, rows } = await printConfig(
    ['--config', config, '--host', '::1'],
    env
  )
  t.strictSame([code, stderr], [0, ''])
  t.notMatch(stdout, /secret-7/)
  t.strictSame(
    [...rows.keys()].sort(),
    listSettings()
      .map(({ key }) => key)
      .sort()
  )
  for (const [key, shown] of [
    ['http.port', '9003  # file'],
    ['http.allowedOrigins', '["https://a.example"]  # file'],
    ['http.host', '"::1"  # --host'],
    ['http.path', '"/mcp"  # default'],
    ['log.level', '"warn"  # LOG_LEVEL'],
    ['auth.token', 'set  # file'],
    ['auth.apiKeys', 'set  # MCP_API_KEYS'],
    ['auth.tokenFile', '-  # default'],
    ['limits.tools', '{"create_schedule":{"perMinute":5,"burst":1}}  # file']
  ] as const) {
    t.equal(rows.get(key), shown, key)
  }
})

t.test(
  '--print-config shows no secret of a URL, however short, and no other one twice',
  async (t) => {
    const at = (name: string) => `https://ann:7of-${name}@api.example/v1?token=7in-${name}&page=2`
    const token = 'secret-7-of-one-api'
    const credential = { mode: 'service', token: { env: 'ONE_TOKEN' } }
    const api = {
      name: 'one',
      openapi: at('doc'),
      baseUrl: `https://one.example/${token}`,
      credential
    }
    const folder = t.testdir({ 'c.json': JSON.stringify({ apis: [api] }) })
    const { code, stdout, rows } = await printConfig(
      ['--config', join(folder, 'c.json'), '--openapi', at('flag'), '--api-base-url', at('base')],
      {
        ONE_TOKEN: token,
        MCP_JWKS_URI: 'https://i.example/keys?key=7in-jwks',
        MCP_JWT_ISSUER: 'https://i.example',
        MCP_JWT_AUDIENCE: 'gate',
        MCP_SERVERS: `{"docs":"${at('server')}"}`
      }
    )
    t.equal(code, 0)
    t.notMatch(stdout, /7of-|7in-|secret-7/)
    const shown = 'https://ann:***REDACTED***@api.example/v1?token=***REDACTED***&page=2'
    t.equal(rows.get('api.baseUrl'), `"${shown}"  # --api-base-url`)
  }
)

t.test('a JSON file is read like a YAML file, an empty one like none', async (t) => {
  const folder = t.testdir({
    'config.json': '{ "http": { "port": 9003 } }',
    'empty.yaml': '# nothing here\n'
  })
  const json = await printConfig(['--config', join(folder, 'config.json')])
  t.equal(json.rows.get('http.port'), '9003  # file')
  const empty = await printConfig(['--config', join(folder, 'empty.yaml')])
  t.strictSame([empty.code, empty.rows.get('http.port')], [0, '8080  # default'])
})

t.test('the ranking of ports holds on the command line', async (t) => {
  const rows: readonly [readonly string[], Readonly<Record<string, string>>, string][] = [
    [['--http'], {}, '8080  # default'],
    [['--http', '9001'], {}, '9001  # --http'],
    [['--http', '9001'], { MCP_HTTP_PORT: '9002' }, '9002  # MCP_HTTP_PORT'],
    [['--http', '9001'], { MCP_PORT: '9002' }, '9001  # --http'],
    [['--http'], { LISTEN_PORT: '9002' }, '9002  # LISTEN_PORT'],
    [['--http', '9001', '--port', '9003'], { MCP_HTTP_PORT: '9002' }, '9003  # --port']
  ]
  for (const [args, env, shown] of rows) {
    const { rows } = await printConfig(args, env)
    t.equal(rows.get('http.port'), shown, `${args.join(' ')} ${JSON.stringify(env)}`)
    t.match(rows.get('transport'), /^"http" {2}# --/)
  }
})

t.test('a wrong setting is one line on stderr, without the value of a secret', async (t) => {
  const folder = t.testdir({
    'broken.yaml': 'auth: { token: secret-7 ] }\n',
    'broken.json': '{"auth":{"token": secret-7 }}',
    'unknown.yaml': 'htpp: { port: 1 }\n',
    'missing.yaml': 'auth: { token: { file: /missing/secret } }\n',
    'list.yaml': '- a\n- b\n'
  })
  const rows: readonly [string, string][] = [
    ['broken.yaml', 'broken.yaml'],
    ['broken.json', 'broken.json'],
    ['unknown.yaml', 'htpp'],
    ['missing.yaml', 'auth.token'],
    ['list.yaml', 'mapping']
  ]
  for (const [file, part] of rows) {
    const ended = await run(['--config', join(folder, file), '--print-config'])
    t.ok(ended.code === 2 && isOneLine(ended), `${file}: ${ended.code} ${ended.stderr}`)
    t.match(ended.stderr, part)
    t.notMatch(ended.stderr, /secret-7/)
  }
  const ended = await run(['--http'], { MCP_HTTP_PORT: 'eighty' })
  t.ok(ended.code === 2 && isOneLine(ended))
  t.match(ended.stderr, 'http.port (MCP_HTTP_PORT)')
})
