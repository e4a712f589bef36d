import type { Clock } from '../clock.ts'
import { createLimiter } from '../limit.ts'

type Progress = (progress: number, total?: number, message?: string) => void

/** Ten updates at once, then ten per second; the rest is dropped. */
const updates = { perMinute: 600, burst: 10 }

/** Passes on only updates that grow, and not too many of them. */
export function createProgress(send: Progress, clock?: Clock): Progress {
  const limiter = createLimiter(clock)
  let last = Number.NEGATIVE_INFINITY
  let isComplete = false
  return (progress, total, message) => {
    if (!Number.isFinite(progress) || progress <= last) return
    const completes = total !== undefined && progress >= total && !isComplete
    if (limiter.take('updates', updates) > 0 && !completes) return
    last = progress
    isComplete ||= completes
    send(progress, total, message)
  }
}
