import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { exposureChecks } from '../bin/doctor/exposure.ts'
import { settingsSchema } from '../src/settings.ts'
import { readTls } from '../transports/http/listener/tls.ts'
import { isOneLine, run } from './helpers/executable.ts'
import { quiet } from './helpers/json-rpc.ts'
import { ping } from './helpers/messages.ts'
import { selfSigned } from './helpers/self-signed.ts'
import { serve } from './helpers/serve.ts'
import { exchange, openSocket } from './helpers/websocket.ts'

/* HTTPS of our own: which files, which versions, whose certificates. */

const token = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
const folder = mkdtempSync(join(tmpdir(), 'pcl-tls-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string): string => join(folder, name)
const hasOpenssl = make()

/** A certificate for localhost, one of an authority, and one that it has issued to a client. */
function make(): boolean {
  writeFileSync(file('self.pem'), selfSigned.cert)
  writeFileSync(file('self.key'), selfSigned.key)
  try {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const openssl = (...args: readonly string[]) =>
      execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
    const own = (name: string) =>
      openssl(
        'req',
        '-x509',
        ...key,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        '-subj',
        `/CN=${name}`,
        '-days',
        '2'
      )
    for (const name of ['first', 'second', 'ca', 'stranger']) own(name)
    openssl('req', ...key, '-keyout', 'client.key', '-out', 'client.csr', '-subj', '/CN=client')
    openssl(
      'x509',
      '-req',
      '-in',
      'client.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      'client.pem',
      '-days',
      '2'
    )
    return true
  } catch {
    return false
  }
}

const needsOpenssl = hasOpenssl ? {} : { skip: 'openssl is not on this machine' }

function envOf(name: string, more: Readonly<Record<string, string>> = {}) {
  return {
    ...quiet,
    MCP_AUTH_TOKEN: token,
    MCP_TLS_CERT: file(`${name}.pem`),
    MCP_TLS_KEY: file(`${name}.key`),
    ...more
  }
}

const serveMode = (t: Test, env: Readonly<Record<string, string>>, mode = 'http') =>
  serve(t, ['--mode', mode], env)

/** The status of a request, or the code of what went wrong before it. */
function ask(port: number, options: object = {}): Promise<number | string> {
  return new Promise((resolve) => {
    const all = { port, path: '/mcp', method: 'POST', headers, agent: false, ...options }
    const sent = httpsRequest({
      ca: readFileSync(file('self.pem')),
      rejectUnauthorized: false,
      ...all
    })
    sent.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'failed'))
    sent.end(JSON.stringify(ping(1)))
  })
}

/** What a handshake of this version leads to. */
async function shake(port: number, version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') {
  const options = { port, rejectUnauthorized: false, minVersion: version, maxVersion: version }
  const socket: TLSSocket = connect({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' })
  try {
    await once(socket, 'secureConnect')
    return socket.getProtocol()
  } catch {
    return 'refused'
  } finally {
    socket.destroy()
  }
}

async function nameOf(port: number): Promise<string> {
  const socket = connect({ port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const certificate: PeerCertificate = socket.getPeerCertificate()
  socket.destroy()
  return String(certificate.subject.CN)
}

t.test('https: 1.2 and newer, nothing else on that port', async (t) => {
  const { port, origin } = await serveMode(t, envOf('self'))
  t.match(origin, /^https:/)
  t.equal(await ask(port), 200)
  t.equal(await ask(port, { headers: { ...headers, authorization: 'Bearer x' } }), 401)
  t.equal(await ask(port, { headers: { ...headers, host: 'evil.example' } }), 403)
  t.strictSame(
    [await shake(port, 'TLSv1'), await shake(port, 'TLSv1.1')],
    ['refused', 'refused'],
    'older ones'
  )
  t.equal(await shake(port, 'TLSv1.2'), 'TLSv1.2')
  t.equal(await shake(port, 'TLSv1.3'), 'TLSv1.3')
  const plain = await fetch(`http://127.0.0.1:${port}/health`).then(
    ({ status }) => status,
    () => 'refused'
  )
  t.equal(plain, 'refused')
  t.equal(await ask(port), 200, 'and it serves on')
})

t.test('WebSocket over TLS', async (t) => {
  const { origin } = await serveMode(t, envOf('self'), 'websocket')
  const socket = await openSocket(`${origin}/mcp`, { headers, rejectUnauthorized: false })
  t.match(await exchange(socket, ping(5)), { id: 5, result: {} })
  socket.terminate()
})

t.test('connections are limited under TLS, and those that have shown a key are kept', async (t) => {
  const { port } = await serveMode(t, envOf('self', { MCP_MAX_INBOUND_CONNECTIONS: '3' }))
  const keep: TLSSocket = connect({ port, rejectUnauthorized: false })
  await once(keep, 'secureConnect')
  const body = JSON.stringify(ping(1))
  const post =
    `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  keep.write(post)
  t.match(String((await once(keep, 'data'))[0]), 'HTTP/1.1 200')
  for (const _ of [1, 2, 3, 4, 5, 6]) {
    const idle = connect({ port, rejectUnauthorized: false })
    idle.on('error', () => {})
    await once(idle, 'secureConnect')
    t.teardown(() => idle.destroy())
  }
  keep.write(post)
  t.match(String((await once(keep, 'data'))[0]), 'HTTP/1.1 200')
  keep.destroy()
})

t.test('client certificates are required and verified', needsOpenssl, async (t) => {
  const { port } = await serveMode(t, envOf('first', { MCP_TLS_CLIENT_CA: file('ca.pem') }))
  const pair = (name: string) => ({
    cert: readFileSync(file(`${name}.pem`)),
    key: readFileSync(file(`${name}.key`))
  })
  t.equal(await ask(port, pair('client')), 200)
  t.type(await ask(port), 'string', 'without one')
  t.type(await ask(port, pair('stranger')), 'string', 'of somebody else')
  const wrong = { headers: { ...headers, authorization: 'Bearer x' } }
  t.equal(await ask(port, { ...pair('client'), ...wrong }), 401, 'it does not stand for a key')
})

t.test('on SIGHUP the certificate is read again, unless it is no good', needsOpenssl, async (t) => {
  for (const end of ['pem', 'key']) copyFileSync(file(`first.${end}`), file(`live.${end}`))
  const { running, port } = await serveMode(t, { ...envOf('live'), LOG_LEVEL: 'info' })
  t.equal(await nameOf(port), 'first')
  for (const end of ['pem', 'key']) copyFileSync(file(`second.${end}`), file(`live.${end}`))
  running.child.kill('SIGHUP')
  await running.stderr.until(/certificate read again/)
  t.equal(await nameOf(port), 'second')
  copyFileSync(file('first.key'), file('live.key'))
  running.child.kill('SIGHUP')
  await running.stderr.until(
    /http\.tls\.key \(MCP_TLS_KEY\): does not belong.*certificate not renewed/
  )
  t.equal(await nameOf(port), 'second')
  t.equal(await ask(port), 200)
})

t.test('files that are no use stop the start, in one line', async (t) => {
  writeFileSync(file('nothing'), 'nothing\n')
  const { http } = settingsSchema.parse({})
  const key = 'http.tls.key (MCP_TLS_KEY): '
  const cert = 'http.tls.cert (MCP_TLS_CERT): '
  const ca = 'http.tls.clientCa (MCP_TLS_CLIENT_CA): '
  const none = 'holds no certificate in PEM form'
  const rows: [files: Readonly<Record<string, string | undefined>>, words: string][] = [
    [{ cert: file('missing') }, `${cert}ENOENT`],
    [{ cert: folder }, `${cert}EISDIR`],
    [{ cert: file('nothing') }, cert + none],
    [{ cert: file('self.key') }, cert + none],
    [{ key: file('missing') }, `${key}ENOENT`],
    [{ key: file('nothing') }, `${key}is no private key`],
    [{ key: file('self.pem') }, `${key}is no private key`],
    [{ key: undefined }, `${key}is needed`],
    [{ cert: undefined }, `${cert}is needed`],
    [{ clientCa: file('missing') }, `${ca}ENOENT`],
    [{ clientCa: file('nothing') }, ca + none]
  ]
  if (hasOpenssl) rows.push([{ key: file('first.key') }, `${key}does not belong`])
  const whole = { cert: file('self.pem'), key: file('self.key') }
  for (const [files, words] of rows) {
    const tls = { ...whole, ...files }
    t.throws(() => readTls({ ...http, tls }), { name: 'ConfigError', message: words })
  }
  const ended = await run(
    ['--http', '--port', '0'],
    envOf('self', { MCP_TLS_KEY: file('nothing') })
  )
  t.equal(ended.code, 2)
  t.ok(isOneLine(ended), ended.stderr)
  t.match(ended.stderr, key)
})

t.test('doctor knows TLS of its own and a UNIX socket', async (t) => {
  const check = exposureChecks.find(({ id }) => id === 'http.tls')
  const judge = (http: object) => {
    const config = settingsSchema.parse({ transport: 'http', http: { host: '0.0.0.0', ...http } })
    return check?.run({ config } as never)
  }
  const tls = { cert: file('self.pem'), key: file('self.key') }
  t.match(await judge({}), { status: 'warn' })
  t.match(await judge({ tls }), { status: 'pass', says: 'TLS of its own' })
  t.match(await judge({ tls: { ...tls, key: file('missing') } }), {
    status: 'fail',
    says: /http\.tls\.key/
  })
  t.match(await judge({ socket: '/run/x.sock' }), { status: 'pass' })
})
