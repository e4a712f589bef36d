import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { normalCdf, normalPdf, normalSurvival } from '../numeric/normal.ts'
import { formatNumber } from '../numeric/numbers.ts'
import { binomialOutcome, hypergeometricOutcome, poissonOutcome } from './discrete.ts'
import { requireAllFinite } from './series.ts'

const maxCount = 1e9
const count = z.int().min(0).max(maxCount)
const probabilities = {
  probability: z.number().describe('Of exactly this outcome'),
  atMost: z.number().describe('Cumulative, the outcome included'),
  moreThan: z.number().describe('1 - atMost, accurate when tiny'),
  atLeast: z.number(),
  lessThan: z.number(),
  mean: z.number().describe('Of the distribution'),
  variance: z.number().describe('Of the distribution')
}

const binomialProbability = defineTool({
  name: 'binomial_probability',
  title: 'Binomial probability',
  description:
    'Probability of k successes in n independent trials, and of more or fewer. Without replacement use hypergeometric_probability; for rare events without a number of trials poisson_probability.',
  toolset: 'finance.statistics',
  input: z.object({
    n: count.describe('Number of trials, at most 1e9'),
    k: count.describe('Number of successes, at most n'),
    p: z.number().min(0).max(1).describe('Probability of success in one trial')
  }),
  output: z.object(probabilities),
  summary: ({ probability, atMost }) =>
    `P(X = k) ${formatNumber(probability)}, P(X <= k) ${formatNumber(atMost)}.`,
  run: ({ n, k, p }) => {
    if (k > n) throw new ToolError(`k: ${k} successes in ${n} trials; k is at most n`)
    return { ...binomialOutcome(n, k, p), mean: n * p, variance: n * p * (1 - p) }
  }
})

const poissonProbability = defineTool({
  name: 'poisson_probability',
  title: 'Poisson probability',
  description:
    'Probability of x events where mu are expected, and of more or fewer: claims, calls, defaults in a period. With a fixed number of trials use binomial_probability.',
  toolset: 'finance.statistics',
  input: z.object({
    x: count.describe('Number of events, at most 1e9'),
    mu: z.number().min(0).max(maxCount).describe('Expected number, at most 1e9')
  }),
  output: z.object(probabilities),
  summary: ({ probability, atMost }) =>
    `P(X = x) ${formatNumber(probability)}, P(X <= x) ${formatNumber(atMost)}.`,
  run: ({ x, mu }) => ({ ...poissonOutcome(x, mu), mean: mu, variance: mu })
})

const hypergeometricProbability = defineTool({
  name: 'hypergeometric_probability',
  title: 'Hypergeometric probability',
  description:
    'Probability of a number of successes in a sample drawn without replacement, and of more or fewer: defects in an audited lot. With replacement use binomial_probability.',
  toolset: 'finance.statistics',
  input: z.object({
    total: count.min(1).describe('Size of the population, at most 1e9'),
    successes_in_population: count.describe('Successes in it, at most total'),
    sample_size: count.describe('Number drawn, at most total'),
    successes_in_sample: count.describe('Successes among those drawn, at most sample_size')
  }),
  output: z.object(probabilities),
  summary: ({ probability, atMost }) =>
    `Exactly that many: ${formatNumber(probability)}; at most: ${formatNumber(atMost)}.`,
  run: (input) => {
    const { total, successes_in_population: successes, sample_size: drawn } = input
    requireAtMost(successes, total, 'successes_in_population', 'total')
    requireAtMost(drawn, total, 'sample_size', 'total')
    requireAtMost(input.successes_in_sample, drawn, 'successes_in_sample', 'sample_size')
    const share = successes / total
    const finite = total > 1 ? (total - drawn) / (total - 1) : 0
    return {
      ...hypergeometricOutcome({ total, successes, drawn }, input.successes_in_sample),
      mean: drawn * share,
      variance: drawn * share * (1 - share) * finite
    }
  }
})

function requireAtMost(value: number, limit: number, field: string, limiting: string): void {
  if (value > limit) throw new ToolError(`${field}: ${value} is more than ${limiting} (${limit})`)
}

const continuous = {
  pdf: z.number().describe('Density at x'),
  cdf: z.number().describe('P(X <= x)'),
  survival: z.number().describe('P(X > x), accurate when tiny')
}

const exponentialDistribution = defineTool({
  name: 'exponential_distribution',
  title: 'Exponential distribution',
  description:
    'Density, cumulative probability and survival of a waiting time with constant rate: until the next claim or failure. The number of events in a time is poisson_probability.',
  toolset: 'finance.statistics',
  input: z.object({
    x: z.number().describe('Waiting time; below 0 the density is 0'),
    lambda: z.number().gt(0).describe('Rate: events per unit of time, 1 / mean')
  }),
  output: z.object({ ...continuous, mean: z.number().describe('1 / lambda') }),
  summary: ({ cdf, survival }) =>
    `P(X <= x) ${formatNumber(cdf)}, P(X > x) ${formatNumber(survival)}.`,
  run: ({ x, lambda }) => {
    const mean = 1 / lambda
    if (x < 0) return requireAllFinite({ pdf: 0, cdf: 0, survival: 1, mean }, 'lambda')
    const survival = Math.exp(-lambda * x)
    const cdf = -Math.expm1(-lambda * x)
    return requireAllFinite({ pdf: lambda * survival, cdf, survival, mean }, 'lambda')
  }
})

const lognormalDistribution = defineTool({
  name: 'lognormal_distribution',
  title: 'Lognormal distribution',
  description:
    'Density, cumulative probability and survival of a value whose logarithm is normal: prices, claim sizes. mean and stddev are those of ln x, as in Excel LOGNORM.DIST.',
  toolset: 'finance.statistics',
  input: z.object({
    x: z.number().describe('The value; at 0 and below the density is 0'),
    mean: z.number().default(0).describe('Mean of ln x'),
    stddev: z.number().gt(0).default(1).describe('Standard deviation of ln x')
  }),
  output: z.object(continuous),
  summary: ({ cdf, survival }) =>
    `P(X <= x) ${formatNumber(cdf)}, P(X > x) ${formatNumber(survival)}.`,
  run: ({ x, mean, stddev }) => {
    if (x <= 0) return { pdf: 0, cdf: 0, survival: 1 }
    const z = (Math.log(x) - mean) / stddev
    const density = normalPdf(z)
    const pdf = density === 0 ? 0 : density / stddev / x
    return requireAllFinite({ pdf, cdf: normalCdf(z), survival: normalSurvival(z) }, 'stddev')
  }
})

/** Probabilities by name of the distribution. */
export const distributionTools: readonly ToolDefinition[] = [
  binomialProbability,
  poissonProbability,
  exponentialDistribution,
  hypergeometricProbability,
  lognormalDistribution
]
