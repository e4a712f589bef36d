import { type AuditEventName, auditContext } from '../audit.ts'
import { monotonicClock } from '../clock.ts'
import { isToolError } from '../define-tool.ts'
import { Refusal } from '../errors.ts'
import { chargeMethod, countRecorded, demandAudit, type Policy } from '../policy.ts'
import type { CallContext, DispatchContext, InputRequired, Outcome } from '../types.ts'
import { converse } from './converse.ts'
import { logFailure, runGuarded, type Settled } from './run.ts'

/** A request whose refusals are JSON-RPC errors: reading a resource or getting a prompt. */
export interface Reading<T extends object> {
  readonly method: string
  readonly event: AuditEventName
  readonly args: unknown
  readonly maxBytes: number
  /** What the client is told when the thing is unknown, or hidden from it. */
  readonly unknown: Refusal
  /** Finds the work, or says why there is none. May throw a Refusal for wrong parameters. */
  find(): Work<T> | 'unknown' | 'forbidden'
}

type Work<T> = (ctx: CallContext) => T | InputRequired | Promise<T | InputRequired>

interface Ended<T> {
  readonly outcome: Outcome
  readonly result?: T | InputRequired
  readonly bytes?: number
  readonly refusal?: Refusal
}

/** Limits, runs and audits a reading. Throws a Refusal unless it succeeds. */
export async function readGuarded<T extends object>(
  policy: Policy,
  reading: Reading<T>,
  ctx: DispatchContext
): Promise<T | InputRequired> {
  demandAudit(policy, reading.method)
  const startedMs = monotonicClock()
  const ended = await decide(policy, reading, ctx).catch((error: unknown): Ended<T> => {
    // A result that cannot be read or serialised must not cost the audit line.
    logFailure(ctx, reading.method, error)
    return refuseWith(
      'failed',
      new Refusal('internal', { detail: `Request id: ${ctx.requestId}.` })
    )
  })
  const elapsedMs = monotonicClock() - startedMs
  policy.audit.record({
    event: reading.event,
    outcome: ended.outcome,
    ...auditContext(ctx),
    method: reading.method,
    args: reading.args,
    bytesOut: ended.bytes ?? 0,
    durationMs: Math.round(elapsedMs * 1000) / 1000
  })
  const refusal = ended.result === undefined ? (ended.refusal ?? reading.unknown) : undefined
  await countRecorded(policy, reading.method, refusal?.code, elapsedMs)
  if (ended.result !== undefined) return ended.result
  throw refusal
}

async function decide<T extends object>(
  policy: Policy,
  reading: Reading<T>,
  ctx: DispatchContext
): Promise<Ended<T>> {
  const retryAfterMs = await chargeMethod(policy, reading.method, ctx)
  if (retryAfterMs > 0) {
    policy.metrics.countLimited('method')
    return refuseWith('limited', new Refusal('limited', { data: { retryAfterMs } }))
  }
  let work: Work<T> | 'unknown' | 'forbidden'
  try {
    work = reading.find()
  } catch (error) {
    if (error instanceof Refusal) {
      return refuseWith(error.kind === 'insufficient_scope' ? 'forbidden' : 'invalid', error)
    }
    throw error
  }
  if (typeof work === 'string') return refuseWith(work, reading.unknown)
  const { slots, callTimeoutMs } = policy
  const settled = await converse<T>(ctx, (round) => runGuarded(slots, callTimeoutMs, round, work))
  if (settled.outcome !== 'ok') return describeEnd(settled, reading, ctx)
  const bytes = Buffer.byteLength(JSON.stringify(settled.value))
  if (bytes <= reading.maxBytes) return { outcome: 'ok', result: settled.value, bytes }
  const detail = `The limit is ${reading.maxBytes} bytes.`
  return refuseWith('too_large', new Refusal('result_too_large', { detail }))
}

function refuseWith(outcome: Outcome, refusal: Refusal): { outcome: Outcome; refusal: Refusal } {
  return { outcome, refusal }
}

function describeEnd(
  settled: Exclude<Settled<unknown>, { outcome: 'ok' }>,
  reading: { readonly method: string },
  ctx: CallContext
): { outcome: Outcome; refusal: Refusal } {
  const { outcome } = settled
  if (outcome === 'busy') return refuseWith(outcome, new Refusal('busy'))
  if (outcome !== 'failed') return refuseWith(outcome, new Refusal(outcome))
  if (settled.error instanceof Refusal) {
    const { kind } = settled.error
    return refuseWith(kind.startsWith('unknown') ? 'unknown' : outcome, settled.error)
  }
  // A ToolError's text is meant for the client; any other error stays in the log.
  if (isToolError(settled.error)) {
    return refuseWith(outcome, new Refusal('invalid_params', { detail: settled.error.message }))
  }
  logFailure(ctx, reading.method, settled.error)
  return refuseWith(outcome, new Refusal('internal', { detail: `Request id: ${ctx.requestId}.` }))
}
