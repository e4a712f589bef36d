import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, formatPercent } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { tailRisk, tailRiskFields } from '../numeric/tail-risk.ts'
import { outcomeFields, outcomesInput, summarizeOutcomes } from './outcomes.ts'

const bins = 20

const analyzeSimulationResults = defineTool({
  name: 'analyze_simulation_results',
  title: 'Statistics of simulation outcomes',
  description:
    'Describes outcomes that you already have: mean with its standard error, percentiles, skewness, probability of a loss, a histogram of 20 bins. To make outcomes from a model use run_monte_carlo; for one probability calculate_probability, for value at risk calculate_simulation_var.',
  toolset: 'finance.simulation',
  input: z.object({
    values: outcomesInput,
    label: z.string().max(100).default('Outcome').describe('What the values are, for the text')
  }),
  output: z.object({
    label: z.string(),
    ...outcomeFields,
    histogram: z
      .array(
        z.object({
          from: z.number().describe('Included'),
          to: z.number().describe('Excluded, but for the last bin'),
          count: z.int(),
          share: z.number().describe('As a fraction of all')
        })
      )
      .describe('Bins of equal width from min to max; one bin when all outcomes are equal')
  }),
  summary: ({ label, count, mean, standardError, percentiles: { p5, p50, p95 } }) =>
    `${label}: mean ${formatAmount(mean)} (standard error ${formatAmount(standardError)}), median ${formatAmount(p50)}, nine in ten of ${count} between ${formatAmount(p5)} and ${formatAmount(p95)}.`,
  run: async ({ values, label }, ctx) => {
    const outcomes = Float64Array.from(values)
    const { summary } = await summarizeOutcomes(outcomes, createPace(ctx), 'values')
    const { min, max } = summary
    return { label, ...summary, histogram: countBins(outcomes, min, max) }
  }
})

function countBins(values: Float64Array, min: number, max: number) {
  const binCount = min === max ? 1 : bins
  // Halved, since the distance of two doubles can be beyond a double.
  const width = max / 2 - min / 2
  const edge = (bin: number) => (bin === binCount ? max : min + 2 * width * (bin / binCount))
  const counts = Array.from({ length: binCount }, () => 0)
  for (const value of values) {
    const place = width === 0 ? 0 : ((value / 2 - min / 2) / width) * binCount
    const bin = Math.min(binCount - 1, Math.floor(place))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts.map((count, bin) => ({
    from: edge(bin),
    to: edge(bin + 1),
    count,
    share: count / values.length
  }))
}

const calculateSimulationVar = defineTool({
  name: 'calculate_simulation_var',
  title: 'Value at risk of simulation outcomes',
  description:
    'Value at risk and expected shortfall (CVaR) of outcomes in money, such as profits of a simulation. For returns of a portfolio with a value use calculate_value_at_risk.',
  toolset: 'finance.simulation',
  input: z.object({
    values: outcomesInput,
    confidenceLevel: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.95)
      .describe('As a fraction, between 0 and 1 (0.95 = 95 %)')
  }),
  output: z.object({
    ...tailRiskFields,
    probabilityOfLoss: outcomeFields.probabilityOfLoss,
    mean: outcomeFields.mean,
    standardError: outcomeFields.standardError,
    min: z.number(),
    max: z.number()
  }),
  summary: ({ confidenceLevel, varOutcome, varLoss, cvarLoss }) =>
    `With ${formatPercent(confidenceLevel)} confidence the outcome is not below ${formatAmount(varOutcome)} (loss ${formatAmount(varLoss)}); expected shortfall ${formatAmount(cvarLoss)}.`,
  run: async ({ values, confidenceLevel }, ctx) => {
    const outcomes = Float64Array.from(values)
    const { summary, sorted } = await summarizeOutcomes(outcomes, createPace(ctx), 'values')
    const { probabilityOfLoss, mean, standardError, min, max } = summary
    const risk = tailRisk(sorted, confidenceLevel)
    return { ...risk, probabilityOfLoss, mean, standardError, min, max }
  }
})

const calculateProbability = defineTool({
  name: 'calculate_probability',
  title: 'Probability from simulation outcomes',
  description:
    'Share of outcomes above or below a threshold, or between two bounds, with its standard error. Outcomes equal to a bound are not counted. For value at risk use calculate_simulation_var.',
  toolset: 'finance.simulation',
  input: z.object({
    values: outcomesInput,
    type: z
      .enum(['above', 'below', 'between'])
      .describe('above and below need threshold; between needs lower and upper'),
    threshold: z.number().optional().describe('For above and below'),
    lower: z.number().optional().describe('For between'),
    upper: z.number().optional().describe('For between')
  }),
  output: z.object({
    probability: z.number().describe('As a fraction (0.25 = 25 %)'),
    standardError: z.number().describe('sqrt(p (1 - p) / count)'),
    matching: z.int().describe('How many outcomes that is'),
    atBounds: z.int().describe('Outcomes equal to a bound, not counted'),
    count: z.int()
  }),
  summary: ({ probability, standardError, matching, count }) =>
    `Probability ${formatPercent(probability)} (${matching} of ${count}, standard error ${formatPercent(standardError)}).`,
  run: ({ values, ...question }) => {
    const { lower, upper } = boundsOf(question)
    const count = values.length
    const matching = values.filter((value) => value > lower && value < upper).length
    const atBounds = values.filter((value) => value === lower || value === upper).length
    const probability = matching / count
    const standardError = Math.sqrt((probability * (1 - probability)) / count)
    return { probability, standardError, matching, atBounds, count }
  }
})

interface Question {
  readonly type: 'above' | 'below' | 'between'
  readonly threshold?: number | undefined
  readonly lower?: number | undefined
  readonly upper?: number | undefined
}

/** Exclusive bounds; those that a type does not use must not be given. */
function boundsOf({ type, threshold, lower, upper }: Question) {
  if (type === 'between') {
    if (threshold !== undefined) throw unused('threshold', type, 'lower and upper')
    if (lower === undefined) throw missing('lower', type)
    if (upper === undefined) throw missing('upper', type)
    if (lower >= upper) throw new ToolError(`lower: ${lower} is not below upper ${upper}`)
    return { lower, upper }
  }
  if (lower !== undefined) throw unused('lower', type, 'threshold')
  if (upper !== undefined) throw unused('upper', type, 'threshold')
  if (threshold === undefined) throw missing('threshold', type)
  return type === 'above'
    ? { lower: threshold, upper: Number.POSITIVE_INFINITY }
    : { lower: Number.NEGATIVE_INFINITY, upper: threshold }
}

function missing(field: string, type: string): ToolError {
  return new ToolError(`${field}: is needed for type ${type}`)
}

function unused(field: string, type: string, instead: string): ToolError {
  return new ToolError(
    `${field}: has no meaning for type ${type}; leave it out and give ${instead}`
  )
}

/** Tools over outcomes that a caller brings. */
export const resultTools: readonly ToolDefinition[] = [
  analyzeSimulationResults,
  calculateSimulationVar,
  calculateProbability
]
