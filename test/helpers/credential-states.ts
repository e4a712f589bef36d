import { generateKey } from '../../src/identity/api-key.ts'
import type { Issuer } from './issuer.ts'
import { keyOf } from './principals.ts'

/** What a request may carry, and how far that gets it. */
export interface CredentialState {
  readonly name: string
  readonly secret?: string
  /** `refused`: 401, with this reason in the audit. Low: let in, but without the scope. */
  readonly rank: 'refused' | 'low key' | 'low token' | 'valid'
  readonly reason?: string
}

/** Every kind of credential, from none to a good one. */
export async function listStates(issuer: Issuer): Promise<readonly CredentialState[]> {
  const nowSeconds = Math.floor(Date.now() / 1000)
  const scope = 'reports.read'
  const [good, low, over, foreign, stranger] = await Promise.all([
    issuer.token({ claims: { scope } }),
    issuer.token({ claims: { scope: 'reports.readall reports' } }),
    issuer.token({ claims: { scope, exp: nowSeconds - 3600 } }),
    issuer.token({ claims: { scope, aud: 'https://other.example/mcp' } }),
    issuer.token({ claims: { scope, iss: 'https://other.example' } })
  ])
  const wrong = { rank: 'refused', reason: 'invalid_token' } as const
  const key = keyOf('full')
  return [
    { name: 'none', rank: 'refused', reason: 'missing_bearer_token' },
    { name: 'wrong key', secret: generateKey(), ...wrong },
    { name: 'mistyped key', secret: `pcl_${'a'.repeat(49)}`, ...wrong },
    { name: 'cut key', secret: key.slice(0, -1), ...wrong },
    { name: 'no token', secret: 'a.b.c', ...wrong },
    { name: 'token of another issuer', secret: stranger, ...wrong },
    { name: 'token cut short', secret: good.slice(0, -8), ...wrong },
    { name: 'expired key', secret: keyOf('expired'), rank: 'refused', reason: 'expired_token' },
    { name: 'expired token', secret: over, rank: 'refused', reason: 'expired_token' },
    { name: 'wrong audience', secret: foreign, rank: 'refused', reason: 'wrong_audience' },
    { name: 'key of low scope', secret: keyOf('narrow'), rank: 'low key' },
    { name: 'token of low scope', secret: low, rank: 'low token' },
    { name: 'valid key', secret: key, rank: 'valid' },
    { name: 'valid token', secret: good, rank: 'valid' }
  ]
}
