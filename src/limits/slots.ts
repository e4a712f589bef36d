import type { Cancellation } from '../call/cancellation.ts'

type Release = () => void
type Granted = Release | 'busy' | 'aborted'

export interface Slots {
  /**
   * A release function, or `busy` when queue and patience are exhausted; at once while a slot is
   * free. `caller` says who shares with whom.
   */
  acquire(call: Cancellation, caller: string): Granted | Promise<Granted>
  /** From now on nobody gets a slot, whoever waits included; holders keep theirs. */
  stop(): void
  readonly inFlight: number
  readonly queued: number
  /** True when whoever comes now would be refused or would displace somebody. */
  readonly isFull: boolean
}

export interface SlotOptions {
  readonly maxConcurrent: number
  readonly queue: number
  readonly queueWaitMs: number
}

interface Waiter {
  settle(result: Granted): void
}

/**
 * At most `maxConcurrent` holders; `queue` more wait up to `queueWaitMs`. Fair among callers: a
 * free slot goes to the waiting caller that holds the fewest (max-min fairness), and who comes to a
 * full queue takes the last place of the caller with the most (RFC 8290 drops from the fattest flow
 * alike). So one caller may use all that is idle, and none can keep another out of the queue.
 */
export function createSlots(options: SlotOptions): Slots {
  const held = new Map<string, number>()
  const waiting = new Map<string, Set<Waiter>>()
  let inFlight = 0
  let queued = 0
  let isStopped = false

  function hold(caller: string): Release {
    inFlight++
    held.set(caller, (held.get(caller) ?? 0) + 1)
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      inFlight--
      const rest = (held.get(caller) ?? 0) - 1
      if (rest > 0) held.set(caller, rest)
      else held.delete(caller)
      grantNext()
    }
  }

  function grantNext(): void {
    const caller = leastBy(waiting.keys(), (name) => held.get(name) ?? 0)
    if (caller === undefined) return
    const [first] = waiting.get(caller) ?? []
    first?.settle(hold(caller))
  }

  /** Makes room in a full queue when somebody waits with more calls than this caller would. */
  function displace(caller: string): boolean {
    const fattest = leastBy(waiting.keys(), (name) => -(waiting.get(name)?.size ?? 0))
    const queue = fattest === undefined ? undefined : waiting.get(fattest)
    const own = waiting.get(caller)?.size ?? 0
    if (!queue || queue.size <= own + 1) return false
    const last = [...queue].at(-1)
    last?.settle('busy')
    return true
  }

  function wait(call: Cancellation, caller: string): Promise<Granted> {
    return new Promise((resolve) => {
      const queue = waiting.get(caller) ?? new Set()
      const settle = (result: Granted): void => {
        clearTimeout(timer)
        forget()
        queue.delete(waiter)
        queued--
        // Set again when others of this caller wait, behind those who came in between.
        waiting.delete(caller)
        if (queue.size > 0) waiting.set(caller, queue)
        resolve(result)
      }
      const waiter: Waiter = { settle }
      const timer = setTimeout(() => settle('busy'), options.queueWaitMs)
      const forget = call.onStop(() => settle('aborted'))
      queue.add(waiter)
      waiting.set(caller, queue)
      queued++
    })
  }

  return Object.freeze({
    acquire(call: Cancellation, caller: string) {
      if (call.cause) return 'aborted'
      if (isStopped) return 'busy'
      if (inFlight < options.maxConcurrent) return hold(caller)
      return queued < options.queue || displace(caller) ? wait(call, caller) : 'busy'
    },
    stop() {
      isStopped = true
      for (const waiter of [...waiting.values()].flatMap((queue) => [...queue])) {
        waiter.settle('busy')
      }
    },
    get inFlight() {
      return inFlight
    },
    get queued() {
      return queued
    },
    get isFull() {
      return inFlight >= options.maxConcurrent && queued >= options.queue
    }
  })
}

/** The first of those with the least weight. */
function leastBy<T>(items: Iterable<T>, weigh: (item: T) => number): T | undefined {
  let least: T | undefined
  let weight = Number.POSITIVE_INFINITY
  for (const item of items) {
    if (weigh(item) >= weight) continue
    least = item
    weight = weigh(item)
  }
  return least
}
