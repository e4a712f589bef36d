import { monotonicClock } from '../../../src/clock.ts'

const checkEveryMs = 100
/** As long as whoever is refused is told to wait. */
const recoveryMs = 1000

/** How late the event loop is. */
export interface LoopDelay {
  /** True after a stall of more than `maxDelayMs`, until the loop has turned in time for one. */
  readonly isTooLong: boolean
  close(): void
}

/**
 * Looks at the event loop ten times a second. Timers run before sockets are read: what came in
 * during a stall is judged by that stall, not by the calm before it.
 */
export function watchLoopDelay(maxDelayMs: number): LoopDelay {
  let checkedMs = monotonicClock()
  let lateMs = Number.NEGATIVE_INFINITY
  const timer = setInterval(() => {
    const nowMs = monotonicClock()
    if (nowMs - checkedMs - checkEveryMs > maxDelayMs) lateMs = nowMs
    checkedMs = nowMs
  }, checkEveryMs)
  timer.unref()
  return Object.freeze({
    get isTooLong() {
      return monotonicClock() - lateMs < recoveryMs
    },
    close: () => clearInterval(timer)
  })
}
