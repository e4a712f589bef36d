import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { Source } from '../../src/source.ts'
import type { CallResult, DispatchContext, ToolDefinition } from '../../src/types.ts'
import { startDemoApi } from '../../tools/shiftwork/demo-api.ts'
import { createShiftWorkSource } from '../../tools/shiftwork/source.ts'
import { createBareContext } from '../../transports/call-context.ts'
import { watchForInboundKeys } from './inbound-key.ts'
import { openPort } from './open-port.ts'
import { silent } from './silent.ts'

/** The schedules of the demo are in the week of this Wednesday. */
export const nowMs = Date.parse('2026-11-25T09:00:00Z')

export const context: DispatchContext = createBareContext(
  { principal: { id: 'test', kind: 'local' }, transport: 'stdio', requestId: 'request-1' },
  silent
)

/** The preset at an address. */
export function mount(baseUrl: string, token?: string) {
  return createShiftWorkSource({
    baseUrl,
    ...(token !== undefined && { token }),
    limits: {
      timeoutMs: 5_000,
      attempts: 1,
      backoffFactor: 0.1,
      maxSockets: 10,
      keepAliveSockets: 2
    },
    log: silent
  })
}

/** The preset on a demo API of its own. */
export async function mountDemo() {
  const api = await startDemoApi({ now: () => nowMs })
  const source = await mount(api.baseUrl, api.token)
  return {
    api,
    source,
    async close() {
      await source.close()
      await api.close()
    }
  }
}

interface Recorded {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  readonly headers: IncomingHttpHeaders
}

/** A server that keeps what it was asked and answers what it was told. */
export async function startRecorder() {
  const requests: Recorded[] = []
  let reply: { readonly status: number; readonly body?: unknown } = { status: 204 }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const [path = '', query] = (request.url ?? '').split('?')
    requests.push({
      method: request.method ?? '',
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      body: text === '' ? undefined : JSON.parse(text),
      headers: request.headers
    })
    response.writeHead(reply.status, reply.body === undefined ? {} : jsonHeader)
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body))
  })
  watchForInboundKeys(server)
  const port = await openPort(server)
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    replyWith(status: number, body?: unknown) {
      reply = { status, body }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

const jsonHeader = { 'content-type': 'application/json' }

export function findTool(source: Source, name: string): ToolDefinition {
  const tool = source.tools.find((each) => each.name === name)
  if (!tool) throw new Error(`no tool ${name}`)
  return tool
}

/** Parses and runs as the dispatcher would; what is thrown or refused comes back as an error. */
export async function call(source: Source, name: string, args: unknown): Promise<CallResult> {
  const tool = findTool(source, name)
  const parsed = await tool.parse(args)
  if (!parsed.ok) {
    const text = parsed.problems.map(({ field, message }) => `${field}: ${message}`).join('; ')
    return { content: [{ type: 'text', text }], isError: true }
  }
  try {
    return (await tool.run(parsed.value, context)) as CallResult
  } catch (error) {
    return { content: [{ type: 'text', text: String(error) }], isError: true }
  }
}

export function textOf({ content }: CallResult): string {
  return content.map(({ text }) => String(text)).join('\n')
}
