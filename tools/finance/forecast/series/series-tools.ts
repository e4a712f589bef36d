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
import { labelOf, yearOf } from './periods.ts'

const toolset = 'finance.forecast'
const text = z.string().max(500)

const createTimeSeries = defineTool({
  name: 'create_time_series',
  title: 'Time series',
  description:
    'Checks and orders the points of a time series and says where periods are missing: the first step before a trend or a season is fitted. Its statistics: time_series_statistics.',
  toolset,
  input: z.object({
    data: data.min(1),
    name: text.optional().describe('What is measured'),
    description: text.optional(),
    unit: text.optional().describe('Such as USD or customers')
  }),
  output: z.object({
    name: z.string().optional(),
    description: z.string().optional(),
    unit: z.string().optional(),
    type: z
      .enum(['annual', 'quarterly', 'monthly', 'daily', 'index'])
      .describe('Of the periods; index when plain numbers came in'),
    count: z.int(),
    start: z.string().optional().describe('First period'),
    end: z.string().optional().describe('Last period'),
    missingCount: z.int().describe('Periods between start and end without a value'),
    missing: z.array(z.string()).describe('The first 100 of them'),
    points: z
      .array(z.object({ index: z.int(), period: z.string().optional(), value: z.number() }))
      .describe('In the order of time')
  }),
  summary: ({ name, count, type, start, end, missingCount }) =>
    `${name ?? 'Series'}: ${count} values${start === undefined ? '' : `, ${type}, ${start} to ${end}`}, ${missingCount} periods missing.`,
  run: ({ data, ...about }) => {
    const series = readSeries(data)
    const last = series.values.length - 1
    const { calendar } = series
    return {
      ...about,
      type: calendar?.type ?? ('index' as const),
      count: series.values.length,
      ...(calendar && {
        start: periodAt(series, 0).period,
        end: periodAt(series, last).period
      }),
      ...findMissing(series),
      points: series.values.map((value, index) => ({ index, ...periodAt(series, index), value }))
    }
  }
})

const maxMissing = 100

function findMissing({ calendar }: Series) {
  if (!calendar) return { missingCount: 0, missing: [] }
  const { type, numbers } = calendar
  const [first = 0] = numbers
  const span = (numbers.at(-1) ?? first) - first + 1
  const missing: string[] = []
  for (const [i, number] of numbers.entries()) {
    const before = numbers[i - 1] ?? number
    for (let at = before + 1; at < number && missing.length < maxMissing; at += 1) {
      missing.push(labelOf(type, at))
    }
  }
  return { missingCount: span - numbers.length, missing }
}

const change = z
  .object({ index: z.int(), period: z.string().optional(), change: z.number() })
  .optional()

const timeSeriesStatistics = defineTool({
  name: 'time_series_statistics',
  title: 'Statistics of a time series',
  description:
    'Level, spread, change and persistence of a time series. Where the order does not matter: descriptive_stats_extended; whether there is anything to forecast: assess_forecastability.',
  toolset,
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

const methods = {
  sum: (values: readonly number[]) => compensatedSum(values),
  mean,
  min: (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b)),
  max: (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b))
} as const

const aggregateTimeSeries = defineTool({
  name: 'aggregate_time_series',
  title: 'Aggregate a time series',
  description:
    'Sum, mean, smallest or largest value of a time series as a whole and, when its points have periods within years, of each calendar year. Over moving windows: calculate_rolling_sum, calculate_moving_average.',
  toolset,
  input: z.object({
    data: data.min(1),
    method: z
      .enum(['sum', 'mean', 'min', 'max'])
      .describe('sum for flows such as sales, mean for levels such as prices')
  }),
  output: z.object({
    value: z.number().describe('Of all values, by the method asked for'),
    method: z.enum(['sum', 'mean', 'min', 'max']),
    count: z.int(),
    years: z
      .array(
        z.object({
          year: z.int(),
          value: z.number(),
          count: z.int().describe('Values of this year: fewer than usual in a partial year')
        })
      )
      .describe('By calendar year; empty for plain numbers and annual data')
  }),
  summary: ({ value, method, count, years }) =>
    `${method} of ${count} values ${formatNumber(value)}${years.length === 0 ? '' : `, ${years.length} years`}.`,
  run: ({ data, method }) => {
    const { values, calendar } = readSeries(data)
    const aggregate = (group: readonly number[]) =>
      requireFinite(methods[method](group), 'data', 'use smaller values')
    const groups = new Map<number, number[]>()
    if (calendar && calendar.type !== 'annual') {
      for (const [i, number] of calendar.numbers.entries()) {
        const year = yearOf(calendar.type, number)
        const group = groups.get(year) ?? []
        group.push(values[i] ?? 0)
        groups.set(year, group)
      }
    }
    const years = [...groups].map(([year, group]) => ({
      year,
      value: aggregate(group),
      count: group.length
    }))
    return { value: aggregate(values), method, count: values.length, years }
  }
})

/** Time series as such: order, statistics, aggregates. */
export const seriesTools: readonly ToolDefinition[] = [
  createTimeSeries,
  timeSeriesStatistics,
  aggregateTimeSeries
]
