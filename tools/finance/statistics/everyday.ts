import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { correlation, covariance, mean, standardDeviation } from '../numeric/moments.ts'
import { normalQuantile } from '../numeric/normal.ts'
import { formatNumber } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { studentQuantile } from '../numeric/student.ts'
import { testCorrelation } from './correlation-test.ts'
import { describeSample, describeSpread, excessKurtosis, skewness } from './descriptives.ts'
import { linearRegression } from './linear-regression.ts'
import {
  confidenceLevel,
  population,
  requireAllFinite,
  requirePairs,
  requireVariation,
  series
} from './series.ts'

const descriptiveStatsExtended = defineTool({
  name: 'descriptive_stats_extended',
  title: 'Descriptive statistics',
  description:
    'Everything usual about one list of numbers: mean, median, spread, quartiles, skewness and kurtosis. For the interval of a mean use calculate_confidence_interval, for two lists calculate_correlation.',
  toolset: 'finance.statistics',
  input: z.object({ values: series.min(1).describe('The numbers, in any order') }),
  output: z.object({
    count: z.int(),
    sum: z.number(),
    mean: z.number(),
    median: z.number(),
    min: z.number(),
    max: z.number(),
    range: z.number().describe('max - min'),
    variance: z.number().optional().describe('Sample variance, n - 1; absent with one value'),
    standardDeviation: z.number().optional().describe('Of a sample, n - 1'),
    standardError: z.number().optional().describe('standardDeviation / sqrt(n)'),
    populationVariance: z.number().describe('Divided by n'),
    populationStandardDeviation: z.number().describe('Root of populationVariance'),
    skewness: z
      .number()
      .optional()
      .describe('Adjusted, as Excel SKEW; absent below three values or when all are equal'),
    kurtosis: z
      .number()
      .optional()
      .describe('Adjusted excess kurtosis, as Excel KURT; absent below four values'),
    p5: z.number().describe('Quantiles by interpolation of type 7, as Excel PERCENTILE.INC'),
    p10: z.number(),
    q1: z.number().describe('25 %'),
    q3: z.number().describe('75 %'),
    p90: z.number(),
    p95: z.number(),
    interquartileRange: z.number().describe('q3 - q1')
  }),
  summary: ({ count, mean, median, standardDeviation }) =>
    `${count} values, mean ${formatNumber(mean)}, median ${formatNumber(median)}${standardDeviation === undefined ? '' : `, standard deviation ${formatNumber(standardDeviation)}`}.`,
  run: async ({ values }, ctx) => {
    const n = values.length
    const varies = values.some((value) => value !== values[0])
    const pace = createPace(ctx)
    const spread = describeSpread(values)
    await pace(1, 4)
    const sample = n > 1 && describeSample(values)
    await pace(2, 4)
    const third = varies && n > 2 && { skewness: skewness(values) }
    await pace(3, 4)
    const fourth = varies && n > 3 && { kurtosis: excessKurtosis(values) }
    const results = requireAllFinite({ ...spread, ...sample, ...third, ...fourth }, 'values')
    return { count: n, ...results }
  }
})

const calculateCorrelation = defineTool({
  name: 'calculate_correlation',
  title: 'Correlation',
  description:
    "Pearson's correlation of two lists: how close they are to a straight line, from -1 to 1. For ranks or outliers use spearmans_correlation, for the line itself linear_regression.",
  toolset: 'finance.statistics',
  input: z.object({
    x: series.min(2).describe('First list'),
    y: series.min(2).describe('Second list, in the order of the first'),
    population: population.describe(
      'Which covariance to report: sample divides by n - 1, population by n. The correlation is the same'
    )
  }),
  output: z.object({
    correlation: z.number().describe('From -1 to 1'),
    rSquared: z.number().describe('Share of the variance of one explained by the other'),
    covariance: z.number().describe('Divided as `population` says'),
    count: z.int(),
    t: z.number().optional().describe('r sqrt((n - 2) / (1 - r^2)); absent when r is -1 or 1'),
    pValue: z.number().optional().describe("Two-sided, of no correlation; Student's t with n - 2"),
    lower: z.number().optional().describe("95 % interval by Fisher's z; from four pairs on"),
    upper: z.number().optional()
  }),
  summary: ({ correlation, count }) =>
    `Correlation ${formatNumber(correlation)} of ${count} pairs.`,
  run: ({ x, y, population }) => {
    requirePairs(x, y)
    requireVariation(x, 'x')
    requireVariation(y, 'y')
    const n = x.length
    const r = correlation(x, y)
    const shared = covariance(x, y, population === 'sample' ? 1 : 0)
    const results = {
      correlation: r,
      rSquared: r * r,
      covariance: shared,
      ...testCorrelation(r, n),
      ...intervalOf(r, n)
    }
    return { count: n, ...requireAllFinite(results, 'x') }
  }
})

/** 95 % interval by Fisher's z; nothing below four pairs or where r is exactly -1 or 1. */
function intervalOf(r: number, n: number) {
  if (n < 4 || Math.abs(r) === 1) return undefined
  const margin = -normalQuantile(0.025) / Math.sqrt(n - 3)
  const centre = Math.atanh(r)
  return { lower: Math.tanh(centre - margin), upper: Math.tanh(centre + margin) }
}

const calculateConfidenceInterval = defineTool({
  name: 'calculate_confidence_interval',
  title: 'Confidence interval of a mean',
  description:
    "Interval that covers the true mean with a given confidence, from raw values or from mean, standard deviation and size of a sample: Student's t with n - 1. For a known standard deviation see normalLower and normalUpper, for a survey calculate_margin_of_error.",
  toolset: 'finance.statistics',
  input: z.object({
    values: series.min(2).optional().describe('The sample; instead of mean, stdDev and sampleSize'),
    mean: z.number().optional().describe('Mean of the sample'),
    stdDev: z.number().min(0).optional().describe('Sample standard deviation, n - 1'),
    sampleSize: z.int().min(2).optional().describe('Number of values, at least 2'),
    confidenceLevel: confidenceLevel
      .default(0.95)
      .describe('Between 0 and 1 as a fraction (0.95 = 95 %)')
  }),
  output: z.object({
    lower: z.number(),
    upper: z.number(),
    mean: z.number(),
    marginOfError: z.number().describe('Half the width'),
    standardError: z.number().describe('standardDeviation / sqrt(n)'),
    standardDeviation: z.number(),
    criticalValue: z.number().describe("Of Student's t"),
    degreesOfFreedom: z.int().describe('n - 1'),
    confidenceLevel: z.number(),
    normalLower: z.number().describe('The same by the normal distribution, for a known deviation'),
    normalUpper: z.number()
  }),
  summary: ({ lower, upper, mean, confidenceLevel }) =>
    `Mean ${formatNumber(mean)}, ${formatNumber(confidenceLevel * 100)} % interval ${formatNumber(lower)} to ${formatNumber(upper)}.`,
  run: (input) => {
    const { centre, deviation, n } = sampleOf(input)
    const tail = (1 - input.confidenceLevel) / 2
    const standardError = deviation / Math.sqrt(n)
    const criticalValue = -studentQuantile(tail, n - 1)
    const margin = criticalValue * standardError
    const normalMargin = -normalQuantile(tail) * standardError
    const results = {
      lower: centre - margin,
      upper: centre + margin,
      mean: centre,
      marginOfError: margin,
      standardError,
      standardDeviation: deviation,
      criticalValue,
      normalLower: centre - normalMargin,
      normalUpper: centre + normalMargin
    }
    return {
      ...requireAllFinite(results, input.values ? 'values' : 'stdDev'),
      degreesOfFreedom: n - 1,
      confidenceLevel: input.confidenceLevel
    }
  }
})

interface SampleInput {
  readonly values?: readonly number[] | undefined
  readonly mean?: number | undefined
  readonly stdDev?: number | undefined
  readonly sampleSize?: number | undefined
}

function sampleOf(input: SampleInput): { centre: number; deviation: number; n: number } {
  const { values, stdDev, sampleSize } = input
  if (values) {
    const given = (['mean', 'stdDev', 'sampleSize'] as const).find(
      (name) => input[name] !== undefined
    )
    if (given) throw new ToolError(`${given}: follows from values; give one or the other`)
    return { centre: mean(values), deviation: standardDeviation(values, 1), n: values.length }
  }
  if (input.mean === undefined || stdDev === undefined || sampleSize === undefined) {
    throw new ToolError('values: give values, or else mean, stdDev and sampleSize together')
  }
  return { centre: input.mean, deviation: stdDev, n: sampleSize }
}

/** The statistics of everyday use: those of `finance.core`. */
export const everydayTools: readonly ToolDefinition[] = [
  calculateCorrelation,
  linearRegression,
  calculateConfidenceInterval,
  descriptiveStatsExtended
]
