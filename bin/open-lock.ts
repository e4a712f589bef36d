import { dirname, join } from 'node:path'
import { type LockPlace, type WatchedLock, watchToolsLock } from '../src/lock/watched-lock.ts'
import type { Config } from '../src/settings.ts'
import type { Source } from '../src/source.ts'
import type { Log } from '../src/types.ts'

/** Where the lock is: as the setting says, else beside the configuration file, else here. */
export function findLock({ lock }: Config, configFile: string | undefined): LockPlace {
  if (lock.file !== undefined) return { file: lock.file, isRequired: true }
  const folder = configFile === undefined ? '.' : dirname(configFile)
  return { file: join(folder, 'tools.lock'), isRequired: false }
}

/** Follows the lock, when there is something that it could pin. */
export function openLock(
  place: LockPlace,
  sources: readonly Source[],
  log: Log
): WatchedLock | undefined {
  const isMounted = sources.some(({ definedBy }) => definedBy !== undefined)
  return isMounted ? watchToolsLock(place, log) : undefined
}
