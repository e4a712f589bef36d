import { raceAbort } from '../../src/call/race-abort.ts'
import type { UpstreamConnection, UpstreamEvent, UpstreamInfo } from './connection.ts'
import { createLifecycle } from './lifecycle.ts'
import { toUpstreamError } from './link/fault.ts'
import type { Pool } from './pool.ts'
import type { Route } from './requests.ts'
import type { ServerOptions } from './server-options.ts'
import { UpstreamError } from './upstream-error.ts'

/** Says how a server is, and when its connections are looked after; their lifecycle says how. */
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
  const { name, isLocal, timeoutMs, observe } = options
  const lifecycle = createLifecycle(options, emit, watched)
  const { pool, reach, drop, suspect, follow, close } = lifecycle
  return {
    pool,
    route: {
      name,
      timeoutMs,
      reach: (entry, signal) => raceAbort(reach(entry), signal),
      drop,
      suspect: (entry, link) => void suspect(entry, link),
      ...(observe && { observe })
    },
    info: () => lifecycle.info,
    state() {
      if (lifecycle.error) return 'down'
      const entries = pool.entries()
      if (entries.some(({ link }) => link)) return 'up'
      return entries.some(({ opening }) => opening) ? 'connecting' : 'idle'
    },
    throwIfDown() {
      const { error, isClosed } = lifecycle
      if (isClosed) throw new UpstreamError('connection', name)
      if (error) throw new UpstreamError(toUpstreamError(error, name).fault, name, { cause: error })
    },
    follow,
    checkHealth() {
      const { link } = pool.common
      if (lifecycle.error) return
      if (link) void suspect(pool.common, link)
      else if (!isLocal) reach(pool.common).catch(() => {})
    },
    stopIdle(idleMs) {
      for (const entry of pool.entries()) {
        const isIdle = entry.inFlight === 0 && performance.now() - entry.usedMs >= idleMs
        // Over the common one of a remote server its announcements come.
        const isKept = entry === pool.common && (!isLocal || watched.size > 0)
        if (isIdle && !isKept && entry.link) void drop(entry, entry.link)
      }
    },
    close
  }
}
