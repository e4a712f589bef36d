import { createServer, type ServerResponse } from 'node:http'
import t from 'tap'
import { connect2025, startGateway } from './helpers/gateway.ts'
import { openPort } from './helpers/open-port.ts'

/* What comes over the wire when a server does its worst: the gateway goes on for everybody else. */

interface Message {
  readonly id?: number
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>>
}

const sent = { bytes: 0, pages: 0, trapped: 0 }

/** A server of 2025-11-25 written by hand; what each tool does to an answer is its name. */
const server = createServer(async (request, response) => {
  if (request.url === '/trap') sent.trapped++
  if (request.method !== 'POST') return void response.writeHead(405).end()
  let text = ''
  for await (const chunk of request) text += chunk
  const message = JSON.parse(text) as Message
  if (message.id === undefined) return void response.writeHead(202).end()
  answer(message, response)
})
const port = await openPort(server)
const endpoint = `http://127.0.0.1:${port}/mcp`

function reply(response: ServerResponse, id: unknown, rest: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jsonrpc: '2.0', id, ...rest }))
}

const trap = { type: 'object', properties: { x: { $ref: `http://127.0.0.1:${port}/trap` } } }
const names = ['huge', 'garbage', 'other_id', 'array', 'error', 'nothing', 'deep', 'good']

function answer({ id, method, params = {} }: Message, response: ServerResponse): void {
  if (method === 'initialize') {
    const result = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {}, prompts: {} },
      serverInfo: { name: 'wire', version: '1' }
    }
    return reply(response, id, { result })
  }
  if (method === 'tools/list') {
    const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }))
    const hooked = [{ name: 'hooked', inputSchema: trap }]
    return reply(response, id, { result: { tools: [...tools, ...hooked] } })
  }
  if (method === 'prompts/list') {
    sent.pages++
    // Always one page more.
    return reply(response, id, {
      result: { prompts: [{ name: 'p' }], nextCursor: `after ${sent.pages}` }
    })
  }
  if (method !== 'tools/call')
    return reply(response, id, { error: { code: -32601, message: 'no' } })
  worst.get(String(params.name))?.(id, response)
}

const secret = 'password=hunter2 at 10.1.2.3'
const worst = new Map<string, (id: unknown, response: ServerResponse) => void>([
  [
    'good',
    (id, response) => reply(response, id, { result: { content: [{ type: 'text', text: 'good' }] } })
  ],
  ['huge', (_, response) => pour(response)],
  [
    'garbage',
    (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>')
  ],
  ['other_id', (_, response) => reply(response, 999_999, { result: { content: [] } })],
  ['array', (id, response) => reply(response, id, { result: [1, 2] })],
  [
    'error',
    (id, response) =>
      reply(response, id, { error: { code: -32_000, message: secret, data: secret } })
  ],
  ['nothing', (_, response) => response.destroy()],
  [
    'deep',
    (id, response) => {
      const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
      const whole = `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":{"a":${nested}}}}`
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole)
    }
  ]
])

/** 1 GiB of text, as long as somebody reads. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, 'x')
  response.writeHead(200, { 'content-type': 'application/json' })
  const more = (): void => {
    while (sent.bytes < 2 ** 30 && !response.destroyed) {
      sent.bytes += chunk.length
      if (!response.write(chunk)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

const gateway = await startGateway(
  {
    wire: {
      entry: { endpoint, timeout: 2 },
      close: async () => {
        server.closeAllConnections()
        server.close()
      }
    }
  },
  { limits: { enabled: false, callTimeoutMs: 10_000 } }
)
t.teardown(gateway.close)
const client = await connect2025(gateway.app)
t.teardown(() => client.close())

t.test('a list without end does not keep the others from being served', async (t) => {
  const tools = await client.listTools()
  t.ok(tools.includes('wire__good'))
  t.notOk(tools.includes('wire__hooked'), 'a schema elsewhere is refused')
  t.equal(sent.trapped, 0, 'and never fetched')
  t.ok(sent.pages <= 200, `${sent.pages} pages asked for`)
})

t.test('each answer that is none is one error for one caller', async (t) => {
  for (const name of names.filter((each) => each !== 'good')) {
    const result = await client.callTool(`wire__${name}`, {})
    t.equal(result.isError, true, name)
    t.notMatch(JSON.stringify(result), /hunter2|10\.1\.2\.3|127\.0\.0\.1|html|SyntaxError/)
    const good = await client.callTool('wire__good', {})
    t.match(good, { content: [{ text: 'good' }] }, `the next call after ${name}`)
  }
  t.ok(sent.bytes < 2 ** 26, `${sent.bytes} bytes of 1 GiB were read`)
})
