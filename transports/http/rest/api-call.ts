import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RefusedTool } from '../../../src/call/call-tool.ts'
import { Refusal } from '../../../src/errors.ts'
import { isRecord } from '../../../src/json.ts'
import { readTrace } from '../../../src/trace.ts'
import type { CallResult, DispatchContext, Outcome, ToolResult } from '../../../src/types.ts'
import { createBareContext } from '../../call-context.ts'
import type { Mcp } from '../../mcp.ts'
import { readCaller } from '../edge/caller.ts'
import { stopOnDisconnect } from '../lanes/web.ts'

/** Calls a tool and answers with its result, or with what `present` makes of it. */
export type Call = (
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  args: unknown,
  present?: (result: unknown) => unknown
) => Promise<FastifyReply>

const statuses: Readonly<Record<Exclude<Outcome, 'ok'>, number>> = {
  unknown: 404,
  // As unknown: a caller cannot probe for names.
  forbidden: 404,
  limited: 429,
  invalid: 400,
  timeout: 504,
  cancelled: 499,
  failed: 502,
  too_large: 502,
  busy: 503
}

export function createCall(mcp: Mcp): Call {
  return async (request, reply, name, args, present = (result) => result) => {
    if (!isRecord(args ?? {})) {
      return refuseCall(request, reply, mcp, 'The arguments must be a JSON object.', name)
    }
    const ctx = contextOf(request, reply, mcp)
    const executed = await mcp.dispatcher.executeTool(name, args ?? {}, ctx)
    if ('refusal' in executed) return refuseTool(reply, executed)
    const { outcome, result } = executed
    // Only a caller that can be asked gets a question as its result.
    if (!isCallResult(result)) throw new Refusal('internal')
    if (outcome !== 'ok') return sendFailure(reply, outcome, result)
    return sendJson(reply, present(readResult(result)))
  }
}

function refuseTool(reply: FastifyReply, { outcome, name, refusal }: RefusedTool): FastifyReply {
  if (refusal.kind !== 'unknown_tool') throw refusal
  return sendError(reply, statuses[outcome], `Unknown tool: ${name.slice(0, 64)}`)
}

function sendFailure(
  reply: FastifyReply,
  outcome: keyof typeof statuses,
  result: CallResult
): FastifyReply {
  const retryAfterMs = result._meta?.['portcullis/retryAfterMs']
  if (typeof retryAfterMs === 'number') {
    reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000)))
  }
  return sendError(reply, statuses[outcome], textOf(result))
}

/** A call without a shape is charged and recorded, as on the MCP path. */
export async function refuseCall(
  request: FastifyRequest,
  reply: FastifyReply,
  mcp: Mcp,
  fault: string,
  name?: string
): Promise<FastifyReply> {
  const ctx = contextOf(request, reply, mcp)
  const refusal = mcp.dispatcher.refuseMalformed('tools/call', { name }, fault, ctx)
  if (refusal.kind === 'limited') throw refusal
  return sendError(reply, 400, fault)
}

export function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { log }: Mcp
): DispatchContext {
  const caller = { ...readCaller(request), ...readTrace(request.headers.traceparent) }
  return createBareContext(caller, log, stopOnDisconnect(request, reply))
}

function isCallResult(result: ToolResult): result is CallResult {
  return 'content' in result
}

/** The structured value; else the text, parsed when it is JSON; blocks of other kinds as they are. */
function readResult(result: CallResult): unknown {
  if (result.structuredContent) return result.structuredContent
  if (result.content.some(({ type }) => type !== 'text')) return result.content
  const text = textOf(result)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function textOf({ content }: CallResult): string {
  return content.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])).join('\n')
}

export function sendError(reply: FastifyReply, status: number, error: string): FastifyReply {
  return sendJson(reply.code(status), { error, timestamp: now() })
}

/** Through `stringify`, so that a text is JSON, too. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value))
}

export function now(): string {
  return new Date().toISOString()
}
