import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import fastify from 'fastify'
import { addInput, echoInput } from './echo.ts'
import { listen } from './listen.ts'

/** The SDK as its documentation shows it on Fastify (docs/serving/fastify.md), without any hook. */
export async function startSdkV2(): Promise<number> {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'bench', version: '1.0.0' })
    server.registerTool(
      'echo',
      { description: 'Returns the text', inputSchema: echoInput },
      async ({ text }) => ({ content: [{ type: 'text', text }] })
    )
    server.registerTool(
      'add',
      { description: 'Adds two numbers', inputSchema: addInput },
      async ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] })
    )
    return server
  })
  const app = fastify()
  const node = toNodeHandler(handler)
  app.all('/mcp', (request, reply) => node(request.raw, reply.raw, request.body))
  return listen(app)
}
