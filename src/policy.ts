import type { Audit } from './audit.ts'
import { auditContext } from './audit.ts'
import { monotonicClock } from './clock.ts'
import { codeOf, Refusal, toRefusal } from './errors.ts'
import { callerKey } from './identity/caller-key.ts'
import type { Limiter, SharedLimiter } from './limit.ts'
import type { Slots } from './limits/slots.ts'
import type { Metrics } from './metrics.ts'
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
  /** Counts what is dispatched, perhaps for several instances. */
  readonly limiter: SharedLimiter
  /** Counts, in this process alone, what is refused before it is dispatched. */
  readonly ownLimiter: Limiter
  readonly slots: Slots
  readonly callTimeoutMs: number
  readonly maxResultBytes: number
  readonly maxResourceBytes: number
  /** Which resource URIs may be read at all. */
  readonly allowsResource: (uri: string) => boolean
  readonly audit: Audit
  readonly metrics: Metrics
}

/** Charges the caller for a method; returns 0 or the milliseconds to wait. */
export function chargeMethod(
  policy: Policy,
  method: string,
  ctx: CallContext
): number | Promise<number> {
  return chargeWith(policy.limiter, policy, method, ctx)
}

/** `chargeMethod` for a request that is not dispatched: unknown or malformed. */
export function chargeUndispatched(policy: Policy, method: string, ctx: CallContext): number {
  return chargeWith(policy.ownLimiter, policy, method, ctx)
}

function chargeWith<T extends number | Promise<number>>(
  limiter: { take(key: string, rate: Rate): T },
  { limits }: Policy,
  method: string,
  ctx: CallContext
): T | 0 {
  if (!limits.enabled) return 0
  const rate = limits.methods.get(method) ?? limits.other
  return limiter.take(`${callerKey(ctx)} method:${method}`, rate)
}

/** Charges the caller for a tool that has a rate of its own. */
export function chargeTool(
  policy: Policy,
  tool: { readonly name: string; readonly limit?: Rate },
  ctx: CallContext
): number | Promise<number> {
  const rate = policy.limits.tools.get(tool.name) ?? tool.limit
  if (!policy.limits.enabled || !rate) return 0
  return policy.limiter.take(`${callerKey(ctx)} tool:${tool.name}`, rate)
}

/**
 * Charges a method whose refusal is a JSON-RPC error, and does its work. Throws the refusal, with
 * one audit line.
 */
export async function serveCharged<T>(
  policy: Policy,
  method: string,
  ctx: CallContext,
  work: () => T | Promise<T>
): Promise<T> {
  const startedMs = monotonicClock()
  let errorCode: number | undefined
  try {
    refuseAfter(await chargeMethod(policy, method, ctx), policy, method, ctx)
    return await work()
  } catch (error) {
    errorCode = toRefusal(error, ctx.requestId).code
    throw error
  } finally {
    policy.metrics.countRequest(method, errorCode, monotonicClock() - startedMs)
  }
}

/** Charges a method that nobody here knows; throws the refusal at once, with one audit line. */
export function chargeUnknown(policy: Policy, method: string, ctx: CallContext): void {
  const retryAfterMs = chargeUndispatched(policy, 'other', ctx)
  if (retryAfterMs > 0) policy.metrics.countRequest(method, codeOf('limited'))
  refuseAfter(retryAfterMs, policy, 'other', ctx)
}

function refuseAfter(retryAfterMs: number, policy: Policy, method: string, ctx: CallContext): void {
  if (retryAfterMs === 0) return
  policy.metrics.countLimited('method')
  policy.audit.record({ event: 'RATE_LIMITED', outcome: 'limited', method, ...auditContext(ctx) })
  throw new Refusal('limited', { data: { retryAfterMs } })
}

/** Throws a Refusal, counted as one, while no audit line can be written and `audit.required`. */
export function demandAudit({ audit, metrics }: Policy, method: string): void {
  try {
    audit.demand()
  } catch (error) {
    metrics.countRequest(method, codeOf('unrecorded'))
    throw error
  }
}

/** Counts a request once its audit line is written; a result that is withheld counts as refused. */
export async function countRecorded(
  { audit, metrics }: Policy,
  method: string,
  errorCode: number | undefined,
  elapsedMs: number
): Promise<void> {
  try {
    await audit.written()
  } catch (error) {
    metrics.countRequest(method, codeOf('unrecorded'), elapsedMs)
    throw error
  }
  metrics.countRequest(method, errorCode, elapsedMs)
}
