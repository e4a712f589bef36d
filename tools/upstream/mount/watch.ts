import type { UpstreamConnection } from '../connection.ts'

const maxWatched = 500
/** One resource changes no more often than this, as far as we tell. */
const minPauseMs = 100

/** The resources of a server that somebody wants to hear of. */
export interface Watch {
  /** Has the server tell of a resource's changes; beyond so many the one asked for first gives way. */
  add(original: string): void
  /**
   * The server says that a resource has changed: `tell` hears of those that are watched, and of many
   * changes in a row of the first and the last.
   */
  note(original: string): void
}

export function createWatch(
  connection: UpstreamConnection,
  tell: (original: string) => void
): Watch {
  const watched = new Set<string>()
  /** Told of a moment ago, and whether it has changed since. */
  const resting = new Map<string, boolean>()

  function note(original: string): void {
    if (!watched.has(original)) return
    if (resting.has(original)) return void resting.set(original, true)
    resting.set(original, false)
    const wake = (): void => {
      const hasChanged = resting.get(original)
      resting.delete(original)
      if (hasChanged) note(original)
    }
    setTimeout(wake, minPauseMs).unref()
    tell(original)
  }

  return Object.freeze({
    add(original: string) {
      const isKnown = watched.delete(original)
      watched.add(original)
      if (isKnown) return
      connection.watch(original)
      const [oldest] = watched
      if (watched.size <= maxWatched || oldest === undefined) return
      watched.delete(oldest)
      connection.unwatch(oldest)
    },
    note
  })
}
