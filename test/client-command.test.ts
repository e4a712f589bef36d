import { spawn } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { executable } from './helpers/executable.ts'
import { startNewServer } from './helpers/mcp-servers.ts'
import { childEntry } from './helpers/upstreams.ts'

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [executable, ...args], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('exit', resolve))
  ])
  return { stdout, stderr, code }
}

t.test('client check, list and call', async (t) => {
  const server = await startNewServer()
  t.teardown(() => server.close())
  const file = join(t.testdir(), 'config.json')
  const servers = { web: server.url, child: childEntry(), dead: 'http://127.0.0.1:39999/mcp' }
  const client = { production: false, retries: 0 }
  writeFileSync(file, JSON.stringify({ servers, client }), { mode: 0o600 })

  const checked = await run(['client', 'check', '--json', '--config', file])
  t.equal(checked.code, 1, 'one is not there')
  t.match(JSON.parse(checked.stdout), [
    { server: 'web', reachable: true, endpointType: 'streamable_http', era: 'modern', tools: 3 },
    { server: 'child', reachable: true, endpointType: 'stdio', era: 'legacy', tools: 9 },
    { server: 'dead', reachable: false, error: 'connection' }
  ])
  t.notMatch(checked.stdout + checked.stderr, /39999|127\.0\.0\.1/, 'no address in any of it')

  const listed = await run(['client', 'list', 'web', '--config', file])
  t.equal(listed.code, 0)
  t.match(listed.stdout, /^web {2}"echo"$/m)

  const called = await run([
    'client',
    'call',
    'web',
    'echo',
    '--args',
    '{"text":"hi"}',
    '--config',
    file
  ])
  t.same([called.code, called.stdout], [0, '{"text":"hi"}\n'])

  const refused = await run(['client', 'call', 'web', 'none', '--json', '--config', file])
  t.equal(refused.code, 1)
  t.match(JSON.parse(refused.stdout), { error: 'protocol', code: -32_602 })
})

t.test('commands are run from a file of the operator only', async (t) => {
  const file = join(t.testdir(), 'config.json')
  writeFileSync(file, JSON.stringify({ servers: { child: childEntry() } }))
  chmodSync(file, 0o666)
  const open = await run(['client', 'check', '--config', file])
  t.equal(open.code, 2)
  t.match(open.stderr, /servers name commands to run, so the file must be yours .* chmod go-w/)

  const text = JSON.stringify({ child: childEntry() })
  const variable = await run(['client', 'check'], { MCP_SERVERS: text })
  t.equal(variable.code, 2)
  t.match(variable.stderr, /child\.command: Commands are only run from a file of the operator/)
})

t.test('what is wrong is said in one line, without a value', async (t) => {
  t.match(await run(['client', 'check']), { code: 2, stderr: /set MCP_SERVERS, or servers in/ })
  const local = await run(['client', 'check'], { MCP_SERVERS: '{"a":"http://localhost/mcp"}' })
  t.match(local, { code: 2, stderr: /a\.endpoint: Localhost\/loopback addresses not allowed/ })
  const production = await run(['client', 'check'], {
    MCP_ENV: 'production',
    MCP_VERIFY_SSL: 'false',
    MCP_SERVERS: '{"a":"https://mcp.example.com/mcp"}'
  })
  t.match(production, { code: 2, stderr: /client\.verifyTls \(MCP_VERIFY_SSL\)/ })
  const shown = await run(['--print-config'], {
    MCP_SERVERS: '{"a":{"endpoint":"https://a.example","auth_token":"hush-hush-hush"}}'
  })
  t.match(shown.stdout, /^servers = set {2}# MCP_SERVERS$/m)
  t.notMatch(shown.stdout, /hush/)
})
