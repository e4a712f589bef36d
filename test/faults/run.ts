import { apiRows } from './api-rows.ts'
import { clientRows } from './client-rows.ts'
import { tlsRow } from './tls-row.ts'
import { auditRows } from './audit-rows.ts'
import { redisRows } from './redis-rows.ts'
import { processRows } from './process-rows.ts'
import { networkRows } from './network-rows.ts'
import { runRow } from './row.ts'

const wanted = process.argv.slice(2)
for (const row of [...apiRows, tlsRow, ...clientRows, ...auditRows, ...redisRows, ...processRows, ...networkRows].filter(({ id }) => wanted.length === 0 || wanted.some((w) => id.startsWith(w)))) {
  const { seen, failures, tally, tookMs } = await runRow(row, process.env.FAULTS === 'full')
  process.stdout.write([row.id, seen, JSON.stringify(tally), (tookMs / 1000).toFixed(1), failures.join('; ')].join(' | ')+'\n')
}
