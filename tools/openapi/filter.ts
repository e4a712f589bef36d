import { compileGlobs } from '../../src/glob.ts'
import type { ApiSettings, OperationFilter } from '../../src/settings/api-settings.ts'
import { isRead } from '../outside/method.ts'
import type { Candidate } from './operations.ts'

export type FilterSettings = Pick<ApiSettings, 'include' | 'exclude' | 'allowWrites'>

/** Why an operation is not offered; undefined when it is. */
export type Decide = (candidate: Candidate) => string | undefined

/**
 * What the configuration lets through: reads only, unless `allowWrites` is on or a write is listed
 * by its exact operationId; nothing deprecated. `enabled` of an override decides before all that.
 */
export function createFilter({ include, exclude, allowWrites }: FilterSettings): Decide {
  const isIncluded = include ? compileFilter(include) : () => true
  const isExcluded = exclude ? compileFilter(exclude) : () => false
  const listed = new Set(include?.operations ?? [])
  return (candidate) => {
    const { override, id, name } = candidate
    if (override?.enabled === true) return undefined
    if (override?.enabled === false) return 'it is switched off by the configuration.'
    if (!isIncluded(candidate)) return 'the configuration does not include it.'
    if (isExcluded(candidate)) return 'the configuration excludes it.'
    const isListed = listed.has(id) || listed.has(name)
    return isListed ? undefined : refuseByDefault(candidate, allowWrites === true)
  }
}

function refuseByDefault(
  { method, isDeprecated }: Candidate,
  allowsWrites: boolean
): string | undefined {
  if (!isRead(method) && !allowsWrites) {
    return 'it writes: only GET and HEAD are offered (read-only).'
  }
  return isDeprecated ? 'it is deprecated.' : undefined
}

/** An operation is chosen when every given list matches it. */
function compileFilter(filter: OperationFilter): (candidate: Candidate) => boolean {
  const { tags, methods, paths, operations } = filter
  const matchesTag = tags && compileGlobs(tags)
  const matchesMethod = methods && compileGlobs(methods.map((method) => method.toUpperCase()))
  const matchesPath = paths && compileGlobs(paths)
  const matchesId = operations && compileGlobs(operations)
  return ({ id, name, method, path, tags: own }) =>
    (!matchesTag || own.some(matchesTag)) &&
    (!matchesMethod || matchesMethod(method)) &&
    (!matchesPath || matchesPath(path)) &&
    (!matchesId || matchesId(id) || matchesId(name))
}
