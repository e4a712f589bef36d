import type { Matrix } from './matrix.ts'
import type { Pace } from './pace.ts'

// What exact collinearity leaves of a column is a few roundings; Filip's worst column keeps 5e-8.
const collinearityTolerance = 1e-13
const takesPart = 1e-8

export interface LeastSquares {
  readonly coefficients: readonly number[]
  /** y - X coefficients. */
  readonly residuals: readonly number[]
  /** (X'X)^-1, never formed from X'X. */
  readonly inverseGram: Matrix
  /** row (X'X)^-1 row', from R: far more digits than by way of inverseGram. NaN when collinear. */
  leverage(row: readonly number[]): number
  /** Sum of squared residuals of the fit with the first k columns alone, k = 0 .. all. */
  readonly nestedSums: readonly number[]
  /** Number of columns that do not depend linearly on columns before them. */
  readonly rank: number
  /** Columns of the first exact dependence; when there is one, the lists above are empty. */
  readonly collinear: readonly number[]
}

/** Columns scaled to a length of about 1, reduced to R above the diagonal by Householder reflections. */
interface Factors {
  readonly columns: readonly Float64Array[]
  /** What the columns of X were divided by. */
  readonly scales: readonly number[]
  /** The reflected right side, Q'y. */
  readonly right: Float64Array
  readonly rank: number
  readonly collinear: readonly number[]
}

/**
 * Least squares of X b = y by Householder QR on scaled columns (Golub and Van Loan 5.3).
 * X has at least as many rows as columns; an intercept is a column of ones.
 */
export function solveLeastSquares(X: Matrix, y: readonly number[]): LeastSquares {
  const steps = leastSquaresSteps(X, y)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The same, giving way to other work after each column. */
export async function solveLeastSquaresPaced(
  X: Matrix,
  y: readonly number[],
  pace: Pace
): Promise<LeastSquares> {
  const steps = leastSquaresSteps(X, y)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await pace(value, (X[0] ?? []).length)
  }
}

/** Yields the number of columns done. */
function* leastSquaresSteps(X: Matrix, y: readonly number[]): Generator<number, LeastSquares> {
  const { columns, scales, right, rank, collinear } = yield* factorize(X, y)
  if (collinear.length > 0) {
    const leverage = () => Number.NaN
    const none = { coefficients: [], residuals: [], inverseGram: [], nestedSums: [] }
    return { ...none, leverage, rank, collinear }
  }
  const scaled = solveUpper(columns, columns.length, right)
  const coefficients = scaled.map((value, index) => value / (scales[index] ?? Number.NaN))
  yield columns.length
  const residuals = y.map((value, i) => value - fittedValue(X[i] ?? [], coefficients))
  return {
    coefficients,
    residuals,
    inverseGram: invertGram(columns, scales),
    leverage: (row) =>
      squaredLength(
        solveLower(
          columns,
          row.map((value, j) => value / (scales[j] ?? Number.NaN))
        )
      ),
    nestedSums: nestSums(right, rank),
    rank,
    collinear
  }
}

/** From Q'y, whose k-th entry is what column k explains beside those before it. */
function nestSums(right: Float64Array, columns: number): number[] {
  let sum = squaredLength(Array.from(right.subarray(columns)))
  const sums = [sum]
  for (let k = columns - 1; k >= 0; k -= 1) {
    sum += (right[k] ?? Number.NaN) ** 2
    sums.unshift(sum)
  }
  return sums
}

/** Value of the fitted function at one row. */
function fittedValue(row: readonly number[], coefficients: readonly number[]): number {
  return row.reduce((sum, value, index) => sum + value * (coefficients[index] ?? Number.NaN), 0)
}

function* factorize(X: Matrix, y: readonly number[]): Generator<number, Factors> {
  const scales: number[] = []
  const columns = (X[0] ?? []).map((_, j) => {
    const column = Float64Array.from(X, (row) => row[j] ?? Number.NaN)
    const scale = powerOfTwoNear(lengthOf(column, 0))
    scales.push(scale)
    return column.map((value) => value / scale)
  })
  const right = Float64Array.from(y)
  let rank = 0
  let collinear: readonly number[] = []
  // A dependent column is passed over: row and column of R part from there, only the rank counts.
  for (const [j, column] of columns.entries()) {
    yield j
    if (lengthOf(column, rank) <= collinearityTolerance) {
      if (collinear.length === 0) collinear = partnersOf(columns, j)
      continue
    }
    reflect(column, rank, [...columns.slice(j + 1), right])
    rank += 1
  }
  return { columns, scales, right, rank, collinear }
}

/** Dividing by a power of two rounds nothing. */
function powerOfTwoNear(length: number): number {
  return length === 0 ? 1 : 2 ** Math.round(Math.log2(length))
}

/** Euclidean length from an index on, without overflow. */
function lengthOf(vector: Float64Array, from: number): number {
  let largest = 0
  for (let i = from; i < vector.length; i += 1) {
    largest = Math.max(largest, Math.abs(vector[i] ?? 0))
  }
  if (largest === 0) return 0
  let sum = 0
  for (let i = from; i < vector.length; i += 1) sum += ((vector[i] ?? 0) / largest) ** 2
  return largest * Math.sqrt(sum)
}

/** Reflects `column` so that nothing is left of it below `from`, and the others with it. */
function reflect(column: Float64Array, from: number, others: readonly Float64Array[]): void {
  const first = column[from] ?? 0
  const diagonal = first > 0 ? -lengthOf(column, from) : lengthOf(column, from)
  const normal = column.slice(from)
  normal[0] = first - diagonal
  // Half the squared length of the normal.
  const half = diagonal * (diagonal - first)
  for (const other of others) {
    let product = 0
    for (let i = from; i < other.length; i += 1)
      product += (normal[i - from] ?? 0) * (other[i] ?? 0)
    const share = product / half
    for (let i = from; i < other.length; i += 1) {
      other[i] = (other[i] ?? 0) - share * (normal[i - from] ?? 0)
    }
  }
  column.fill(0, from)
  column[from] = diagonal
}

/** Solution of R x = right for the leading `size` rows and columns. */
function solveUpper(columns: readonly Float64Array[], size: number, right: Float64Array): number[] {
  const solution = Array.from(right.subarray(0, size))
  for (let i = size - 1; i >= 0; i -= 1) {
    let rest = solution[i] ?? Number.NaN
    for (let k = i + 1; k < size; k += 1)
      rest -= (columns[k]?.[i] ?? 0) * (solution[k] ?? Number.NaN)
    solution[i] = rest / (columns[i]?.[i] ?? Number.NaN)
  }
  return solution
}

/** Solution of R' x = right. */
function solveLower(columns: readonly Float64Array[], right: readonly number[]): number[] {
  const solution: number[] = []
  for (const [k, column] of columns.entries()) {
    const known = solution.reduce((sum, value, i) => sum + value * (column[i] ?? Number.NaN), 0)
    solution.push(((right[k] ?? Number.NaN) - known) / (column[k] ?? Number.NaN))
  }
  return solution
}

function squaredLength(vector: readonly number[]): number {
  return vector.reduce((sum, value) => sum + value * value, 0)
}

/** The column and those before it that it is made of; a column of zeros is alone. */
function partnersOf(columns: readonly Float64Array[], dependent: number): readonly number[] {
  const column = columns[dependent] as Float64Array
  const shares = solveUpper(columns, dependent, column)
  return [...shares.keys(), dependent].filter(
    (index) => index === dependent || Math.abs(shares[index] ?? 0) > takesPart
  )
}

/** (X'X)^-1 = D R^-1 R^-T D, with D the inverse scales on its diagonal. */
function invertGram(columns: readonly Float64Array[], scales: readonly number[]): number[][] {
  const size = columns.length
  const inverse = columns.map((_, j) => {
    const unit = new Float64Array(size)
    unit[j] = 1
    return solveUpper(columns, size, unit)
  })
  return scales.map((scaleI, i) =>
    scales.map((scaleJ, j) => {
      let sum = 0
      for (const column of inverse) sum += (column[i] ?? 0) * (column[j] ?? 0)
      return sum / scaleI / scaleJ
    })
  )
}
