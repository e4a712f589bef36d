import t from 'tap'
import { listRows } from './faults/matrix.ts'
import { runRow } from './faults/row.ts'
import { formatLine, formatTable, mergeTables } from './faults/table.ts'

// The quick rows of npm run faults, in their short form; some at a time.
const atOnce = 3
const timeout = 110_000
t.setTimeout(timeout)
const rows = listRows(1)
const quick = rows.filter(({ isQuick }) => isQuick)

t.test('each row has an id of its own', async (t) => {
  t.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
})

t.test('the quick rows of the fault matrix pass', { timeout }, async (t) => {
  const waiting = quick.values()
  const work = async (): Promise<void> => {
    for (const row of waiting) {
      const result = await runRow(row, false)
      t.comment(formatLine(result))
      t.same(result.failures, [], row.id)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
})

t.test('the table says what failed, and what did not run', async (t) => {
  const row = { id: 'a', fault: 'b|c', expected: 'd', run: async () => 'fine' }
  const broken = { ...row, run: async () => Promise.reject(new Error('no such thing')) }
  const results = [
    await runRow(row, false),
    await runRow(broken, false),
    await runRow({ ...row, missing: () => 'no nginx here' }, false)
  ]
  const table = formatTable(results, 'short, 2026-11-21')
  t.match(table, 'b\\|c')
  t.match(table, '**failed**: could not be run: no such thing')
  t.match(table, '| no nginx here | not run |')
  const widths = table.split('\n').map((line) => line.split(/(?<!\\)\|/).length)
  t.equal(new Set(widths).size, 1)
})

t.test('a row that ran again takes the place of the earlier one, the others stay', async (t) => {
  const rowOf = (id: string) => ({ id, fault: 'b', expected: 'd', run: async () => 'fine' })
  const results = await Promise.all(['a', 'c', 'd'].map((id) => runRow(rowOf(id), false)))
  const earlier = formatTable(results, 'full, yesterday')
  const again = formatTable(results.slice(1, 2), 'full, today')
  const runs = mergeTables(again, earlier, ['a', 'b', 'c', 'd']).split('\n').slice(2)
  t.same(
    runs.map((line) => [line.split(' | ')[0], line.split(' | ').at(-1)]),
    [
      ['| a', 'full, yesterday |'],
      ['| c', 'full, today |'],
      ['| d', 'full, yesterday |']
    ]
  )
})
