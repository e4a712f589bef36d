import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { mean } from '../numeric/moments.ts'
import { formatNumber, requireFinite } from '../numeric/numbers.ts'
import { compensatedSum } from '../numeric/sums.ts'
import { series } from './series.ts'

const smaller = 'scale the values down'

function requirePositive(values: readonly number[]): void {
  const index = values.findIndex((value) => value <= 0)
  if (index < 0) return
  throw new ToolError(
    `values[${index}]: ${values[index]} is not above 0, and this mean then has no meaning`
  )
}

const means = {
  mean: z.number(),
  arithmeticMean: z.number().describe('For comparison, never less'),
  count: z.int()
}

const geometricMean = defineTool({
  name: 'geometric_mean',
  title: 'Geometric mean',
  description:
    'The n-th root of the product: the average growth factor. Give factors (1.05 for 5 % growth), not rates. For speeds, multiples and other ratios use harmonic_mean.',
  toolset: 'finance.statistics',
  input: z.object({ values: series.min(1).describe('All above 0') }),
  output: z.object(means),
  summary: ({ mean }) => `Geometric mean ${formatNumber(mean)}.`,
  run: ({ values }) => {
    requirePositive(values)
    const first = values[0] ?? 1
    // Relative to the first value: equal values then give exactly that value.
    const logs = values.map((value) => Math.log(value / first))
    const ratio = Math.exp(compensatedSum(logs) / values.length)
    return describe(
      Number.isFinite(ratio) && ratio > 0 ? first * ratio : byLogarithms(values),
      values
    )
  }
})

function byLogarithms(values: readonly number[]): number {
  return Math.exp(compensatedSum(values.map(Math.log)) / values.length)
}

const harmonicMean = defineTool({
  name: 'harmonic_mean',
  title: 'Harmonic mean',
  description:
    'n divided by the sum of the reciprocals: the right average of price/earnings multiples or of prices paid for equal sums. For growth factors use geometric_mean.',
  toolset: 'finance.statistics',
  input: z.object({ values: series.min(1).describe('All above 0') }),
  output: z.object(means),
  summary: ({ mean }) => `Harmonic mean ${formatNumber(mean)}.`,
  run: ({ values }) => {
    requirePositive(values)
    // In units of the smallest, since the reciprocal of a tiny number is no double.
    const least = values.reduce((low, value) => Math.min(low, value))
    const reciprocals = compensatedSum(values.map((value) => least / value))
    return describe((least / reciprocals) * values.length, values)
  }
})

function describe(value: number, values: readonly number[]) {
  return {
    mean: requireFinite(value, 'values', smaller),
    arithmeticMean: requireFinite(mean(values), 'values', smaller),
    count: values.length
  }
}

const weightedAverage = defineTool({
  name: 'weighted_average',
  title: 'Weighted average',
  description:
    'Sum of value * weight divided by the sum of the weights: a portfolio return, an average cost. The weights need not add up to 1.',
  toolset: 'finance.statistics',
  input: z.object({
    values: series.min(1).describe('What is averaged'),
    weights: series.min(1).describe('0 or more, one for each value; not all 0')
  }),
  output: z.object({
    average: z.number(),
    totalWeight: z.number(),
    unweightedMean: z.number().describe('For comparison')
  }),
  summary: ({ average }) => `Weighted average ${formatNumber(average)}.`,
  run: ({ values, weights }) => {
    requireWeights(values, weights)
    const largest = weights.reduce((high, weight) => Math.max(high, weight))
    const shares = weights.map((weight) => weight / largest)
    const products = values.map((value, i) => value * (shares[i] ?? Number.NaN))
    return {
      average: requireFinite(compensatedSum(products) / compensatedSum(shares), 'values', smaller),
      totalWeight: requireFinite(compensatedSum(weights), 'weights', 'scale the weights down'),
      unweightedMean: requireFinite(mean(values), 'values', smaller)
    }
  }
})

function requireWeights(values: readonly number[], weights: readonly number[]): void {
  if (weights.length !== values.length) {
    throw new ToolError(`weights: ${weights.length} for ${values.length} values; give one for each`)
  }
  const negative = weights.findIndex((weight) => weight < 0)
  if (negative >= 0) throw new ToolError(`weights[${negative}]: must be 0 or more`)
  if (weights.every((weight) => weight === 0))
    throw new ToolError('weights: all are 0; one must be above')
}

/** Averages other than the arithmetic one. */
export const meanTools: readonly ToolDefinition[] = [geometricMean, harmonicMean, weightedAverage]
