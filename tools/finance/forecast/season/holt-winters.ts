/** Level, trend per period and one value per season; seasonal[0] is that of the next value. */
export interface HoltWintersState {
  readonly level: number
  readonly trend: number
  readonly seasonal: readonly number[]
}

export interface Weights {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
}

/**
 * State before the first value, from the first two seasons: the trend from the difference of their
 * means, the level half a season before the mean of the first, each season's mean deviation from that
 * line. A line plus a repeating season has no deviations left: smoothing does not move it.
 */
export function startState(values: readonly number[], m: number): HoltWintersState {
  const [first, second] = [meanOf(values, 0, m), meanOf(values, m, m)]
  const trend = (second - first) / m
  const middle = (m - 1) / 2
  const seasonal = Array.from({ length: m }, (_, i) => {
    const early = (values[i] ?? Number.NaN) - first
    const late = (values[i + m] ?? Number.NaN) - second
    return early / 2 + late / 2 - trend * (i - middle)
  })
  return { level: first - trend * (middle + 1), trend, seasonal }
}

function meanOf(values: readonly number[], from: number, count: number): number {
  return values.slice(from, from + count).reduce((sum, value) => sum + value / count, 0)
}

/**
 * Additive Holt-Winters smoothing (Winters 1960): the state after all values and the errors of the
 * forecasts one period ahead.
 */
export function smooth(
  values: readonly number[],
  start: HoltWintersState,
  { alpha, beta, gamma }: Weights
): { readonly state: HoltWintersState; readonly errors: readonly number[] } {
  const m = start.seasonal.length
  const seasonal = [...start.seasonal]
  let { level, trend } = start
  const errors = values.map((value, i) => {
    const season = seasonal[i % m] ?? Number.NaN
    const error = value - (level + trend + season)
    // The error-correction form of l, b and s: exact where the error is 0.
    level += trend + alpha * error
    trend += alpha * beta * error
    seasonal[i % m] = season + gamma * (1 - alpha) * error
    return error
  })
  const next = values.length % m
  return {
    state: { level, trend, seasonal: [...seasonal.slice(next), ...seasonal.slice(0, next)] },
    errors
  }
}

/** The value h >= 1 periods after the last one. */
export function valueAhead({ level, trend, seasonal }: HoltWintersState, h: number): number {
  return level + h * trend + (seasonal[(h - 1) % seasonal.length] ?? Number.NaN)
}

/**
 * Variances of the errors 1 .. most periods ahead over that of one period: 1 + the sum of c_j^2 for
 * j < h (Hyndman et al. 2008, table 6.2, for the additive model that these weights smooth).
 */
export function spreadAhead({ alpha, beta, gamma }: Weights, m: number, most: number): number[] {
  const factors: number[] = []
  let sum = 1
  for (let j = 1; j <= most; j += 1) {
    factors.push(sum)
    const c = alpha + alpha * beta * j + (j % m === 0 ? gamma * (1 - alpha) : 0)
    sum += c * c
  }
  return factors
}
