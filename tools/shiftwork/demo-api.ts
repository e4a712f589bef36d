import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import { createDemoData } from './demo-data.ts'
import { addReads } from './demo-reads.ts'
import { addWrites } from './demo-writes.ts'

export interface DemoApi {
  /** Ends with `/api`, as the server of `examples/shiftwork/openapi.json`. */
  readonly baseUrl: string
  /** The bearer token that every request needs; new at every start. */
  readonly token: string
  close(): Promise<void>
}

/** Starts the scheduling API of `examples/shiftwork/openapi.json` in memory, on a loopback port. */
export async function startDemoApi(): Promise<DemoApi> {
  const token = randomBytes(24).toString('base64url')
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    ajv: { customOptions: { removeAdditional: false } }
  })
  addRefusals(app, token)
  const data = createDemoData()
  await app.register(
    async (api) => {
      addReads(api, data)
      addWrites(api, data)
    },
    { prefix: '/api' }
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return Object.freeze({
    baseUrl: `http://127.0.0.1:${port}/api`,
    token,
    close: async () => {
      await app.close()
    }
  })
}

function addRefusals(app: FastifyInstance, token: string): void {
  const expected = digest(`Bearer ${token}`)
  app.addHook('onRequest', async (request, reply) => {
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return
    reply.header('www-authenticate', 'Bearer')
    return sendProblem(reply, 401, 'The bearer token is missing or wrong')
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'No such resource'))
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) return sendProblem(reply, 500, 'Internal error')
    const title = error.validation ? 'The request is not valid' : error.message
    return sendProblem(reply, status, title, error.validation ? error.message : undefined)
  })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Problem details, RFC 9457. */
function sendProblem(reply: FastifyReply, status: number, title: string, detail?: string) {
  const slug = (STATUS_CODES[status] ?? 'error').toLowerCase().replace(/\W+/g, '-')
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: `urn:shiftwork:${slug}`, title, status, ...(detail && { detail }) })
}
