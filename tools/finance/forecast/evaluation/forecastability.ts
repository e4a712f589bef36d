import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { chiSquareSurvival } from '../../numeric/chi-square.ts'
import { powersOf } from '../../numeric/fourier.ts'
import { mean, variance } from '../../numeric/moments.ts'
import { formatNumber } from '../../numeric/numbers.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { requireAllFinite, requireVariation } from '../../statistics/series.ts'
import { decompose } from '../season/season.ts'
import { autocorrelations } from '../series/autocorrelation.ts'
import { values } from '../series/data.ts'

const field = 'historicalValues'
const verdicts = ['strong', 'moderate', 'weak', 'noise'] as const
const strength = z.number().optional()

/** The tool of that name. */
export const assessForecastability: ToolDefinition = defineTool({
  name: 'assess_forecastability',
  title: 'Forecastability',
  description:
    'How much pattern a series holds before any model is fitted: entropy of its spectrum, autocorrelation and, with a season length, strength of trend and season. Against noise no forecast helps. Whether one does: backtest_forecast; whether to take differences: test_stationarity.',
  toolset: 'finance.forecast',
  input: z.object({
    historicalValues: values.min(4).describe('In the order of time'),
    seasonLength: z
      .int()
      .min(2)
      .max(1000)
      .optional()
      .describe('Values in one season, for the strengths; needs two full seasons')
  }),
  output: z.object({
    verdict: z
      .enum(verdicts)
      .describe(
        'noise: Ljung-Box finds no autocorrelation at 5 %; else strong from a forecastability of 0.6, moderate from 0.3, weak below'
      ),
    forecastability: z.number().describe('1 - spectralEntropy, from 0 to 1 (Goerg 2013)'),
    spectralEntropy: z
      .number()
      .describe(
        'Entropy of the periodogram at 1 .. n/2 cycles over ln(number of them): 0 for a pure wave, near 1 for white noise'
      ),
    dominantPeriod: z.number().describe('n / k for the k cycles with the greatest power'),
    autocorrelation: z.number().describe('Of neighbours (lag 1)'),
    seasonalAutocorrelation: z.number().optional().describe('At a lag of seasonLength'),
    trendStrength: strength.describe(
      'max(0, 1 - Var(residual) / Var(trend + residual)) of the additive decomposition (FPP3 4.3)'
    ),
    seasonalStrength: strength.describe('The same with the season in place of the trend'),
    ljungBox: z
      .object({ statistic: z.number(), lags: z.int(), pValue: z.number() })
      .describe(
        'Hypothesis: white noise; lags min(10, n/5); with a season min(2 seasons, n/5), but at least one season'
      ),
    count: z.int()
  }),
  summary: ({ verdict, forecastability, ljungBox }) =>
    `${verdict}: forecastability ${formatNumber(forecastability)}, white noise p ${formatNumber(ljungBox.pValue)}.`,
  run: ({ historicalValues: values, seasonLength }) => {
    requireVariation(values, field)
    const n = values.length
    if (seasonLength !== undefined && n < 2 * seasonLength) {
      throw new ToolError(
        `seasonLength: needs two full seasons, ${2 * seasonLength} values; got ${n}`
      )
    }
    const fifth = Math.max(1, Math.floor(n / 5))
    const season = seasonLength ?? 1
    const lags = Math.max(season, Math.min(seasonLength === undefined ? 10 : 2 * season, fifth))
    const correlations = autocorrelations(values, lags)
    const ljungBox = testNoise(correlations.slice(0, lags), n)
    const spectrum = describeSpectrum(values)
    const forecastability = 1 - spectrum.spectralEntropy
    const seasonal = seasonLength === undefined ? undefined : correlations[seasonLength - 1]
    return {
      verdict: ljungBox.pValue > 0.05 ? ('noise' as const) : grade(forecastability),
      ...requireAllFinite(
        {
          forecastability,
          ...spectrum,
          autocorrelation: correlations[0] ?? Number.NaN,
          ...(seasonal !== undefined && { seasonalAutocorrelation: seasonal }),
          ...(seasonLength !== undefined && strengthsOf(values, seasonLength))
        },
        field
      ),
      ljungBox: { ...requireAllFinite(ljungBox, field), lags },
      count: n
    }
  }
})

function grade(forecastability: number): 'strong' | 'moderate' | 'weak' {
  if (forecastability >= 0.6) return 'strong'
  return forecastability >= 0.3 ? 'moderate' : 'weak'
}

/** Ljung and Box (1978): n (n + 2) times the sum of r_k^2 / (n - k). */
function testNoise(correlations: readonly number[], n: number) {
  const terms = correlations.map((r, i) => (r * r) / (n - i - 1))
  const statistic = n * (n + 2) * compensatedSum(terms)
  return { statistic, pValue: chiSquareSurvival(statistic, correlations.length) }
}

function describeSpectrum(values: readonly number[]) {
  const centre = mean(values)
  const deviations = values.map((value) => value - centre)
  const largest = deviations.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const powers = powersOf(deviations.map((value) => value / largest))
  const total = compensatedSum(powers)
  const terms = powers.map((power) => (power > 0 ? (power / total) * Math.log(power / total) : 0))
  const entropy = -compensatedSum(terms) / Math.log(powers.length)
  const strongest = powers.reduce((best, power, i) => (power > (powers[best] ?? 0) ? i : best), 0)
  return {
    spectralEntropy: Math.min(1, Math.max(0, entropy)),
    dominantPeriod: values.length / (strongest + 1)
  }
}

function strengthsOf(values: readonly number[], m: number) {
  const { trend, seasonal, residual } = decompose(values, m, 'additive', field)
  const inner = [...values.keys()].filter((i) => residual[i] !== undefined)
  const pick = (list: readonly (number | undefined)[]) => inner.map((i) => list[i] ?? Number.NaN)
  const left = pick(residual)
  const trendStrength = strengthOf(left, pick(trend))
  const seasonalStrength = strengthOf(left, pick(seasonal))
  return {
    ...(trendStrength !== undefined && { trendStrength }),
    ...(seasonalStrength !== undefined && { seasonalStrength })
  }
}

/** Absent when part and residual do not vary at all. */
function strengthOf(residual: readonly number[], part: readonly number[]): number | undefined {
  const together = variance(
    part.map((value, i) => value + (residual[i] ?? Number.NaN)),
    0
  )
  if (together === 0) return undefined
  return Math.max(0, 1 - variance(residual, 0) / together)
}
