import { monotonicClock } from '../../src/limit.ts'

const checkEveryMs = 100
/** Longer than any stall that honest work, a collection of garbage or a busy machine causes. */
const maxDelayMs = 2000

/** How late the event loop is, as the last look at it found. */
export interface LoopDelay {
  /** True after a stall of more than two seconds, until the loop has turned in time again. */
  readonly isTooLong: boolean
  close(): void
}

/**
 * Looks at the event loop ten times a second. Timers run before sockets are read: what came in
 * during a stall is judged by that stall, not by the calm before it.
 */
export function watchLoopDelay(): LoopDelay {
  let delayMs = 0
  let checkedMs = monotonicClock()
  const timer = setInterval(() => {
    const nowMs = monotonicClock()
    delayMs = nowMs - checkedMs - checkEveryMs
    checkedMs = nowMs
  }, checkEveryMs)
  timer.unref()
  return Object.freeze({
    get isTooLong() {
      return delayMs > maxDelayMs
    },
    close: () => clearInterval(timer)
  })
}
