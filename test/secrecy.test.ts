import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { openSessionId } from './helpers/carriers.ts'
import { childServer } from './helpers/clients.ts'
import { sendRaw } from './helpers/http.ts'
import {
  call,
  initialize,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  type Request,
  request,
  toolCall
} from './helpers/messages.ts'

/*
 * A tool, a resource and a prompt that throw `new Error('secret at /etc/x')`: no byte of it is
 * sent, and the log has its class and where it was thrown, under the request id that the client
 * was told, but not its text.
 */

type Headers = Readonly<Record<string, string>>
type Params = Readonly<Record<string, unknown>>

const failing: readonly (readonly [string, Params])[] = [
  ['tools/call', toolCall('fail')],
  ['resources/read', { uri: 'docs://broken' }],
  ['prompts/get', { name: 'broken' }]
]

/** Of the error: its text, its cause, its stack. */
const leak = /secret|\/etc\/x|deeper|\bat \S+ \(|test-tools|test-source|node_modules|\.js:\d/
const text = /secret at|\/etc\/x|deeper/
/** What the log has of it. */
const error = { name: 'Error', frames: [/test-\w+\.[jt]s:\d+:\d+/] }
const told = /Request id: ([\da-f-]{36})\./

const app = await startApp({ limits: { enabled: false } })
t.teardown(() => app.close(0))

const session = {
  ...jsonHeaders(),
  'mcp-protocol-version': legacy,
  'mcp-session-id': await openSessionId({ app, key: 'full' })
}

type Build = (method: string, params: Params) => { body: Request; headers: Headers }

const lanes: Readonly<Record<string, Build>> = {
  '2026-07-28': (method, params) => {
    const body = modernRequest(method, params)
    return { body, headers: modernHeaders(body) }
  },
  '2026-07-28, as an event stream': (method, params) => {
    const body = modernRequest(method, params, 1, { progressToken: 1 })
    return { body, headers: { ...modernHeaders(body), accept: 'text/event-stream' } }
  },
  '2025-11-25 session': (method, params) => ({ body: request(method, params), headers: session }),
  '2025-11-25 sessionless': (method, params) => ({
    body: request(method, params),
    headers: { ...jsonHeaders(), accept: 'application/json' }
  })
}

for (const [lane, build] of Object.entries(lanes)) {
  for (const [method, params] of failing) {
    t.test(`HTTP ${lane}: ${method}`, async (t) => {
      const { raw } = await sendRaw(app.port, toWire(build(method, params)))
      t.notMatch(raw, leak, 'nothing in any byte')
      const id = told.exec(raw)?.[1]
      t.match(raw.toLowerCase(), `x-request-id: ${id}`, 'the id in the text is that of the header')
      const lines = app.log().filter(({ request_id, error }) => request_id === id && error)
      t.match(lines, [{ level: 'ERROR', error }], 'the log')
      t.notMatch(JSON.stringify(app.log()), text)
      t.equal(app.audit().at(-1)?.requestId, id, 'the audit record')
    })
  }
}

function toWire({ body, headers }: ReturnType<Build>): string {
  const text = JSON.stringify(body)
  const lines = Object.entries({
    ...headers,
    host: new URL(app.origin).host,
    connection: 'close',
    'content-length': String(Buffer.byteLength(text))
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${text}`
}

const conversations: Readonly<Record<string, readonly Request[]>> = {
  '2026-07-28': [modernRequest('tools/call', toolCall('fail'), 7)],
  '2025-11-25': [initialize(1), call('fail', {}, 7)]
}

for (const [era, messages] of Object.entries(conversations)) {
  t.test(`stdio ${era}: tools/call`, async (t) => {
    const child = spawn(childServer.command, childServer.args, { env: childServer.env })
    const [sent, logged]: [string[], string[]] = [[], []]
    child.stdout.setEncoding('utf8').on('data', (text: string) => sent.push(text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => logged.push(text))
    child.stdin.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
    await once(child, 'close')

    const stdout = sent.join('')
    t.match(stdout, /"id":7/, 'the call was answered')
    t.notMatch(stdout, leak, 'nothing in any byte')
    const id = told.exec(stdout)?.[1]
    const lines = logged
      .join('')
      .split('\n')
      .filter((line) => line.includes('"error":{'))
      .map((line) => JSON.parse(line) as { request_id: string })
    t.match(lines, [{ request_id: id, level: 'ERROR', error }], 'the log')
    t.notMatch(logged.join(''), text)
  })
}
