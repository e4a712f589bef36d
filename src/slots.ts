import type { Cancellation } from './cancellation.ts'

export interface Slots {
  /** Resolves to a release function, or to `busy` when queue and patience are exhausted. */
  acquire(call: Cancellation): Promise<(() => void) | 'busy' | 'aborted'>
  readonly inFlight: number
  readonly queued: number
}

export interface SlotOptions {
  readonly maxConcurrent: number
  readonly queue: number
  readonly queueWaitMs: number
}

interface Waiter {
  readonly grant: () => void
}

/** At most `maxConcurrent` holders; `queue` more wait up to `queueWaitMs`, first come first served. */
export function createSlots(options: SlotOptions): Slots {
  const waiters = new Set<Waiter>()
  let inFlight = 0

  function releaseOnce(): () => void {
    let released = false
    return () => {
      if (released) return
      released = true
      const [next] = waiters
      if (next) next.grant()
      else inFlight--
    }
  }

  function wait(call: Cancellation): Promise<(() => void) | 'busy' | 'aborted'> {
    return new Promise((resolve) => {
      const settle = (result: (() => void) | 'busy' | 'aborted'): void => {
        clearTimeout(timer)
        forget()
        waiters.delete(waiter)
        resolve(result)
      }
      const waiter: Waiter = { grant: () => settle(releaseOnce()) }
      const timer = setTimeout(() => settle('busy'), options.queueWaitMs)
      const forget = call.onStop(() => settle('aborted'))
      waiters.add(waiter)
    })
  }

  return Object.freeze({
    async acquire(call: Cancellation) {
      if (call.cause) return 'aborted'
      if (inFlight < options.maxConcurrent) {
        inFlight++
        return releaseOnce()
      }
      return waiters.size < options.queue ? wait(call) : 'busy'
    },
    get inFlight() {
      return inFlight
    },
    get queued() {
      return waiters.size
    }
  })
}
