import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { echoText } from '../call.ts'

const text = { type: 'string' }
const answer = {
  type: 'object',
  properties: { id: { type: 'integer' }, status: text, text },
  required: ['id', 'status', 'text']
}
const document = {
  openapi: '3.1.0',
  info: { title: 'Bench', version: '1.0.0' },
  paths: {
    '/echo': {
      get: {
        operationId: 'echo',
        parameters: [{ name: 'text', in: 'query', required: true, schema: text }],
        responses: {
          200: { description: 'The text', content: { 'application/json': { schema: answer } } }
        }
      }
    }
  }
}

/** The document of the upstream, in a file. */
export const documentText = JSON.stringify(document)

/** What both proxies call: a small JSON answer that says what was asked for. */
export async function startUpstream(): Promise<number> {
  const server = createServer((request, response) => {
    const text = new URL(request.url ?? '', 'http://upstream').searchParams.get('text')
    const body = Buffer.from(JSON.stringify({ id: 7, status: 'open', text }))
    const isRight = request.method === 'GET' && text === echoText
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    response.writeHead(isRight ? 200 : 400, headers).end(body)
  })
  // The proxies keep their connections between calls; so does this end.
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
