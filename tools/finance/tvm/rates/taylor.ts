import {
  type ExponentialSum,
  largestTerm,
  logRatio,
  negligibleLog,
  ratio,
  type Term
} from './exponential-sum.ts'

const order = 24
const orderFactorial = 6.204484017332394e23
const maxRemainder = 1e-15

/** Where a sum is expanded: its largest term at u, and the mean time of the terms by size. */
export interface Center {
  readonly u: number
  readonly top: Term
  readonly meanTime: number
  /** ln of the sum of the absolute terms, divided by the largest. */
  readonly logTotal: number
}

export function centerAt(sum: ExponentialSum, u: number): Center {
  const top = largestTerm(sum, u)
  let total = 0
  let moment = 0
  for (const term of sum) {
    const log = logRatio(term, top, u)
    if (log < negligibleLog) continue
    const size = Math.exp(log)
    total += size
    moment += size * (term.time - top.time)
  }
  return { u, top, meanTime: top.time + moment / total, logTotal: Math.log(total) }
}

/**
 * Whether the polynomial of `expand` is true to 1e-15 of the absolute terms up to `halfWidth` from the
 * center. Cutting e^y off costs at most y^24 e^y / 24! (Lagrange), and at most 2 y^24 / 24! for y below 12.
 */
export function isExpandable(sum: ExponentialSum, center: Center, halfWidth: number): boolean {
  let remainder = 0
  for (const term of sum) {
    const y = Math.abs(term.time - center.meanTime) * halfWidth
    const log = logRatio(term, center.top, center.u) - center.logTotal
    if (log + 2 * y < negligibleLog) continue
    const cube = y * y * y
    const sixth = cube * cube
    const growth = y < order / 2 ? 2 * Math.exp(log) : Math.exp(log + y)
    remainder += ((sixth * sixth) / orderFactorial) * (sixth * sixth) * growth
    if (!(remainder <= maxRemainder)) return false
  }
  return true
}

/**
 * Coefficients, the constant first, in x of the sum at center + halfWidth x, times an exponential function
 * that has no root and keeps the times centered on their mean.
 */
export function expand(sum: ExponentialSum, center: Center, halfWidth: number): number[] {
  const coefficients = new Float64Array(order)
  for (const term of sum) {
    const y = (center.meanTime - term.time) * halfWidth
    const log = logRatio(term, center.top, center.u)
    if (log + 2 * Math.abs(y) < negligibleLog) continue
    let power = ratio(term, center.top, center.u)
    for (let k = 0; k < order; k += 1) {
      coefficients[k] = (coefficients[k] ?? 0) + power
      power *= y / (k + 1)
    }
  }
  return [...coefficients]
}
