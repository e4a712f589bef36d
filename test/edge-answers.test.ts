import { spawnSync } from 'node:child_process'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { sendRaw } from './helpers/http.ts'
import { authHeaders } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/* Whatever Node and the router would answer by themselves gets the words and headers of the rest. */

const app = await startApp()
t.teardown(() => app.close(0))

const host = `Host: 127.0.0.1:${app.port}\r\nConnection: close\r\n`
const key = Object.entries(authHeaders())
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')

function post(path: string, headers: string): string {
  const type = 'Content-Type: application/json\r\nContent-Length: 2\r\n'
  return `POST ${path} HTTP/1.1\r\n${host}${type}${headers}\r\n{}`
}

t.test('a long name in a path passes the hooks like a short one', async (t) => {
  for (const length of [100, 101, 15_000]) {
    const path = `/api/tools/${'x'.repeat(length)}`
    t.equal((await sendRaw(app.port, post(path, ''))).status, 401, `${length}, no key`)
    const foreign = post(path, key).replace(host, 'Host: evil.example\r\nConnection: close\r\n')
    t.equal((await sendRaw(app.port, foreign)).status, 403, `${length}, another Host`)
    const { status, headers, raw } = await sendRaw(app.port, post(path, key))
    t.equal(status, 404, `${length}, with a key`)
    t.match(headers['x-request-id'], /^[\da-f-]{36}$/)
    t.notMatch(raw, /FST_|statusCode/)
  }
})

t.test('an expectation that nobody knows changes nothing', async (t) => {
  const { status, headers } = await sendRaw(app.port, post('/mcp', 'Expect: banana\r\n'))
  t.equal(status, 401)
  t.match(headers['x-request-id'], /^[\da-f-]{36}$/)
})

t.test('bytes that are no request get the security headers, too', async (t) => {
  const { status, headers } = await sendRaw(app.port, 'nonsense\r\n\r\n')
  t.equal(status, 400)
  t.match(headers, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': /default-src 'none'/
  })
})

t.test('who has left before its connection was accepted is no fault of the server', async (t) => {
  const script = `
    const socket = require('node:net').connect(${app.port}, '127.0.0.1', () =>
      socket.write('GET /api/gone HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n', () =>
        socket.resetAndDestroy()))`
  // Blocks the server, which lives in this process, until the client is gone.
  spawnSync(process.execPath, ['-e', script], { env: {} })
  await until(
    () => app.log().some(({ method }) => method === 'GET /api/gone'),
    'the request is logged'
  )
  t.same(
    app.log().filter(({ msg }) => msg === 'request failed'),
    []
  )
})

t.test('a path that cannot be decoded, in whichever form it comes', async (t) => {
  const own = `http://127.0.0.1:${app.port}`
  for (const target of ['/%zz', `${own}/%zz`, `${own}/api/tools/%c3`]) {
    const { status, headers, raw } = await sendRaw(app.port, post(target, key))
    t.equal(status, 404, target)
    t.match(headers['x-request-id'], /^[\da-f-]{36}$/, target)
    t.notMatch(raw, /FST_|statusCode/, target)
  }
})
