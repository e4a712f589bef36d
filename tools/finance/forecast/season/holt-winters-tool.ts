import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { normalQuantile } from '../../numeric/normal.ts'
import { formatNumber, requireFinite } from '../../numeric/numbers.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { confidenceLevel, requireAllFinite } from '../../statistics/series.ts'
import { ahead, values } from '../series/data.ts'
import { smooth, spreadAhead, startState, valueAhead } from './holt-winters.ts'

const weight = z.number().min(0).max(1)

/** The tool of that name. */
export const holtWintersForecast: ToolDefinition = defineTool({
  name: 'holt_winters_forecast',
  title: 'Holt-Winters forecast',
  description:
    'Additive exponential smoothing of level, trend and season, for series whose trend or season changes slowly: recent values count most. A fixed trend times fixed season: forecast_with_seasonality; no season: forecast_linear_trend.',
  toolset: 'finance.forecast',
  input: z.object({
    values: values.min(4).describe('In the order of time, at least two full seasons'),
    seasonalPeriods: z
      .int()
      .min(2)
      .max(1000)
      .describe('Values in one season, m: 4 for quarters, 12 for months'),
    forecastPeriods: ahead.describe('How many periods to forecast'),
    alpha: weight
      .default(0.2)
      .describe('Weight of the newest value in the level: l = alpha (y - s) + (1 - alpha)(l + b)'),
    beta: weight
      .default(0.1)
      .describe('Weight of the newest step in the trend: b = beta (l - l before) + (1 - beta) b'),
    gamma: weight
      .default(0.1)
      .describe('Weight of the newest value in the season: s = gamma (y - l) + (1 - gamma) s'),
    confidenceLevel: confidenceLevel
      .default(0.95)
      .describe('Of the intervals, a fraction (0.95 = 95 %)')
  }),
  output: z.object({
    forecasts: z.array(
      z.object({
        step: z.int(),
        value: z.number(),
        lower: z.number().describe('Normal interval of the additive model at confidenceLevel'),
        upper: z.number()
      })
    ),
    level: z.number().describe('After the last value'),
    trend: z.number().describe('Per period, after the last value'),
    seasonal: z.array(z.number()).describe('seasonal[0] belongs to the next period'),
    mae: z.number().describe('Mean size of the errors one period ahead within the data'),
    rmse: z
      .number()
      .describe(
        'Root of the mean squared error one period ahead (divided by n); the intervals use it'
      )
  }),
  summary: ({ forecasts, rmse }) =>
    `Next ${formatNumber(forecasts[0]?.value ?? 0)}, in ${forecasts.length} periods ${formatNumber(forecasts.at(-1)?.value ?? 0)}; error one period ahead ${formatNumber(rmse)}.`,
  run: ({ values, seasonalPeriods: m, forecastPeriods, confidenceLevel, ...weights }) => {
    if (values.length < 2 * m) {
      throw new ToolError(
        `values: ${values.length} values; two full seasons of ${m}, ${2 * m} values, are needed`
      )
    }
    const { state, errors } = smooth(values, startState(values, m), weights)
    const { level, trend, mae, rmse } = requireAllFinite(
      { level: state.level, trend: state.trend, ...sizesOf(errors) },
      'values'
    )
    const reach = -normalQuantile((1 - confidenceLevel) / 2) * rmse
    const forecasts = spreadAhead(weights, m, forecastPeriods).map((factor, i) => {
      const value = valueAhead(state, i + 1)
      const margin = reach * Math.sqrt(factor)
      const numbers = { value, lower: value - margin, upper: value + margin }
      return { step: i + 1, ...requireAllFinite(numbers, 'values') }
    })
    const seasonal = state.seasonal.map((season) =>
      requireFinite(season, 'values', 'use smaller values')
    )
    return { forecasts, level, trend, seasonal, mae, rmse }
  }
})

function sizesOf(errors: readonly number[]) {
  const n = errors.length
  return {
    mae: compensatedSum(errors.map(Math.abs)) / n,
    rmse: Math.sqrt(compensatedSum(errors.map((error) => error * error)) / n)
  }
}
