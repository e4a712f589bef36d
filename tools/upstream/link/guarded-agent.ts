import { Agent, type Dispatcher } from 'undici'
import type { AddressGuard } from './address-guard.ts'

const connectTimeoutMs = 10_000

/**
 * Connections to allowed addresses only. Time limits are the caller's: a call may take long, and a
 * stream of events never ends.
 */
export function createGuardedAgent({
  guard,
  verifyTls
}: {
  readonly guard: AddressGuard
  readonly verifyTls: boolean
}): Dispatcher {
  return new Agent({
    connect: { lookup: guard.lookup, rejectUnauthorized: verifyTls, timeout: connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0
  })
}
