import type { CallContext } from '../../../src/types.ts'

const maxStallMs = 10

/** Says how much is done; awaits other calls when it is their turn. */
export type Pace = (done: number, total: number) => Promise<void> | undefined

/**
 * For long work: call the result in its loop and await what it returns, if anything. It gives way to
 * other calls every 10 ms, reports progress, and throws when the call was cancelled or timed out.
 */
export function createPace(ctx: Pick<CallContext, 'signal' | 'progress'>): Pace {
  let yieldedMs = performance.now()
  return (done, total) => {
    if (performance.now() - yieldedMs < maxStallMs) return undefined
    return giveWay(done, total)
  }

  async function giveWay(done: number, total: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    ctx.signal.throwIfAborted()
    ctx.progress(done, total)
    yieldedMs = performance.now()
  }
}
