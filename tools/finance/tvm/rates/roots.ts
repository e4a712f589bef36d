import { brentRoot, type Point } from '../../numeric/brent.ts'
import { compensatedSum } from '../../numeric/sums.ts'

/** A function's value, and the size below which rounding decides its sign. */
export interface Evaluation {
  readonly value: number
  readonly noise: number
}

/**
 * Roots, ascending, of a function that has at most one between neighbouring points, which ascend; after
 * each point one of them or undefined, so that long work can give way. A root of even order changes no
 * sign: it is found when it is one of the points.
 */
export function* rootsBetween(
  f: (x: number) => Evaluation,
  points: readonly number[]
): Generator<number | undefined> {
  const signedValue = (x: number) => {
    const { value, noise } = f(x)
    return Math.abs(value) <= noise ? 0 : value
  }
  let previous: Point | undefined
  for (const at of points) {
    const value = signedValue(at)
    if (previous && Math.sign(previous.value) * Math.sign(value) < 0) {
      yield brentRoot((x) => f(x).value, previous, { at, value })
    }
    const same = previous?.value === 0 && signedValue((previous.at + at) / 2) === 0
    yield value === 0 && !same ? at : undefined
    previous = { at, value }
  }
}

/**
 * Roots in [-1, 1] of the polynomial with these coefficients, the constant first.
 * The roots of the derivative separate them (Rolle).
 */
export function polynomialRoots(coefficients: readonly number[]): number[] {
  if (coefficients.length <= 1) return []
  const derivative = coefficients.slice(1).map((coefficient, index) => coefficient * (index + 1))
  const noise = 16 * Number.EPSILON * compensatedSum(coefficients.map(Math.abs))
  const evaluate = (x: number) => ({
    value: coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0),
    noise
  })
  const points = [-1, ...polynomialRoots(derivative), 1]
  return [...rootsBetween(evaluate, points)].filter((root) => root !== undefined)
}
