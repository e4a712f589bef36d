import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Work under the lock takes milliseconds: one this old was left by a process that died. */
const staleMs = 10_000
const waitMs = 20_000
const pollMs = 15

/** Holds the lock; `isHeld` is asked before anything is changed for good. */
export interface FileLock {
  isHeld(): boolean
}

/**
 * Runs `work` while this process alone holds `file`.lock. A lock whose owner died is taken over.
 * Throws when it cannot be had within 20 s.
 */
export async function withFileLock<T>(file: string, work: (lock: FileLock) => T): Promise<T> {
  const path = `${file}.lock`
  const token = randomUUID()
  const untilMs = performance.now() + waitMs
  while (!take(path, token)) {
    removeStale(path)
    if (performance.now() > untilMs) throw new Error(`${path} is held by another process`)
    await delay(pollMs * (0.5 + Math.random()))
  }
  const isHeld = (): boolean => readToken(path) === token
  try {
    return work({ isHeld })
  } finally {
    if (isHeld()) rmSync(path, { force: true })
  }
}

function take(path: string, token: string): boolean {
  try {
    const descriptor = openSync(path, 'wx', 0o600)
    writeSync(descriptor, token)
    closeSync(descriptor)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** By a rename, so that of several waiting processes one takes the stale lock away. */
function removeStale(path: string): void {
  try {
    const { mtimeMs, ino } = statSync(path)
    if (Date.now() - mtimeMs < staleMs) return
    const aside = `${path}.${randomUUID()}`
    renameSync(path, aside)
    // Somebody may have been quicker and hold the lock anew: `isHeld` tells its holder.
    if (statSync(aside).ino !== ino) renameSync(aside, path)
    else rmSync(aside, { force: true })
  } catch {
    // It is gone: released, or taken away by another process.
  }
}

function readToken(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
