import { raceAbort } from '../../src/race-abort.ts'
import {
  closeEntry,
  drop,
  firstBackoffMs,
  follow,
  reach,
  type State,
  shortLifeMs,
  suspect
} from './care.ts'
import type { UpstreamConnection, UpstreamEvent, UpstreamInfo } from './connection.ts'
import { toUpstreamError } from './link/fault.ts'
import { createPool, type Pool } from './pool.ts'
import { createRecovery } from './recovery.ts'
import type { Route } from './requests.ts'
import type { ServerOptions } from './server-options.ts'
import { UpstreamError } from './upstream-error.ts'

const maxPending = 256

/** Keeps a server's connections: opens, looks after, drops and opens them again. */
export interface Keeper {
  readonly pool: Pool
  readonly route: Route
  info(): UpstreamInfo | undefined
  state(): ReturnType<UpstreamConnection['state']>
  /** Throws while the server is known to be down. */
  throwIfDown(): void
  /** Brings what is watched in line with the wishes. */
  follow(): void
  checkHealth(): void
  stopIdle(idleMs: number): void
  close(): Promise<void>
}

export function createKeeper(
  options: ServerOptions,
  emit: (event: UpstreamEvent) => void,
  watched: ReadonlySet<string>
): Keeper {
  const { name, isLocal, maxConnections, maxBackoffMs, timeoutMs, observe } = options
  const now = (): number => performance.now()
  const state: State = {
    options,
    watched,
    emit,
    recovery: createRecovery({
      firstMs: firstBackoffMs,
      maxMs: maxBackoffMs,
      settledMs: shortLifeMs,
      random: Math.random,
      now,
      attempt: () => void reach(state, state.pool.common).catch(() => {})
    }),
    pool: createPool({
      server: name,
      maxEntries: maxConnections,
      maxPending,
      isSingle: isLocal,
      drop: (entry) => void closeEntry(entry),
      now
    }),
    closing: new AbortController(),
    suspected: new Set(),
    info: undefined,
    verdict: undefined,
    shortLives: 0
  }
  const { pool, recovery, closing } = state
  return {
    pool,
    route: {
      name,
      timeoutMs,
      reach: (entry, signal) => raceAbort(reach(state, entry), signal),
      drop: (entry, link) => drop(state, entry, link),
      suspect: (entry, link) => void suspect(state, entry, link),
      ...(observe && { observe })
    },
    info: () => state.info,
    state() {
      if (recovery.error) return 'down'
      const entries = pool.entries()
      if (entries.some(({ link }) => link)) return 'up'
      return entries.some(({ opening }) => opening) ? 'connecting' : 'idle'
    },
    throwIfDown() {
      const { error } = recovery
      if (closing.signal.aborted) throw new UpstreamError('connection', name)
      if (error) throw new UpstreamError(toUpstreamError(error, name).fault, name, { cause: error })
    },
    follow: () => follow(state),
    checkHealth() {
      const { link } = pool.common
      if (recovery.error) return
      if (link) void suspect(state, pool.common, link)
      else if (!isLocal) reach(state, pool.common).catch(() => {})
    },
    stopIdle(idleMs) {
      for (const entry of pool.entries()) {
        const isIdle = entry.inFlight === 0 && now() - entry.usedMs >= idleMs
        // Over the common one of a remote server its announcements come.
        const isKept = entry === pool.common && (!isLocal || watched.size > 0)
        if (isIdle && !isKept && entry.link) void drop(state, entry, entry.link)
      }
    },
    async close() {
      closing.abort()
      recovery.close()
      await Promise.all(pool.entries().map(closeEntry))
    }
  }
}
