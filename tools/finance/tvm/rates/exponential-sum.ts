import { ToolError } from '../../../../src/define-tool.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import type { Evaluation } from './roots.ts'

/** One cash flow; `time` in periods or years from any common start. */
export interface Flow {
  readonly amount: number
  readonly time: number
}

export interface Term extends Flow {
  /** ln |amount| */
  readonly log: number
}

/**
 * Sum of amount * e^(-u time): the net present value at u = ln(1 + rate).
 * Terms have ascending distinct times and amounts other than 0.
 */
export type ExponentialSum = readonly Term[]

/** Flows of one time added up, zeros left out, in order of time. */
export function createExponentialSum(flows: readonly Flow[]): ExponentialSum {
  const byTime = new Map<number, number[]>()
  for (const { amount, time } of flows) {
    const amounts = byTime.get(time)
    if (amounts) amounts.push(amount)
    else byTime.set(time, [amount])
  }
  return [...byTime]
    .map(([time, amounts]) => toTerm(time, compensatedSum(amounts)))
    .filter((term) => term.amount !== 0)
    .sort((a, b) => a.time - b.time)
}

function toTerm(time: number, amount: number): Term {
  if (!Number.isFinite(amount)) {
    throw new ToolError(
      'cashFlows: the amounts of one date add up to more than 1.8e308; scale them'
    )
  }
  return { amount, time, log: Math.log(Math.abs(amount)) }
}

/** Sign changes in order of time: Descartes' bound on the number of roots, and their parity. */
export function countSignChanges(sum: ExponentialSum): number {
  let changes = 0
  let previous = sum[0]
  for (const term of sum) {
    if (term.amount > 0 !== (previous ?? term).amount > 0) changes += 1
    previous = term
  }
  return changes
}

/** Below e^-60 of the largest term, ten thousand terms do not reach the last bit of the sum. */
export const negligibleLog = -60

/** The term that is largest in size at u. */
export function largestTerm(sum: ExponentialSum, u: number): Term {
  let top: Term = { amount: 1, time: 0, log: Number.NEGATIVE_INFINITY }
  let size = Number.NEGATIVE_INFINITY
  for (const term of sum) {
    const log = term.log - u * term.time
    if (log > size) {
      size = log
      top = term
    }
  }
  return top
}

/** ln of the size of a term at u, divided by that of the largest. */
export function logRatio(term: Term, top: Term, u: number): number {
  return term.log - top.log + u * (top.time - term.time)
}

/** A term at u, divided by the size of the largest. */
export function ratio(term: Term, top: Term, u: number): number {
  const exponent = u * (top.time - term.time)
  // The direct product is exact to the last bit; the logarithms cannot overflow.
  if (Math.abs(exponent) < 600) return (term.amount / Math.abs(top.amount)) * Math.exp(exponent)
  return Math.sign(term.amount) * Math.exp(logRatio(term, top, u))
}

/** The sum divided by the sum of its absolute terms, between -1 and 1. */
export function evaluate(sum: ExponentialSum, u: number): Evaluation {
  const top = largestTerm(sum, u)
  const parts: number[] = []
  let total = 0
  let moment = 0
  for (const term of sum) {
    if (logRatio(term, top, u) < negligibleLog) continue
    const part = ratio(term, top, u)
    parts.push(part)
    total += Math.abs(part)
    moment += Math.abs(part * (term.time - top.time))
  }
  // Rounding of u * time enters each term in proportion to its distance from the largest.
  const noise = 8 * Number.EPSILON * (1 + (Math.abs(u) * moment) / total)
  return { value: compensatedSum(parts) / total, noise }
}
