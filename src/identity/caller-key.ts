import { networkOf } from '../network.ts'
import type { CallContext } from '../types.ts'

type Caller = Pick<CallContext, 'principal' | 'remote'>

/*
 * Two answers to "who is it", which differ for callers without a name only: neighbours share a
 * rate, since another address within a network costs nothing, but not a session. The kind keeps a
 * token's subject apart from a key of that name.
 */

/** Whom a limit counts: unnamed callers by network, so that one cannot use up the rate of all. */
export function callerKey({ principal, remote }: Caller): string {
  const { kind, id } = principal
  return kind === 'anonymous' ? `address:${networkOf(remote)}` : `${kind}:${id}`
}

/** Whose a session or a state is: of unnamed callers the very address that began it. */
export function ownerKey({ principal, remote = '' }: Caller): string {
  const { kind, id } = principal
  return kind === 'anonymous' ? `${kind}:${remote}` : `${kind}:${id}`
}
