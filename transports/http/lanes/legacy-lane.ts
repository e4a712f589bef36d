import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRecord } from '../../../src/json.ts'
import { describeError } from '../../../src/log.ts'
import type { Config } from '../../../src/settings.ts'
import { createServerFactory, type Mcp } from '../../mcp.ts'
import { callerOf, toAuthInfo, visitorOf } from '../edge/caller.ts'
import { onceGone, untilGone } from '../edge/gone.ts'
import { createSessions, requestIds, type Sessions } from '../sessions.ts'
import type { Room } from '../streams/room.ts'
import { abandon, addPost, trackInFlight } from './in-flight.ts'
import { screenVersion } from './screen.ts'
import { createUnanswered } from './unanswered.ts'
import { acceptsEventStream, toWebRequest } from './web.ts'

/** The 2025 revisions: in a session for those who open one, else one server for one exchange. */
export interface LegacyLane {
  readonly sessions: Sessions
  serve(request: FastifyRequest, reply: FastifyReply): Promise<Response>
  /** GET of a session: its stream, which is sent, or what is left of an answer that was cut off. */
  listen(
    request: FastifyRequest,
    reply: FastifyReply,
    sessionId: string
  ): Promise<Response | undefined>
  /** DELETE of a session. */
  end(request: FastifyRequest, sessionId: string): Promise<Response>
  close(): Promise<void>
}

export interface LegacyLaneOptions {
  readonly mcp: Mcp
  readonly config: Config
  readonly room: Room
}

export function createLegacyLane({ mcp, config, room }: LegacyLaneOptions): LegacyLane {
  const { log } = mcp
  const { idleMs, heartbeatMs } = config.sessions
  const createServer = createServerFactory(mcp, { isConnection: false, callerOf })
  const factory = createServerFactory(mcp, { isConnection: true, callerOf })
  const sessions = createSessions({ factory, idleMs, heartbeatMs, room, log })
  const unanswered = createUnanswered()

  async function serveOnce(request: FastifyRequest, reply: FastifyReply): Promise<Response> {
    const authInfo = toAuthInfo(request)
    const transport = new WebStandardStreamableHTTPServerTransport({
      enableJsonResponse: !acceptsEventStream(request)
    })
    const server = createServer({ era: 'legacy', authInfo })
    const inFlight = trackInFlight(transport)
    addPost(inFlight, requestIds(request.body))
    await server.connect(transport)
    unanswered.add(request, reply, () => abandon({ transport, inFlight }))
    const close = (): void => {
      server.close().catch((error: unknown) => log.debug('mcp', { error: describeError(error) }))
    }
    // Closing aborts what still runs, so it serves the disconnect as well as the end.
    untilGone(request, reply, close)
    onceGone(request, reply, close)
    return transport.handleRequest(toWebRequest(request), { authInfo, parsedBody: request.body })
  }

  /** A request without a body. */
  function inSession(request: FastifyRequest, sessionId: string): Promise<Response> {
    return sessions.serve(sessionId, {
      ...visitorOf(request),
      request: toWebRequest(request),
      authInfo: toAuthInfo(request)
    })
  }

  return Object.freeze({
    sessions,
    async serve(request: FastifyRequest, reply: FastifyReply) {
      const { body } = request
      const sessionId = sessionIdOf(request)
      const isInitialize = isRecord(body) && body.method === 'initialize'
      if (sessionId === undefined && !isInitialize) return serveOnce(request, reply)
      const authInfo = toAuthInfo(request, { canBeAsked: true })
      const web = toWebRequest(request)
      const call = { ...visitorOf(request), request: web, authInfo, parsedBody: body }
      return sessionId === undefined ? sessions.open(call) : sessions.serve(sessionId, call)
    },
    async listen(request: FastifyRequest, reply: FastifyReply, sessionId: string) {
      screenVersion(request)
      const lastEventId = request.headers['last-event-id']?.toString()
      const isSent = sessions.listen(sessionId, visitorOf(request), reply, lastEventId)
      return isSent ? undefined : inSession(request, sessionId)
    },
    end: inSession,
    async close() {
      await unanswered.abandon()
      await sessions.close()
    }
  })
}

/** The session that a request names; one header of the 2025 revisions. */
export function sessionIdOf(request: FastifyRequest): string | undefined {
  const value = request.headers['mcp-session-id']
  return typeof value === 'string' ? value : undefined
}
