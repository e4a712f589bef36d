import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isLoopback } from '../src/network.ts'
import { isOneLine, run, start } from './helpers/executable.ts'
import { send } from './helpers/http.ts'
import { quiet } from './helpers/json-rpc.ts'
import { ping } from './helpers/messages.ts'
import { serve } from './helpers/serve.ts'

type Env = Readonly<Record<string, string>>

const token = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'

/** Starts HTTP on a free port and returns where it listens. */
async function listen(
  t: { teardown(end: () => unknown): void },
  args: readonly string[],
  env: Env
) {
  const { running, url: logged, port } = await serve(t, ['--http', ...args], env)
  return { running, logged, url: `http://127.0.0.1:${port}/mcp` }
}

const post = (url: string, headers: Env = {}) =>
  send(url, { headers: { 'content-type': 'application/json', ...headers }, body: ping(1) })

t.test('on loopback one key is made, shown once on stderr, and works', async (t) => {
  const keys = new Set<string>()
  for (const args of [[], ['--host', 'localhost']]) {
    const { running, url, logged } = await listen(t, args, {})
    const [, key = ''] = await running.stderr.until(/^Key for this run: (pcl_[0-9A-Za-z]{49})$/m)
    t.match(await post(url, { authorization: `Bearer ${key}` }), { status: 200 })
    t.match(await post(url, { 'x-api-key': key }), { status: 200 })
    t.match(await post(url, { authorization: `Bearer ${key}x` }), { status: 401 })
    t.match(await post(url), { status: 401 })
    running.child.kill('SIGTERM')
    const { stdout, stderr } = await running.ended
    t.equal(stdout, '')
    t.equal(stderr.split('Key for this run').length, 2)
    t.match(stderr, `curl -s ${logged} `)
    t.match(stderr, `-H 'Authorization: Bearer ${key}'`)
    const logLines = stderr.split('\n').filter((line) => line.startsWith('{'))
    t.notMatch(logLines.join(), key, 'never in the log')
    keys.add(key)
  }
  t.equal(keys.size, 2, 'another one at each start')
})

t.test('with a credential no key is made', async (t) => {
  const file = join(t.testdir({ tokens: '# nobody yet\n' }), 'tokens')
  chmodSync(file, 0o600)
  for (const [name, value] of [
    ['MCP_AUTH_TOKEN', token],
    ['MCP_API_KEYS', token],
    ['MCP_AUTH_TOKEN_FILE', file]
  ] as const) {
    const { running, url } = await listen(t, [], { ...quiet, [name]: value })
    t.match(await post(url), { status: 401 })
    running.child.kill('SIGTERM')
    t.notMatch((await running.ended).stderr, /pcl_|Key for this run/, name)
  }
})

t.test('only an address of this machine alone is loopback', async (t) => {
  for (const host of ['127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', 'localhost']) {
    t.ok(isLoopback(host), host)
  }
  for (const host of [
    '0.0.0.0',
    '::',
    '192.0.2.1',
    'server.example',
    '127.0.0.1.example',
    'localhost.example',
    '::ffff:127.0.0.1',
    '127.1',
    '128.0.0.1',
    ''
  ]) {
    t.notOk(isLoopback(host), host)
  }
})

t.test('reachable from elsewhere without a credential: refused', async (t) => {
  for (const args of [
    ['--http', '--host', '0.0.0.0'],
    ['--http', '--host', '::'],
    ['--http', '--stdio', '--host', '192.0.2.1']
  ]) {
    const ended = await run(args, { MCP_PORT: '0' })
    t.equal(ended.code, 2, args.join(' '))
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, /MCP_AUTH_TOKEN.*MCP_API_KEYS.*MCP_AUTH_TOKEN_FILE/)
    t.notMatch(ended.stderr, /pcl_/)
  }
})

t.test('reachable from elsewhere with authentication off: refused', async (t) => {
  for (const host of ['0.0.0.0', 'server.example']) {
    const env = { MCP_AUTH_REQUIRED: 'false', MCP_PORT: '0' }
    const ended = await run(['--http', '--host', host], env)
    t.equal(ended.code, 2, host)
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, /auth\.required \(MCP_AUTH_REQUIRED\).*MCP_ALLOW_INSECURE/)
  }
})

t.test('with a credential it starts there, else only when told to be insecure', async (t) => {
  const guarded = await listen(t, ['--host', '0.0.0.0'], { ...quiet, MCP_AUTH_TOKEN: token })
  t.match(await post(guarded.url), { status: 401 })
  t.match(await post(guarded.url, { authorization: `Bearer ${token}` }), { status: 200 })

  const env = { MCP_AUTH_REQUIRED: 'false', MCP_ALLOW_INSECURE: 'true' }
  const open = await listen(t, ['--host', '0.0.0.0'], env)
  t.match(await post(open.url), { status: 200 })
})

t.test('authentication off on loopback is said in the log and in the audit', async (t) => {
  const { running, url } = await listen(t, [], { MCP_AUTH_REQUIRED: 'false' })
  t.match(await post(url), { status: 200 })
  t.match(running.stderr.text, /"level":"WARN".*authentication is off/)
  t.match(running.stderr.text, /"event":"AUTH_DISABLED"/)
  t.notMatch(running.stderr.text, /pcl_/)
})

t.test('what development warns of is logged at the start', async (t) => {
  const ports = { MCP_HTTP_PORT: '0', MCP_PORT: '1' }
  const running = start(['--http'], {
    ...quiet,
    ...ports,
    MCP_AUTH_TOKEN: token,
    ALLOWED_ORIGINS: '*'
  })
  t.teardown(() => running.child.kill('SIGKILL'))
  await running.stderr.until(/"msg":"listening"/)
  const { text } = running.stderr
  t.match(text, /"level":"WARN".*config\.alias_conflict: MCP_HTTP_PORT and MCP_PORT/)
  t.match(text, /"level":"WARN".*http\.allowedOrigins/)
})
