import { Agent, type IncomingMessage, request } from 'node:http'
import { authorization, envelope, hello, initialized, legacyVersion } from './call.ts'

/** An open connection on which the server may send. */
export interface Stream {
  /** Changes that were heard so far. */
  readonly events: number
  /** Reads no more, as a client that hangs. */
  stall(): void
  cut(): void
}

/** Opens sessions and streams at one server. */
export interface StreamClient {
  /** A session of the 2025 era without a connection; resolves with its id. */
  openSession(): Promise<string>
  /** Opens a session and its stream. */
  openSessionStream(): Promise<Stream>
  /** `subscriptions/listen` of 2026-07-28. */
  listen(): Promise<Stream>
  /** A connection that has carried one request and is kept. */
  connect(): Promise<Stream>
  /** Tells all streams so many times of a change. */
  announce(times: number): Promise<void>
  /** How many sessions the server has. */
  countSessions(): Promise<number>
  /** How many answers the server did not bring to their end. */
  countCut(): Promise<number>
  close(): void
}

const json = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  authorization
}
const change = 'list_changed'

export function createStreamClient(port: number): StreamClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  let id = 0

  function send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
    by: Agent | false = agent
  ): Promise<IncomingMessage> {
    const options = { agent: by, port, host: '127.0.0.1', path, method, headers }
    return new Promise((resolve, reject) => {
      request(options, (response) => {
        if (response.statusCode === 200 || response.statusCode === 202) resolve(response)
        else reject(new Error(`${method}: ${response.statusCode}`))
      })
        .on('error', reject)
        .end(body && JSON.stringify({ jsonrpc: '2.0', ...body }))
    })
  }

  function sendModern(method: string, params: object, by?: Agent | false) {
    const headers = {
      ...json,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...('name' in params && { 'mcp-name': String(params.name) })
    }
    return send(
      'POST',
      '/mcp',
      headers,
      { id: ++id, method, params: { ...params, _meta: envelope } },
      by
    )
  }

  async function readMetric(line: RegExp): Promise<number> {
    const text = await readAll(await send('GET', '/metrics', { authorization }))
    return Number(line.exec(text)?.[1] ?? 0)
  }

  async function openSession(): Promise<string> {
    const opened = await send('POST', '/mcp', json, { id: ++id, ...hello })
    await readAll(opened)
    const sessionId = String(opened.headers['mcp-session-id'])
    const headers = { ...json, 'mcp-session-id': sessionId, 'mcp-protocol-version': legacyVersion }
    await readAll(await send('POST', '/mcp', headers, initialized))
    return sessionId
  }

  return {
    openSession,
    async openSessionStream() {
      const sessionId = await openSession()
      const own = { 'mcp-session-id': sessionId, 'mcp-protocol-version': legacyVersion }
      const headers = { authorization, accept: 'text/event-stream', ...own }
      return watch(await send('GET', '/mcp', headers, undefined, false))
    },
    async listen() {
      const params = { notifications: { toolsListChanged: true } }
      return watch(await sendModern('subscriptions/listen', params, false))
    },
    async connect() {
      const own = new Agent({ keepAlive: true, maxSockets: 1 })
      const response = await sendModern('tools/list', {}, own)
      await readAll(response)
      return { events: 0, stall: () => {}, cut: () => own.destroy() }
    },
    async announce(times) {
      const answer = await sendModern('tools/call', { name: 'announce', arguments: { times } })
      const text = await readAll(answer)
      if (!text.includes('announced')) throw new Error(`announce: ${text.slice(0, 300)}`)
    },
    countSessions: () => readMetric(/^mcp_sessions_active (\d+)$/m),
    countCut: () => readMetric(/^mcp_http_requests_total\{route="\/mcp",status="499"\} (\d+)$/m),
    close: () => agent.destroy()
  }
}

function watch(response: IncomingMessage): Stream {
  let events = 0
  let tail = ''
  response.setEncoding('latin1').on('data', (chunk: string) => {
    const text = tail + chunk
    events += text.split(change).length - 1
    // What is split over two chunks counts with the second.
    tail = text.slice(Math.max(0, text.lastIndexOf(change) + change.length))
    tail = tail.slice(-change.length + 1)
  })
  response.on('error', () => {})
  return {
    get events() {
      return events
    },
    stall: () => response.pause(),
    cut: () => response.destroy()
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) text += chunk
  return text
}
