import { randomBytes } from 'node:crypto'
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync
} from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { monotonicClock } from '../clock.ts'

/** A lock that this process holds. */
export interface FileLock {
  release(): void
}

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  /** When the process began; tells a reused process number. */
  readonly started: string
  /** Where process numbers mean something: host, boot and process namespace. */
  readonly space: string
}

const beatMs = 5000
/** A holder whose process cannot be seen from here is gone when its lock is older than this. */
const staleMs = 20_000

/**
 * Creates `path` as a lock. A lock of a process that is gone is taken over. Throws with the holder
 * when another process, or this one, has it.
 */
export function lockFile(path: string): FileLock {
  const own: Holder = { pid: process.pid, started: startOf(process.pid), space: readSpace() }
  const text = `${JSON.stringify(own)}\n`
  if (!create(path, text)) {
    takeOver(path, own)
    if (!create(path, text)) throw inUse(path)
  }
  // Seen by processes of another container, which cannot ask for this one.
  const timer = setInterval(() => touch(path), beatMs)
  timer.unref()
  return {
    release() {
      clearInterval(timer)
      if (read(path) === text) rmSync(path, { force: true })
    }
  }
}

/** Somebody else holds the lock. */
class LockedError extends Error {}

const waitMs = 20_000
const pollMs = 15

/** Runs `work` while this process alone holds the lock. Throws when it cannot be had within 20 s. */
export async function withFileLock<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  const lock = await waitForLock(path, monotonicClock() + waitMs)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

async function waitForLock(path: string, untilMs: number): Promise<FileLock> {
  for (;;) {
    try {
      return lockFile(path)
    } catch (error) {
      if (!(error instanceof LockedError) || monotonicClock() > untilMs) throw error
      await delay(pollMs * (0.5 + Math.random()))
    }
  }
}

function create(path: string, text: string): boolean {
  try {
    const fd = openSync(path, 'wx', 0o600)
    writeSync(fd, text)
    closeSync(fd)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a dead holder; throws when the holder lives. */
function takeOver(path: string, own: Holder): void {
  const seen = read(path)
  if (seen === undefined) return
  if (isHeld(path, seen, own)) throw inUse(path, seen)
  // Renamed first: of several that find it stale, one removes it, and nobody a fresh one.
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  if (read(aside) !== seen) restore(aside, path)
  rmSync(aside, { force: true })
}

function restore(aside: string, path: string): void {
  try {
    linkSync(aside, path)
  } catch {
    // Somebody else has made a new one meanwhile.
  }
}

function isHeld(path: string, text: string, own: Holder): boolean {
  const holder = parse(text)
  // Perhaps in the middle of being written.
  if (!holder || holder.space !== own.space) return ageMs(path) < staleMs
  return startOf(holder.pid) === holder.started
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, started, space } = JSON.parse(text) as Partial<Holder>
    const isWhole = Number.isInteger(pid) && typeof started === 'string'
    return isWhole && typeof space === 'string' ? { pid: pid as number, started, space } : undefined
  } catch {
    return undefined
  }
}

/** When a process began, in words of the system; empty when there is no such process. */
function startOf(pid: number): string {
  try {
    // proc_pid_stat(5): field 22, counted after the name, which may hold spaces and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return process.platform !== 'linux' && isAlive(pid) ? 'alive' : ''
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

function inUse(path: string, text = read(path) ?? ''): Error {
  const pid = parse(text)?.pid
  const who = pid === undefined ? 'another process' : `process ${pid}`
  return new LockedError(
    `${who} writes to it and holds ${path}; give each process a file of its own`
  )
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // The folder may be gone; so is the lock, then.
  }
}
