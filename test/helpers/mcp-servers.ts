import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { McpServer as OldMcpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** A server that somebody else's SDK makes, on loopback. */
export interface McpHttpServer {
  readonly url: string
  readonly port: number
  /** Every request so far. */
  readonly requests: readonly IncomingMessage[]
  /** What tools were told to stop. */
  readonly stopped: readonly string[]
  /** Forgets every session, as after a restart. */
  forget(): void
  close(): Promise<void>
}

const text = (given: string) => ({ content: [{ type: 'text' as const, text: given }] })

/** SDK v1: sessions, 2025-11-25 at most. */
export async function startOldServer(port = 0): Promise<McpHttpServer> {
  const transports = new Map<string, StreamableHTTPServerTransport>()
  const stopped: string[] = []
  const listener: RequestListener = async (request, response) => {
    const known = transports.get(String(request.headers['mcp-session-id']))
    if (known) return known.handleRequest(request, response)
    if (request.headers['mcp-session-id'] !== undefined) {
      response.writeHead(404).end()
      return
    }
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void transports.set(id, transport)
    })
    await createOldServer(stopped).connect(transport as Parameters<OldMcpServer['connect']>[0])
    await transport.handleRequest(request, response)
  }
  return serve(listener, port, { stopped, forget: () => transports.clear() })
}

function createOldServer(stopped: string[]): OldMcpServer {
  const server = new OldMcpServer({ name: 'old', version: '1.0.0' })
  server.registerTool('echo', { inputSchema: { text: z.string() } }, async (args) =>
    text(JSON.stringify({ ...args }))
  )
  server.registerTool('ask', { inputSchema: {} }, async () => {
    const answer = await server.server.elicitInput({
      message: 'who?',
      requestedSchema: { type: 'object', properties: { name: { type: 'string' } } }
    })
    return text(JSON.stringify(answer))
  })
  server.registerTool(
    'slow',
    { inputSchema: {} },
    async (_args, { signal, sendNotification, _meta }) => {
      const progressToken = _meta?.progressToken
      if (progressToken !== undefined) {
        const params = { progressToken, progress: 1, total: 2 }
        await sendNotification({ method: 'notifications/progress', params })
      }
      await once(signal, 'abort')
      stopped.push('slow')
      return text('{}')
    }
  )
  server.registerResource('note', 'note://one', {}, async (uri) => ({
    contents: [{ uri: uri.href, text: 'a note' }]
  }))
  server.registerPrompt('greet', {}, async () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }]
  }))
  return server
}

/** SDK v2: 2026-07-28 alone. */
export async function startNewServer(port = 0): Promise<McpHttpServer> {
  const stopped: string[] = []
  const handler = createMcpHandler(() => createNewServer(stopped), { legacy: 'reject' })
  const node = toNodeHandler(handler)
  return serve((request, response) => void node(request, response), port, {
    stopped,
    forget: () => {}
  })
}

function createNewServer(stopped: string[]): McpServer {
  const server = new McpServer({ name: 'new', version: '1.0.0' })
  server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, async (args) =>
    text(JSON.stringify(args))
  )
  server.registerTool('ask', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
    const answer = mcpReq.inputResponses?.who
    if (answer) return text(JSON.stringify(answer))
    const requestedSchema = {
      type: 'object' as const,
      properties: { name: { type: 'string' as const } }
    }
    return inputRequired({
      inputRequests: { who: inputRequired.elicit({ message: 'who?', requestedSchema }) },
      requestState: 'state-of-the-server'
    })
  })
  server.registerTool('slow', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken
    if (progressToken !== undefined) {
      const params = { progressToken, progress: 1, total: 2 }
      await mcpReq.notify({ method: 'notifications/progress', params })
    }
    await once(mcpReq.signal, 'abort')
    stopped.push('slow')
    return text('{}')
  })
  server.registerResource('note', 'note://one', {}, async (uri) => ({
    contents: [{ uri: uri.href, text: 'a note' }]
  }))
  server.registerPrompt('greet', {}, async () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }]
  }))
  return server
}

async function serve(
  listener: RequestListener,
  port: number,
  rest: Pick<McpHttpServer, 'stopped' | 'forget'>
): Promise<McpHttpServer> {
  const requests: IncomingMessage[] = []
  const server: Server = createServer((request, response) => {
    requests.push(request)
    listener(request, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${bound}/mcp`,
    port: bound,
    requests,
    ...rest,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
