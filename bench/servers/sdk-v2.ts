import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import fastify from 'fastify'
import { createEchoServer } from './echo-server.ts'
import { listen } from './listen.ts'

/** The SDK as its documentation shows it on Fastify (docs/serving/fastify.md), without any hook. */
export async function startSdkV2(): Promise<number> {
  const handler = createMcpHandler(createEchoServer)
  const app = fastify()
  const node = toNodeHandler(handler)
  app.all('/mcp', (request, reply) => node(request.raw, reply.raw, request.body))
  return listen(app)
}
