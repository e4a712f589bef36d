import { type AcceptedKey, acceptKey, namedKey } from '../auth.ts'
import { findWeakness } from './key-strength.ts'

export interface TokenFile {
  readonly credentials: readonly AcceptedKey[]
  /** What must be kept out of every record. */
  readonly tokens: readonly string[]
  /** Tokens that production refuses, by line number. */
  readonly warnings: readonly string[]
}

/**
 * Reads `client-id:token` lines; blank lines and `#` comments are skipped. Throws with the line's
 * number, never its text.
 */
export function parseTokenFile(text: string): TokenFile {
  const credentials: AcceptedKey[] = []
  const tokens: string[] = []
  const warnings: string[] = []
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
    const weakness = findWeakness(token)
    if (weakness !== undefined) warnings.push(`line ${index + 1}: the token ${weakness}`)
    tokens.push(token)
    credentials.push(acceptKey(token, namedKey(id)))
  }
  return { credentials, tokens, warnings }
}
