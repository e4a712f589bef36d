import { quote, showUnseen } from '../json-text.ts'
import { type Difference, type Drift, listFieldChanges } from './lock-diff.ts'

/**
 * Differences for a person: each tool, who defines it, and what changed, field by field. Whatever a
 * definition holds stays in its line and is visible.
 */
export function formatDifferences(differences: readonly Difference[]): string {
  return showUnseen(differences.map(formatDifference).join('\n'))
}

function formatDifference(difference: Difference): string {
  const { name, drift, before, after } = difference
  const lines = listFieldChanges(difference).flatMap((change) => [
    `  ${change.field}`,
    ...(change.before === undefined ? [] : [`    - ${change.before}`]),
    ...(change.after === undefined ? [] : [`    + ${change.after}`])
  ])
  const source = quote((after ?? before)?.source ?? '')
  return [`${drift} ${name}, defined by ${source}`, ...lines, ''].join('\n')
}

/** How many of each, such as `1 changed, 2 added`. */
export function countDifferences(differences: readonly Difference[]): string {
  const counts = (['changed', 'added', 'removed'] as const).flatMap((drift: Drift) => {
    const count = differences.filter((difference) => difference.drift === drift).length
    return count === 0 ? [] : [`${count} ${drift}`]
  })
  return counts.join(', ')
}

/** Sources that could not be compared. */
export function formatSilent(names: readonly string[]): string {
  return names.length === 0
    ? ''
    : `Not compared, since it has not answered: ${names.map(quote).join(', ')}.\n`
}

/** All of it for programs, as JSON. */
export function toJsonReport(
  differences: readonly Difference[],
  notCompared: readonly string[]
): string {
  const rows = differences.map((difference) => {
    const { name, drift, before, after } = difference
    return {
      name,
      drift,
      source: (after ?? before)?.source,
      oldDigest: before?.sha256,
      newDigest: after?.sha256,
      changes: listFieldChanges(difference)
    }
  })
  return `${showUnseen(JSON.stringify({ differences: rows, notCompared }, null, 2))}\n`
}
