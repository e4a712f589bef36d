import { ToolError } from '../../../../src/define-tool.ts'
import { requireFinite } from '../../numeric/numbers.ts'
import type { Pace } from '../../numeric/pace.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { compound } from '../annuity.ts'
import { countSignChanges, createExponentialSum, evaluate, type Flow } from './exponential-sum.ts'
import { findLogRates } from './rate-search.ts'

const maxResidual = 1e-9

export interface RateSolution {
  /** The rate nearest to the guess, as a fraction. */
  readonly rate: number
  /** Every rate found, ascending. */
  readonly rates: number[]
  readonly signChanges: number
  /** |NPV| at `rate` divided by the sum of the absolute discounted flows. */
  readonly residual: number
  /** False when there may be more, too close to -100 % or too large for a double. */
  readonly complete: boolean
}

/**
 * Rates above -1 at which the net present value is 0 (Norstrom 1972 on why there can be several).
 * Throws a ToolError with the reason when there is none.
 */
export async function solveRates(
  flows: readonly Flow[],
  guess: number,
  pace: Pace
): Promise<RateSolution> {
  const sum = createExponentialSum(flows)
  const signChanges = countSignChanges(sum)
  if (signChanges === 0) throw new ToolError(reasonForNoRate(flows))
  const { roots, clipped } = await findLogRates(sum, pace)
  const nearest = nearestTo(guess, roots)
  if (nearest === undefined) throw new ToolError(clipped ? outOfRange : neverZero)
  const residual = Math.abs(evaluate(sum, nearest).value)
  if (residual > maxResidual) throw new ToolError(outOfRange)
  const complete = !clipped || roots.length === signChanges
  return { rate: toRate(nearest), rates: roots.map(toRate), signChanges, residual, complete }
}

const neverZero =
  'cashFlows: no rate exists, the net present value is never 0 at any rate above -100 %; judge by calculate_npv at your cost of capital instead'
const outOfRange =
  'cashFlows: no rate exists between -99.99999999999999 % and 1e308; the flows lie too close in time or their sizes too far apart, so judge by net present value instead'

function reasonForNoRate(flows: readonly Flow[]): string {
  const paid = flows.some(({ amount }) => amount < 0)
  const received = flows.some(({ amount }) => amount > 0)
  const fix = 'give at least one payment out (negative) and one in (positive)'
  if (!paid && !received) return `cashFlows: every flow is 0, so any rate would do; ${fix}`
  if (paid && received) {
    return `cashFlows: no rate exists because the flows of one sign are gone once those of the same date are added up; ${fix}, on different dates`
  }
  return `cashFlows: no rate exists because all flows have the same sign; ${fix}`
}

function nearestTo(guess: number, roots: readonly number[]): number | undefined {
  let nearest: number | undefined
  for (const u of roots) {
    const distance = Math.abs(toRate(u) - guess)
    if (nearest === undefined || distance < Math.abs(toRate(nearest) - guess)) nearest = u
  }
  return nearest
}

function toRate(u: number): number {
  return Math.expm1(u)
}

/** Sum of amount * (1 + rate)^-time: the net present value at time 0. */
export function netPresentValue(
  rate: number,
  flows: readonly Flow[],
  fix = 'use smaller amounts, fewer periods or a rate further from -1'
): number {
  const values = flows.map(({ amount, time }) => compound(amount, rate, -time))
  return requireFinite(compensatedSum(values), 'cashFlows', fix)
}
