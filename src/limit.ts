import { type Clock, monotonicClock } from './clock.ts'
import type { Rate } from './types.ts'

interface Bucket {
  tokens: number
  atMs: number
}

export interface Limiter {
  /** Takes one token; returns 0, or the milliseconds until one is there. */
  take(key: string, rate: Rate): number
}

/** A limiter that may have to ask elsewhere; a number is an answer at once. */
export interface SharedLimiter {
  take(key: string, rate: Rate): number | Promise<number>
}

/** More callers than this and the longest idle buckets, full again anyway, are forgotten. */
const maxBuckets = 50_000

/** Token buckets in memory by key. A bucket starts full and refills continuously. */
export function createLimiter(clock: Clock = monotonicClock): Limiter {
  const buckets = new Map<string, Bucket>()
  return Object.freeze({
    take(key: string, rate: Rate): number {
      const now = clock()
      const bucket = buckets.get(key) ?? { tokens: rate.burst, atMs: now }
      const perMs = rate.perMinute / 60_000
      bucket.tokens = Math.min(rate.burst, bucket.tokens + (now - bucket.atMs) * perMs)
      bucket.atMs = now
      // Re-inserted so that the map stays in order of last use.
      buckets.delete(key)
      buckets.set(key, bucket)
      if (buckets.size > maxBuckets) forgetOldest(buckets)
      // A token short of a rounding error is a token: whoever waited as told must not wait again.
      if (bucket.tokens < 1 - 1e-6) return Math.ceil((1 - bucket.tokens) / perMs)
      bucket.tokens -= 1
      return 0
    }
  })
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const [oldest] = buckets.keys()
  if (oldest !== undefined) buckets.delete(oldest)
}
