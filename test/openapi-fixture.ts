import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CallContext, CallResult, ToolDefinition } from '../src/types.ts'
import type { OpenApiSource } from '../tools/openapi/source.ts'

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

/** A real HTTP server on loopback that keeps what it was asked. */
export async function listen(answer: RequestListener) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
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
  const parsed = tool.parse(args)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return (await tool.run(parsed.value, ctx)) as CallResult
}

export function textOf(result: CallResult): string {
  return String(result.content[0]?.text)
}
