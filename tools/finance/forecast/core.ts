import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatNumber, formatPercent, requireFinite } from '../numeric/numbers.ts'
import { sumWindows } from '../statements/series/rolling.ts'
import { ahead, data, periodAt, readSeries } from './series/data.ts'
import { fitTrend } from './trend/trend.ts'
import {
  describeTrend,
  forecastSeries,
  forecasts,
  sayTrend,
  trendFields
} from './trend/trend-output.ts'

const toolset = 'finance.forecast'
const scaled = 'use values nearer to each other'

const calculateSimpleGrowthRate = defineTool({
  name: 'calculate_simple_growth_rate',
  title: 'Simple growth rate',
  description:
    'Relative change from an old to a new value, (new - old) / old, over whatever time lies between. Per year over several years: calculate_cagr; along a list: calculate_percent_change.',
  toolset,
  input: z.object({
    oldValue: z.number().describe('Value at the start, not 0'),
    newValue: z.number().describe('Value at the end')
  }),
  output: z.object({
    growthRate: z
      .number()
      .describe(
        '(newValue - oldValue) / oldValue as a fraction (0.1 = 10 %); from a negative old value its sign is turned'
      ),
    growthOnSize: z
      .number()
      .describe('Change / |oldValue|: positive for a rise, also from a negative value'),
    change: z.number().describe('newValue - oldValue')
  }),
  summary: ({ growthRate, change }) =>
    `Growth ${formatPercent(growthRate)}, a change of ${formatNumber(change)}.`,
  run: ({ oldValue, newValue }) => {
    if (oldValue === 0) throw new ToolError('oldValue: growth from 0 is undefined; must not be 0')
    const change = requireFinite(newValue - oldValue, 'newValue', scaled)
    const growthRate = requireFinite(change / oldValue, 'oldValue', scaled)
    return {
      growthRate,
      growthOnSize: requireFinite(change / Math.abs(oldValue), 'oldValue', scaled),
      change
    }
  }
})

const calculateCagr = defineTool({
  name: 'calculate_cagr',
  title: 'Compound annual growth rate',
  description:
    'The even rate per period that leads from a beginning to an ending value: (ending / beginning)^(1 / periods) - 1. Over a single period use calculate_simple_growth_rate, with payments in between calculate_irr, from a whole series fit_exponential_trend.',
  toolset,
  input: z.object({
    beginningValue: z.number().gt(0).describe('Value at the start, above 0'),
    endingValue: z.number().min(0).describe('Value at the end; 0 is a growth rate of -1'),
    periods: z
      .number()
      .gt(0)
      .describe(
        'Years (or other periods) from start to end: 2020 to 2023 are 3; fractions are allowed'
      )
  }),
  output: z.object({
    cagr: z.number().describe('Per period, a fraction (0.1 = 10 %)'),
    totalGrowth: z.number().describe('endingValue / beginningValue - 1'),
    continuousRate: z
      .number()
      .optional()
      .describe('ln(endingValue / beginningValue) / periods; absent when endingValue is 0')
  }),
  summary: ({ cagr, totalGrowth }) =>
    `${formatPercent(cagr)} per period, ${formatPercent(totalGrowth)} in all.`,
  run: ({ beginningValue, endingValue, periods }) => {
    const totalGrowth = requireFinite(
      (endingValue - beginningValue) / beginningValue,
      'beginningValue',
      scaled
    )
    if (endingValue === 0) return { cagr: -1, totalGrowth }
    const continuousRate = requireFinite(
      logOfRatio(endingValue, beginningValue) / periods,
      'periods',
      'use more of them'
    )
    const cagr = requireFinite(Math.expm1(continuousRate), 'periods', 'use more of them')
    return { cagr, totalGrowth, continuousRate }
  }
})

/** ln(a / b): close together by log1p, since rounding the quotient would cost digits. */
function logOfRatio(a: number, b: number): number {
  if (a > b / 2 && a < b * 2) return Math.log1p((a - b) / b)
  return Math.log(a) - Math.log(b)
}

const calculateMovingAverage = defineTool({
  name: 'calculate_moving_average',
  title: 'Moving average',
  description:
    'Simple trailing moving average: the mean of each run of `window` consecutive values. Centred, as part of a season: decompose_time_series; sums and extremes: calculate_rolling_sum, calculate_rolling_min, calculate_rolling_max.',
  toolset,
  input: z.object({
    data: data.min(1),
    window: z.int().min(1).describe('Values in a window; at most as many as there are values')
  }),
  output: z.object({
    averages: z
      .array(z.number())
      .describe('By window: the first ends at index window - 1, the last at the last value'),
    latest: z.number().describe('Of the last window'),
    period: z.string().optional().describe('Of the last value, when the data have periods'),
    windows: z.int().describe('Number of windows, values - window + 1'),
    window: z.int()
  }),
  summary: ({ latest, windows, window }) =>
    `${windows} averages of ${window} values; the latest is ${formatNumber(latest)}.`,
  run: ({ data, window }) => {
    const series = readSeries(data)
    const count = series.values.length
    if (window > count) {
      throw new ToolError(`window: must be at most ${count}, the number of values; got ${window}`)
    }
    const averages = sumWindows(series.values, window).map((sum) =>
      requireFinite(sum / window, 'data', 'use smaller values')
    )
    return {
      averages,
      latest: averages.at(-1) ?? 0,
      ...periodAt(series, count - 1),
      windows: averages.length,
      window
    }
  }
})

const forecastTrend = defineTool({
  name: 'forecast_trend',
  title: 'Forecast a trend',
  description:
    'Fits a linear, exponential or logistic trend to a time series and projects it, with 95 % intervals. Only the fit: fit_linear_trend and its neighbours; with a season: forecast_with_seasonality or holt_winters_forecast.',
  toolset,
  input: z.object({
    data: data.min(2),
    trendType: z
      .enum(['linear', 'exponential', 'logistic'])
      .describe(
        'linear: least squares of y; exponential: least squares of ln y (not that of y), values above 0; logistic: least squares of the logit, values between 0 and capacity'
      ),
    periods: ahead.describe('How many periods to forecast'),
    capacity: z
      .number()
      .gt(0)
      .optional()
      .describe('Upper limit of a logistic trend; needed for it and only for it')
  }),
  output: z.object({ forecasts, ...trendFields }),
  summary: ({ forecasts, ...trend }) =>
    `${sayTrend(trend)} In ${forecasts.length} periods ${formatNumber(forecasts.at(-1)?.value ?? 0)}.`,
  run: ({ data, trendType, periods, capacity }) => {
    if ((trendType === 'logistic') !== (capacity !== undefined)) {
      throw new ToolError('capacity: give it for a logistic trend, and only for one')
    }
    const series = readSeries(data)
    const trend = fitTrend(trendType, series.values, { field: 'data', capacity })
    return {
      forecasts: forecastSeries(trend, series, periods, 'periods'),
      ...describeTrend(trend, series.values, 'data')
    }
  }
})

/** The forecast tools of everyday use: those of `finance.core`. */
export const everydayForecastTools: readonly ToolDefinition[] = [
  calculateSimpleGrowthRate,
  calculateCagr,
  calculateMovingAverage,
  forecastTrend
]
