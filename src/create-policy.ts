import type { Audit } from './audit.ts'
import { compileGlobs } from './glob.ts'
import { createLimiter, type Limiter, type SharedLimiter } from './limit.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { Policy } from './policy.ts'
import type { Config } from './settings.ts'
import { createSlots } from './slots.ts'

/** Makes the policy that a configuration describes; `shared` counts for several instances. */
export function createPolicy(
  { limits, resources }: Config,
  audit: Audit,
  ownLimiter: Limiter = createLimiter(),
  shared: SharedLimiter = ownLimiter,
  metrics: Metrics = createMetrics()
): Policy {
  const { enabled, perMinute, burst, methods, tools } = limits
  const isAllowed = compileGlobs(resources.allow)
  return Object.freeze({
    limits: {
      enabled,
      other: { perMinute, burst },
      methods: new Map(Object.entries(methods)),
      tools: new Map(Object.entries(tools))
    },
    limiter: shared,
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
