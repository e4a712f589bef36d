import type { JWTVerifyGetKey } from 'jose'
import { monotonicClock } from '../clock.ts'
import { reasonOf } from '../config-error.ts'
import type { Log } from '../types.ts'

/** Thrown when a token cannot be judged: the provider's keys were never to be had. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

export interface RemoteKeys {
  /** Finds the key of a token. Throws KeysUnavailable, or jose's errors. */
  readonly find: JWTVerifyGetKey
  /** Fetches the keys now. Throws what went wrong: NoKeySet when it was an answer, not silence. */
  load(): Promise<void>
}

/** The address answered, with something that is no key set: waiting will not mend that. */
export class NoKeySet extends Error {
  override readonly name = 'NoKeySet'
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const maxBytes = 262_144
const timeoutMs = 5000
/** An unknown key id asks again at most this often. */
const cooldownMs = 30_000
const refreshAfterMs = 600_000
const retryAfterMs = 10_000

/**
 * The signing keys behind an address, kept in memory: refreshed in the background every 10 min,
 * and at once for an unknown key id. An outage leaves the known ones in place.
 */
export async function openRemoteKeys(
  uri: string,
  log: Log,
  fetchKeys: Fetch = fetch
): Promise<RemoteKeys> {
  const { createRemoteJWKSet, customFetch, errors } = await import('jose')
  let triedAtMs = Number.NEGATIVE_INFINITY
  let isFailing = false

  async function fetchGently(url: string, init: RequestInit): Promise<Response> {
    const nowMs = monotonicClock()
    // Without this every token with an unknown key id would ask a provider that is down.
    if (isFailing && nowMs - triedAtMs < retryAfterMs) throw new Error('failed a moment ago')
    triedAtMs = nowMs
    try {
      const text = await readKeySet(await fetchKeys(url, init))
      isFailing = false
      return new Response(text)
    } catch (error) {
      isFailing = true
      const reason = describeFetchError(error)
      log.error('auth.jwt.jwksUri (MCP_JWKS_URI): keys not read', { reason })
      throw error
    }
  }

  const remote = createRemoteJWKSet(new URL(uri), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    // jose would forget keys with their age; an outage must not lock everybody out.
    cacheMaxAge: Number.POSITIVE_INFINITY,
    [customFetch]: fetchGently
  })
  const find: JWTVerifyGetKey = async (header, token) => {
    if (monotonicClock() - triedAtMs > refreshAfterMs) remote.reload().catch(() => {})
    try {
      return await remote(header, token)
    } catch (error) {
      if (remote.jwks() === undefined) throw new KeysUnavailable('no keys yet', { cause: error })
      // Asking again for an unknown id failed: it stays unknown.
      throw error instanceof errors.JOSEError ? error : new errors.JWKSNoMatchingKey()
    }
  }
  return { find, load: () => remote.reload() }
}

/** The text of a key set. Throws when the answer is none, or too long. */
async function readKeySet(response: Response): Promise<string> {
  if (response.status >= 500) throw new Error(`answered ${response.status}`)
  if (response.status !== 200) throw new NoKeySet(`answered ${response.status}`)
  const text = await readBounded(response)
  if (!isKeySet(text)) throw new NoKeySet('is no key set')
  return text
}

async function readBounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new NoKeySet(`is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function isKeySet(text: string): boolean {
  try {
    const { keys } = JSON.parse(text)
    return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)
  } catch {
    return false
  }
}

/** `fetch` hides the reason behind "fetch failed". */
function describeFetchError(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return reasonOf(cause ?? error)
}
