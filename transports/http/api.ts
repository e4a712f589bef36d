import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../src/errors.ts'
import { isRecord } from '../../src/json.ts'
import { describeError } from '../../src/log.ts'
import type { Registry } from '../../src/registry.ts'
import type { Config } from '../../src/settings.ts'
import type { Mcp } from '../mcp.ts'
import type { Refuse } from './edge/refuse.ts'
import {
  type Call,
  contextOf,
  createCall,
  now,
  refuseCall,
  sendError,
  sendJson
} from './rest/api-call.ts'
import { type DirectRoute, directRoutes, readArguments } from './rest/api-direct.ts'
import { createApiDocument } from './rest/api-document.ts'
import { describeParameters } from './rest/api-schema.ts'

export interface ApiOptions {
  readonly mcp: Mcp
  readonly registry: Registry
  readonly config: Config
  readonly refuse: Refuse
}

/** The same tools for clients that speak plain HTTP: same dispatcher, same limits, same audit. */
export async function addApiRoutes(app: FastifyInstance, options: ApiOptions): Promise<void> {
  const { mcp, registry, config, refuse } = options
  const call = createCall(mcp)
  const describe = createApiDocument({ version: mcp.version, needsKey: config.auth.required })
  // A scope of its own, so that its words for errors stay with it.
  await app.register(async (api) => {
    api.setErrorHandler(createErrorHandler(mcp, refuse))
    api.route({
      method: ['GET', 'POST'],
      url: '/ping',
      config: { isPublic: () => true },
      handler: (_request, reply) =>
        sendJson(reply, { message: 'pong - server is running', timestamp: now() })
    })
    api.get('/openapi.json', async (request, reply) => {
      const ctx = contextOf(request, reply, mcp)
      const text = await mcp.dispatcher.serve('tools/list', ctx, () =>
        describe(registry.view(request.principal))
      )
      return reply.type('application/json; charset=utf-8').send(text)
    })
    api.get('/api/tools', async (request, reply) => {
      const ctx = contextOf(request, reply, mcp)
      const tools = await mcp.dispatcher.serve('tools/list', ctx, () =>
        [...registry.view(request.principal).listed.values()].map(
          ({ name, description, inputSchema }) => ({
            name,
            description,
            parameters: describeParameters(inputSchema)
          })
        )
      )
      return sendJson(reply, { tools, total_tools: tools.length, timestamp: now() })
    })
    addCallRoutes(api, mcp, call)
    for (const route of directRoutes) addDirectRoute(api, route, call)
  })
}

function addCallRoutes(api: FastifyInstance, mcp: Mcp, call: Call): void {
  api.post('/api/tools/execute', (request, reply) => {
    const body = isRecord(request.body) ? request.body : {}
    const name = body.tool_name ?? body.name
    if (typeof name !== 'string' || name === '') {
      return refuseCall(request, reply, mcp, 'tool_name is required')
    }
    const present = (result: unknown) => ({ tool_name: name, result, timestamp: now() })
    return call(request, reply, name, body.arguments, present)
  })
  api.post<{ Params: { name: string } }>('/api/tools/:name', (request, reply) =>
    call(request, reply, request.params.name, request.body)
  )
}

function addDirectRoute(api: FastifyInstance, route: DirectRoute, call: Call): void {
  const { method, url, tool } = route
  api.route({
    method,
    url,
    handler: (request, reply) =>
      call(request, reply, tool, method === 'POST' ? request.body : readArguments(route, request))
  })
}

type Failure = FastifyError | Refusal

function createErrorHandler({ log }: Mcp, refuse: Refuse) {
  return (error: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof Refusal) {
      if (error.kind === 'parse') return sendError(reply, 400, 'Invalid JSON in request body')
      if (error.status >= 400 && error.kind !== 'internal') return refuse(request, reply, error)
      // Fastify's own complaints; the server has words for them.
    } else if (error.statusCode !== undefined && error.statusCode < 500) throw error
    log.error('request failed', { request_id: request.id, error: describeError(error) })
    return sendError(reply, 500, 'Internal server error')
  }
}
