import { type Agent, request as send } from 'node:http'

/** What the tool is asked to repeat: 38 characters. */
export const echoText = 'The quick brown fox jumps over the dog'

/** Sent by every row; only those with authentication look at it. */
export const bearerKey = 'bench-key-0123456789-0123456789-0123456789'

export interface Answer {
  readonly status: number
  readonly text: string
}

/** One `tools/call` of `echo` in a 2026-07-28 envelope, with the key or without. */
export function callEcho(agent: Agent, port: number, id: number, hasKey: boolean): Promise<Answer> {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'echo', arguments: { text: echoText }, _meta: envelope }
  })
  const options = {
    agent,
    port,
    host: '127.0.0.1',
    path: '/mcp',
    method: 'POST',
    headers: {
      ...headers,
      ...(hasKey && { authorization: `Bearer ${bearerKey}` }),
      'content-length': Buffer.byteLength(body)
    }
  }
  return new Promise((resolve, reject) => {
    send(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
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

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'echo'
}
