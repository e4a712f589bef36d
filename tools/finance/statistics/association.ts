import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { CallContext, ToolDefinition } from '../../../src/types.ts'
import { correlation, covariance } from '../numeric/moments.ts'
import { normalSurvival } from '../numeric/normal.ts'
import { formatNumber } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { testCorrelation } from './correlation-test.ts'
import { averageRanks } from './ranks.ts'
import { population, requireAllFinite, requirePairs, requireVariation, series } from './series.ts'

const pairs = {
  x: series.describe('First list'),
  y: series.describe('Second list, in the order of the first')
}

const calculateCovariance = defineTool({
  name: 'calculate_covariance',
  title: 'Covariance',
  description:
    'How two lists vary together, in units of x times y. Free of units it is calculate_correlation.',
  toolset: 'finance.statistics',
  input: z.object({ x: pairs.x.min(2), y: pairs.y.min(2), population }),
  output: z.object({
    covariance: z.number().describe('Divided as `population` says'),
    sampleCovariance: z.number().describe('Divided by n - 1, as Excel COVARIANCE.S'),
    populationCovariance: z.number().describe('Divided by n, as Excel COVARIANCE.P'),
    correlation: z.number().optional().describe('Pearson; absent when x or y is constant'),
    count: z.int()
  }),
  summary: ({ covariance, count }) => `Covariance ${formatNumber(covariance)} of ${count} pairs.`,
  run: ({ x, y, population }) => {
    requirePairs(x, y)
    const sampleCovariance = covariance(x, y, 1)
    const populationCovariance = covariance(x, y, 0)
    const r = correlation(x, y)
    const results = {
      covariance: population === 'sample' ? sampleCovariance : populationCovariance,
      sampleCovariance,
      populationCovariance,
      ...(Number.isFinite(r) && { correlation: r })
    }
    return { count: x.length, ...requireAllFinite(results, 'x') }
  }
})

async function rankCorrelation(
  x: readonly number[],
  y: readonly number[],
  ctx: CallContext
): Promise<number> {
  requirePairs(x, y)
  requireVariation(x, 'x')
  requireVariation(y, 'y')
  const pace = createPace(ctx)
  const ranksOfX = averageRanks(x)
  await pace(1, 3)
  const ranksOfY = averageRanks(y)
  await pace(2, 3)
  return correlation(ranksOfX, ranksOfY)
}

const spearmansCorrelation = defineTool({
  name: 'spearmans_correlation',
  title: "Spearman's rank correlation",
  description:
    'Correlation of the ranks of two lists: whether they rise together, on whatever curve; outliers count little. For a straight line use calculate_correlation.',
  toolset: 'finance.statistics',
  input: z.object({ x: pairs.x.min(2), y: pairs.y.min(2) }),
  output: z.object({
    correlation: z.number().describe('From -1 to 1; equal values get the average of their ranks'),
    count: z.int(),
    t: z.number().optional().describe('r sqrt((n - 2) / (1 - r^2)); absent when r is -1 or 1'),
    pValue: z
      .number()
      .optional()
      .describe("Two-sided, by Student's t with n - 2: an approximation, good from ten pairs on")
  }),
  summary: ({ correlation, count }) =>
    `Rank correlation ${formatNumber(correlation)} of ${count} pairs.`,
  run: async ({ x, y }, ctx) => {
    const r = await rankCorrelation(x, y, ctx)
    return { correlation: r, count: x.length, ...testCorrelation(r, x.length) }
  }
})

const calculateZScore = defineTool({
  name: 'calculate_z_score',
  title: 'z-score of a rank correlation',
  description:
    "How many standard errors Spearman's rank correlation of two lists is from 0, by Fisher's transformation: whether they are related at all. For the correlation itself use spearmans_correlation; the z of any statistic becomes a probability in calculate_p_value.",
  toolset: 'finance.statistics',
  input: z.object({ x: pairs.x.min(4), y: pairs.y.min(4) }),
  output: z.object({
    z: z.number().describe('atanh(rho) sqrt(n - 3)'),
    fiellerZ: z
      .number()
      .describe('atanh(rho) sqrt((n - 3) / 1.06), closer for ranks (Fieller 1957)'),
    correlation: z.number().describe("Spearman's rho"),
    pValue: z.number().describe('Two-sided, of z'),
    count: z.int()
  }),
  summary: ({ z, pValue }) => `z ${formatNumber(z)}, two-sided p ${formatNumber(pValue)}.`,
  run: async ({ x, y }, ctx) => {
    const rho = await rankCorrelation(x, y, ctx)
    if (Math.abs(rho) === 1) {
      throw new ToolError('y: its order is that of x or the reverse, and no finite z exists')
    }
    const score = Math.atanh(rho) * Math.sqrt(x.length - 3)
    return {
      z: score,
      fiellerZ: score / Math.sqrt(1.06),
      correlation: rho,
      pValue: 2 * normalSurvival(Math.abs(score)),
      count: x.length
    }
  }
})

/** Covariance and rank correlation. */
export const associationTools: readonly ToolDefinition[] = [
  spearmansCorrelation,
  calculateCovariance,
  calculateZScore
]
