import {
  BulkheadRejectedError,
  bulkhead,
  circuitBreaker,
  handleWhen,
  type IBackoff,
  type IBreaker,
  CircuitState as LibraryState
} from 'cockatiel'
import { ToolError } from '../../../src/define-tool.ts'
import type { CircuitState } from '../../../src/readiness.ts'

const openMs = 5_000
const windowMs = 10_000
const bucketMs = 1_000
const minCalls = 20
const maxFailureRatio = 0.5
const maxInRow = 5

/** Stops calling a server that fails, and bounds how many calls it gets at once. */
export interface Breaker<Value> {
  /** Runs work; throws a ToolError that says when to come back if the circuit or the slots forbid it. */
  run(work: () => Promise<Value>, signal: AbortSignal): Promise<Value>
  readonly state: CircuitState
}

/** `silent` is what tells nothing about the server, such as a caller who gave up. */
export type Verdict = 'healthy' | 'failing' | 'silent'

export interface BreakerOptions<Value> {
  readonly maxConcurrent: number
  judgeValue(value: Value): Verdict
  judgeError(error: unknown): Verdict
  onChange?(state: CircuitState): void
  /** Monotonic milliseconds. */
  now(): number
}

/**
 * Opens at 50 % of at least 20 calls in 10 s or at 5 failures in a row, lets one call try after
 * 5 s. Time is monotonic: with the library's wall clock an adjustment could hold it open for hours.
 */
export function createBreaker<Value>(options: BreakerOptions<Value>): Breaker<Value> {
  const pause = createPause(options.now)
  // The library takes what it does not handle for a success; a trial that tells nothing is none.
  const isFailing = (verdict: Verdict): boolean =>
    verdict === 'failing' || (verdict === 'silent' && policy.state === LibraryState.HalfOpen)
  const policy = circuitBreaker(
    handleWhen((error) => isFailing(options.judgeError(error))).orWhenResult((value) =>
      isFailing(options.judgeValue(value as Value))
    ),
    { halfOpenAfter: pause.backoff, breaker: createFailureWindow(options.now) }
  )
  policy.onStateChange((state) => {
    if (state === LibraryState.Open) pause.begin()
    options.onChange?.(names[state])
  })
  const slots = bulkhead(options.maxConcurrent, options.maxConcurrent)
  return Object.freeze({
    get state() {
      // After the pause it waits for a call: a server out of rotation would stay "open" forever.
      const isOver = policy.state === LibraryState.Open && pause.remainingMs() === 0
      return isOver ? 'half_open' : names[policy.state]
    },
    async run(work: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
      // The library lets calls wait for a trial under way; here they get their answer at once.
      if (policy.state === LibraryState.HalfOpen) throw openError(1_000)
      if (policy.state === LibraryState.Open && pause.remainingMs() > 0) {
        throw openError(pause.remainingMs())
      }
      try {
        return await policy.execute(() => slots.execute(work, signal))
      } catch (error) {
        throw error instanceof BulkheadRejectedError ? new ToolError(fullText) : error
      }
    }
  })
}

const names: Readonly<Record<LibraryState, CircuitState>> = {
  [LibraryState.Closed]: 'closed',
  [LibraryState.Open]: 'open',
  [LibraryState.HalfOpen]: 'half_open',
  [LibraryState.Isolated]: 'open'
}

const fullText =
  'Too many calls to this API are under way, so nothing was sent. Wait a second and call again.'

function openError(waitMs: number): ToolError {
  const seconds = Math.ceil(waitMs / 1000)
  return new ToolError(
    `The API has failed repeatedly and is left alone for a moment, so nothing was sent. Try again in ${seconds} s.`
  )
}

/** The library compares a duration with its wall clock: all or nothing makes that comparison ours. */
function createPause(now: () => number) {
  let endsMs = Number.NEGATIVE_INFINITY
  const remainingMs = (): number => Math.max(0, endsMs - now())
  const backoff: IBackoff<unknown> = {
    get duration() {
      return remainingMs() > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    },
    next: () => backoff
  }
  const begin = (): void => {
    endsMs = now() + openMs
  }
  return { backoff, begin, remainingMs }
}

/** Counts the calls of the last ten seconds, by second, and the failures in a row. */
function createFailureWindow(now: () => number): IBreaker {
  let buckets: { readonly number: number; calls: number; failures: number }[] = []
  let inRow = 0
  const count = (failures: 0 | 1): void => {
    const number = Math.floor(now() / bucketMs)
    buckets = buckets.filter((bucket) => bucket.number > number - windowMs / bucketMs)
    const last = buckets.at(-1)
    if (last?.number === number) {
      last.calls++
      last.failures += failures
    } else buckets.push({ number, calls: 1, failures })
  }
  return {
    state: undefined,
    success(state) {
      inRow = 0
      if (state === LibraryState.HalfOpen) buckets = []
      count(0)
    },
    failure() {
      inRow++
      count(1)
      const calls = buckets.reduce((sum, bucket) => sum + bucket.calls, 0)
      const failures = buckets.reduce((sum, bucket) => sum + bucket.failures, 0)
      return inRow >= maxInRow || (calls >= minCalls && failures >= calls * maxFailureRatio)
    }
  }
}
