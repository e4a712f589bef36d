import { hash } from 'node:crypto'
import type { Principal } from './types.ts'

/** A key that lets its bearer in, and who that is. Only its digest is kept. */
export interface AcceptedKey {
  readonly principal: Principal
  /** SHA-256 of the secret, hexadecimal. */
  readonly digest: string
  /** Wall clock, in milliseconds; undefined: never. */
  readonly expiresAtMs?: number
  /** Called with each use; must cost next to nothing. */
  noteUse?(): void
}

/** By digest. */
export type Keys = ReadonlyMap<string, AcceptedKey>

/**
 * Why a credential was refused. `unavailable`: it may be good, but the keys of the identity
 * provider were never to be had.
 */
export type CredentialFailure = 'invalid_token' | 'expired_token' | 'wrong_audience' | 'unavailable'

export type AuthResult = { readonly principal: Principal } | { readonly failure: CredentialFailure }

export type Authenticate = (presented: string) => AuthResult | Promise<AuthResult>

/** Judges a token of an identity provider; `digest` is its SHA-256. */
export type VerifyToken = (token: string, digest: string) => AuthResult | Promise<AuthResult>

/** Lets the bearer of a secret in as this principal; the secret itself is forgotten. */
export function acceptKey(secret: string, principal: Principal): AcceptedKey {
  return { principal: Object.freeze({ ...principal }), digest: digestOf(secret) }
}

/** A named key with every scope and every tool. */
export function namedKey(id: string): Principal {
  return { id, kind: 'key' }
}

export const anonymousPrincipal: Principal = Object.freeze({ id: 'anonymous', kind: 'anonymous' })

/** Whoever started the process and speaks to it on stdin; everything unless it is narrowed. */
export function createLocalPrincipal(permissions: Pick<Principal, 'scopes' | 'tools'>): Principal {
  const { scopes, tools } = permissions
  return Object.freeze({
    id: 'local',
    kind: 'local',
    ...(scopes && { scopes }),
    ...(tools && { tools })
  })
}

/** Of two keys with one secret the first counts. */
export function indexKeys(keys: readonly AcceptedKey[]): Keys {
  return new Map(keys.toReversed().map((key) => [key.digest, key]))
}

const invalid: AuthResult = { failure: 'invalid_token' }
const expired: AuthResult = { failure: 'expired_token' }
const tokenShape = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * Finds who presented a key. The lookup is by SHA-256 and not by the key: a caller cannot choose a
 * digest, so what the time of a comparison could tell (how much of it matches, in a table whose own
 * hash is seeded anew in each process) says nothing about any key. `docs/security.md` has the
 * measurement.
 */
export function createAuthenticate(keys: () => Keys, verifyToken?: VerifyToken): Authenticate {
  return (presented) => {
    const digest = digestOf(presented)
    const key = keys().get(digest)
    if (key) {
      if (key.expiresAtMs !== undefined && Date.now() >= key.expiresAtMs) return expired
      key.noteUse?.()
      return key
    }
    return verifyToken && tokenShape.test(presented) ? verifyToken(presented, digest) : invalid
  }
}

/** SHA-256, hexadecimal. */
export function digestOf(secret: string): string {
  return hash('sha256', secret, 'hex')
}
