import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import fastify from 'fastify'
import { echoInput } from './echo.ts'
import { listen } from './listen.ts'

/** `sdk-v2` with a tool that passes the call on to another server, checking nothing. */
export async function startSdkV2Client(endpoint: string): Promise<number> {
  const client = new Client(
    { name: 'bench', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' } }
  )
  await client.connect(new StreamableHTTPClientTransport(new URL(endpoint)))
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'bench', version: '1.0.0' })
    server.registerTool(
      'echo',
      { description: 'Asks the other server', inputSchema: echoInput },
      ({ text }, { mcpReq }) =>
        client.callTool({ name: 'echo', arguments: { text } }, { signal: mcpReq.signal })
    )
    return server
  })
  const app = fastify()
  const node = toNodeHandler(handler)
  app.all('/mcp', (request, reply) => node(request.raw, reply.raw, request.body))
  return listen(app)
}
