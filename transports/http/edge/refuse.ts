import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Refusal, RefusalKind } from '../../../src/errors.ts'
import { isRecord } from '../../../src/json.ts'
import type { Metrics } from '../../../src/metrics.ts'
import { isModernRevision } from '../../revisions.ts'
import { pathOf } from '../lanes/web.ts'
import type { Challenge } from './challenge.ts'

/** Sends a refusal: as a JSON-RPC error on the MCP path, as `{ error, timestamp }` elsewhere. */
export type Refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal
) => FastifyReply

/** What the dispatcher has refused, and counted. */
const counted: ReadonlySet<RefusalKind> = new Set([
  'limited',
  'invalid_params',
  'insufficient_scope'
])

export function createRefuse(mcpPath: string, challenge: Challenge, metrics: Metrics): Refuse {
  return (request, reply, refusal) => {
    const isMcp = pathOf(request) === mcpPath
    if (isMcp && request.method === 'POST' && !counted.has(refusal.kind)) {
      metrics.countRequest(methodOf(request), refusal.code)
    }
    const challenged = challenge(request, refusal)
    if (challenged !== undefined) reply.header('www-authenticate', challenged)
    const { retryAfterMs, ...others } = refusal.data ?? {}
    const status = statusOf(refusal, isMcp)
    // Inside the protocol the header would go unread.
    const data = status === 200 ? (refusal.data ?? {}) : others
    if (typeof retryAfterMs === 'number') {
      reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000)))
    }
    reply.code(status).header('content-type', 'application/json; charset=utf-8')
    return reply.send(
      isMcp
        ? JSON.stringify(toJsonRpc(request, refusal, data))
        : JSON.stringify({ error: textOf(refusal), timestamp: new Date().toISOString() })
    )
  }
}

/** On the MCP path a caller's own rate is the protocol's matter, not HTTP's. */
function statusOf({ kind, status }: Refusal, isMcp: boolean): number {
  return isMcp && kind === 'limited' ? 200 : status
}

/** As far as the body was read. */
function methodOf({ body }: FastifyRequest): string {
  return isRecord(body) ? String(body.method) : ''
}

/** Clients of the former scheduling server compare this one text; the header says what to send. */
function textOf({ kind, message }: Refusal): string {
  return kind === 'unauthorized' ? 'Unauthorized' : message
}

function toJsonRpc(request: FastifyRequest, refusal: Refusal, data: object): object {
  const { code, message } = refusal
  const error = { code, message, ...(Object.keys(data).length > 0 && { data }) }
  return { jsonrpc: '2.0', ...readId(request), error }
}

/** The id when the body was read; otherwise null in the 2025 revisions and absent in 2026-07-28. */
function readId(request: FastifyRequest): { id?: string | number | null } {
  const { body } = request
  // The id of an answer belongs to a question of ours.
  const isAnswer = isRecord(body) && ('result' in body || 'error' in body)
  const id = isRecord(body) && !isAnswer ? body.id : undefined
  if (typeof id === 'string' || typeof id === 'number') return { id }
  return isModernRevision(request.headers['mcp-protocol-version']) ? {} : { id: null }
}
