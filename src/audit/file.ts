import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, statSync } from 'node:fs'
import { ConfigError, reasonOf } from '../config-error.ts'
import { type FileLock, lockFile } from '../files/file-lock.ts'
import { writeAll } from '../output/line-sink.ts'
import { genesis, type Seal } from './chain.ts'
import { readTail, type Tail } from './tail.ts'

/** Where audit lines go. */
export interface AuditSink {
  /** Where the chain stood when this was opened. */
  readonly tail?: Tail
  /** Appends whole lines, all of them or none. Throws when it cannot. */
  append(lines: string): void
  /** Opens the path again, after a rotation; true when a new file goes on from here. */
  reopen?(): boolean
  flush?(maxMs: number): Promise<void>
  close?(): void
}

export interface AuditFileOptions {
  readonly file: string
  readonly seal: Seal
  /** Wait for the disk with each write. */
  readonly fsync: boolean
}

/**
 * Opens a file for appending, created with mode 600 and locked against other writers; lines are
 * written when `append` returns. Throws a ConfigError.
 */
export function openAuditFile({ file, seal, fsync }: AuditFileOptions): AuditSink {
  const { fd: opened, tail, lock } = open(file, seal)
  let fd = opened
  let size = fstatSync(fd).size
  let isDirty = false
  // What a crash left behind ends with the first line of this run.
  let before = tail.torn !== undefined || tail.isOpen ? '\n' : ''

  function append(lines: string): void {
    if (isDirty) repair()
    const text = before + lines
    try {
      writeAll(fd, text)
      if (fsync) fdatasyncSync(fd)
    } catch (error) {
      isDirty = true
      if (codeOf(error) === 'EBADF') fd = openAppending(file)
      else repair()
      throw error
    }
    before = ''
    size += Buffer.byteLength(text)
  }

  /** Takes back the part of a line that was still written. */
  function repair(): void {
    const now = fstatSync(fd)
    // A device has no length to go back to.
    if (now.isFile() && now.size > size) ftruncateSync(fd, size)
    isDirty = false
  }

  function reopen(): boolean {
    if (isSameFile(fd, file)) return false
    const next = openAppending(file)
    if (fstatSync(next).size > 0) {
      closeSync(next)
      throw new Error('the new file is not empty, and a chain goes on in an empty one only')
    }
    closeSync(fd)
    fd = next
    size = 0
    return true
  }

  return Object.freeze({
    tail,
    append,
    reopen,
    close() {
      closeSync(fd)
      lock?.release()
    }
  })
}

interface Opened {
  readonly fd: number
  readonly tail: Tail
  readonly lock: FileLock | undefined
}

function open(file: string, seal: Seal): Opened {
  let lock: FileLock | undefined
  let fd: number | undefined
  try {
    // A pipe or a device is nobody's alone, and has no end to go on from.
    const isPlain = statSync(file, { throwIfNoEntry: false })?.isFile() ?? true
    if (isPlain) lock = lockFile(`${file}.lock`)
    fd = openAppending(file)
    return { fd, tail: isPlain ? readTail(fd, seal) : { link: genesis }, lock }
  } catch (cause) {
    if (fd !== undefined) closeSync(fd)
    lock?.release()
    throw new ConfigError(`audit.file (MCP_AUDIT_FILE): ${file}: ${reasonOf(cause)}`, { cause })
  }
}

function openAppending(file: string): number {
  return openSync(file, 'a+', 0o600)
}

function isSameFile(fd: number, file: string): boolean {
  const there = statSync(file, { throwIfNoEntry: false })
  const own = fstatSync(fd)
  return there !== undefined && there.ino === own.ino && there.dev === own.dev
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
