import type { Audit } from './audit.ts'
import { compileGlobs } from './glob.ts'
import { createLimiter } from './limit.ts'
import type { Policy } from './policy.ts'
import type { Config } from './settings.ts'
import { createSlots } from './slots.ts'

/** Makes the policy that a configuration describes. */
export function createPolicy({ limits, resources }: Config, audit: Audit): Policy {
  const { enabled, perMinute, burst, methods, tools } = limits
  const isAllowed = compileGlobs(resources.allow)
  return Object.freeze({
    limits: {
      enabled,
      other: { perMinute, burst },
      methods: new Map(Object.entries(methods)),
      tools: new Map(Object.entries(tools))
    },
    limiter: createLimiter(),
    slots: createSlots(limits),
    callTimeoutMs: limits.callTimeoutMs,
    maxResultBytes: limits.maxResultBytes,
    maxResourceBytes: resources.maxBytes,
    // A dot segment or an encoded character could mean another place than the glob says.
    allowsResource: (uri: string) => isPlainUri(uri) && isAllowed(uri),
    audit
  })
}

function isPlainUri(uri: string): boolean {
  return uri.length <= 2048 && !/[\\\s\p{Cc}]|\/\.{1,2}(?:\/|$)|%2[ef]|%5c/iu.test(uri)
}
