import { mean, sumOfProducts } from '../../numeric/moments.ts'

/**
 * Autocorrelations at lags 1 .. most: sum of lagged products of deviations over the sum of their
 * squares (Box and Jenkins 2.1.6; the divisor n in both). NaN for constant values.
 */
export function autocorrelations(values: readonly number[], most: number): number[] {
  const centre = mean(values)
  const deviations = values.map((value) => value - centre)
  const largest = deviations.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const scaled = deviations.map((value) => value / largest)
  const squares = sumOfProducts(scaled, scaled)
  return Array.from({ length: most }, (_, i) => {
    const lag = i + 1
    return sumOfProducts(scaled.slice(lag), scaled) / squares
  })
}
