import type { Audit } from './audit.ts'
import { compileGlobs } from './glob.ts'
import { createLimiter, type Limiter, type SharedLimiter } from './limit.ts'
import { createSlots } from './limits/slots.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { Policy } from './policy.ts'
import type { Config } from './settings.ts'

export interface PolicyOptions {
  /** Buckets shared with other instances, and those that stand in for them. */
  readonly limiters?: { readonly own: Limiter; readonly shared: SharedLimiter }
  /** Counts what the sources do, too. */
  readonly metrics?: Metrics
}

/** Makes the policy that a configuration describes. */
export function createPolicy(
  { limits, resources }: Config,
  audit: Audit,
  { limiters, metrics = createMetrics() }: PolicyOptions = {}
): Policy {
  const ownLimiter = limiters?.own ?? createLimiter()
  const { enabled, perMinute, burst, methods, tools } = limits
  const isAllowed = compileGlobs(resources.allow)
  return Object.freeze({
    limits: {
      enabled,
      other: { perMinute, burst },
      methods: new Map(Object.entries(methods)),
      tools: new Map(Object.entries(tools))
    },
    limiter: limiters?.shared ?? ownLimiter,
    ownLimiter,
    slots: createSlots(limits),
    callTimeoutMs: limits.callTimeoutMs,
    maxResultBytes: limits.maxResultBytes,
    maxResourceBytes: resources.maxBytes,
    // A dot segment or an encoded character could mean another place than the glob says.
    allowsResource: (uri: string) => isPlainUri(uri) && isAllowed(uri),
    audit,
    metrics
  })
}

function isPlainUri(uri: string): boolean {
  return uri.length <= 2048 && !/[\\\s\p{Cc}]|\/\.{1,2}(?:\/|$)|%2[ef]|%5c/iu.test(uri)
}
