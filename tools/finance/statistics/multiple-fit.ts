import { solveLeastSquaresPaced } from '../numeric/least-squares.ts'
import type { Matrix } from '../numeric/matrix.ts'
import { deviations, mean, sumOfProducts } from '../numeric/moments.ts'
import type { Pace } from '../numeric/pace.ts'

/** Least squares with an intercept; the intercept comes first in every list. */
export interface MultipleFit {
  readonly coefficients: readonly number[]
  /** Variances of the coefficients, in units of the residual variance. */
  readonly variances: readonly number[]
  /** Fitted value at a row of predictors, and its variance in units of the residual variance. */
  predict(row: readonly number[]): { readonly value: number; readonly leverage: number }
  readonly residualSum: number
  readonly totalSum: number
  /** 1 / (1 - R2_j) of each predictor on the others. */
  readonly inflation: readonly number[]
  /** Columns that depend on each other, 0 being the intercept; the lists are then empty. */
  readonly collinear: readonly number[]
}

/**
 * Fits y on the columns of X, of which it has more rows than columns. Columns and y are centred first:
 * that takes the intercept out, and keeps the digits of data far from 0.
 */
export async function fitMultiple(
  X: Matrix,
  y: readonly number[],
  pace: Pace
): Promise<MultipleFit> {
  const means: number[] = []
  const columns: Float64Array[] = []
  for (const j of (X[0] ?? []).keys()) {
    const column = X.map((row) => row[j] ?? Number.NaN)
    means.push(mean(column))
    columns.push(deviations(column, means[j] ?? Number.NaN))
    await pace(j, 3 * means.length)
  }
  const meanY = mean(y)
  const centredY = deviations(y, meanY)
  const design = y.map((_, i) => columns.map((column) => column[i] ?? Number.NaN))
  await pace(1, 3)
  const fit = await solveLeastSquaresPaced(design, Array.from(centredY), pace)
  const offset = (row: readonly number[]) => row.map((value, j) => value - (means[j] ?? 0))
  const slopes = fit.coefficients
  const leverage = (row: readonly number[]) => 1 / y.length + fit.leverage(offset(row))
  const origin = means.map(() => 0)
  return {
    coefficients: [meanY - sumOfProducts(means, slopes), ...slopes],
    variances: [leverage(origin), ...slopes.map((_, j) => fit.inverseGram[j]?.[j] ?? Number.NaN)],
    predict: (row) => ({
      value: meanY + sumOfProducts(offset(row), slopes),
      leverage: leverage(row)
    }),
    residualSum: sumOfProducts(fit.residuals, fit.residuals),
    totalSum: sumOfProducts(centredY, centredY),
    inflation: columns.map((column, j) =>
      Math.max(1, (fit.inverseGram[j]?.[j] ?? Number.NaN) * sumOfProducts(column, column))
    ),
    collinear: withIntercept(fit.collinear, means)
  }
}

/** Counted from the intercept; a column that is constant, but not 0, depends on it. */
function withIntercept(collinear: readonly number[], means: readonly number[]): readonly number[] {
  const [first, second] = collinear
  const isConstant = first !== undefined && second === undefined && means[first] !== 0
  return [...(isConstant ? [0] : []), ...collinear.map((j) => j + 1)]
}
