import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatNumber, requireFinite } from '../../numeric/numbers.ts'
import { data, periodAt, readSeries, values } from '../series/data.ts'
import { findIndices, maxSeasons, meanIndex, periodsPerYear } from './season.ts'

const toolset = 'finance.forecast'
const smaller = 'use smaller values'

const calculateSeasonalIndices = defineTool({
  name: 'calculate_seasonal_indices',
  title: 'Seasonal indices',
  description:
    'How far each season lies above or below the trend, as a factor around 1, by the ratio to the centred moving average. To take the season out: seasonally_adjust; with trend and residuals: decompose_time_series.',
  toolset,
  input: z.object({ data: data.min(4), periodsPerYear }),
  output: z.object({
    indices: z
      .array(z.number())
      .describe('Factors with mean 1; indices[0] is the season of the first value'),
    additiveIndices: z.array(z.number()).describe('Differences with sum 0, in units of the values'),
    firstPeriod: z.string().optional().describe('Period that indices[0] belongs to'),
    strongest: z.int().describe('Position of the largest of indices'),
    weakest: z.int().describe('Position of the smallest'),
    count: z.int()
  }),
  summary: ({ indices, strongest, weakest }) =>
    `${indices.length} indices from ${formatNumber(indices[weakest] ?? 0)} (season ${weakest}) to ${formatNumber(indices[strongest] ?? 0)} (season ${strongest}).`,
  run: ({ data, periodsPerYear }) => {
    const series = readSeries(data)
    const indices = findIndices(series.values, periodsPerYear, 'multiplicative', 'data')
    const additive = findIndices(series.values, periodsPerYear, 'additive', 'data')
    const { period } = periodAt(series, 0)
    return {
      indices,
      additiveIndices: additive,
      ...(period !== undefined && { firstPeriod: period }),
      strongest: indices.indexOf(Math.max(...indices)),
      weakest: indices.indexOf(Math.min(...indices)),
      count: series.values.length
    }
  }
})

const indexList = z.array(z.number()).min(2).max(maxSeasons)
const meanOfIndices = z
  .number()
  .describe('1 for the factors of calculate_seasonal_indices; otherwise the level shifts')

const seasonallyAdjust = defineTool({
  name: 'seasonally_adjust',
  title: 'Seasonal adjustment',
  description:
    'Takes the season out of a time series: each value over the index of its season, so that neighbouring months can be compared. The indices: calculate_seasonal_indices; to put a season in: apply_seasonal_pattern.',
  toolset,
  input: z.object({
    data: data.min(1),
    indices: indexList.describe(
      'Factors above 0 for one season, that of the first value first; they repeat'
    )
  }),
  output: z.object({
    adjusted: z.array(z.number()).describe('data[i] / indices[i mod m], in the order of time'),
    meanIndex: meanOfIndices,
    count: z.int()
  }),
  summary: ({ adjusted, count }) =>
    `${count} values adjusted, the last is ${formatNumber(adjusted.at(-1) ?? 0)}.`,
  run: ({ data, indices }) => {
    const wrong = indices.findIndex((index) => index <= 0)
    if (wrong >= 0) {
      throw new ToolError(
        `indices[${wrong}]: must be above 0, a factor and not a difference or a percentage`
      )
    }
    const { values } = readSeries(data)
    const adjusted = values.map((value, i) =>
      requireFinite(value / (indices[i % indices.length] ?? Number.NaN), 'data', smaller)
    )
    return {
      adjusted,
      meanIndex: requireFinite(meanIndex(indices), 'indices', smaller),
      count: values.length
    }
  }
})

const applySeasonalPattern = defineTool({
  name: 'apply_seasonal_pattern',
  title: 'Apply a seasonal pattern',
  description:
    'Puts a season into a trend: each value times the index of its season, such as a yearly plan spread over months. The indices: calculate_seasonal_indices; the reverse: seasonally_adjust; trend and season in one step: forecast_with_seasonality.',
  toolset,
  input: z.object({
    trendValues: values.min(1).describe('Values without season, in the order of time'),
    seasonalIndices: indexList.describe(
      'Factors of at least 0 for one season, that of the first value first; they repeat'
    )
  }),
  output: z.object({
    values: z.array(z.number()).describe('trendValues[i] * seasonalIndices[i mod m]'),
    meanIndex: meanOfIndices,
    count: z.int()
  }),
  summary: ({ values, count }) =>
    `${count} values with season, the last is ${formatNumber(values.at(-1) ?? 0)}.`,
  run: ({ trendValues, seasonalIndices }) => {
    const wrong = seasonalIndices.findIndex((index) => index < 0)
    if (wrong >= 0) {
      throw new ToolError(
        `seasonalIndices[${wrong}]: must be at least 0, a factor and not a difference`
      )
    }
    const m = seasonalIndices.length
    return {
      values: trendValues.map((value, i) =>
        requireFinite(value * (seasonalIndices[i % m] ?? Number.NaN), 'trendValues', smaller)
      ),
      meanIndex: requireFinite(meanIndex(seasonalIndices), 'seasonalIndices', smaller),
      count: trendValues.length
    }
  }
})

/** Seasonal indices: found, taken out, put in. */
export const indexTools: readonly ToolDefinition[] = [
  calculateSeasonalIndices,
  seasonallyAdjust,
  applySeasonalPattern
]
