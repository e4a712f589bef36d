import { z } from 'zod'
import { defineTool } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { mean, standardDeviation } from '../../numeric/moments.ts'
import { formatNumber, requireFinite } from '../../numeric/numbers.ts'
import { quantile, sortNumbers } from '../../numeric/quantile.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { requireAllFinite } from '../../statistics/series.ts'
import { autocorrelations } from './autocorrelation.ts'
import { data, periodAt, readSeries, type Series } from './data.ts'

const change = z
  .object({ index: z.int(), period: z.string().optional(), change: z.number() })
  .optional()

/** The tool of that name. */
export const timeSeriesStatistics: ToolDefinition = defineTool({
  name: 'time_series_statistics',
  title: 'Statistics of a time series',
  description:
    'Level, spread, change and persistence of a time series. Where the order does not matter: descriptive_stats_extended; whether there is anything to forecast: assess_forecastability.',
  toolset: 'finance.forecast',
  input: z.object({ data: data.min(1) }),
  output: z.object({
    count: z.int(),
    sum: z.number(),
    mean: z.number(),
    median: z.number(),
    standardDeviation: z.number().optional().describe('Sample, n - 1; absent with one value'),
    populationStandardDeviation: z.number().describe('Divided by n'),
    min: z.number(),
    max: z.number(),
    range: z.number().describe('max - min'),
    minIndex: z.int().describe('Where the minimum is first reached; index 0 is the earliest'),
    maxIndex: z.int(),
    minPeriod: z.string().optional().describe('When the data have periods'),
    maxPeriod: z.string().optional(),
    first: z.number(),
    last: z.number(),
    averageChange: z.number().optional().describe('(last - first) / (n - 1): the drift'),
    totalGrowth: z
      .number()
      .optional()
      .describe('last / first - 1 as a fraction; absent unless the first is above 0'),
    growthPerPeriod: z
      .number()
      .optional()
      .describe('(last / first)^(1 / (n - 1)) - 1; absent unless both are above 0'),
    largestRise: change.describe('Largest change between neighbours; absent when none rises'),
    largestFall: change.describe('Most negative change; absent when none falls'),
    autocorrelation: z
      .number()
      .optional()
      .describe('Of neighbours (lag 1), divided by n; absent for constant or fewer than 3 values')
  }),
  summary: ({ count, mean, min, max, last }) =>
    `${count} values, mean ${formatNumber(mean)}, ${formatNumber(min)} to ${formatNumber(max)}, last ${formatNumber(last)}.`,
  run: ({ data }) => {
    const series = readSeries(data)
    const { values } = series
    const { minIndex, maxIndex, ...level } = describeLevel(values)
    return {
      count: values.length,
      ...requireAllFinite({ ...level, ...describeChange(values) }, 'data'),
      minIndex,
      maxIndex,
      ...(series.calendar && {
        minPeriod: periodAt(series, minIndex).period,
        maxPeriod: periodAt(series, maxIndex).period
      }),
      ...largestChanges(series)
    }
  }
})

function describeLevel(values: readonly number[]) {
  const sorted = sortNumbers(values)
  const min = sorted[0] ?? Number.NaN
  const max = sorted.at(-1) ?? Number.NaN
  return {
    sum: compensatedSum(values),
    mean: mean(values),
    median: quantile(sorted, 0.5),
    ...(values.length > 1 && { standardDeviation: standardDeviation(values, 1) }),
    populationStandardDeviation: standardDeviation(values, 0),
    min,
    max,
    range: max - min,
    minIndex: values.indexOf(min),
    maxIndex: values.indexOf(max),
    first: values[0] ?? Number.NaN,
    last: values.at(-1) ?? Number.NaN
  }
}

function describeChange(values: readonly number[]) {
  const steps = values.length - 1
  const first = values[0] ?? Number.NaN
  const last = values.at(-1) ?? Number.NaN
  if (steps === 0) return {}
  const [autocorrelation = Number.NaN] = steps > 1 ? autocorrelations(values, 1) : []
  return {
    averageChange: (last - first) / steps,
    ...(first > 0 && { totalGrowth: (last - first) / first }),
    ...(first > 0 &&
      last > 0 && { growthPerPeriod: Math.expm1((Math.log(last) - Math.log(first)) / steps) }),
    ...(Number.isFinite(autocorrelation) && { autocorrelation })
  }
}

function largestChanges(series: Series) {
  let rise = { index: 0, change: 0 }
  let fall = rise
  for (const [index, value] of series.values.entries()) {
    const change = value - (series.values[index - 1] ?? value)
    if (change > rise.change) rise = { index, change }
    if (change < fall.change) fall = { index, change }
  }
  const described = ({ index, change }: typeof rise) => ({
    index,
    ...periodAt(series, index),
    change: requireFinite(change, 'data', 'use smaller values')
  })
  return {
    ...(rise.change > 0 && { largestRise: described(rise) }),
    ...(fall.change < 0 && { largestFall: described(fall) })
  }
}
