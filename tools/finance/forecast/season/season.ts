import { z } from 'zod'
import { ToolError } from '../../../../src/define-tool.ts'
import { mean } from '../../numeric/moments.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { sumWindows } from '../../statements/series/rolling.ts'

export const maxSeasons = 1000

export const periodsPerYear = z
  .int()
  .min(2)
  .max(maxSeasons)
  .describe('Values in one season: 4 for quarters, 12 for months, 7 for days of a week')

export type SeasonMethod = 'additive' | 'multiplicative'

/**
 * Centred moving average over one season of m values, for even m the mean of two neighbours (2 x m);
 * undefined for the m / 2 (rounded down) values at either end.
 */
function averageCentred(values: readonly number[], m: number): (number | undefined)[] {
  const sums = sumWindows(values, m)
  const averages =
    m % 2 === 1
      ? sums.map((sum) => sum / m)
      : sums.slice(1).map((sum, i) => sum / (2 * m) + (sums[i] ?? Number.NaN) / (2 * m))
  const half = Math.floor(m / 2)
  const trend: (number | undefined)[] = Array.from(values, () => undefined)
  for (const [i, average] of averages.entries()) trend[i + half] = average
  return trend
}

/**
 * Index of each of m seasons, that of values[0] first: values less (or over) their centred moving
 * average, averaged by season, then shifted to sum 0 (or scaled to mean 1). Needs two full seasons.
 */
export function findIndices(
  values: readonly number[],
  m: number,
  method: SeasonMethod,
  field: string
): number[] {
  if (values.length < 2 * m) {
    throw new ToolError(
      `${field}: ${values.length} values; two full seasons of ${m}, ${2 * m} values, are needed`
    )
  }
  const seasons: number[][] = Array.from({ length: m }, () => [])
  for (const [i, average] of averageCentred(values, m).entries()) {
    const value = values[i] ?? Number.NaN
    if (average === undefined) continue
    if (method === 'multiplicative') requireShare(value, average, `${field}[${i}]`)
    seasons[i % m]?.push(method === 'additive' ? value - average : value / average)
  }
  const raw = seasons.map(mean)
  const centre = mean(raw)
  const indices = raw.map((index) => (method === 'additive' ? index - centre : index / centre))
  const bad = indices.some((index) => !Number.isFinite(index))
  if (bad) throw new ToolError(`${field}: seasonal indices leave the range of numbers; scale it`)
  return indices
}

function requireShare(value: number, average: number, field: string): void {
  if (value >= 0 && average > 0) return
  throw new ToolError(
    `${field}: multiplicative indices need values of at least 0 and seasons that are not all 0; use decompose_time_series with method additive`
  )
}

/** Trend, season and what is left of a series; undefined where they do not exist. */
export interface Decomposition {
  readonly indices: readonly number[]
  readonly trend: readonly (number | undefined)[]
  readonly seasonal: readonly number[]
  readonly residual: readonly (number | undefined)[]
  readonly adjusted: readonly (number | undefined)[]
}

/** Classical decomposition: values = trend + seasonal + residual, or their product. */
export function decompose(
  values: readonly number[],
  m: number,
  method: SeasonMethod,
  field: string
): Decomposition {
  const indices = findIndices(values, m, method, field)
  const trend = averageCentred(values, m)
  const seasonal = values.map((_, i) => indices[i % m] ?? Number.NaN)
  const without = method === 'additive' ? (a: number, b: number) => a - b : quotient
  const adjusted = values.map((value, i) => without(value, seasonal[i] ?? Number.NaN))
  const residual = adjusted.map((value, i) => {
    const average = trend[i]
    return value === undefined || average === undefined ? undefined : without(value, average)
  })
  return { indices, trend, seasonal, residual, adjusted }
}

function quotient(a: number, b: number): number | undefined {
  return b === 0 ? undefined : a / b
}

/** Mean of indices; 1 or 0 for those of this module. */
export function meanIndex(indices: readonly number[]): number {
  return compensatedSum(indices) / indices.length
}
