import {
  classifyInboundRequest,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  PROTOCOL_VERSION_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS
} from '@modelcontextprotocol/server'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import { isRecord } from '../../../src/json.ts'
import { createBareContext } from '../../call-context.ts'
import type { Mcp } from '../../mcp.ts'
import { countUndispatched, findParamFault, isDispatched } from '../../params.ts'
import { isModernRevision } from '../../revisions.ts'
import { readCaller } from '../edge/caller.ts'

/** A batch of the revision 2025-03-26. */
const maxBatch = 20

/** The body decides the era; only without a claim there do headers count. */
export function isModernRequest({ body, headers, method }: FastifyRequest): boolean {
  const meta = isRecord(body) && isRecord(body.params) ? body.params._meta : undefined
  if (isRecord(meta) && PROTOCOL_VERSION_META_KEY in meta) return true
  const version = headers['mcp-protocol-version']
  if (!isCall(body)) return isModernRevision(version)
  const outcome = classifyInboundRequest({
    httpMethod: method,
    body,
    ...(typeof version === 'string' && { protocolVersionHeader: version })
  })
  return outcome.kind !== 'legacy'
}

/**
 * Refuses what the SDK would refuse in words of its own, without a limit and unseen: bodies that
 * are no JSON-RPC, and parameters that no method could take.
 */
export function screenBody(request: FastifyRequest, isModern: boolean, mcp: Mcp): void {
  const { body } = request
  const messages = Array.isArray(body) && !isModern ? body : [body]
  const isBatchSize = messages.length > 0 && messages.length <= maxBatch
  if (!isBatchSize || !messages.every(isModern ? isCall : isMessage)) {
    throw new Refusal('invalid_request')
  }
  if (!isModern) screenLegacy(request)
  for (const message of messages) {
    if (isJSONRPCRequest(message)) screenParams(request, message, isModern, mcp)
  }
}

/** Counts what was answered without the dispatcher. */
export function countAnswered({ body }: FastifyRequest, isModern: boolean, { metrics }: Mcp): void {
  for (const message of Array.isArray(body) ? body : [body]) {
    if (isJSONRPCRequest(message)) countUndispatched(metrics, message.method, isModern)
  }
}

/** What only a 2025-era request can get wrong. */
function screenLegacy({ body, headers }: FastifyRequest): void {
  const isInitialize = isRecord(body) && body.method === 'initialize'
  if (isInitialize && headers['mcp-session-id'] !== undefined) {
    throw new Refusal('invalid_request', { detail: 'This session has been initialized before.' })
  }
  if (!isInitialize) screenVersion({ headers })
}

/** Refuses a revision in the header that is none of the 2025 era. */
export function screenVersion({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const version = headers['mcp-protocol-version']
  if (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version))) return
  const detail = `MCP-Protocol-Version is none of ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')}.`
  throw new Refusal('invalid_request', { detail })
}

function screenParams(
  request: FastifyRequest,
  { method, params }: { readonly method: string; readonly params?: unknown },
  isModern: boolean,
  { dispatcher, log }: Mcp
): void {
  const ctx = createBareContext(readCaller(request), log)
  if (!isDispatched(method)) dispatcher.chargeUnknown(method, ctx)
  const fault = findParamFault(method, params, isModern)
  if (fault !== undefined) throw dispatcher.refuseMalformed(method, params, fault, ctx)
  // As an HTTP status, which is what makes a client ask for more scopes; the SDK's would be 200.
  const refusal = dispatcher.challengeScopes(method, params, ctx)
  if (refusal) throw refusal
}

/** What a client may send in 2026-07-28. */
function isCall(message: unknown): boolean {
  return isJSONRPCRequest(message) || isJSONRPCNotification(message)
}

/** The 2025 revisions add answers to our questions. */
export function isMessage(message: unknown): boolean {
  return isCall(message) || isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)
}
