import { z } from 'zod'
import { formatNumber, formatPercent, requireFinite } from '../../numeric/numbers.ts'
import { requireAllFinite } from '../../statistics/series.ts'
import { periodAt, type Series } from '../series/data.ts'
import { assessTrend, forecastAt, type Trend, type TrendType } from './trend.ts'

/** Output fields that describe a fitted trend; those of other types of trend are absent. */
export const trendFields = {
  type: z.enum(['linear', 'exponential', 'logistic']),
  count: z.int(),
  slope: z
    .number()
    .describe(
      'Per period, on the scale of the fit: y, ln y (exponential) or ln(y / (capacity - y)) (logistic)'
    ),
  intercept: z.number().describe('At index 0, on the scale of the fit'),
  initialValue: z.number().describe('Trend at index 0, in units of the values'),
  growthRate: z
    .number()
    .optional()
    .describe('Exponential: growth per period as a fraction, e^slope - 1'),
  midpoint: z
    .number()
    .optional()
    .describe('Logistic: index at which half the capacity is reached; absent when the slope is 0'),
  rSquared: z
    .number()
    .optional()
    .describe('On the scale of the fit, as Excel RSQ, LOGEST; absent for constant values'),
  rSquaredOfValues: z
    .number()
    .optional()
    .describe('1 - sum of squared misses of the values / that of their mean; may be negative'),
  residualStandardDeviation: z
    .number()
    .optional()
    .describe('On the scale of the fit, n - 2; absent for two values'),
  slopeStandardError: z.number().optional(),
  slopePValue: z
    .number()
    .optional()
    .describe("Two-sided, Student's t with n - 2; takes residuals to be independent")
}

/** The described trend, or a ToolError when a number of it leaves the doubles. */
export function describeTrend(trend: Trend, values: readonly number[], field: string) {
  const { type, line, count, back } = trend
  const { slope, intercept } = line
  const numbers = {
    slope,
    intercept,
    initialValue: back(intercept),
    ...(type === 'exponential' && { growthRate: Math.expm1(slope) }),
    ...(type === 'logistic' && slope !== 0 && midpointOf(-intercept / slope)),
    ...assessTrend(trend, values)
  }
  return { type, count, ...requireAllFinite(numbers, field) }
}

function midpointOf(index: number): { midpoint?: number } {
  return Number.isFinite(index) ? { midpoint: index } : {}
}

interface DescribedTrend {
  readonly type: TrendType
  readonly slope: number
  readonly intercept: number
  readonly initialValue: number
  readonly growthRate?: number | undefined
  readonly rSquared?: number | undefined
}

/** One sentence on a described trend. */
export function sayTrend(trend: DescribedTrend): string {
  const { type, slope, intercept, growthRate, rSquared } = trend
  const fit = rSquared === undefined ? '' : `, R2 ${formatNumber(rSquared)}`
  if (type === 'exponential') {
    return `${formatNumber(trend.initialValue)} growing ${formatPercent(growthRate ?? 0)} per period${fit}.`
  }
  const of = type === 'linear' ? 'y' : 'logit'
  return `${of} = ${formatNumber(intercept)} + ${formatNumber(slope)} t${fit}.`
}

/** Output of the values to come. */
export const forecasts = z
  .array(
    z.object({
      step: z.int().describe('1 is the period after the last value'),
      period: z.string().optional().describe('When the data have periods'),
      value: z.number(),
      lower: z
        .number()
        .optional()
        .describe('95 % interval of one new value, if its errors are independent and normal'),
      upper: z.number().optional()
    })
  )
  .describe('In the order of time; index n - 1 + step')

/** The next `periods` values of the trend; `field` is the argument that asks for so many. */
export function forecastSeries(trend: Trend, series: Series, periods: number, field: string) {
  return Array.from({ length: periods }, (_, i) => {
    const { value, ...bounds } = forecastAt(trend, trend.count + i)
    const checked = requireFinite(value, field, 'look fewer periods ahead')
    return { step: i + 1, ...periodAt(series, trend.count + i), value: checked, ...bounds }
  })
}
