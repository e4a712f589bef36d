import { z } from 'zod'
import { defineTool } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatNumber } from '../../numeric/numbers.ts'
import { ahead, data, readSeries, values } from '../series/data.ts'
import { fitTrend, type TrendType } from './trend.ts'
import { describeTrend, forecastSeries, forecasts, sayTrend, trendFields } from './trend-output.ts'

const toolset = 'finance.forecast'

/** What the three types of trend say of themselves. */
interface TrendText {
  readonly type: TrendType
  readonly title: string
  readonly model: string
  readonly use: string
  readonly rule: string
}

const texts: readonly TrendText[] = [
  {
    type: 'linear',
    title: 'linear trend',
    model: 'Least-squares line y = a + b t on the index t = 0 .. n-1',
    use: 'for a steady change per period',
    rule: 'Any values'
  },
  {
    type: 'exponential',
    title: 'exponential trend',
    model:
      'Curve y = e^(a + b t) on the index t = 0 .. n-1 by least squares on ln y (Excel GROWTH; this is not the least squares of y)',
    use: 'for a steady percentage change',
    rule: 'All above 0'
  },
  {
    type: 'logistic',
    title: 'logistic trend',
    model:
      'S-curve y = capacity / (1 + e^-(a + b t)) on the index t = 0 .. n-1 for a given capacity, by least squares on the logit ln(y / (capacity - y))',
    use: 'for growth towards a limit',
    rule: 'All above 0 and below capacity'
  }
]

const capacity = z.number().gt(0).describe('Upper limit; every value must be below it')

/** The input field of logistic trends; typed as if all had it, since no shape has a key that may be missing. */
function capacityOf(type: TrendType): { readonly capacity: z.ZodOptional<z.ZodNumber> } {
  const fields: object = type === 'logistic' ? { capacity } : {}
  return fields as { readonly capacity: z.ZodOptional<z.ZodNumber> }
}

function defineFit({ type, title, model, use, rule }: TrendText): ToolDefinition {
  return defineTool({
    name: `fit_${type}_trend`,
    title: `Fit a ${title}`,
    description: `${model}: ${use}. Projected: forecast_trend or forecast_${type}_trend; with a season: forecast_with_seasonality.`,
    toolset,
    input: z.object({
      data: data.min(2).describe(`${data.description}. ${rule}`),
      ...capacityOf(type)
    }),
    output: z.object(trendFields),
    summary: sayTrend,
    run: (args) => {
      const series = readSeries(args.data)
      const trend = fitTrend(type, series.values, { field: 'data', capacity: args.capacity })
      return describeTrend(trend, series.values, 'data')
    }
  })
}

function defineForecast({ type, title, model, use, rule }: TrendText): ToolDefinition {
  return defineTool({
    name: `forecast_${type}_trend`,
    title: `Forecast a ${title}`,
    description: `${model}, projected with 95 % intervals: ${use}. With a season: holt_winters_forecast; whether it beats the last value: backtest_forecast.`,
    toolset,
    input: z.object({
      historicalValues: values.min(2).describe(`In the order of time. ${rule}`),
      ...capacityOf(type),
      forecastPeriods: ahead.describe('How many periods to forecast')
    }),
    output: z.object({ forecasts, ...trendFields }),
    summary: ({ forecasts, ...trend }) =>
      `${sayTrend(trend)} In ${forecasts.length} periods ${formatNumber(forecasts.at(-1)?.value ?? 0)}.`,
    run: (args) => {
      const field = 'historicalValues'
      const trend = fitTrend(type, args.historicalValues, { field, capacity: args.capacity })
      const series = { values: args.historicalValues }
      return {
        forecasts: forecastSeries(trend, series, args.forecastPeriods, 'forecastPeriods'),
        ...describeTrend(trend, args.historicalValues, field)
      }
    }
  })
}

/** Fits of a time series by type of trend. */
export const fitTools: readonly ToolDefinition[] = texts.map(defineFit)

/** Forecasts of plain values by type of trend. */
export const trendForecastTools: readonly ToolDefinition[] = texts.map(defineForecast)
