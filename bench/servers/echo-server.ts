import { McpServer } from '@modelcontextprotocol/server'
import { addInput, echoInput } from './echo.ts'

/** The SDK's server as its documentation shows it, with the two tools. */
export function createEchoServer(): McpServer {
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
}
