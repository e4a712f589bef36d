import { mean } from '../../numeric/moments.ts'

/**
 * Autocorrelations at lags 1 .. most: sum of lagged products of deviations over the sum of their
 * squares (Box and Jenkins 2.1.6; the divisor n in both). NaN for constant values.
 */
export function autocorrelations(values: readonly number[], most: number): number[] {
  const centre = mean(values)
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - centre)), 0)
  const scaled = Float64Array.from(values, (value) => (value - centre) / largest)
  const squares = lagged(scaled, 0)
  return Array.from({ length: most }, (_, i) => lagged(scaled, i + 1) / squares)
}

/** A plain loop: a thousand lags of 100,000 values must pass in a fraction of a second. */
function lagged(values: Float64Array, lag: number): number {
  let sum = 0
  for (let i = lag; i < values.length; i += 1) sum += (values[i] ?? 0) * (values[i - lag] ?? 0)
  return sum
}
