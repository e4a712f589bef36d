import { lstatSync } from 'node:fs'
import { ConfigError, reasonOf } from '../config-error.ts'
import { watchFile } from '../files/watched-file.ts'
import type { Log } from '../types.ts'
import { readToolsLock, type ToolsLock } from './tools-lock.ts'

/** Where the lock is. */
export interface LockPlace {
  readonly file: string
  /** It was asked for: without it nothing may start. */
  readonly isRequired: boolean
}

export interface WatchedLock {
  /** What is approved; undefined: there is no lock, and nothing is pinned. */
  current(): ToolsLock | undefined
  subscribe(listener: () => void): void
  close(): void
}

/**
 * Reads a lock and follows it. Throws a ConfigError when it is damaged, or missing although it was
 * asked for. A lock that is lost or damaged later changes nothing: what was approved stays so.
 */
export function watchToolsLock({ file, isRequired }: LockPlace, log: Log): WatchedLock {
  const listeners = new Set<() => void>()
  let isThere = isRequired
  const watched = watchFile<ToolsLock | undefined>({
    file,
    label: 'tools.lock',
    fallback: (last) => last,
    consequence: 'what it approved before still counts',
    log,
    read() {
      const lock = readLock(file, !isThere)
      isThere ||= lock !== undefined
      return lock
    },
    onChange() {
      for (const listener of listeners) listener()
    }
  })
  return {
    current: watched.current,
    subscribe(listener) {
      listeners.add(listener)
    },
    close: watched.close
  }
}

function readLock(file: string, mayBeMissing: boolean): ToolsLock | undefined {
  try {
    // A link that leads nowhere is no missing lock: somebody wanted one.
    const isMissing = lstatSync(file, { throwIfNoEntry: false }) === undefined
    return mayBeMissing && isMissing ? undefined : readToolsLock(file)
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = isMissing ? 'is missing; mcp-server lock approve makes it' : reasonOf(cause)
    throw describeLockError(file, reason, cause)
  }
}

/** Names the file, too: it may be the default, which nobody typed. */
export function describeLockError(file: string, reason: string, cause: unknown): ConfigError {
  return new ConfigError(`lock.file (MCP_TOOLS_LOCK) ${file}: ${reason}`, { cause })
}
