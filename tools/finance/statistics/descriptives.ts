import { centred, mean, standardDeviation, variance } from '../numeric/moments.ts'
import { quantile, sortNumbers } from '../numeric/quantile.ts'
import { compensatedSum } from '../numeric/sums.ts'

/** Location, spread and quantiles (type 7) of one or more values. */
export function describeSpread(values: readonly number[]) {
  const sorted = sortNumbers(values)
  const [min, q1, median, q3, max] = [0, 0.25, 0.5, 0.75, 1].map((p) => quantile(sorted, p))
  return {
    sum: compensatedSum(values),
    mean: mean(values),
    median: median as number,
    min: min as number,
    max: max as number,
    range: (max as number) - (min as number),
    p5: quantile(sorted, 0.05),
    p10: quantile(sorted, 0.1),
    q1: q1 as number,
    q3: q3 as number,
    p90: quantile(sorted, 0.9),
    p95: quantile(sorted, 0.95),
    interquartileRange: (q3 as number) - (q1 as number),
    populationVariance: variance(values, 0),
    populationStandardDeviation: standardDeviation(values, 0)
  }
}

/** Estimates that need at least two values. */
export function describeSample(values: readonly number[]) {
  const deviation = standardDeviation(values, 1)
  return {
    variance: variance(values, 1),
    standardDeviation: deviation,
    standardError: deviation / Math.sqrt(values.length)
  }
}

/** Adjusted Fisher-Pearson skewness, Excel's SKEW; needs three values that are not all equal. */
export function skewness(values: readonly number[]): number {
  const n = values.length
  const cubes = standardize(values).map((z) => z * z * z)
  return (n / (n - 1) / (n - 2)) * compensatedSum(cubes)
}

/** Adjusted excess kurtosis, Excel's KURT; needs four values that are not all equal. */
export function excessKurtosis(values: readonly number[]): number {
  const n = values.length
  const factor = (n * (n + 1)) / (n - 1) / (n - 2) / (n - 3)
  const fourths = standardize(values).map((z) => z * z * (z * z))
  return factor * compensatedSum(fourths) - (3 * (n - 1) ** 2) / (n - 2) / (n - 3)
}

function standardize(values: readonly number[]): Float64Array {
  const deviation = standardDeviation(values, 1)
  return centred(values).map((part) => part / deviation)
}
