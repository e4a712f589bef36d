import { type Agent, type IncomingHttpHeaders, request as send } from 'node:http'

/** What the tool is asked to repeat: 38 characters. */
export const echoText = 'The quick brown fox jumps over the dog'

/** Sent by every row; only those with authentication look at it. */
export const bearerKey = 'bench-key-0123456789-0123456789-0123456789'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A server on loopback and the connections to it. */
export interface Target {
  readonly agent: Agent
  readonly port: number
}

/** Where a call goes to, and as what. */
export interface Call extends Target {
  /** What `echo` is called there. */
  readonly tool: string
  readonly hasKey: boolean
}

/** One `tools/call` of the echo tool in a 2026-07-28 envelope. */
export function callEcho({ agent, port, tool, hasKey }: Call, id: number): Promise<Answer> {
  const message = {
    id,
    method: 'tools/call',
    params: { name: tool, arguments: { text: echoText }, _meta: envelope }
  }
  const own = { ...headers, 'mcp-name': tool, ...(hasKey && { authorization }) }
  return post({ agent, port }, own, message)
}

/** Posts one JSON-RPC message to `/mcp` and reads the whole answer. */
export function post(
  { agent, port }: Target,
  headers: Readonly<Record<string, string>>,
  message: object
): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message })
  const options = {
    agent,
    port,
    host: '127.0.0.1',
    path: '/mcp',
    method: 'POST',
    headers: { ...anyHeaders, ...headers, 'content-length': Buffer.byteLength(body) }
  }
  return new Promise((resolve, reject) => {
    send(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
      response.on('error', reject)
    })
      .on('error', reject)
      .end(body)
  })
}

export const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {}
}

/** The revision that the clients of the 2025 era speak. */
export const legacyVersion = '2025-11-25'

/** What such a client says first, and then. */
export const hello = {
  method: 'initialize',
  params: {
    protocolVersion: legacyVersion,
    capabilities: {},
    clientInfo: { name: 'bench', version: '1.0.0' }
  }
}
export const initialized = { method: 'notifications/initialized' }

/** The header that shows the key. */
export const authorization = `Bearer ${bearerKey}`

const anyHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream'
}
const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' }
