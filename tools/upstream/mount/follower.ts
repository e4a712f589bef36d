import { setTimeout as delay } from 'node:timers/promises'

/** A server that announces a change every moment is listed no more often than this. */
const minPauseMs = 250
const maxPauseMs = 5000

/** Runs one piece of work again whenever it is told to, one at a time; what fails is tried again. */
export interface Follower {
  follow(): void
  /** Resolves after the first attempt, or when the time is up. */
  settled(maxMs: number): Promise<void>
  stop(): void
}

export function createFollower(work: (signal: AbortSignal) => Promise<void>): Follower {
  const stopping = new AbortController()
  const { signal } = stopping
  let isWanted = false
  let isRunning = false
  let failures = 0
  let first: Promise<void> = Promise.resolve()

  async function attempt(): Promise<void> {
    isWanted = false
    try {
      await work(signal)
      failures = 0
    } catch {
      failures++
      isWanted = true
    }
  }

  async function run(): Promise<void> {
    isRunning = true
    while (isWanted && !signal.aborted) {
      const attempted = attempt()
      first = attempted
      await attempted
      await delay(pauseMs(failures), undefined, { ref: false, signal }).catch(() => {})
    }
    isRunning = false
  }

  return Object.freeze({
    follow() {
      isWanted = true
      if (!isRunning) void run()
    },
    async settled(maxMs) {
      const waiting = new AbortController()
      const late = delay(maxMs, undefined, { signal: waiting.signal }).catch(() => {})
      await Promise.race([first, late])
      waiting.abort()
    },
    stop: () => stopping.abort(new Error('the gateway stops'))
  } satisfies Follower)
}

/** Jittered, so that many gateways do not come back at the same moment. */
function pauseMs(failures: number): number {
  if (failures === 0) return minPauseMs
  const whole = Math.min(maxPauseMs, minPauseMs * 2 ** failures)
  return whole * (0.5 + Math.random() / 2)
}
