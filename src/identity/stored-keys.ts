import { existsSync } from 'node:fs'
import type { AcceptedKey } from '../auth.ts'
import { ConfigError, reasonOf } from '../config-error.ts'
import { watchFile } from '../files/watched-file.ts'
import type { Log } from '../types.ts'
import { changeKeyStore, keyIdOf, readKeyStore, type StoredKey } from './key-store.ts'

export interface StoredKeys {
  current(): readonly AcceptedKey[]
  close(): void
}

export interface StoredKeyOptions {
  readonly file: string
  /** The store was not asked for: it need not be there. */
  readonly mayBeMissing: boolean
  /** Older keys do not count. */
  readonly maxAgeDays?: number
  readonly log: Log
  onChange(): void
}

const dayMs = 86_400_000
/** Rotation is due at 90 days; this leaves time for it. */
const warnAfterDays = 80
const noteUseEveryMs = 60_000

/** Follows a key store: the keys that count, warnings about their age, and their last use. */
export function openStoredKeys(options: StoredKeyOptions): StoredKeys {
  const { file, mayBeMissing, maxAgeDays, log, onChange } = options
  const used = new Set<string>()
  const watched = watchFile<readonly AcceptedKey[]>({
    file,
    label: 'key store',
    fallback: () => [],
    consequence: 'its keys do not count',
    log,
    onChange,
    read() {
      if (mayBeMissing && !existsSync(file)) return []
      const keys = readStore(file)
      return keys.map((key) => toAcceptedKey(key, maxAgeDays, used))
    }
  })
  const warn = (): void => {
    for (const text of listWarnings(file, maxAgeDays)) log.warn(text)
  }
  warn()
  const timers = [
    setInterval(warn, dayMs),
    setInterval(() => noteUse(file, used, log), noteUseEveryMs)
  ]
  for (const timer of timers) timer.unref()
  return {
    current: watched.current,
    close() {
      watched.close()
      for (const timer of timers) clearInterval(timer)
      noteUse(file, used, log)
    }
  }
}

function readStore(file: string): readonly StoredKey[] {
  try {
    return readKeyStore(file)
  } catch (cause) {
    throw describeStoreError(file, cause)
  }
}

/** Names the file, too: it may be the default, which nobody typed. */
export function describeStoreError(file: string, cause: unknown): ConfigError {
  return new ConfigError(`auth.keyStore (MCP_KEYS_FILE) ${file}: ${reasonOf(cause)}`, { cause })
}

function toAcceptedKey(
  key: StoredKey,
  maxAgeDays: number | undefined,
  used: Set<string>
): AcceptedKey {
  const { name, sha256, scopes, tools } = key
  const expiresAtMs = expiryOf(key, maxAgeDays)
  return {
    principal: Object.freeze({
      id: name,
      kind: 'key',
      ...(scopes && { scopes }),
      ...(tools && { tools })
    }),
    digest: sha256,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    noteUse: () => {
      used.add(sha256)
    }
  }
}

/** When a key stops counting: its own date, or the greatest age, whichever is first. */
function expiryOf({ created, expires }: StoredKey, maxAgeDays?: number): number | undefined {
  const dates = [
    ...(expires === undefined ? [] : [Date.parse(expires)]),
    ...(maxAgeDays === undefined ? [] : [Date.parse(created) + maxAgeDays * dayMs])
  ]
  return dates.length === 0 ? undefined : Math.min(...dates)
}

/** What an operator should know of a key's age; undefined when all is well. */
export function describeAge(key: StoredKey, maxAgeDays?: number): string | undefined {
  const now = Date.now()
  const expiresAtMs = expiryOf(key, maxAgeDays)
  if (expiresAtMs !== undefined && expiresAtMs <= now) return 'expired'
  const days = Math.floor((now - Date.parse(key.created)) / dayMs)
  return days >= warnAfterDays ? `${days} days old: rotate it` : undefined
}

function listWarnings(file: string, maxAgeDays?: number): readonly string[] {
  try {
    return readKeyStore(file).flatMap((key) => {
      const age = describeAge(key, maxAgeDays)
      return age === undefined ? [] : [`key ${key.name} (${keyIdOf(key)}): ${age}`]
    })
  } catch {
    // Missing or refused: the watch tells of that.
    return []
  }
}

/** Writes down on which day keys were used, at most once a day for each; nothing waits for it. */
function noteUse(file: string, used: Set<string>, log: Log): void {
  if (used.size === 0) return
  const today = new Date().toISOString().slice(0, 10)
  const digests = new Set(used)
  used.clear()
  const isNews = (key: StoredKey): boolean => digests.has(key.sha256) && key.lastUsed !== today
  changeKeyStore(file, (keys) =>
    keys.some(isNews) ? keys.map((key) => (isNews(key) ? { ...key, lastUsed: today } : key)) : keys
  ).catch((error: unknown) => log.debug('last use of keys not kept', { error: reasonOf(error) }))
}
