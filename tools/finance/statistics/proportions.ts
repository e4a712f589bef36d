import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { normalQuantile, normalSurvival } from '../numeric/normal.ts'
import { formatNumber, formatPercent, requireFinite } from '../numeric/numbers.ts'
import { studentQuantile } from '../numeric/student.ts'
import { alpha, confidenceLevel, requireAllFinite } from './series.ts'

const maxCount = 1e12
const confidence = confidenceLevel.describe('Confidence level as a fraction (0.95 = 95 %)')

const calculateSampleSize = defineTool({
  name: 'calculate_sample_size',
  title: 'Sample size of a survey',
  description:
    'How many answers a survey of a proportion needs for a given margin of error, with the correction for a finite population. For the margin that a given sample has, use calculate_margin_of_error.',
  toolset: 'finance.statistics',
  input: z.object({
    confidence,
    marginOfError: z
      .number()
      .gt(0)
      .lt(1)
      .describe('Half the width as a fraction (0.05 = 5 points)'),
    proportion: z.number().gt(0).lt(1).describe('Expected share; 0.5 is the worst case'),
    populationSize: z
      .int()
      .min(1)
      .max(maxCount)
      .describe('Number of all members; a large number when there is no limit')
  }),
  output: z.object({
    sampleSize: z.int().describe('Rounded up: n0 / (1 + (n0 - 1) / populationSize)'),
    exact: z.number().describe('Before rounding'),
    infinitePopulation: z.number().describe('n0 = z^2 p (1 - p) / e^2, before rounding'),
    z: z.number().describe('Two-sided quantile of the normal distribution')
  }),
  summary: ({ sampleSize }) => `${sampleSize} answers.`,
  run: ({ confidence, marginOfError, proportion, populationSize }) => {
    const z = -normalQuantile((1 - confidence) / 2)
    const wanted = (z / marginOfError) ** 2 * proportion * (1 - proportion)
    const unlimited = requireFinite(wanted, 'marginOfError', 'use a larger margin')
    const exact = unlimited / (1 + (unlimited - 1) / populationSize)
    // Less the rounding error, which must not cost one answer more.
    const sampleSize = Math.min(populationSize, Math.max(1, Math.ceil(exact * (1 - 1e-12))))
    return { sampleSize, exact, infinitePopulation: unlimited, z }
  }
})

const calculateMarginOfError = defineTool({
  name: 'calculate_margin_of_error',
  title: 'Margin of error of a mean',
  description:
    'Half the width of the confidence interval of a mean, from a standard deviation taken as known (normal distribution). With the deviation of a small sample use studentMargin or calculate_confidence_interval.',
  toolset: 'finance.statistics',
  input: z.object({
    confidence,
    standardDeviation: z.number().min(0).describe('For a share p it is sqrt(p (1 - p))'),
    sampleSize: z.int().min(1).max(maxCount).describe('Number of values')
  }),
  output: z.object({
    marginOfError: z.number().describe('z * standardDeviation / sqrt(n)'),
    standardError: z.number(),
    z: z.number(),
    studentMargin: z.number().optional().describe("By Student's t with n - 1; absent for n = 1")
  }),
  summary: ({ marginOfError }) => `Margin of error ${formatNumber(marginOfError)}.`,
  run: ({ confidence, standardDeviation, sampleSize }) => {
    const tail = (1 - confidence) / 2
    const z = -normalQuantile(tail)
    const standardError = standardDeviation / Math.sqrt(sampleSize)
    const results = {
      marginOfError: z * standardError,
      standardError,
      z,
      ...(sampleSize > 1 && {
        studentMargin: -studentQuantile(tail, sampleSize - 1) * standardError
      })
    }
    return requireAllFinite(results, 'standardDeviation')
  }
})

const variant = z
  .object({
    name: z.string().min(1).max(100).optional().describe('Otherwise A or B'),
    observations: z.int().min(1).max(maxCount).describe('Visitors, mails, offers'),
    conversions: z.int().min(0).max(maxCount).describe('How many of them converted')
  })
  .strict()
type Variant = z.output<typeof variant>

const abTestAnalysis = defineTool({
  name: 'ab_test_analysis',
  title: 'A/B test',
  description:
    'Whether the conversion rates of two variants differ: z-test with the pooled rate, interval of the difference without pooling. For means instead of rates use hypothesis_t_test.',
  toolset: 'finance.statistics',
  input: z.object({
    variantA: variant.describe('Usually the control'),
    variantB: variant.describe('Usually the treatment'),
    alpha
  }),
  output: z.object({
    rateA: z.number().describe('conversions / observations'),
    rateB: z.number(),
    difference: z.number().describe('rateB - rateA, as a fraction'),
    lift: z.number().optional().describe('rateB / rateA - 1; absent when rateA is 0'),
    z: z.number().describe('With the pooled rate; positive when B is better'),
    pValue: z.number().describe('Two-sided'),
    lower: z.number().describe('Interval of the difference at 1 - alpha, not pooled'),
    upper: z.number(),
    significant: z.boolean().describe('pValue < alpha'),
    better: z.enum(['A', 'B', 'none']).describe('The variant that is significantly better'),
    nameA: z.string(),
    nameB: z.string(),
    enoughData: z
      .boolean()
      .describe('At least 5 conversions and 5 others in each: the normal approximation holds')
  }),
  summary: ({ nameA, rateA, nameB, rateB, pValue, better }) => {
    const rates = `${nameA} ${formatPercent(rateA)}, ${nameB} ${formatPercent(rateB)}`
    const verdict = better === 'none' ? 'no significant difference' : 'a significant difference'
    return `${rates}, two-sided p ${formatNumber(pValue)}: ${verdict}.`
  },
  run: ({ variantA, variantB, alpha }) => {
    const rateA = rateOf(variantA, 'variantA')
    const rateB = rateOf(variantB, 'variantB')
    const difference = rateB - rateA
    const z = difference / pooledError(variantA, variantB)
    const pValue = 2 * normalSurvival(Math.abs(z))
    const variance = varianceOf(rateA, variantA) + varianceOf(rateB, variantB)
    const margin = -normalQuantile(alpha / 2) * Math.sqrt(variance)
    const significant = pValue < alpha
    const winner = difference > 0 ? ('B' as const) : ('A' as const)
    return {
      rateA,
      rateB,
      difference,
      ...(rateA > 0 && { lift: difference / rateA }),
      z,
      pValue,
      lower: difference - margin,
      upper: difference + margin,
      significant,
      better: significant ? winner : ('none' as const),
      nameA: variantA.name ?? 'A',
      nameB: variantB.name ?? 'B',
      enoughData: [variantA, variantB].every(hasEnough)
    }
  }
})

function rateOf({ observations, conversions }: Variant, field: string): number {
  if (conversions > observations) {
    throw new ToolError(
      `${field}.conversions: ${conversions} of ${observations} observations; at most all can convert`
    )
  }
  return conversions / observations
}

function varianceOf(rate: number, { observations }: Variant): number {
  return (rate * (1 - rate)) / observations
}

function pooledError(a: Variant, b: Variant): number {
  const rate = (a.conversions + b.conversions) / (a.observations + b.observations)
  if (rate === 0 || rate === 1) {
    const share = rate === 0 ? 'nobody' : 'everybody'
    throw new ToolError(
      `variantA.conversions: ${share} converted in either variant, so there is nothing to test`
    )
  }
  return Math.sqrt(varianceOf(rate, a) + varianceOf(rate, b))
}

function hasEnough({ observations, conversions }: Variant): boolean {
  return Math.min(conversions, observations - conversions) >= 5
}

/** Surveys and experiments. */
export const proportionTools: readonly ToolDefinition[] = [
  calculateSampleSize,
  calculateMarginOfError,
  abTestAnalysis
]
