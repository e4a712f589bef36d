export type Forecaster = 'naive' | 'seasonal_naive' | 'drift'

/** One fold of a rolling origin: the first `size` values are known. */
export interface Fold {
  readonly size: number
  /** Season of seasonal_naive and of the scale of MASE; 1 for none. */
  readonly season: number
  /** Mean size of the (seasonal) naive errors within the known values; NaN when there are none. */
  readonly scale: number
}

/** Value h >= 1 periods after the known ones (Hyndman and Athanasopoulos, FPP3 5.2). */
function forecastNaively(
  forecaster: Forecaster,
  values: readonly number[],
  { size, season }: Fold,
  h: number
): number {
  const last = values[size - 1] ?? Number.NaN
  if (forecaster === 'naive') return last
  if (forecaster === 'drift') return last + (h * (last - (values[0] ?? Number.NaN))) / (size - 1)
  return values[size - season + ((h - 1) % season)] ?? Number.NaN
}

/** Fewest known values that the forecaster can work with. */
export function leastSize(forecaster: Forecaster, season: number): number {
  return { naive: 1, drift: 2, seasonal_naive: season }[forecaster]
}

/** Mean size of (seasonal) naive errors within the first k values, for every k. */
export function naiveScales(values: readonly number[], season: number): number[] {
  let sum = 0
  return values.map((value, i) => {
    const before = values[i - season]
    if (before === undefined) return Number.NaN
    sum += Math.abs(value - before)
    return sum / (i + 1 - season)
  })
}

/** Running totals of errors; changed in place, one addition per forecast. */
export interface ErrorTotals {
  count: number
  error: number
  size: number
  square: number
  share: number
  scaled: number
  actual: number
  zeros: number
  /** Sizes and squares by step ahead. */
  readonly sizes: Float64Array
  readonly squares: Float64Array
}

export function createTotals(horizon: number): ErrorTotals {
  return {
    count: 0,
    error: 0,
    size: 0,
    square: 0,
    share: 0,
    scaled: 0,
    actual: 0,
    zeros: 0,
    sizes: new Float64Array(horizon),
    squares: new Float64Array(horizon)
  }
}

/** Adds the errors of one fold. */
export function addFold(
  totals: ErrorTotals,
  forecaster: Forecaster,
  values: readonly number[],
  fold: Fold
): void {
  const { sizes, squares } = totals
  for (let h = 1; h <= sizes.length; h += 1) {
    const actual = values[fold.size + h - 1] ?? Number.NaN
    const error = actual - forecastNaively(forecaster, values, fold, h)
    const size = Math.abs(error)
    totals.count += 1
    totals.error += error
    totals.size += size
    totals.square += error * error
    totals.scaled += size / fold.scale
    totals.actual += Math.abs(actual)
    if (actual === 0) totals.zeros += 1
    else totals.share += size / Math.abs(actual)
    sizes[h - 1] = (sizes[h - 1] ?? 0) + size
    squares[h - 1] = (squares[h - 1] ?? 0) + error * error
  }
}

/** Errors of one forecaster; what is undefined is absent. */
export function summarizeTotals(totals: ErrorTotals) {
  const { count, zeros } = totals
  const mase = totals.scaled / count
  return {
    mae: totals.size / count,
    rmse: Math.sqrt(totals.square / count),
    bias: totals.error / count,
    ...(zeros === 0 && { mape: totals.share / count }),
    ...(totals.actual > 0 && { wape: totals.size / totals.actual }),
    ...(Number.isFinite(mase) && { mase })
  }
}
