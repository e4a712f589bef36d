import { answerRows } from './answer-rows.ts'
import { auditRows } from './audit-rows.ts'
import { balancerRows } from './balancer-rows.ts'
import { clientRows } from './client-rows.ts'
import { endingRows } from './ending-rows.ts'
import { networkRows } from './network-rows.ts'
import { outageRows } from './outage-rows.ts'
import { processRows } from './process-rows.ts'
import { readingRows } from './reading-rows.ts'
import { redisRows } from './redis-rows.ts'
import type { Row } from './row.ts'
import { soakRow } from './soak-row.ts'
import { tlsRow } from './tls-row.ts'

/** Every row of the fault matrix; the last one takes as long as it is told. */
export function listRows(soakMinutes: number): readonly Row[] {
  return [
    ...outageRows,
    ...answerRows,
    tlsRow,
    ...networkRows,
    ...clientRows,
    ...readingRows,
    ...redisRows,
    ...auditRows,
    ...endingRows,
    ...processRows,
    ...balancerRows,
    soakRow(soakMinutes)
  ]
}
