export interface Slots {
  /** Resolves to a release function, or to `busy` when queue and patience are exhausted. */
  acquire(signal: AbortSignal): Promise<(() => void) | 'busy' | 'aborted'>
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

  function wait(signal: AbortSignal): Promise<(() => void) | 'busy' | 'aborted'> {
    return new Promise((resolve) => {
      const settle = (result: (() => void) | 'busy' | 'aborted'): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        waiters.delete(waiter)
        resolve(result)
      }
      const abort = (): void => settle('aborted')
      const waiter: Waiter = { grant: () => settle(releaseOnce()) }
      const timer = setTimeout(() => settle('busy'), options.queueWaitMs)
      signal.addEventListener('abort', abort, { once: true })
      waiters.add(waiter)
    })
  }

  return Object.freeze({
    async acquire(signal: AbortSignal) {
      if (signal.aborted) return 'aborted'
      if (inFlight < options.maxConcurrent) {
        inFlight++
        return releaseOnce()
      }
      return waiters.size < options.queue ? wait(signal) : 'busy'
    },
    get inFlight() {
      return inFlight
    },
    get queued() {
      return waiters.size
    }
  })
}
