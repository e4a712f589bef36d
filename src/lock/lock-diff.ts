import type { ToolDrift } from '../audit.ts'
import { canonicalize } from '../json-text.ts'
import type { PinnedTool } from './pinned-tool.ts'
import type { ToolsLock } from './tools-lock.ts'

/** How a tool differs from the lock. */
export type Drift = ToolDrift | 'removed'

/** One place in a definition, such as `inputSchema.properties.id.type`; JSON, undefined: absent. */
export interface FieldChange {
  readonly field: string
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface Difference {
  readonly name: string
  readonly drift: Drift
  readonly before?: PinnedTool
  readonly after?: PinnedTool
}

/**
 * What the lock and the tools that are offered now differ in, by name. A tool that is not offered is
 * removed only where `isAsked` says that its source was asked for it.
 */
export function compareTools(
  lock: ToolsLock,
  offered: readonly PinnedTool[],
  isAsked: (pinned: PinnedTool) => boolean
): readonly Difference[] {
  const names = new Set(offered.map(({ definition }) => definition.name))
  const removed = [...lock].flatMap(([name, before]): Difference[] => {
    const isRemoved = !names.has(name) && isAsked(before)
    return isRemoved ? [{ name, drift: 'removed', before }] : []
  })
  const others = offered.flatMap((after): Difference[] => {
    const { name } = after.definition
    const before = lock.get(name)
    if (!before) return [{ name, drift: 'added', after }]
    return isSame(before, after) ? [] : [{ name, drift: 'changed', before, after }]
  })
  return [...removed, ...others].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The same definition by the same source. */
export function isSame(
  a: Pick<PinnedTool, 'source' | 'sha256'>,
  b: Pick<PinnedTool, 'source' | 'sha256'>
): boolean {
  return a.sha256 === b.sha256 && a.source === b.source
}

/** The lock after these differences are accepted. */
export function acceptDifferences(lock: ToolsLock, differences: readonly Difference[]): ToolsLock {
  const accepted = new Map(lock)
  for (const { name, after } of differences) {
    if (after) accepted.set(name, after)
    else accepted.delete(name)
  }
  return accepted
}

/** Field by field what a difference is; of an added or a removed tool each field as a whole. */
export function listFieldChanges({ before, after }: Difference): readonly FieldChange[] {
  const source = before && after ? compareValues('source', before.source, after.source) : []
  return [...source, ...compareMembers('', before?.definition ?? {}, after?.definition ?? {})]
}

function compareValues(field: string, before: unknown, after: unknown): readonly FieldChange[] {
  const [one, other] = [showValue(before), showValue(after)]
  if (one === other) return []
  const isAlike = isContainer(before) && isContainer(after) && isSameKind(before, after)
  return isAlike ? compareMembers(field, before, after) : [{ field, before: one, after: other }]
}

function compareMembers(parent: string, before: object, after: object): readonly FieldChange[] {
  const [one, other] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [...new Set([...one.keys(), ...other.keys()])]
    .sort()
    .flatMap((key) => compareValues(nameField(parent, key), one.get(key), other.get(key)))
}

/** Lists of different lengths are shown as a whole: by place, one more would change them all. */
function isSameKind(before: object, after: object): boolean {
  const isList = Array.isArray(before)
  if (isList !== Array.isArray(after)) return false
  return !isList || before.length === (after as readonly unknown[]).length
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function showValue(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalize(value)
}

/** A key that does not read as a name is quoted, so that no key can pass for a path. */
function nameField(parent: string, key: string): string {
  const part = /^[\w$-]+$/.test(key) ? key : JSON.stringify(key)
  return parent === '' ? part : `${parent}.${part}`
}
