import type { Audit } from './audit.ts'
import { auditContext } from './audit.ts'
import { callerKey } from './caller-key.ts'
import { Refusal } from './errors.ts'
import type { Limiter } from './limit.ts'
import type { Slots } from './slots.ts'
import type { CallContext, Rate } from './types.ts'

/** What the dispatcher enforces. */
export interface Policy {
  readonly limits: {
    readonly enabled: boolean
    /** For methods without a rate of their own. */
    readonly other: Rate
    readonly methods: ReadonlyMap<string, Rate>
    /** Per tool and principal. */
    readonly tools: ReadonlyMap<string, Rate>
  }
  readonly limiter: Limiter
  readonly slots: Slots
  readonly callTimeoutMs: number
  readonly maxResultBytes: number
  readonly maxResourceBytes: number
  /** Which resource URIs may be read at all. */
  readonly allowsResource: (uri: string) => boolean
  readonly audit: Audit
}

/** Charges the caller for a method; returns 0 or the milliseconds to wait. */
export function chargeMethod(policy: Policy, method: string, ctx: CallContext): number {
  if (!policy.limits.enabled) return 0
  const rate = policy.limits.methods.get(method) ?? policy.limits.other
  return policy.limiter.take(`${callerKey(ctx)} method:${method}`, rate)
}

/** Charges the caller for a tool that has a rate of its own. */
export function chargeTool(
  policy: Policy,
  tool: { readonly name: string; readonly limit?: Rate },
  ctx: CallContext
): number {
  const rate = policy.limits.tools.get(tool.name) ?? tool.limit
  if (!policy.limits.enabled || !rate) return 0
  return policy.limiter.take(`${callerKey(ctx)} tool:${tool.name}`, rate)
}

/** Charges a method whose refusal is a JSON-RPC error; throws it, with one audit line. */
export function chargeOrRefuse(policy: Policy, method: string, ctx: CallContext): void {
  const retryAfterMs = chargeMethod(policy, method, ctx)
  if (retryAfterMs === 0) return
  policy.audit.record({ event: 'RATE_LIMITED', outcome: 'limited', method, ...auditContext(ctx) })
  throw new Refusal('limited', { data: { retryAfterMs } })
}
