import { statSync } from 'node:fs'
import { describeError } from '../log.ts'
import type { Log } from '../types.ts'

export interface WatchedFile<T> {
  /** What the file said when it was last read. */
  current(): T
  close(): void
}

export interface WatchOptions<T> {
  readonly file: string
  /** What the file is, for log lines. */
  readonly label: string
  /** Throws when the file cannot be trusted. */
  read(): T
  /** What counts while it cannot be trusted, after what it said last; and the same in words. */
  fallback(last: T): T
  readonly consequence: string
  readonly log: Log
  /** Called after each change. */
  onChange(): void
}

const pollMs = 1000

/** Reads a file now (and throws what `read` throws), and again within a second of a change. */
export function watchFile<T>(options: WatchOptions<T>): WatchedFile<T> {
  const { file, label, read, fallback, consequence, log, onChange } = options
  let seen = fingerprint(file)
  let current = read()
  // Not fs.watchFile: that one misses a change made before its first look.
  const timer = setInterval(() => {
    const now = fingerprint(file)
    if (now === seen) return
    seen = now
    try {
      current = read()
      log.info(`${label} read again`)
    } catch (error) {
      current = fallback(current)
      log.error(`${label} refused, ${consequence}`, { error: describeError(error) })
    }
    onChange()
  }, pollMs)
  timer.unref()
  return { current: () => current, close: () => clearInterval(timer) }
}

/** Changes when the file, its content or its mode does. */
function fingerprint(file: string): string {
  try {
    const { ino, size, mode, mtimeMs, ctimeMs } = statSync(file)
    return [ino, size, mode, mtimeMs, ctimeMs].join()
  } catch {
    return 'missing'
  }
}
