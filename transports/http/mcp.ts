import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal, toRefusal } from '../../src/errors.ts'
import { describeError } from '../../src/log.ts'
import type { Config } from '../../src/settings.ts'
import type { Mcp } from '../mcp.ts'
import { revisions } from '../revisions.ts'
import { visitorOf } from './edge/caller.ts'
import { onceGone } from './edge/gone.ts'
import type { Refuse } from './edge/refuse.ts'
import type { Lanes } from './lanes/lanes.ts'
import { sessionIdOf } from './lanes/legacy-lane.ts'
import { acceptsEventStream, sendResponse } from './lanes/web.ts'
import { type SsePost, ssePath } from './sse/routes.ts'
import { endWithCredential, isLastingStream } from './streams/lasting-stream.ts'
import type { WebSockets } from './websocket/routes.ts'

export interface McpRouteOptions {
  readonly mcp: Mcp
  readonly lanes: Lanes
  readonly config: Config
  readonly refuse: Refuse
  readonly ssePost?: SsePost
  readonly webSockets?: WebSockets
}

const allowed = 'GET, POST, DELETE, OPTIONS'

/** The MCP endpoint: POST in three lanes, GET and DELETE for 2025-era sessions, GET for people. */
export function addMcpRoutes(app: FastifyInstance, options: McpRouteOptions): void {
  const { mcp, lanes, config, refuse, ssePost, webSockets } = options
  const url = config.http.path

  /** Sends what `work` makes, unless it has sent that itself, or its refusal. */
  async function guard(
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<Response | undefined>
  ): Promise<void> {
    try {
      const answer = await work()
      const sessionId = answer?.headers.get('mcp-session-id') ?? sessionIdOf(request)
      onceGone(request, reply, lanes.sessions.hold(sessionId, visitorOf(request)))
      if (isLastingStream(request)) endWithCredential(request, reply)
      if (answer) await sendResponse(reply, answer)
    } catch (error) {
      if (!(error instanceof Refusal)) {
        mcp.log.error('request failed', { request_id: request.id, error: describeError(error) })
      }
      refuse(request, reply, toRefusal(error, request.id))
    }
  }

  /**
   * For routes to return nothing: a reply that is awaited until its end costs Fastify a second set
   * of listeners, which each idle stream would hold.
   */
  function start(...call: Parameters<typeof guard>): void {
    const [, reply] = call
    guard(...call).catch((error: unknown) => reply.send(error))
  }

  app.post(url, (request, reply) => {
    const accepted = ssePost?.(request, reply)
    if (accepted) return accepted
    const call = lanes.native.read(request)
    if (!call) return start(request, reply, () => lanes.post(request, reply))
    return lanes.native.serve(call, request, reply, async (question) => {
      await guard(request, reply, () => lanes.ask(request, reply, question))
      return reply
    })
  })

  // An upgrade is never public, whatever else it asks for.
  const isInfo = (request: FastifyRequest): boolean => !request.ws && !acceptsEventStream(request)
  app.route({
    method: 'GET',
    url,
    config: { isPublic: (request) => config.http.infoPublic && isInfo(request) },
    ...(webSockets && { preHandler: webSockets.admit, wsHandler: webSockets.serve }),
    handler(request, reply) {
      if (isInfo(request)) return reply.send(describeServer(mcp.version, config))
      return start(request, reply, async () => {
        const sessionId = sessionIdOf(request)
        if (sessionId === undefined) throw new Refusal('session_missing')
        return lanes.listen(request, reply, sessionId)
      })
    }
  })

  app.delete(url, (request, reply) => {
    const sessionId = sessionIdOf(request)
    if (sessionId === undefined) return refuseMethod(request, reply)
    return start(request, reply, () => lanes.end(request, sessionId))
  })

  app.route({ method: ['PUT', 'PATCH', 'HEAD'], url, handler: refuseMethod })

  function refuseMethod(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return refuse(request, reply.header('allow', allowed), new Refusal('method_not_allowed'))
  }
}

function describeServer(version: string, { auth, http, sse }: Config): object {
  const stream = sse.enabled ? { sse: ssePath(http.path) } : {}
  return {
    name: 'portcullis',
    version,
    protocolVersions: revisions,
    endpoints: { mcp: http.path, ...stream, health: '/health', ready: '/ready' },
    authentication: auth.required ? 'required' : 'off'
  }
}
