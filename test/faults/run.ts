import { apiRows } from './api-rows.ts'
import { runRow } from './row.ts'

const wanted = process.argv.slice(2)
for (const row of apiRows.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
  const { seen, failures, tally, tookMs } = await runRow(row, process.env.FAULTS === 'full')
  console.log(
    row.id,
    '|',
    seen,
    '|',
    JSON.stringify(tally),
    '|',
    (tookMs / 1000).toFixed(1),
    '|',
    failures.join('; ')
  )
}
