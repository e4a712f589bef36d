import { ToolError } from '../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { runningSums } from '../numeric/sums.ts'

interface Payback {
  /** Periods until the running balance has first recovered from below 0. */
  readonly first: number
  /** Periods after which it stays recovered; undefined when it ends below 0. */
  readonly lasting?: number
}

/**
 * When a running balance of flows, one per period from time 0, is back at 0 or above; linear within
 * the period. Throws a ToolError when nothing is paid out or it never comes back.
 */
export function findPayback(flows: readonly number[]): Payback {
  const balances = runningSums(flows)
  const last = requireFinite(balances.at(-1) ?? 0, 'cashFlows', 'use smaller amounts')
  const recoveries = [...balances.keys()].filter((period) => isRecovery(balances, period))
  if (balances.every((balance) => balance >= 0)) {
    throw new ToolError(
      'cashFlows: the running total is never below 0, so nothing has to be paid back; give what is paid out as negative flows'
    )
  }
  const [first] = recoveries
  if (first === undefined) {
    throw new ToolError(
      `cashFlows: never paid back; after the last flow ${formatAmount(-last)} are still missing`
    )
  }
  const timeOf = (period: number) => crossing(balances[period - 1] ?? 0, flows[period] ?? 0, period)
  const lasting = last >= 0 ? recoveries.at(-1) : undefined
  return { first: timeOf(first), ...(lasting !== undefined && { lasting: timeOf(lasting) }) }
}

function isRecovery(balances: readonly number[], period: number): boolean {
  return (balances[period] ?? 0) >= 0 && (balances[period - 1] ?? 0) < 0
}

function crossing(before: number, flow: number, period: number): number {
  return period - 1 + Math.min(1, -before / flow)
}
