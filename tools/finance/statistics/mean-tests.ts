import { mean, variance } from '../numeric/moments.ts'
import { studentQuantile, studentSurvival } from '../numeric/student.ts'

/** One test of a difference by Student's t. */
export interface MeanTest {
  readonly t: number
  readonly degreesOfFreedom: number
  /** Two-sided. */
  readonly pValue: number
  /** Bounds of the difference at 1 - alpha. */
  readonly lower: number
  readonly upper: number
}

/** Whether the mean of a sample differs from a given one, n - 1 degrees of freedom. */
export function testOneMean(sample: readonly number[], expected: number, alpha: number): MeanTest {
  const error = Math.sqrt(variance(sample, 1) / sample.length)
  return testDifference(mean(sample) - expected, error, sample.length - 1, alpha)
}

/** Welch (1947): the variances may differ. */
export function testTwoMeans(a: readonly number[], b: readonly number[], alpha: number): MeanTest {
  const shareA = variance(a, 1) / a.length
  const shareB = variance(b, 1) / b.length
  const sum = shareA + shareB
  // Satterthwaite's degrees of freedom, from shares of the sum so that squares stay in range.
  const df = 1 / ((shareA / sum) ** 2 / (a.length - 1) + (shareB / sum) ** 2 / (b.length - 1))
  return testDifference(mean(a) - mean(b), Math.sqrt(sum), df, alpha)
}

/** Student: one variance for both samples. */
export function testPooledMeans(
  a: readonly number[],
  b: readonly number[],
  alpha: number
): MeanTest & { readonly cohensD: number } {
  const df = a.length + b.length - 2
  const pooled = ((a.length - 1) * variance(a, 1) + (b.length - 1) * variance(b, 1)) / df
  const error = Math.sqrt(pooled / a.length + pooled / b.length)
  const difference = mean(a) - mean(b)
  return {
    ...testDifference(difference, error, df, alpha),
    cohensD: difference / Math.sqrt(pooled)
  }
}

function testDifference(difference: number, error: number, df: number, alpha: number): MeanTest {
  const t = difference / error
  const margin = -studentQuantile(alpha / 2, df) * error
  return {
    t,
    degreesOfFreedom: df,
    pValue: 2 * studentSurvival(Math.abs(t), df),
    lower: difference - margin,
    upper: difference + margin
  }
}
