import { fittedValue, solveLeastSquares } from '../numeric/least-squares.ts'
import type { Matrix } from '../numeric/matrix.ts'
import { mean, sumOfProducts } from '../numeric/moments.ts'

/** Least squares with an intercept; the intercept comes first in every list. */
export interface MultipleFit {
  readonly coefficients: readonly number[]
  readonly inverseGram: Matrix
  /** Variance of the fitted value at a row with its leading 1, in units of the residual variance. */
  leverage(row: readonly number[]): number
  readonly residualSum: number
  readonly totalSum: number
  /** 1 / (1 - R2_j) of each predictor on the others. */
  readonly inflation: readonly number[]
  /** Columns that depend on each other, 0 being the intercept; the lists are then empty. */
  readonly collinear: readonly number[]
}

/** Fits y on the columns of X, of which it has more rows than columns. */
export function fitMultiple(X: Matrix, y: readonly number[]): MultipleFit {
  const design = X.map((row) => [1, ...row])
  const { coefficients, residuals, inverseGram, leverage, collinear } = solveLeastSquares(design, y)
  const centred = centre(y)
  return {
    coefficients,
    inverseGram,
    leverage,
    residualSum: sumOfProducts(residuals, residuals),
    totalSum: sumOfProducts(centred, centred),
    inflation:
      collinear.length > 0 ? [] : (X[0] ?? []).map((_, j) => inflationOf(X, inverseGram, j)),
    collinear
  }
}

/** The diagonal of (X'X)^-1 is what VIF_j / sum (x_j - mean)^2 is, given an intercept. */
function inflationOf(X: Matrix, inverseGram: Matrix, j: number): number {
  const column = centre(X.map((row) => row[j] ?? Number.NaN))
  return (inverseGram[j + 1]?.[j + 1] ?? Number.NaN) * sumOfProducts(column, column)
}

function centre(values: readonly number[]): number[] {
  const middle = mean(values)
  return values.map((value) => value - middle)
}

/** Fitted value at a row of predictors, and its variance in units of the residual variance. */
export function predict(fit: MultipleFit, predictors: readonly number[]) {
  const row = [1, ...predictors]
  return { value: fittedValue(row, fit.coefficients), leverage: fit.leverage(row) }
}
