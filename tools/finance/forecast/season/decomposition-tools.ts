import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatNumber, requireFinite } from '../../numeric/numbers.ts'
import { ahead, data, periodAt, readSeries, values } from '../series/data.ts'
import { fitTrend, trendAt } from '../trend/trend.ts'
import { describeTrend, sayTrend, trendFields } from '../trend/trend-output.ts'
import { decompose, periodsPerYear } from './season.ts'

const toolset = 'finance.forecast'
const smaller = 'use smaller values'

const partial = z.array(z.number().nullable())

/** The tool of that name. */
export const decomposeTimeSeries: ToolDefinition = defineTool({
  name: 'decompose_time_series',
  title: 'Decompose a time series',
  description:
    'Classical decomposition into trend (centred moving average, 2 x m for an even periodicity), season and residual. Only the indices: calculate_seasonal_indices; to forecast: forecast_with_seasonality or holt_winters_forecast.',
  toolset,
  input: z.object({
    values: values.min(4).describe('In the order of time, at least two full seasons'),
    periodicity: periodsPerYear,
    method: z
      .enum(['additive', 'multiplicative'])
      .default('additive')
      .describe(
        'additive: values = trend + season + residual, for swings of constant size; multiplicative: their product, for swings that grow with the level, values of at least 0'
      )
  }),
  output: z.object({
    method: z.enum(['additive', 'multiplicative']),
    indices: z
      .array(z.number())
      .describe('Of one season, that of values[0] first; sum 0 (additive) or mean 1'),
    trend: partial.describe('null for the half season at either end, where no average exists'),
    seasonal: z.array(z.number()).describe('The indices, repeated'),
    residual: partial.describe('What is left; null where trend is null or an index is 0'),
    adjusted: partial.describe('Values without season; null where the index is 0')
  }),
  summary: ({ method, indices }) =>
    `${method} decomposition, seasonal indices ${formatNumber(Math.min(...indices))} to ${formatNumber(Math.max(...indices))}.`,
  run: ({ values, periodicity, method }) => {
    const parts = decompose(values, periodicity, method, 'values')
    const finite = (list: readonly (number | undefined)[]) =>
      list.map((value) => (value === undefined ? null : requireFinite(value, 'values', smaller)))
    return {
      method,
      indices: [...parts.indices],
      trend: finite(parts.trend),
      seasonal: [...parts.seasonal],
      residual: finite(parts.residual),
      adjusted: finite(parts.adjusted)
    }
  }
})

/** The tool of that name. */
export const forecastWithSeasonality: ToolDefinition = defineTool({
  name: 'forecast_with_seasonality',
  title: 'Forecast with trend and season',
  description:
    'Trend times season: seasonal indices by the ratio to the centred moving average, a trend fitted to the adjusted values, both projected. A season that changes slowly: holt_winters_forecast; no season: forecast_trend.',
  toolset,
  input: z.object({
    data: data.min(4),
    periods: ahead.describe('How many periods to forecast'),
    periodsPerYear,
    trendType: z
      .enum(['linear', 'exponential'])
      .describe('linear: least squares; exponential: least squares on the logarithms')
  }),
  output: z.object({
    forecasts: z.array(
      z.object({
        step: z.int(),
        period: z.string().optional().describe('When the data have periods'),
        value: z.number().describe('trend * seasonalIndex'),
        trend: z.number(),
        seasonalIndex: z.number()
      })
    ),
    indices: z.array(z.number()).describe('Mean 1; indices[0] is the season of the first value'),
    trend: z.object(trendFields).describe('Fitted to the seasonally adjusted values')
  }),
  summary: ({ forecasts, trend }) =>
    `${sayTrend(trend)} In ${forecasts.length} periods, with season, ${formatNumber(forecasts.at(-1)?.value ?? 0)}.`,
  run: ({ data, periods, periodsPerYear: m, trendType }) => {
    const series = readSeries(data)
    const { indices, adjusted } = decompose(series.values, m, 'multiplicative', 'data')
    const level = adjusted.filter((value) => value !== undefined)
    if (level.length < adjusted.length) {
      throw new ToolError('data: a season in which every value is 0 has no factor; leave it out')
    }
    const trend = fitTrend(trendType, level, { field: 'data' })
    const forecasts = Array.from({ length: periods }, (_, i) => {
      const at = level.length + i
      const seasonalIndex = indices[at % m] ?? Number.NaN
      const value = requireFinite(trendAt(trend, at), 'periods', 'look fewer periods ahead')
      return {
        step: i + 1,
        ...periodAt(series, at),
        value: requireFinite(value * seasonalIndex, 'periods', 'look fewer periods ahead'),
        trend: value,
        seasonalIndex
      }
    })
    return { forecasts, indices: [...indices], trend: describeTrend(trend, level, 'data') }
  }
})
