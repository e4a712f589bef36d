const maxEntries = 1_000
const maxBytes = 16 * 1024 * 1024

/** A bounded store of answers; the least recently used leave first. */
export interface Cache<Value> {
  get(key: string): Value | undefined
  /** `generation` is that of the time the question was asked: later writes make an answer stale. */
  put(key: string, value: Value, bytes: number, generation: number): void
  /** Forgets everything, and what is still under way. */
  clear(): void
  readonly generation: number
}

interface Entry<Value> {
  readonly value: Value
  readonly bytes: number
  readonly expiresMs: number
}

/** Keeps at most 1,000 answers and 16 MiB, each for `ttlMs`. `now` is monotonic. */
export function createCache<Value>(ttlMs: number, now: () => number): Cache<Value> {
  const entries = new Map<string, Entry<Value>>()
  let total = 0
  let generation = 0
  const remove = (key: string, entry: Entry<Value>): void => {
    entries.delete(key)
    total -= entry.bytes
  }
  return Object.freeze<Cache<Value>>({
    get generation() {
      return generation
    },
    get(key: string) {
      const entry = entries.get(key)
      if (!entry) return undefined
      if (entry.expiresMs <= now()) {
        remove(key, entry)
        return undefined
      }
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    put(key: string, value: Value, valueBytes: number, askedIn: number) {
      const bytes = valueBytes + 2 * key.length
      if (askedIn !== generation || bytes > maxBytes / 4) return
      const old = entries.get(key)
      if (old) remove(key, old)
      entries.set(key, { value, bytes, expiresMs: now() + ttlMs })
      total += bytes
      for (const [oldest, entry] of entries) {
        if (entries.size <= maxEntries && total <= maxBytes) break
        remove(oldest, entry)
      }
    },
    clear() {
      entries.clear()
      total = 0
      generation++
    }
  })
}
