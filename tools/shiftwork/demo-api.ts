import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import { addCalendar } from './demo/calendar.ts'
import { addCompany } from './demo/company.ts'
import { addKiosk } from './demo/kiosk.ts'
import { addPeople } from './demo/people.ts'
import { addPlaces } from './demo/places.ts'
import { addSandboxRoutes } from './demo/sandbox.ts'
import { addScheduleWrites } from './demo/schedule-writes.ts'
import { addScheduleReads } from './demo/schedules.ts'
import { createDemoData } from './demo/seed.ts'
import { addShiftEvents } from './demo/shift-events.ts'
import { addSignIn } from './demo/sign-in.ts'

export interface DemoApi {
  /** An origin: the paths of `examples/shiftwork/openapi.yaml` begin with `/api`. */
  readonly baseUrl: string
  /** The bearer token that a request needs; new at every start. */
  readonly token: string
  close(): Promise<void>
}

export interface DemoOptions {
  /** The present moment in milliseconds; the schedules are in its week. */
  readonly now?: () => number
}

const routes = [
  addCompany,
  addPeople,
  addPlaces,
  addScheduleReads,
  addScheduleWrites,
  addShiftEvents,
  addKiosk,
  addSandboxRoutes,
  addSignIn,
  addCalendar
]

/** What needs no credential: the kiosk asks its questions before anybody has signed in. */
const publicPaths: ReadonlySet<string> = new Set(['/api/ping', '/api/kiosk/:companyId/questions'])

/** Starts the scheduling API of `examples/shiftwork/openapi.yaml` in memory, on a loopback port. */
export async function startDemoApi({ now = Date.now }: DemoOptions = {}): Promise<DemoApi> {
  const token = randomBytes(24).toString('base64url')
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 300 },
    ajv: { customOptions: { removeAdditional: false } }
  })
  addRefusals(app, token)
  const data = createDemoData(now)
  await app.register(
    async (api) => {
      api.get('/ping', async () => ({
        message: 'pong - server is running',
        timestamp: new Date(now()).toISOString()
      }))
      for (const add of routes) add(api, data)
    },
    { prefix: '/api' }
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return Object.freeze({
    baseUrl: `http://127.0.0.1:${port}`,
    token,
    close: async () => {
      await app.close()
    }
  })
}

function addRefusals(app: FastifyInstance, token: string): void {
  const expected = digest(`Bearer ${token}`)
  app.addHook('onRequest', async (request, reply) => {
    if (publicPaths.has(request.routeOptions.url ?? '')) return
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return
    reply.header('www-authenticate', 'Bearer')
    return sendProblem(reply, 401, 'The bearer token is missing or wrong')
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'No such resource'))
  app.setErrorHandler((error: FastifyError & { fields?: object }, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) return sendProblem(reply, 500, 'Internal error')
    if (!error.validation) return sendProblem(reply, status, error.message, error.fields)
    return sendProblem(reply, status, 'The request is not valid', { detail: error.message })
  })
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

/** Problem details, RFC 9457. */
function sendProblem(reply: FastifyReply, status: number, title: string, fields: object = {}) {
  const slug = (STATUS_CODES[status] ?? 'error').toLowerCase().replace(/\W+/g, '-')
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: `urn:shiftwork:${slug}`, title, status, ...fields })
}
