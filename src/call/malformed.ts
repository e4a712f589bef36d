import { auditEvents } from '../audit/events.ts'
import { auditContext } from '../audit.ts'
import { Refusal } from '../errors.ts'
import { isRecord } from '../json.ts'
import { chargeUndispatched, type Policy } from '../policy.ts'
import type { Registry } from '../registry.ts'
import type { CallContext } from '../types.ts'

/** A request whose parameters no method could take. */
interface Malformed {
  readonly method: string
  readonly params: unknown
  readonly fault: string
}

/**
 * Limits and records a request that cannot even be dispatched, so that malformed calls are neither
 * free nor unseen. Returns what the client is told.
 */
export function refuseMalformed(
  registry: Registry,
  policy: Policy,
  { method, params, fault }: Malformed,
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
  const refusal =
    retryAfterMs > 0
      ? new Refusal('limited', { data: { retryAfterMs } })
      : new Refusal('invalid_params', { detail: fault })
  if (retryAfterMs > 0) policy.metrics.countLimited('method')
  policy.metrics.countRequest(method, refusal.code)
  if (method === 'tools/call') {
    const isKnown = typeof tool === 'string' && registry.tools.has(tool)
    policy.metrics.countToolCall(isKnown ? tool : undefined, outcome)
  }
  return refusal
}
