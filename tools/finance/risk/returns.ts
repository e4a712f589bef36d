import { z } from 'zod'
import { mean, standardDeviation } from '../numeric/moments.ts'
import { requireFinite } from '../numeric/numbers.ts'
import { excessKurtosis, skewness } from '../statistics/descriptives.ts'

const maxReturns = 25_000

/** Historical returns, as an input. */
export const returnsInput = z
  .array(z.number().min(-1).max(1e6))
  .min(2)
  .max(maxReturns, `at most ${maxReturns} returns; use the latest`)
  .describe(
    'Return of each past period in order of time, as a fraction (0.08 = 8 %); -1 is a total loss'
  )

export const riskFreeRate = z
  .number()
  .min(-1)
  .max(1e6)
  .describe('Risk-free rate per period of the returns, as a fraction')

/** Output fields of `describeReturns`. */
export const returnFields = {
  count: z.int(),
  mean: z.number().describe('Per period, as a fraction'),
  standardError: z.number().describe('Of the mean'),
  standardDeviation: z.number().describe('Sample (n - 1), per period'),
  sharpeRatio: z
    .number()
    .optional()
    .describe(
      '(mean - riskFreeRate) / standardDeviation, per period; left out when nothing varies'
    ),
  sortinoRatio: z
    .number()
    .optional()
    .describe(
      '(mean - riskFreeRate) / downsideDeviation, per period; left out when no return falls short'
    ),
  downsideDeviation: z
    .number()
    .describe('sqrt of the mean over all periods of min(0, return - riskFreeRate)^2'),
  maxDrawdown: z
    .number()
    .describe('Largest fall from a peak of the compounded path that starts at 1, as a fraction')
}

/** Reward and risk of returns per period. */
export function describeReturns(returns: readonly number[], riskFreeRate: number) {
  const average = mean(returns)
  const deviation = standardDeviation(returns, 1)
  const downside = Math.sqrt(mean(returns.map((value) => Math.min(0, value - riskFreeRate) ** 2)))
  const excess = average - riskFreeRate
  return {
    count: returns.length,
    mean: average + 0,
    standardError: deviation / Math.sqrt(returns.length),
    standardDeviation: deviation,
    ...ratio('sharpeRatio', excess, deviation),
    ...ratio('sortinoRatio', excess, downside),
    downsideDeviation: downside,
    maxDrawdown: maxDrawdown(returns).depth
  }
}

function ratio<Name extends string>(name: Name, excess: number, deviation: number) {
  if (deviation === 0) return {}
  const value = requireFinite(excess / deviation, 'returns', 'they hardly vary; check them')
  return { [name]: value } as { [Key in Name]: number }
}

/**
 * Deepest fall of the compounded path, and the periods of its peak and trough: -1 is the start, 0
 * is after the first return.
 */
export function maxDrawdown(returns: readonly number[]) {
  let [level, peakAt] = [1, -1]
  let deepest = { depth: 0, peakAt: -1, troughAt: -1 }
  for (const [index, value] of returns.entries()) {
    // Relative to the last peak: the path itself can pass every double.
    level *= 1 + value
    if (level >= 1) [level, peakAt] = [1, index]
    if (1 - level > deepest.depth) deepest = { depth: 1 - level, peakAt, troughAt: index }
  }
  return deepest
}

/** Skewness and excess kurtosis as Excel's SKEW and KURT, where they exist. */
export function describeShape(returns: readonly number[]) {
  if (returns.every((value) => value === returns[0])) return {}
  return {
    ...(returns.length > 2 && { skewness: skewness(returns) }),
    ...(returns.length > 3 && { kurtosis: excessKurtosis(returns) })
  }
}
