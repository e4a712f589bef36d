import { ToolError } from '../../../../src/define-tool.ts'
import { mean, sumOfProducts } from '../../numeric/moments.ts'
import { fitLine, inferLine, type LineFit, predictAt } from '../../statistics/line-fit.ts'

export type TrendType = 'linear' | 'exponential' | 'logistic'

/** A straight line on a scale of its own: y, ln y or ln(y / (capacity - y)), by index 0 .. n-1. */
export interface Trend {
  readonly type: TrendType
  readonly line: LineFit
  readonly count: number
  /** From the scale of the line back to that of the values. */
  readonly back: (value: number) => number
}

interface Scale {
  readonly to: (value: number) => number
  readonly back: (value: number) => number
  readonly allows: (value: number) => boolean
  readonly rule: string
}

function scaleOf(type: TrendType, capacity: number): Scale {
  const same = (value: number) => value
  if (type === 'linear') return { to: same, back: same, allows: () => true, rule: '' }
  if (type === 'exponential') {
    return { to: Math.log, back: Math.exp, allows: (y) => y > 0, rule: 'must be above 0' }
  }
  return {
    to: (y) => Math.log(y / (capacity - y)),
    back: (value) => capacity / (1 + Math.exp(-value)),
    allows: (y) => y > 0 && y < capacity,
    rule: `must lie between 0 and the capacity ${capacity}, both exclusive`
  }
}

/**
 * Least squares on the scale of the trend: exponential on ln y (as Excel GROWTH; not the least squares
 * of y), logistic on the logit for a given capacity. At least two values; `field` names them.
 */
export function fitTrend(
  type: TrendType,
  values: readonly number[],
  { field, capacity = 1 }: { readonly field: string; readonly capacity?: number | undefined }
): Trend {
  const scale = scaleOf(type, capacity)
  const wrong = values.findIndex((value) => !scale.allows(value))
  if (wrong >= 0) {
    throw new ToolError(`${field}[${wrong}]: ${scale.rule} for a trend that is ${type}`)
  }
  const line = fitLine([...values.keys()], values.map(scale.to))
  if (!Number.isFinite(line.slope) || !Number.isFinite(line.totalSum)) {
    throw new ToolError(`${field}: the squares of its values leave the range of numbers; scale it`)
  }
  return { type, line, count: values.length, back: scale.back }
}

/** Value of the trend at an index, past the end as well; Infinity when no double can hold it. */
export function trendAt({ line, back }: Trend, index: number): number {
  return back(line.meanY + line.slope * (index - line.meanX))
}

/** The same with the 95 % interval of one new value, from three values on and where doubles hold it. */
export function forecastAt(trend: Trend, index: number) {
  const { line, count, back } = trend
  const [prediction] = predictAt(line, count, [index]) as { lower?: number; upper?: number }[]
  const [lower, upper] = [prediction?.lower, prediction?.upper].map((bound = Number.NaN) =>
    back(bound)
  )
  return {
    value: trendAt(trend, index),
    ...(Number.isFinite(lower) && Number.isFinite(upper) && { lower, upper })
  }
}

/** How well the trend fits on its own scale and on that of the values; nothing for constant values. */
export function assessTrend(trend: Trend, values: readonly number[]): Record<string, number> {
  const { line, count } = trend
  if (line.totalSum === 0) return {}
  const centre = mean(values)
  const misses = values.map((value, i) => value - trendAt(trend, i))
  const spread = values.map((value) => value - centre)
  const errors = count > 2 ? inferLine(line, count) : undefined
  return {
    rSquared: 1 - Math.min(1, line.residualSum / line.totalSum),
    rSquaredOfValues: 1 - sumOfProducts(misses, misses) / sumOfProducts(spread, spread),
    ...(errors && {
      residualStandardDeviation: errors.residualStandardDeviation,
      slopeStandardError: errors.slopeStandardError
    }),
    ...(errors && errors.slopeStandardError > 0 && { slopePValue: errors.slopePValue })
  }
}
