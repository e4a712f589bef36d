import { type AuditEventName, auditContext } from './audit.ts'
import { Refusal } from './errors.ts'
import { isRecord } from './json.ts'
import { chargeUndispatched, type Policy } from './policy.ts'
import type { CallContext } from './types.ts'

/** What the audit calls each method that has a record of its own. */
export const auditEvents: ReadonlyMap<string, AuditEventName> = new Map([
  ['tools/call', 'TOOL_EXECUTE'],
  ['resources/read', 'RESOURCE_READ'],
  ['prompts/get', 'PROMPT_GET']
])

/**
 * Limits and records a request that cannot even be dispatched, so that malformed calls are neither
 * free nor unseen. Returns what the client is told.
 */
export function refuseMalformed(
  policy: Policy,
  method: string,
  params: unknown,
  fault: string,
  ctx: CallContext
): Refusal {
  const retryAfterMs = chargeUndispatched(policy, method, ctx)
  const outcome = retryAfterMs > 0 ? 'limited' : 'invalid'
  const event = auditEvents.get(method)
  const tool = method === 'tools/call' && isRecord(params) ? params.name : undefined
  if (event) {
    policy.audit.record({
      event,
      outcome,
      ...auditContext(ctx),
      method,
      ...(typeof tool === 'string' && { tool }),
      bytesOut: 0
    })
    // Nobody waits here, and the answer goes out with this turn.
    policy.audit.flush()
  }
  return retryAfterMs > 0
    ? new Refusal('limited', { data: { retryAfterMs } })
    : new Refusal('invalid_params', { detail: fault })
}
