import { ToolError } from '../../../../src/define-tool.ts'
import { mean, sumOfProducts } from '../../numeric/moments.ts'
import { fitLine } from '../../statistics/line-fit.ts'
import type { Regression } from './dickey-fuller.ts'

const levels = ['10%', '5%', '2.5%', '1%'] as const
const pValues = [0.1, 0.05, 0.025, 0.01] as const

// Kwiatkowski, Phillips, Schmidt and Shin (1992), table 1.
const criticalValues: Readonly<Record<Regression, readonly number[]>> = {
  level: [0.347, 0.463, 0.574, 0.739],
  trend: [0.119, 0.146, 0.176, 0.216]
}

/** KPSS test of stationarity with the Bartlett window, as kpss of statsmodels. */
export interface Kpss {
  readonly statistic: number
  /** Interpolated in the table; its ends, 0.01 and 0.1, are bounds: see pValueIs. */
  readonly pValue: number
  readonly pValueIs: 'interpolated' | 'at most' | 'at least'
  readonly lags: number
  readonly criticalValues: Readonly<Record<(typeof levels)[number], number>>
}

/** The test with a window of `lags`, or of the width of Hobijn, Franses and Ooms (1998). */
export function testStationary(
  values: readonly number[],
  regression: Regression,
  lags: number | undefined
): Kpss {
  const n = values.length
  const residuals = scaledResiduals(values, regression)
  const width = Math.min(lags ?? chooseWidth(residuals), n - 1)
  let sum = 0
  let sumOfSquares = 0
  for (const residual of residuals) {
    sum += residual
    sumOfSquares += sum * sum
  }
  const statistic = sumOfSquares / n / n / longRunVariance(residuals, width)
  const table = criticalValues[regression]
  const at = (i: number) => table[i] ?? Number.NaN
  return {
    statistic,
    ...interpolate(statistic, table),
    lags: width,
    criticalValues: { '10%': at(0), '5%': at(1), '2.5%': at(2), '1%': at(3) }
  }
}

/** Deviations from mean or line over the largest of them, which no ratio of the test notices. */
function scaledResiduals(values: readonly number[], regression: Regression): number[] {
  const centre = mean(values)
  const deviations = values.map((value) => value - centre)
  const spread = largest(deviations)
  const residuals = regression === 'level' ? deviations : detrend(deviations)
  const size = largest(residuals)
  if (!(size > spread * 1e-13)) {
    throw new ToolError(
      `historicalValues: are an exact ${regression === 'level' ? 'constant' : 'line'}, which leaves nothing to test`
    )
  }
  return residuals.map((residual) => residual / size)
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

function detrend(deviations: readonly number[]): number[] {
  const { slope, meanX, meanY } = fitLine([...deviations.keys()], deviations)
  return deviations.map((value, i) => value - meanY - slope * (i - meanX))
}

/** Sum of products of residuals that are `lag` apart. */
function lagged(residuals: readonly number[], lag: number): number {
  return sumOfProducts(residuals.slice(lag), residuals)
}

function longRunVariance(residuals: readonly number[], width: number): number {
  let sum = lagged(residuals, 0)
  for (let lag = 1; lag <= width; lag += 1) {
    sum += 2 * (1 - lag / (width + 1)) * lagged(residuals, lag)
  }
  const variance = sum / residuals.length
  if (variance > 1e-13) return variance
  throw new ToolError(
    'lag: over a window this wide the residuals cancel out and no variance is left; give a smaller lag'
  )
}

function chooseWidth(residuals: readonly number[]): number {
  const n = residuals.length
  let whole = lagged(residuals, 0) / n
  let weighted = 0
  for (let lag = 1; lag <= Math.floor(n ** (2 / 9)); lag += 1) {
    const product = (2 * lagged(residuals, lag)) / n
    whole += product
    weighted += lag * product
  }
  const width = Math.floor(1.1447 * Math.cbrt((weighted / whole) ** 2) * Math.cbrt(n))
  return Number.isFinite(width) ? width : n - 1
}

function interpolate(
  statistic: number,
  table: readonly number[]
): Pick<Kpss, 'pValue' | 'pValueIs'> {
  const above = table.findIndex((value) => statistic < value)
  if (above === 0) return { pValue: 0.1, pValueIs: 'at least' }
  if (above < 0) return { pValue: 0.01, pValueIs: 'at most' }
  const [low = 0, high = 0] = table.slice(above - 1)
  const [before = 0, after = 0] = pValues.slice(above - 1)
  const share = (statistic - low) / (high - low)
  return { pValue: before + share * (after - before), pValueIs: 'interpolated' }
}
