import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Principal } from './types.ts'

/** A secret and the name it stands for. Only its digest is kept. */
export interface Credential {
  readonly principal: Principal
  readonly digest: Buffer
}

export type Authenticate = (presented: string) => Principal | undefined

/** Makes a credential; the secret itself is forgotten. */
export function createCredential(secret: string, principal: Principal): Credential {
  return { principal: Object.freeze({ ...principal }), digest: digest(secret) }
}

/** A named key with every scope and every tool. */
export function namedKey(id: string): Principal {
  return { id, kind: 'key' }
}

export const localPrincipal: Principal = Object.freeze({ id: 'local', kind: 'local' })
export const anonymousPrincipal: Principal = Object.freeze({ id: 'anonymous', kind: 'anonymous' })

/**
 * Compares the digest of what was presented with every configured digest, always all of them, so
 * that time tells nothing about prefix, length or position.
 */
export function createAuthenticate(credentials: () => readonly Credential[]): Authenticate {
  return (presented) => {
    const given = digest(presented)
    let found: Principal | undefined
    for (const credential of credentials()) {
      const isEqual = timingSafeEqual(given, credential.digest)
      if (isEqual && !found) found = credential.principal
    }
    return found
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** A fresh 256-bit key, for a loopback server that was given none. */
export function generateKey(): string {
  return `pcl_${randomBytes(32).toString('base64url')}`
}

/**
 * Reads `client-id:token` lines; blank lines and `#` comments are skipped. Throws with the line's
 * number, never its text.
 */
export function parseTokenFile(text: string): readonly Credential[] {
  const credentials: Credential[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const entry = line.trim()
    if (entry === '' || entry.startsWith('#')) continue
    const separator = entry.indexOf(':')
    const id = entry.slice(0, separator).trim()
    const token = entry.slice(separator + 1).trim()
    const isGood = separator > 0 && /^[\w.@-]{1,64}$/.test(id) && token !== ''
    if (!isGood) {
      throw new Error(`line ${index + 1}: must be client-id:token`)
    }
    credentials.push(createCredential(token, namedKey(id)))
  }
  return credentials
}
