import { ToolError } from '../../../src/define-tool.ts'
import { centred, covariance, mean, sumOfProducts, variance } from '../numeric/moments.ts'
import { studentQuantile, studentSurvival } from '../numeric/student.ts'

/** Least-squares line through points, from centred sums. */
export interface LineFit {
  readonly slope: number
  readonly intercept: number
  readonly meanX: number
  readonly meanY: number
  /** Sum of squared deviations of x. */
  readonly spreadX: number
  readonly residualSum: number
  /** Sum of squared deviations of y. */
  readonly totalSum: number
}

/** Fits y = intercept + slope x; x must vary. */
export function fitLine(x: readonly number[], y: readonly number[]): LineFit {
  const meanX = mean(x)
  const meanY = mean(y)
  const spread = variance(x, 0)
  if (!(spread > 0 && spread < Number.POSITIVE_INFINITY)) {
    throw new ToolError('x: the squares of its deviations leave the range of numbers; scale x')
  }
  const slope = covariance(x, y, 0) / spread
  const centredY = centred(y)
  const residuals = centred(x).map((value, i) => (centredY[i] ?? 0) - slope * value)
  return {
    slope,
    intercept: meanY - slope * meanX,
    meanX,
    meanY,
    spreadX: spread * x.length,
    residualSum: sumOfProducts(residuals, residuals),
    totalSum: sumOfProducts(centredY, centredY)
  }
}

/** Errors and two-sided p-values of slope and intercept, with n - 2 > 0 degrees of freedom. */
export function inferLine(fit: LineFit, n: number) {
  const { slope, intercept, meanX, spreadX, residualSum } = fit
  const sigma = Math.sqrt(residualSum / (n - 2))
  const slopeError = sigma / Math.sqrt(spreadX)
  const interceptError = sigma * Math.sqrt(1 / n + meanX ** 2 / spreadX)
  const slopeT = slope / slopeError
  const interceptT = intercept / interceptError
  return {
    residualStandardDeviation: sigma,
    slopeStandardError: slopeError,
    slopeT,
    slopePValue: 2 * studentSurvival(Math.abs(slopeT), n - 2),
    interceptStandardError: interceptError,
    interceptT,
    interceptPValue: 2 * studentSurvival(Math.abs(interceptT), n - 2)
  }
}

/** Values on the line at some x; with n > 2 points also the 95 % intervals of one new observation each. */
export function predictAt(fit: LineFit, n: number, at: readonly number[]) {
  const values = at.map((x) => ({ x, y: fit.meanY + fit.slope * (x - fit.meanX) }))
  if (n < 3) return values
  const critical = -studentQuantile(0.025, n - 2) * Math.sqrt(fit.residualSum / (n - 2))
  return values.map(({ x, y }) => {
    const distance = (x - fit.meanX) / Math.sqrt(fit.spreadX)
    const margin = critical * Math.sqrt(1 + 1 / n + distance ** 2)
    return { x, y, lower: y - margin, upper: y + margin }
  })
}
