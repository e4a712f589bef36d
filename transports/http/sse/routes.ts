import { isJSONRPCRequest } from '@modelcontextprotocol/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import { type Caller, createBareContext } from '../../call-context.ts'
import type { Mcp } from '../../mcp.ts'
import { readCaller } from '../edge/caller.ts'
import { isMessage } from '../lanes/screen.ts'
import { sendResponse } from '../lanes/web.ts'
import { endWithCredential } from '../streams/lasting-stream.ts'
import type { SseSessions } from './sessions.ts'

/** Serves a POST that names a session of the revision 2024-11-05; undefined for every other one. */
export type SsePost = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined

/** Where the streams of 2024-11-05 clients are, below the path of the endpoint. */
export const ssePath = (mcpPath: string): string => `${mcpPath}/sse`

/** The stream of the revision 2024-11-05: its first event says where to post, the others answer. */
export function addSseRoutes(app: FastifyInstance, path: string, sessions: SseSessions): void {
  app.get(ssePath(path), (request, reply) => {
    // A client that comes back goes on where it was; anybody else begins anew.
    const known = sessions.find(request, request.headers['x-session-id'])
    const session = known ?? sessions.open(request)
    const body = session.stream(`event: endpoint\ndata: ${path}?sessionId=${session.id}\n\n`)
    endWithCredential(request, reply)
    // nginx would hold the events back otherwise.
    reply.headers({ 'x-session-id': session.id, 'x-accel-buffering': 'no' })
    return sendResponse(
      reply,
      new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    )
  })
}

export function createSsePost(mcp: Mcp, sessions: SseSessions): SsePost {
  return (request, reply) => {
    const { sessionId } = request.query as Readonly<Record<string, unknown>>
    if (sessionId === undefined) return undefined
    // Knowing the id of a session is not being its owner.
    const session = sessions.find(request, sessionId)
    if (!session) throw new Refusal('session_unknown')
    const { body } = request
    if (!isMessage(body)) throw new Refusal('invalid_request')
    const caller: Caller = { ...readCaller(request), transport: 'sse', canBeAsked: true }
    if (isJSONRPCRequest(body)) {
      if (session.connection.isInFlight(body.id)) throw new Refusal('duplicate_id')
      // As an HTTP status, which is what makes a client ask for more scopes.
      const ctx = createBareContext(caller, mcp.log)
      const refusal = mcp.dispatcher.challengeScopes(body.method, body.params, ctx)
      if (refusal) throw refusal
    }
    session.touch()
    session.connection.accept(body, caller)
    return reply.code(202).send()
  }
}
