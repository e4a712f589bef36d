import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { echoText } from '../call.ts'

/** The least that node can do: read the body away and send a constant answer. */
export async function startBareHttp(): Promise<number> {
  const answer = Buffer.from(
    JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      result: { content: [{ type: 'text', text: echoText }], resultType: 'complete' }
    })
  )
  const headers = { 'content-type': 'application/json', 'content-length': answer.length }
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, headers).end(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
