/** So many short lives in a row are a failure. */
const maxShortLives = 3

/** How a server that is down is tried again. */
export interface Recovery {
  /** The failure that keeps calls away, until the next attempt. */
  readonly error: Error | undefined
  /** An attempt, or a short life, has failed. */
  fail(error: Error): void
  /** A connection has ended that worked: tries anew soon, and keeps no call away. */
  restart(): void
  /** A connection has ended by itself after so long: the one or the other. */
  end(livedMs: number, error: Error): void
  succeed(): void
  close(): void
}

export interface RecoveryOptions {
  readonly firstMs: number
  readonly maxMs: number
  /** A connection that lasted so long was a success; one that did not was one more failure. */
  readonly settledMs: number
  /** Tries to connect; tells `fail` or `succeed`. */
  attempt(): void
  /** From 0 to 1. */
  random(): number
  /** Monotonic. */
  now(): number
}

/** Waits firstMs, 2·firstMs … maxMs between attempts, a quarter less at random. */
export function createRecovery(options: RecoveryOptions): Recovery {
  const { firstMs, maxMs, settledMs, attempt, random, now } = options
  let error: Error | undefined
  let upMs: number | undefined
  let failures = 0
  let shortLives = 0
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function schedule(waitMs: number): void {
    clearTimeout(timer)
    if (!isClosed) timer = setTimeout(attempt, waitMs * (1 - random() / 4)).unref()
  }

  function fail(given: Error): void {
    error = given
    if (upMs !== undefined && now() - upMs >= settledMs) failures = 0
    upMs = undefined
    schedule(Math.min(maxMs, firstMs * 2 ** failures))
    failures++
  }

  const restart = (): void => schedule(firstMs)

  return {
    get error() {
      return error
    },
    fail,
    restart,
    end(livedMs, given) {
      shortLives = livedMs < settledMs ? shortLives + 1 : 0
      if (shortLives >= maxShortLives) fail(given)
      else restart()
    },
    succeed() {
      error = undefined
      upMs ??= now()
      clearTimeout(timer)
    },
    close() {
      isClosed = true
      clearTimeout(timer)
    }
  }
}
