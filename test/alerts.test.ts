import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import t from 'tap'
import { createAlertWebhook } from '../bin/alert-webhook.ts'
import { createLog } from '../src/log.ts'
import { fixture } from './helpers/executable.ts'
import { send } from './helpers/http.ts'
import { call } from './helpers/messages.ts'
import { openPort } from './helpers/open-port.ts'
import { serve } from './helpers/serve.ts'
import { until } from './helpers/until.ts'

interface Received {
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Takes alerts; answers with the next of `statuses`, 204 when there is none. */
async function startReceiver(t: { teardown(end: () => unknown): void }, statuses: number[] = []) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(statuses.shift() ?? 204, { location: 'http://127.0.0.1:1/' }).end()
    })
  })
  const port = await openPort(server)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${port}/hook-path-secret`
  return { url, received }
}

const secret = 'signing-secret-of-this-test'
const alert = { reason: 'address_banned', transport: 'http', remote: '192.0.2.9' } as const

function createLogged() {
  const lines: string[] = []
  return {
    lines,
    log: createLog({ level: 'info', redact: true }, { write: (l) => lines.push(l) > 0 })
  }
}

t.test('the executable: ten wrong keys, one signed alert without a secret', async (t) => {
  const { url, received } = await startReceiver(t)
  const token = 'a-token-of-more-than-32-characters-for-tests'
  const env = { MCP_AUTH_TOKEN: token, MCP_ALERT_WEBHOOK: url, MCP_ALERT_SECRET: secret }
  const args = ['--http', '--module', fixture('gated-tools')]
  const { running, url: endpoint } = await serve(t, args, env)
  for (let index = 0; index < 12; index++) {
    await send(endpoint, { headers: { 'x-api-key': `guess-${index}` }, body: call('fill') })
  }
  await until(() => received.length > 0, 'an alert')
  const [{ headers, body } = { headers: {}, body: '' }] = received
  const signed = `${headers['x-portcullis-timestamp']}.${body}`
  const signature = createHmac('sha256', secret).update(signed).digest('hex')
  t.equal(headers['x-portcullis-signature'], `v1=${signature}`)
  t.match(JSON.parse(body), {
    id: /^[\da-f-]{36}$/,
    event: 'SECURITY_ALERT',
    reason: 'address_banned',
    remote: '127.0.0.1',
    transport: 'http'
  })
  await running.stderr.until(/SECURITY ALERT: too many failed logins/)
  for (const word of [token, secret, 'guess-', 'hook-path-secret']) {
    t.notMatch(body, word)
    t.notMatch(running.stderr.text, word)
  }
  t.equal(received.length, 1)
})

t.test('what fails is tried again, with the same id; redirects are not followed', async (t) => {
  const { url, received } = await startReceiver(t, [503, 204, 302])
  const { log, lines } = createLogged()
  const notify = createAlertWebhook({ webhook: url, secret }, log)
  notify(alert)
  notify({ ...alert, remote: '192.0.2.10' })
  await until(() => lines.length > 0, 'the second alert given up')
  const ids = received.map(({ body }) => JSON.parse(body).id)
  t.equal(ids.length, 3)
  t.equal(ids[0], ids[1])
  t.match(JSON.parse(lines[0] ?? '{}'), { level: 'ERROR', msg: 'alert not delivered' })
  t.notMatch(lines.join(''), /hook-path-secret|127\.0\.0\.1/)
})

t.test('without a secret nothing is signed', async (t) => {
  const { url, received } = await startReceiver(t)
  createAlertWebhook({ webhook: url }, createLogged().log)(alert)
  await until(() => received.length > 0, 'an alert')
  t.notOk(received[0]?.headers['x-portcullis-signature'])
})

t.test('a receiver that is away costs no memory', async (t) => {
  const { log, lines } = createLogged()
  const notify = createAlertWebhook({ webhook: 'http://127.0.0.1:1/' }, log)
  for (let index = 0; index < 150; index++) notify(alert)
  t.equal(lines.length, 49, 'one is on its way, a hundred wait')
  t.match(lines[0], /alert dropped/)
})
