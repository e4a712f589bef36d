import { compensatedSum } from './sums.ts'

/** Arithmetic mean, correct to the last bit for constant values; NaN when there are none. */
export function mean(values: readonly number[]): number {
  const first = compensatedSum(values) / values.length
  return first + compensatedSum(deviations(values, first)) / values.length
}

/** Variance in two passes; ddof 1 for a sample, 0 for a population. NaN with no more than ddof values. */
export function variance(values: readonly number[], ddof: 0 | 1): number {
  return covariance(values, values, ddof)
}

/** Standard deviation; it does not overflow where only its square would. */
export function standardDeviation(values: readonly number[], ddof: 0 | 1): number {
  const { scale, parts } = centre(values)
  return scale * Math.sqrt(averageProduct(parts, parts, ddof))
}

/** Covariance of two series of the same length; ddof 1 for a sample, 0 for a population. */
export function covariance(x: readonly number[], y: readonly number[], ddof: 0 | 1): number {
  const left = centre(x)
  const right = x === y ? left : centre(y)
  return averageProduct(left.parts, right.parts, ddof) * left.scale * right.scale
}

/** Pearson's correlation, within [-1, 1]; NaN when either series is constant. */
export function correlation(x: readonly number[], y: readonly number[]): number {
  const left = centre(x).parts
  const right = centre(y).parts
  // One root of the product, since the product of two roots makes 1 - 2e-16 of an exact 1.
  const lengths = Math.sqrt(sumOfProducts(left, left) * sumOfProducts(right, right))
  return Math.max(-1, Math.min(1, sumOfProducts(left, right) / lengths))
}

/** Sum over i of x[i] * y[i], compensated. */
export function sumOfProducts(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const products = new Float64Array(x.length)
  for (let index = 0; index < products.length; index += 1) {
    products[index] = (x[index] as number) * (y[index] as number)
  }
  return compensatedSum(products)
}

/** Deviations from the mean, divided by a power of two (exact) so that squares stay in range. */
function centre(values: readonly number[]): { scale: number; parts: Float64Array } {
  const parts = centred(values)
  let largest = 0
  for (const part of parts) largest = Math.max(largest, Math.abs(part))
  if (largest === 0 || !Number.isFinite(largest)) return { scale: 1, parts }
  const scale = 2 ** Math.max(-1022, Math.floor(Math.log2(largest)))
  for (let index = 0; index < parts.length; index += 1) parts[index] = (parts[index] ?? 0) / scale
  return { scale, parts }
}

/** Deviations from the mean, of which the last digits that a double of the mean cannot hold are taken, too. */
export function centred(values: readonly number[]): Float64Array {
  const parts = deviations(values, mean(values))
  const rest = compensatedSum(parts) / parts.length
  if (rest === 0) return parts
  for (let index = 0; index < parts.length; index += 1) parts[index] = (parts[index] ?? 0) - rest
  return parts
}

/** Differences from a number; typed, since these are the loops that long lists spend their time in. */
export function deviations(values: readonly number[], from: number): Float64Array {
  const parts = new Float64Array(values.length)
  for (let index = 0; index < parts.length; index += 1) {
    parts[index] = (values[index] as number) - from
  }
  return parts
}

function averageProduct(x: Float64Array, y: Float64Array, ddof: 0 | 1): number {
  return sumOfProducts(x, y) / (x.length - ddof)
}
