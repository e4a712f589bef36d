import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import fastify from 'fastify'
import got from 'got'
import { echoInput } from './echo.ts'
import { listen } from './listen.ts'

/** `sdk-v2` with a tool that asks the upstream as got's documentation shows it: no option set. */
export async function startSdkV2Got(upstream: string): Promise<number> {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'bench', version: '1.0.0' })
    server.registerTool(
      'echo',
      { description: 'Asks the upstream', inputSchema: echoInput },
      async ({ text }) => {
        const answer = await got(`${upstream}/echo`, { searchParams: { text } }).json()
        return { content: [{ type: 'text', text: JSON.stringify(answer) }] }
      }
    )
    return server
  })
  const app = fastify()
  const node = toNodeHandler(handler)
  app.all('/mcp', (request, reply) => node(request.raw, reply.raw, request.body))
  return listen(app)
}
