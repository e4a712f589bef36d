import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { listRows } from './matrix.ts'
import { type Result, runRow } from './row.ts'
import { formatLine, formatTable, mergeTables } from './table.ts'

/*
 * npm run faults: the whole matrix; the ids of rows run those only, `--short` in the small form.
 * npm run faults -- soak --minutes 30. `--write` puts what ran into the
 * table of docs/faults.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '2' }
  }
})

const rows = listRows(Number(values.minutes))
const unknown = positionals.filter((id) => !rows.some((row) => row.id === id))
if (unknown.length > 0) {
  process.stderr.write(
    `no such row: ${unknown.join(', ')}; rows: ${rows.map(({ id }) => id).join(' ')}\n`
  )
  process.exit(2)
}

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const results: Result[] = []
for (const row of rows.filter(({ id }) => positionals.length === 0 || positionals.includes(id))) {
  const result = await runRow(row, !values.short)
  results.push(result)
  process.stdout.write(`${formatLine(result)}\n`)
}

const failed = results.filter(({ failures }) => failures.length > 0).length
const run = `${values.short ? 'short' : 'full'}, ${new Date().toISOString().slice(0, 10)}`
const table = formatTable(results, run)
process.stdout.write(`\n${table}\n\n${summarise(table)}\n`)
if (values.write) writeDocument()
process.exit(failed === 0 ? 0 : 1)

function summarise(lines: string): string {
  const [, , ...rows] = lines.split('\n')
  const count = (result: string): number =>
    rows.filter((row) => row.includes(` | ${result}`)).length
  const [ok, bad, none] = [count('ok |'), count('**failed**'), count('not run |')]
  return `${rows.length} rows: ${ok} as expected, ${bad} failed, ${none} not run`
}

/** Rows that did not run now stay as they are. */
function writeDocument(): void {
  const file = 'docs/faults.md'
  const earlier = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const all = listRows(0).map(({ id }) => id)
  writeFileSync(file, describe(mergeTables(table, earlier, all)))
}

function describe(merged: string): string {
  return `# What happens when things break

Written by \`npm run faults -- --write\`, Node ${process.version}, ${cpus().length} cores; the last column says when each row ran, and in which form. Each row starts the real executable, brings the fault about and joins what the client, the API behind it and the audit file know of each call by a nonce.

- error: answered with \`isError\` or a JSON-RPC error. refused: turned away with a status such as 503, or with the code 503. lost: the client left, or no answer came, such as when nobody listens any more.
- executed: calls that reached the tool, or the API behind it, never, once, more often; a read may be repeated. audit lines: calls with so many \`TOOL_EXECUTE\` lines.
- In every row: no call answered by a tool without exactly one line, unless the row is about an audit trail that cannot be written and says how many lines were counted as dropped.

${summarise(merged)}.

${merged}
`
}
