/** Numbers below this are rounding, in a program scaled to coefficients of about 1. */
export const zeroTolerance = 1e-9

/** The simplex tableau: rows of coefficients with the right-hand side last, and a row of costs. */
export interface Tableau {
  readonly rows: readonly Float64Array[]
  /** Reduced costs; the last entry is minus the objective's value. */
  readonly costs: Float64Array
  /** The basic column of each row. */
  readonly basis: number[]
}

/** Column that enters the basis, or -1 at the optimum. */
export function chooseEntering({ costs }: Tableau, columns: number, isStalled: boolean): number {
  let best = -1
  for (let column = 0; column < columns; column += 1) {
    const cost = costs[column] as number
    if (cost >= -zeroTolerance) continue
    // Bland's rule cannot cycle; the steepest cost needs fewer steps while there is progress.
    if (isStalled) return column
    if (best === -1 || cost < (costs[best] as number)) best = column
  }
  return best
}

/** Row that leaves the basis, or -1 when the entering column is unbounded. */
export function chooseLeaving({ rows, basis }: Tableau, entering: number): number {
  let best = -1
  let bestRatio = Number.POSITIVE_INFINITY
  rows.forEach((row, index) => {
    const pivot = row[entering] as number
    if (pivot <= zeroTolerance) return
    const ratio = (row.at(-1) as number) / pivot
    const isTie = Math.abs(ratio - bestRatio) <= zeroTolerance * (1 + Math.abs(ratio))
    const isBetter = isTie ? (basis[index] as number) < (basis[best] as number) : ratio < bestRatio
    if (!isBetter) return
    best = index
    bestRatio = ratio
  })
  return best
}

/** Makes a column basic in a row. */
export function pivot({ rows, costs, basis }: Tableau, leaving: number, entering: number): void {
  const row = rows[leaving] as Float64Array
  const scale = row[entering] as number
  for (let column = 0; column < row.length; column += 1)
    row[column] = (row[column] as number) / scale
  row[entering] = 1
  for (const other of rows) if (other !== row) subtract(other, row, entering)
  subtract(costs, row, entering)
  basis[leaving] = entering
}

function subtract(target: Float64Array, row: Float64Array, entering: number): void {
  const factor = target[entering] as number
  if (factor === 0) return
  for (let column = 0; column < target.length; column += 1) {
    target[column] = (target[column] as number) - factor * (row[column] as number)
  }
  target[entering] = 0
}
