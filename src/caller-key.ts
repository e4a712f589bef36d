import { networkOf } from './network.ts'
import type { CallContext } from './types.ts'

/**
 * Whom a limit counts. Unnamed callers are told apart by network, so that one cannot use up the
 * rate of all; the kind keeps a token's subject from using up the rate of a key of that name.
 */
export function callerKey({ principal, remote = '' }: CallContext): string {
  const { kind, id } = principal
  return kind === 'anonymous' ? `address:${networkOf(remote)}` : `${kind}:${id}`
}
