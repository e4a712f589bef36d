/** Rows of equal length. */
export type Matrix = readonly (readonly number[])[]

const symmetryTolerance = 1e-9
const maxSweeps = 60

/** Matrix product; the columns of the first are as many as the rows of the second. */
export function multiply(first: Matrix, second: Matrix): number[][] {
  const columns = transpose(second)
  return first.map((row) => columns.map((column) => dot(row, column)))
}

export function transpose(matrix: Matrix): number[][] {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? Number.NaN))
}

/** Whether a matrix is square and equals its transpose to nine digits. */
export function isSymmetric(matrix: Matrix): boolean {
  return matrix.every(
    (row, i) =>
      row.length === matrix.length &&
      row.every((value, j) => {
        const mirrored = matrix[j]?.[i] ?? Number.NaN
        const size = Math.max(Math.abs(value), Math.abs(mirrored))
        return Math.abs(value - mirrored) <= symmetryTolerance * size
      })
  )
}

/** Lower triangle L with L L' = S, or undefined when the symmetric S is not positive definite. */
export function cholesky(matrix: Matrix): number[][] | undefined {
  const lower: number[][] = []
  for (const [i, row] of matrix.entries()) {
    const current: number[] = []
    for (const [j, above] of lower.entries()) {
      const left = (row[j] ?? Number.NaN) - dot(current, above.slice(0, j))
      current.push(left / (above[j] ?? Number.NaN))
    }
    const diagonal = row[i] ?? Number.NaN
    const rest = diagonal - dot(current, current)
    // Below the rounding error of the subtraction, the sign of the rest means nothing.
    if (!(rest > matrix.length * Number.EPSILON * diagonal)) return undefined
    current.push(Math.sqrt(rest))
    while (current.length < matrix.length) current.push(0)
    lower.push(current)
  }
  return lower
}

/** Solution x of S x = b, or undefined when the symmetric S is not positive definite. */
export function solveCholesky(matrix: Matrix, right: readonly number[]): number[] | undefined {
  const lower = cholesky(matrix)
  if (!lower) return undefined
  const forward: number[] = []
  for (const [i, row] of lower.entries()) {
    forward.push(((right[i] ?? Number.NaN) - dot(forward, row)) / (row[i] ?? Number.NaN))
  }
  const solution = [...forward]
  for (let i = lower.length - 1; i >= 0; i -= 1) {
    let rest = forward[i] ?? Number.NaN
    for (let k = i + 1; k < lower.length; k += 1) {
      rest -= (lower[k]?.[i] ?? 0) * (solution[k] ?? Number.NaN)
    }
    solution[i] = rest / (lower[i]?.[i] ?? Number.NaN)
  }
  return solution
}

/** Eigenvalues of a symmetric matrix, ascending, by cyclic Jacobi rotations (Golub and Van Loan 8.5). */
export function symmetricEigenvalues(matrix: Matrix): number[] {
  const work = matrix.map((row) => Float64Array.from(row))
  const size = work.length
  const largest = matrix.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const negligible = Number.EPSILON * largest
  for (let sweep = 0; sweep < maxSweeps; sweep += 1) {
    let rotated = false
    for (let p = 0; p < size - 1; p += 1) {
      for (let q = p + 1; q < size; q += 1) rotated = rotate(work, p, q, negligible) || rotated
    }
    if (!rotated) break
  }
  return work.map((row, index) => row[index] ?? Number.NaN).sort((a, b) => a - b)
}

/** Makes the elements (p, q) and (q, p) 0; false when they are negligible already. */
function rotate(work: readonly Float64Array[], p: number, q: number, negligible: number): boolean {
  const [rowP, rowQ] = [work[p] as Float64Array, work[q] as Float64Array]
  const off = rowP[q] ?? 0
  const [diagonalP, diagonalQ] = [rowP[p] ?? 0, rowQ[q] ?? 0]
  if (Math.abs(off) <= negligible) return false
  const theta = (diagonalQ - diagonalP) / (2 * off)
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const cosine = 1 / Math.hypot(tangent, 1)
  const sine = tangent * cosine
  for (const row of work) {
    const [atP, atQ] = [row[p] ?? 0, row[q] ?? 0]
    row[p] = cosine * atP - sine * atQ
    row[q] = sine * atP + cosine * atQ
  }
  for (let k = 0; k < work.length; k += 1) {
    const [atP, atQ] = [rowP[k] ?? 0, rowQ[k] ?? 0]
    rowP[k] = cosine * atP - sine * atQ
    rowQ[k] = sine * atP + cosine * atQ
  }
  return true
}

/** Over the length of the first, which may be the shorter one. */
function dot(first: readonly number[], second: readonly number[]): number {
  return first.reduce((sum, value, index) => sum + value * (second[index] ?? Number.NaN), 0)
}
