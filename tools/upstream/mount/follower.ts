import { setTimeout as delay } from 'node:timers/promises'

/** A server that announces a change every moment is listed no more often than this. */
const minPauseMs = 250
const maxPauseMs = 5000
/** After so many rounds one upon the other a server is listed less and less often. */
const freeRounds = 8

/** Runs one piece of work again whenever it is told to, one at a time; what fails is tried again. */
export interface Follower {
  follow(): void
  /** Resolves after the first attempt, or when the time is up. */
  settled(maxMs: number): Promise<void>
  stop(): void
}

export function createFollower(
  work: (signal: AbortSignal) => Promise<void>,
  pause: typeof rest = rest
): Follower {
  const stopping = new AbortController()
  const { signal } = stopping
  let isWanted = false
  let isRunning = false
  let failures = 0
  let rounds = 0
  let endMs = performance.now()
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
    if (performance.now() - endMs > maxPauseMs) rounds = 0
    while (isWanted && !signal.aborted) {
      const attempted = attempt()
      first = attempted
      await attempted
      rounds++
      await pause(pauseMs(failures || Math.max(0, rounds - freeRounds)), signal)
    }
    endMs = performance.now()
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

async function rest(waitMs: number, signal: AbortSignal): Promise<void> {
  await delay(waitMs, undefined, { ref: false, signal }).catch(() => {})
}

/** Jittered, so that many gateways do not come back at the same moment. */
function pauseMs(steps: number): number {
  if (steps === 0) return minPauseMs
  const whole = Math.min(maxPauseMs, minPauseMs * 2 ** steps)
  return whole * (0.5 + Math.random() / 2)
}
