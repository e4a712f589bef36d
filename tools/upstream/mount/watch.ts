import type { UpstreamConnection } from '../connection.ts'

const maxWatched = 500

/** Has a server tell of a resource's changes; beyond so many the one asked for first gives way. */
export function createWatch(connection: UpstreamConnection): (original: string) => void {
  const watched = new Set<string>()
  return (original) => {
    const isKnown = watched.delete(original)
    watched.add(original)
    if (isKnown) return
    connection.watch(original)
    const [oldest] = watched
    if (watched.size <= maxWatched || oldest === undefined) return
    watched.delete(oldest)
    connection.unwatch(oldest)
  }
}
