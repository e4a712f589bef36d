import type { Finding, Status } from './check.ts'

/** A finding with the check that made it. */
export interface Row extends Finding {
  readonly id: string
}

const statuses: readonly Status[] = ['fail', 'warn', 'pass', 'skip', 'manual']

export function countRows(rows: readonly Row[]): Readonly<Record<Status, number>> {
  const counts = statuses.map((status) => [
    status,
    rows.filter((row) => row.status === status).length
  ])
  return Object.fromEntries(counts)
}

/** One line per finding, and one below it for what mends it. */
export function formatText(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ id }) => id.length))
  const lines = rows.flatMap(({ status, id, says, mend }) => [
    `${status.padEnd(6)}  ${id.padEnd(width)}  ${says}\n`,
    ...(mend === undefined ? [] : [`${' '.repeat(width + 10)}→ ${mend}\n`])
  ])
  const counts = countRows(rows)
  const total = statuses.map((status) => `${counts[status]} ${status}`).join(', ')
  return `${lines.join('')}\n${total}\n`
}

export function formatJson(rows: readonly Row[]): string {
  return `${JSON.stringify({ counts: countRows(rows), checks: rows }, null, 2)}\n`
}
