import { ToolError } from '../../../src/define-tool.ts'
import { cholesky, isSymmetric, type Matrix } from './matrix.ts'

/** How far below 0 rounding may put an eigenvalue of a matrix scaled to the diagonal 1. */
const tolerance = 1e-9

/** Throws a ToolError naming `field` unless the matrix is size x size and symmetric. */
export function requireSymmetric(matrix: Matrix, size: number, field: string): void {
  const isSquare = matrix.length === size && matrix.every((row) => row.length === size)
  if (!isSquare) throw new ToolError(`${field}: must have ${size} rows of ${size} numbers`)
  if (!isSymmetric(matrix)) {
    throw new ToolError(`${field}: is not symmetric; element i,j must equal element j,i`)
  }
}

/** Throws a ToolError naming `field` unless the symmetric matrix is positive semi-definite. */
export function requireSemidefinite(matrix: Matrix, field: string): void {
  const deviations = matrix.map((row, i) => Math.sqrt(Number(row[i])))
  const varying = deviations.flatMap((deviation, i) => (deviation > 0 ? [i] : []))
  const idle = matrix.filter((_, i) => deviations[i] === 0)
  const shifted = varying.map((i) =>
    varying.map((j) => {
      const scaled = Number(matrix[i]?.[j]) / Number(deviations[i]) / Number(deviations[j])
      return i === j ? 1 + tolerance : scaled
    })
  )
  const isPossible =
    deviations.every((deviation) => deviation >= 0) && idle.flat().every((value) => value === 0)
  if (isPossible && (varying.length === 0 || cholesky(shifted))) return
  throw new ToolError(
    `${field}: is not positive semi-definite, so no returns can have it; estimate it from data of the same periods`
  )
}
