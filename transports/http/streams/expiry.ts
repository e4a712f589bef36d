import { monotonicClock } from '../../../src/clock.ts'

/** Watches over things that end when nobody has used them for a time. */
export interface Expiry {
  /** It is idle from now on. */
  rest(key: string): void
  /** It is in use, or gone: nothing to watch. */
  wake(key: string): void
  close(): void
}

/** However many end at once, others get their turn, too. */
const maxAtOnce = 200
const minWaitMs = 20

/**
 * All rest for the same time, so those that began first end first: a use costs the same among
 * thousands as alone, and one timer looks at the front of the queue.
 */
export function createExpiry(idleMs: number, onExpired: (key: string) => void): Expiry {
  const restingSinceMs = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  function arm(): void {
    const [sinceMs] = restingSinceMs.values()
    if (timer || sinceMs === undefined) return
    const waitMs = Math.max(minWaitMs, sinceMs + idleMs - monotonicClock())
    timer = setTimeout(sweep, waitMs).unref()
  }

  function sweep(): void {
    timer = undefined
    let left = maxAtOnce
    for (const [key, sinceMs] of restingSinceMs) {
      if (left-- === 0 || monotonicClock() - sinceMs < idleMs) break
      restingSinceMs.delete(key)
      onExpired(key)
    }
    arm()
  }

  return Object.freeze({
    rest(key: string) {
      // Re-inserted at the end of the queue.
      restingSinceMs.delete(key)
      restingSinceMs.set(key, monotonicClock())
      arm()
    },
    wake(key: string) {
      restingSinceMs.delete(key)
    },
    close() {
      clearTimeout(timer)
      restingSinceMs.clear()
    }
  })
}
