import type { JWTPayload } from 'jose'
import type { AuthResult, CredentialFailure, VerifyToken } from '../auth.ts'
import { ConfigError } from '../config-error.ts'
import type { Config } from '../settings.ts'
import type { Log, Principal } from '../types.ts'
import { type Fetch, KeysUnavailable, NoKeySet, openRemoteKeys } from './jwks.ts'
import { scopeShape, toolGlobShape } from './key-store.ts'

/** Whose tokens count, and for whom they must be made. */
export interface TokenIssuer {
  readonly issuer: string
  readonly audience: string
  readonly jwksUri: string
}

/** Asymmetric ones only: with HS256 a public key would do as a secret, `none` needs none. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].concat(
  ['ES256', 'ES384', 'ES512'],
  ['EdDSA', 'Ed25519']
)
const clockSkewSeconds = 30
/** A token that was good a moment ago need not be computed again; a withdrawn key lives so long. */
const rememberMs = 60_000
const maxRemembered = 1000
const maxItems = 200

const names = {
  issuer: 'auth.jwt.issuer (MCP_JWT_ISSUER)',
  audience: 'auth.jwt.audience (MCP_JWT_AUDIENCE)',
  jwksUri: 'auth.jwt.jwksUri (MCP_JWKS_URI)'
} as const

/** The issuer that is configured, if any. Throws a ConfigError when a part is missing. */
export function resolveIssuer(jwt: Config['auth']['jwt']): TokenIssuer | undefined {
  const { issuer, audience, jwksUri, firebaseProject } = jwt
  const given = { issuer, audience, jwksUri }
  const isSet = Object.values(given).some((value) => value !== undefined)
  if (firebaseProject !== undefined) {
    if (isSet) {
      throw new ConfigError(
        'auth.jwt.firebaseProject (MCP_FIREBASE_PROJECT): stands for issuer, audience and ' +
          'jwksUri; remove these or it'
      )
    }
    return {
      issuer: `https://securetoken.google.com/${firebaseProject}`,
      audience: firebaseProject,
      jwksUri:
        'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com'
    }
  }
  if (!isSet) return undefined
  for (const key of ['issuer', 'audience', 'jwksUri'] as const) {
    if (given[key] === undefined) {
      throw new ConfigError(`${names[key]}: is missing; issuer, audience and jwksUri go together`)
    }
  }
  return given as TokenIssuer
}

/**
 * Verifies tokens of one issuer by its published keys. Throws a ConfigError when the address of
 * the keys answers with something else; silence is logged and tried again.
 */
export async function createTokenVerifier(
  { issuer, audience, jwksUri }: TokenIssuer,
  log: Log,
  fetchKeys?: Fetch
): Promise<VerifyToken> {
  const { jwtVerify, errors } = await import('jose')
  const keys = await openRemoteKeys(jwksUri, log, fetchKeys)
  await keys.load().catch((cause: unknown) => {
    if (!(cause instanceof NoKeySet)) return
    throw new ConfigError(`${names.jwksUri}: ${jwksUri} ${cause.message}`, { cause })
  })
  const remembered = createMemory()
  const options = {
    issuer,
    audience,
    algorithms,
    clockTolerance: clockSkewSeconds,
    requiredClaims: ['exp', 'sub']
  }

  async function verify(token: string, digest: string): Promise<AuthResult> {
    try {
      const { payload } = await jwtVerify(token, keys.find, options)
      const principal = toPrincipal(payload)
      if (!principal) return { failure: 'invalid_token' }
      const result = { principal }
      remembered.put(digest, result, (payload.exp ?? 0) * 1000)
      return result
    } catch (error) {
      return { failure: classify(error) }
    }
  }

  function classify(error: unknown): CredentialFailure {
    if (error instanceof KeysUnavailable) return 'unavailable'
    if (error instanceof errors.JWTExpired) return 'expired_token'
    const isAudience = error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud'
    return isAudience ? 'wrong_audience' : 'invalid_token'
  }

  return (token, digest) => remembered.get(digest) ?? verify(token, digest)
}

/** Results of good tokens by digest, bounded in number and time, never beyond a token's end. */
function createMemory() {
  const entries = new Map<string, { readonly result: AuthResult; readonly untilMs: number }>()
  return {
    get(digest: string): AuthResult | undefined {
      const entry = entries.get(digest)
      if (!entry) return undefined
      if (Date.now() < entry.untilMs) return entry.result
      entries.delete(digest)
      return undefined
    },
    put(digest: string, result: AuthResult, expiresAtMs: number): void {
      const [oldest] = entries.keys()
      if (entries.size >= maxRemembered && oldest !== undefined) entries.delete(oldest)
      entries.set(digest, { result, untilMs: Math.min(expiresAtMs, Date.now() + rememberMs) })
    }
  }
}

/**
 * `jwt:` and the subject, so that no token passes for a named key. Scopes are those of `scope` or
 * `scp`; `portcullis_tools` may narrow the tools. Undefined when a claim is not what it should be.
 */
function toPrincipal(payload: JWTPayload): Principal | undefined {
  const { sub, scope, scp, portcullis_tools: globs } = payload
  // Two subjects must not become one by cutting or cleaning.
  if (typeof sub !== 'string' || !/^[^\p{C}]{1,255}$/u.test(sub)) return undefined
  const scopes = readList(scope ?? scp ?? [], scopeShape)
  const tools = globs === undefined ? undefined : readList(globs, toolGlobShape)
  if (!scopes || (globs !== undefined && !tools)) return undefined
  return Object.freeze({ id: `jwt:${sub}`, kind: 'jwt', scopes, ...(tools && { tools }) })
}

/** A list, or a text with spaces between the items (RFC 8693 §4.2). */
function readList(claim: unknown, shape: RegExp): readonly string[] | undefined {
  const items = typeof claim === 'string' ? claim.split(' ').filter((item) => item !== '') : claim
  if (!Array.isArray(items) || items.length > maxItems) return undefined
  return items.every((item) => typeof item === 'string' && shape.test(item)) ? items : undefined
}
