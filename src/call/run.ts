import { callerKey } from '../identity/caller-key.ts'
import type { Slots } from '../limits/slots.ts'
import { describeError } from '../log.ts'
import type { CallContext, DispatchContext } from '../types.ts'

/** How guarded work ended. */
export type Settled<T> =
  | { readonly outcome: 'ok'; readonly value: T }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'busy' | 'timeout' | 'cancelled' }

/**
 * Runs work in a slot, under a deadline. The caller gets its answer at the deadline even when the
 * work ignores its signal.
 */
export async function runGuarded<T>(
  slots: Slots,
  timeoutMs: number,
  ctx: DispatchContext,
  work: (ctx: CallContext) => T | Promise<T>
): Promise<Settled<T>> {
  const release = await slots.acquire(ctx.cancellation, callerKey(ctx))
  if (release === 'busy') return { outcome: 'busy' }
  if (release === 'aborted') return { outcome: 'cancelled' }
  // Between the slot and its holder's turn a word of the client's may come.
  const { cause } = ctx.cancellation
  if (cause) {
    release()
    return { outcome: cause }
  }
  const settled = settle(() => work(ctx))
  const first = await firstOf(settled, timeoutMs, ctx)
  const isStopped = first.outcome === 'timeout' || first.outcome === 'cancelled'
  // Work that ignores its signal keeps its slot, for as long again as it was allowed.
  if (isStopped) releaseAfter(settled, timeoutMs, release)
  else release()
  return first
}

/** What the work came to, or why it was stopped before. */
function firstOf<T>(
  settled: Promise<Settled<T>>,
  timeoutMs: number,
  { cancellation }: DispatchContext
): Promise<Settled<T>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => cancellation.stop('timeout'), timeoutMs)
    const end = (first: Settled<T>): void => {
      clearTimeout(timer)
      forget()
      resolve(first)
    }
    const forget = cancellation.onStop((outcome) => {
      clearTimeout(timer)
      resolve({ outcome })
    })
    settled.then(end, reject)
  })
}

function releaseAfter(settled: Promise<unknown>, maxMs: number, release: () => void): void {
  const timer = setTimeout(release, maxMs)
  timer.unref()
  settled.then(() => {
    clearTimeout(timer)
    release()
  }, release)
}

async function settle<T>(work: () => T | Promise<T>): Promise<Settled<T>> {
  try {
    return { outcome: 'ok', value: await work() }
  } catch (error) {
    return { outcome: 'failed', error }
  }
}

/** What leads from a log line to the request, and to whatever caused that. */
export function requestFields({ requestId, traceId }: CallContext): {
  request_id: string
  trace_id?: string
} {
  return { request_id: requestId, ...(traceId !== undefined && { trace_id: traceId }) }
}

/** Writes an unexpected error to the log, where the request id leads to it. */
export function logFailure(ctx: CallContext, method: string, error: unknown): void {
  ctx.log.error('request failed', {
    ...requestFields(ctx),
    method,
    status: 'error',
    error: describeError(error)
  })
}
