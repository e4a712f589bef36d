import { apiRows } from './api-rows.ts'
import { auditRows } from './audit-rows.ts'
import { balancerRows } from './balancer-rows.ts'
import { clientRows } from './client-rows.ts'
import { networkRows } from './network-rows.ts'
import { processRows } from './process-rows.ts'
import { redisRows } from './redis-rows.ts'
import type { Row } from './row.ts'
import { soakRow } from './soak-row.ts'
import { tlsRow } from './tls-row.ts'

/** Every row of the fault matrix; the last one takes as long as it is told. */
export function listRows(soakMinutes: number): readonly Row[] {
  return [
    ...apiRows,
    tlsRow,
    ...networkRows,
    ...clientRows,
    ...redisRows,
    ...auditRows,
    ...processRows,
    ...balancerRows,
    soakRow(soakMinutes)
  ]
}
