import { brentRoot, type Point } from '../numeric/brent.ts'
import { cholesky, type Matrix } from '../numeric/matrix.ts'
import { sumOfProducts } from '../numeric/moments.ts'
import { quadraticForm } from './figures.ts'
import { residualOf, solveWeights, type WeightsProgram } from './weights-program.ts'

/** Weights on the efficient frontier and their optimality residual, see `residualOf`. */
export interface Efficient {
  readonly weights: readonly number[]
  readonly residual: number
}

/** Efficient portfolios: weights from 0 to a cap that sum to 1. */
export interface EfficientSet {
  /** Maximises tolerance * return - variance / 2; 0 is the minimum variance. */
  atTolerance(tolerance: number): Efficient
  /** The least risky with this expected return, between those of the two ends. */
  atReturn(expected: number): Efficient
  /** The highest expected return; the least risky of equals. */
  maximumReturn(): Efficient
  /** The highest Sharpe ratio; undefined when none is above 0, or when a riskless gain has no bound. */
  tangency(riskFreeRate: number): Efficient | undefined
}

/** Added to the diagonal of a singular matrix, relative to its largest element. */
const ridge = 1e-8
/** Below this part of the largest variance a portfolio counts as riskless. */
const riskless = 1e-9

/**
 * The efficient set of expected returns and a positive semi-definite covariance matrix (Markowitz
 * 1959). Between two changes of the assets held, weights are linear in the tolerance of risk, so
 * that Brent's method finds a wanted return or the tangency point to the last bits.
 */
export function createEfficientSet(
  means: readonly number[],
  covariances: Matrix,
  cap: number
): EfficientSet {
  const largest = covariances.reduce((most, row, i) => Math.max(most, Number(row[i])), 0)
  const unit = largest > 0 ? largest : 1
  const scaled = covariances.map((row) => row.map((value) => value / unit))
  const isSingular = !cholesky(scaled)
  const matrix = isSingular ? scaled.map((row, i) => row.with(i, Number(row[i]) + ridge)) : scaled
  const top = Math.max(...means)
  const spread = top - Math.min(...means)
  let last: readonly number[] = means.map(() => 1 / means.length)

  function solve(linear: readonly number[]): Efficient {
    const program: WeightsProgram = { matrix, linear, cap }
    last = solveWeights(program, last)
    return { weights: last, residual: residualOf(program, last) }
  }
  function atTolerance(tolerance: number): Efficient {
    // Only differences of the means count; the best one at 0 keeps the others exact.
    const bounded = Math.min(tolerance, largestTolerance()) / unit
    return solve(means.map((mean) => bounded * (mean - top)))
  }
  function maximumReturn(): Efficient {
    return atTolerance(largestTolerance())
  }
  /** Beyond, every difference of return outweighs every difference of variance. */
  function largestTolerance(): number {
    const gaps = means.map((mean) => top - mean).filter((gap) => gap > spread * 1e-12)
    return gaps.length === 0 ? 0 : unit * Math.min(1e15, 4 / Math.min(...gaps))
  }
  function findTolerance(missing: (efficient: Efficient, tolerance: number) => number): Efficient {
    const at = (tolerance: number): Point => {
      return { at: tolerance, value: missing(atTolerance(tolerance), tolerance) }
    }
    let start = at(0)
    if (start.value >= 0) return atTolerance(0)
    // From the natural scale upwards: neighbours share most of their assets.
    const limit = largestTolerance()
    for (let tolerance = unit / spread / 64; tolerance < limit; tolerance *= 4) {
      const end = at(tolerance)
      if (end.value > 0) return atTolerance(brentRoot((x) => at(x).value, start, end))
      start = end
    }
    const end = at(limit)
    if (end.value <= 0) return maximumReturn()
    return atTolerance(brentRoot((x) => at(x).value, start, end))
  }
  function atReturn(expected: number): Efficient {
    return findTolerance(({ weights }) => sumOfProducts(weights, means) - expected)
  }
  function tangency(riskFreeRate: number): Efficient | undefined {
    if (top <= riskFreeRate) return undefined
    // At the tangency, tolerance = variance / excess return.
    const found = findTolerance(({ weights }, tolerance) => {
      const excess = sumOfProducts(weights, means) - riskFreeRate
      const missing = tolerance * excess - quadraticForm(covariances, weights)
      // A minimum variance of 0 is the end of the frontier, not its tangency.
      return tolerance === 0 ? Math.min(missing, -Number.MIN_VALUE) : missing
    })
    return quadraticForm(scaled, found.weights) > riskless ? found : undefined
  }
  return { atTolerance, atReturn, maximumReturn, tangency }
}
