import type { Objective, Problem } from './problem.ts'

/** Balances rounding against the cubic term of a central difference. */
const relativeStep = Math.cbrt(Number.EPSILON)

/**
 * Gradient by central differences, one-sided where a neighbour lies outside the bounds or has no
 * value; NaN in a direction without any neighbour.
 */
export function estimateGradient(
  objective: Objective,
  x: readonly number[],
  value: number,
  { lower, upper }: Pick<Problem, 'lower' | 'upper'>
): number[] {
  const probe = [...x]
  return x.map((at, index) => {
    const step = relativeStep * Math.max(1, Math.abs(at))
    const ahead = side(Math.min(upper[index] as number, at + step))
    const behind = side(Math.max(lower[index] as number, at - step))
    if (ahead.at === behind.at) return lower[index] === upper[index] ? 0 : Number.NaN
    return (ahead.value - behind.value) / (ahead.at - behind.at)

    function side(coordinate: number): { at: number; value: number } {
      if (coordinate === at) return { at, value }
      probe[index] = coordinate
      const found = objective(probe)
      probe[index] = at
      return Number.isFinite(found) ? { at: coordinate, value: found } : { at, value }
    }
  })
}

/** Largest component of the gradient that does not point out of the bounds. */
export function projectedNorm(gradient: readonly number[], isActive: readonly boolean[]): number {
  return gradient.reduce(
    (largest, slope, index) => (isActive[index] ? largest : Math.max(largest, Math.abs(slope))),
    0
  )
}

/** Per variable, whether it sits at a bound and descent would leave it. */
export function activeBounds(
  x: readonly number[],
  gradient: readonly number[],
  { lower, upper }: Pick<Problem, 'lower' | 'upper'>
): boolean[] {
  return x.map((value, index) => {
    const slope = gradient[index] as number
    return (
      (value <= (lower[index] as number) && slope > 0) ||
      (value >= (upper[index] as number) && slope < 0)
    )
  })
}
