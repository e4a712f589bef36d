import { z } from 'zod'
import { defineTool } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { mean } from '../../numeric/moments.ts'
import { formatNumber, requireFinite } from '../../numeric/numbers.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { data, periodAt, readSeries, type Series } from './data.ts'
import { labelOf, yearOf } from './periods.ts'
import { timeSeriesStatistics } from './statistics-tool.ts'

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
