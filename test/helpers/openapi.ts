import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { type ApiLimits, apiSettings } from '../../src/settings/api-settings.ts'
import type { CallContext, CallResult, ToolDefinition } from '../../src/types.ts'
import { createOpenApiSource, type OpenApiSource } from '../../tools/openapi/source.ts'
import { watchForInboundKeys } from './inbound-key.ts'
import { openPort } from './open-port.ts'

/** A context with nothing behind it; `log` collects what is logged. */
export function createContext(
  signal: AbortSignal = new AbortController().signal,
  log: unknown[] = []
): CallContext {
  const add = (message: string, fields?: unknown) => {
    log.push([message, fields])
  }
  return {
    principal: { id: 'test', kind: 'local' },
    transport: 'stdio',
    requestId: 'request-1',
    signal,
    log: { debug: add, info: add, warn: add, error: add },
    progress() {},
    message() {}
  }
}

const limits: ApiLimits = Object.freeze({
  timeoutMs: 5_000,
  attempts: 1,
  backoffFactor: 0.01,
  maxSockets: 20,
  keepAliveSockets: 5
})

/** Mounts a document, or the file of that name, with the settings of an api entry. */
export function mountApi(
  document: string | object,
  settings: Readonly<Record<string, unknown>> = {}
): Promise<OpenApiSource> {
  const isFile = typeof document === 'string'
  return createOpenApiSource({
    settings: apiSettings.parse({
      name: 'test',
      openapi: isFile ? document : 'given',
      baseUrl: 'http://127.0.0.1:9/api',
      ...settings
    }),
    limits,
    log: createContext().log,
    ...(!isFile && { document })
  })
}

/** A credential that is sent as `Authorization: Bearer`. */
export function bearer(token: string): object {
  return { mode: 'service', scheme: 'bearer', token }
}

/** A real HTTP server on loopback that keeps what it was asked. */
export async function listen(answer: RequestListener) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  watchForInboundKeys(server)
  const port = await openPort(server)
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

/** A document of these paths. */
export function documentOf(paths: object, schemas: object = {}) {
  return {
    openapi: '3.1.0',
    info: { title: 'Test', version: '1' },
    paths,
    components: { schemas }
  }
}

/** A GET operation that answers JSON of this schema. */
export function getOf(operationId: string, schema?: object, more: object = {}) {
  const content = schema && { content: { 'application/json': { schema } } }
  return { operationId, responses: { 200: { description: 'ok', ...content } }, ...more }
}

export function findTool(source: OpenApiSource, name: string): ToolDefinition {
  const tool = source.tools.find((each) => each.name === name)
  if (!tool) throw new Error(`no tool ${name}`)
  return tool
}

/** Parses and runs as the dispatcher would; throws when the arguments are refused. */
export async function callTool(
  tool: ToolDefinition,
  args: unknown,
  ctx: CallContext = createContext()
): Promise<CallResult> {
  const parsed = await tool.parse(args)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return (await tool.run(parsed.value, ctx)) as CallResult
}

export function textOf(result: CallResult): string {
  return String(result.content[0]?.text)
}

/** Reads requests byte by byte: no parser stands between the test and the wire. */
export async function recordBytes() {
  const requests: { head: string; body: Buffer }[] = []
  const server = createSocketServer((socket) => {
    let seen = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      seen = Buffer.concat([seen, chunk])
      const end = seen.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = seen.subarray(0, end).toString('latin1')
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
      if (seen.length < end + 4 + length) return
      requests.push({ head, body: seen.subarray(end + 4, end + 4 + length) })
      seen = seen.subarray(end + 4 + length)
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'
      )
    })
  })
  watchForInboundKeys(server)
  const port = await openPort(server)
  return { requests, origin: `http://127.0.0.1:${port}`, close: () => server.close() }
}
