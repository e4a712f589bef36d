import { createLimiter } from '../../../src/limit.ts'
import type { Metrics } from '../../../src/metrics.ts'
import { networkOf } from '../../../src/network.ts'
import type { Config } from '../../../src/settings.ts'

/**
 * Charges one message to an address, before anybody knows who sent it. Returns 0, or how many
 * milliseconds it comes too early.
 */
export type Flood = (address: string) => number

export function createFlood({ limits }: Config, metrics: Metrics): Flood {
  // Its own buckets, in this process: a flood must push out no caller's and reach no store.
  const buckets = createLimiter()
  const rate = { perMinute: limits.address, burst: limits.address }
  return (address) => {
    if (!limits.enabled) return 0
    const retryAfterMs = buckets.take(networkOf(address), rate)
    if (retryAfterMs > 0) metrics.countLimited('address')
    return retryAfterMs
  }
}
