import type { Tally, Times } from './ledger.ts'
import type { Result } from './row.ts'

const head = [
  'id',
  'fault',
  'expected',
  'seen',
  'result',
  'sent',
  'ok',
  'error',
  'refused',
  'lost',
  'executed 0/1/>1',
  'audit lines 0/1/>1',
  's',
  'run'
]

/** The results as one table of Markdown; `run` says when and in which form they came about. */
export function formatTable(results: readonly Result[], run: string): string {
  const rows = results.map((result) => [...formatRow(result), run])
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** `table` with the rows of `earlier` that it lacks, in the order of `ids`. */
export function mergeTables(table: string, earlier: string, ids: readonly string[]): string {
  const [names = '', rule = '', ...lines] = table.split('\n')
  const rowOf = (id: string, among: readonly string[]): string | undefined =>
    among.find((line) => line.startsWith(`| ${id} |`))
  const kept = earlier.split('\n')
  const rows = ids.flatMap((id) => rowOf(id, lines) ?? rowOf(id, kept) ?? [])
  return [names, rule, ...rows].join('\n')
}

/** One result as a line for somebody who waits. */
export function formatLine({ row, seen, failures, skipped, tookMs }: Result): string {
  if (skipped !== undefined) return `not run  ${row.id}: ${skipped}`
  const what = failures.length === 0 ? 'ok      ' : 'FAILED  '
  const faults = failures.map((failure) => `\n           ${failure}`).join('')
  return `${what} ${row.id} (${(tookMs / 1000).toFixed(1)} s): ${seen}${faults}`
}

function formatRow({ row, seen, failures, tally, skipped, tookMs }: Result): readonly string[] {
  const { id, fault, expected } = row
  const result = failures.length === 0 ? 'ok' : `**failed**: ${failures.slice(0, 5).join('; ')}`
  const told = skipped === undefined ? [seen, result] : [skipped, 'not run']
  const texts = [id, fault, expected, ...told]
  const cells = texts.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' '))
  return [...cells, ...formatTally(tally), (tookMs / 1000).toFixed(1)]
}

function formatTally(tally: Tally | undefined): readonly string[] {
  if (!tally) return Array.from({ length: 7 }, () => '')
  const { sent, ok, error, refused, lost, executed, audited } = tally
  return [
    ...[sent, ok, error, refused, lost].map(String),
    formatTimes(executed),
    formatTimes(audited)
  ]
}

const formatTimes = (times: Times): string => times.join('/')
