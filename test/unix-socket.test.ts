import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { startApp } from './helpers/app.ts'
import { isOneLine, run, start } from './helpers/executable.ts'
import { send } from './helpers/http.ts'
import { quiet } from './helpers/json-rpc.ts'
import { jsonHeaders, modernHeaders, modernRequest, ping, toolCall } from './helpers/messages.ts'

/* HTTP on a UNIX socket: whose it is, and what is in its place. */

const token = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'
const env = { ...quiet, MCP_AUTH_TOKEN: token }
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
const urlOf = (path: string) => `http://unix:${path}:/mcp`
const ask = (path: string, more = {}) =>
  send(urlOf(path), { headers: { ...headers, ...more }, body: ping(1) })

/** Short, as the system wants it; folders of tap have the names of their tests. */
function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'pcl-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'mcp.sock')
}

async function serve(t: Test, path: string, more: Readonly<Record<string, string>> = {}) {
  const running = start(['--http', '--socket', path], { ...env, ...more })
  t.teardown(() => running.child.kill('SIGKILL'))
  await running.stderr.until(/"msg":"listening"/)
  return running
}

/** Why a server does not start there. */
async function refusal(socket: string): Promise<string> {
  try {
    await startApp({ http: { socket } })
    return 'it started'
  } catch (error) {
    return String(error)
  }
}

t.test('it serves there and nowhere else, for its owner only, and leaves nothing', async (t) => {
  const path = socketPath(t)
  const running = await serve(t, path)
  t.ok(lstatSync(path).isSocket())
  t.equal(lstatSync(path).mode & 0o777, 0o600)
  t.match(running.stderr.text, `"url":"http://unix:${path}:/mcp"`)
  t.match(await ask(path), { status: 200 })
  t.match(await ask(path, { authorization: 'Bearer wrong' }), { status: 401 })
  t.notOk(existsSync(`${path}.lock`), 'the lock was for the start only')
  running.child.kill('SIGTERM')
  t.equal((await running.ended).code, 0)
  t.notOk(existsSync(path))
})

t.test('the key that is made for a run comes with a command that works there', async (t) => {
  const path = socketPath(t)
  const running = start(['--http', '--socket', path, '--host', '0.0.0.0'])
  t.teardown(() => running.child.kill('SIGKILL'))
  await running.stderr.until(/^Key for this run: pcl_/m)
  await running.stderr.until(/curl -s --unix-socket (\S+) http:\/\/localhost\/mcp/)
})

t.test('Host and Origin are checked as on a port', async (t) => {
  const path = socketPath(t)
  await serve(t, path)
  for (const [more, status] of [
    [{ host: 'localhost' }, 200],
    [{ host: '127.0.0.1:80' }, 200],
    [{ host: 'evil.example' }, 403],
    [{ host: path }, 403],
    [{ origin: 'https://evil.example' }, 403]
  ] as const) {
    t.equal((await ask(path, more)).status, status, JSON.stringify(more))
  }
})

t.test('what a killed server left is replaced, again and again', async (t) => {
  const path = socketPath(t)
  for (const _ of [1, 2]) {
    const running = await serve(t, path)
    running.child.kill('SIGKILL')
    await running.ended
    t.ok(lstatSync(path).isSocket(), 'left behind')
  }
  await serve(t, path)
  t.match(await ask(path), { status: 200 })
})

t.test('a live socket is never taken, whoever serves it', async (t) => {
  const path = socketPath(t)
  await serve(t, path)
  const second = await run(['--http', '--socket', path], env)
  t.equal(second.code, 2)
  t.ok(isOneLine(second), second.stderr)
  t.match(second.stderr, /http\.socket \(MCP_SOCKET\): another server listens/)
  t.match(await ask(path), { status: 200 }, 'the first is unharmed')

  const other = socketPath(t)
  const server = createServer().listen(other)
  t.teardown(() => server.close())
  await once(server, 'listening')
  t.match(await refusal(other), /another server listens/)
  const client = connect(other)
  await once(client, 'connect')
  client.destroy()
})

t.test('of many that start at once on what was left, one serves', async (t) => {
  const path = socketPath(t)
  const dead = await serve(t, path)
  dead.child.kill('SIGKILL')
  await dead.ended
  const rivals = Array.from({ length: 3 }, () => {
    const rival = start(['--http', '--socket', path], env)
    t.teardown(() => rival.child.kill('SIGKILL'))
    const served = rival.stderr.until(/"msg":"listening"/).then(
      () => 'serves',
      () => 'refused'
    )
    return { rival, served }
  })
  const results = await Promise.all(rivals.map(({ served }) => served))
  t.strictSame(results.sort(), ['refused', 'refused', 'serves'])
  t.match(await ask(path), { status: 200 })
})

t.test('another kind of file stays as it is', async (t) => {
  const folder = dirname(socketPath(t))
  writeFileSync(join(folder, 'file'), 'precious')
  mkdirSync(join(folder, 'folder'))
  symlinkSync(join(folder, 'file'), join(folder, 'link'))
  for (const name of ['file', 'folder', 'link']) {
    t.match(await refusal(join(folder, name)), /ConfigError.*exists and is no socket/, name)
  }
  t.ok(existsSync(join(folder, 'file')))
})

t.test('a name that the system would cut, or a place that is none', async (t) => {
  const folder = dirname(socketPath(t))
  for (const [path, words] of [
    ['x'.repeat(200), /http\.socket \(MCP_SOCKET\): is \d+ bytes long; at most \d+/],
    [join('no', 'x.sock'), /http\.socket \(MCP_SOCKET\): cannot listen/],
    ['x\0y', /http\.socket \(MCP_SOCKET\): cannot listen/]
  ] as const) {
    t.match(await refusal(join(folder, path)), words)
  }
})

t.test('TLS does not go with it', async (t) => {
  const path = socketPath(t)
  const http = { socket: path, tls: { cert: path, key: path } }
  await t.rejects(startApp({ http }), { name: 'ConfigError', message: /http\.tls/ })
})

t.test('clients there have an address for limits, bans and records', async (t) => {
  const socket = socketPath(t)
  const app = await startApp({
    http: { socket, trustProxy: ['127.0.0.1'] },
    limits: { authFailuresPerMinute: 2 }
  })
  t.teardown(() => app.close(0))
  const body = modernRequest('tools/call', toolCall('echo', { text: 'hi' }))
  t.equal((await send(app.url, { headers: modernHeaders(body), body })).status, 200)
  t.match(app.audit('TOOL_EXECUTE'), [{ remote: '127.0.0.1', transport: 'http' }])
  const forwarded = { ...modernHeaders(body), 'x-forwarded-for': '192.0.2.7' }
  t.equal((await send(app.url, { headers: forwarded, body })).status, 200)
  t.match(app.audit('TOOL_EXECUTE').at(-1), { remote: '192.0.2.7' }, 'behind a proxy its client')
  const guess = { ...jsonHeaders(), authorization: 'Bearer wrong' }
  const statuses = []
  for (const _ of [1, 2, 3]) {
    const more = { ...guess, 'x-forwarded-for': '192.0.2.8' }
    statuses.push((await send(app.url, { headers: more, body })).status)
  }
  t.strictSame(statuses, [401, 401, 429])
  t.equal((await send(app.url, { headers: forwarded, body })).status, 200, 'a neighbour is not')
})
