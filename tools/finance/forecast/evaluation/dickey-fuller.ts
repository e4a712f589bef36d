import { ToolError } from '../../../../src/define-tool.ts'
import { solveLeastSquares } from '../../numeric/least-squares.ts'
import { normalCdf } from '../../numeric/normal.ts'
import { evaluatePolynomial } from '../../numeric/polynomial.ts'

/** Deterministic part of a stationarity test: a constant, or a constant and a linear trend. */
export type Regression = 'level' | 'trend'

/** MacKinnon's tables for one variable; coefficients by ascending power. */
interface Table {
  readonly least: number
  readonly split: number
  readonly most: number
  readonly small: readonly number[]
  readonly large: readonly number[]
  readonly critical: Readonly<Record<'1%' | '5%' | '10%', readonly number[]>>
}

// p-values: MacKinnon (1994), table 3 and 4; critical values by 1 / n: MacKinnon (2010), table 2.
const tables: Readonly<Record<Regression, Table>> = {
  level: {
    least: -18.83,
    split: -1.61,
    most: 2.74,
    small: [2.1659, 1.4412, 0.038269],
    large: [1.7339, 0.93202, -0.12745, -0.010368],
    critical: {
      '1%': [-3.43035, -6.5393, -16.786, -79.433],
      '5%': [-2.86154, -2.8903, -4.234, -40.04],
      '10%': [-2.56677, -1.5384, -2.809]
    }
  },
  trend: {
    least: -16.18,
    split: -2.89,
    most: 0.7,
    small: [3.2512, 1.6047, 0.049588],
    large: [2.5261, 0.61654, -0.37956, -0.060285],
    critical: {
      '1%': [-3.95877, -9.0531, -28.428, -134.155],
      '5%': [-3.41049, -4.3904, -9.036, -45.374],
      '10%': [-3.12705, -2.5856, -3.925, -22.38]
    }
  }
}

/** Augmented Dickey-Fuller test of a unit root, as adfuller of statsmodels. */
export interface DickeyFuller {
  readonly statistic: number
  readonly pValue: number
  readonly lags: number
  readonly observations: number
  readonly criticalValues: Readonly<Record<'1%' | '5%' | '10%', number>>
}

/** Lagged differences that n values can bear: Schwert's rule, 12 (n / 100)^(1/4), or fewer. */
export function mostLags(n: number, regression: Regression): number {
  const bearable = Math.floor(n / 2) - (regression === 'level' ? 1 : 2) - 1
  return Math.min(bearable, Math.ceil(12 * (n / 100) ** 0.25))
}

/** The test with `lags` lagged differences, or with the number of least AIC up to Schwert's rule. */
export function testUnitRoot(
  values: readonly number[],
  regression: Regression,
  lags: number | undefined
): DickeyFuller {
  const used = lags ?? chooseLags(values, regression)
  const { rows, changes } = regressors(values, regression, used)
  const fit = solve(rows, changes)
  const level = deterministic(regression, 0).length
  const freedom = rows.length - (rows[0]?.length ?? 0)
  const left = fit.nestedSums.at(-1) ?? 0
  const error = Math.sqrt((left / freedom) * (fit.inverseGram[level]?.[level] ?? Number.NaN))
  const statistic = (fit.coefficients[level] ?? Number.NaN) / error
  const { critical } = tables[regression]
  const criticalAt = (level: '1%' | '5%' | '10%') =>
    evaluatePolynomial(critical[level], 1 / rows.length)
  return {
    statistic,
    pValue: pValueOf(statistic, tables[regression]),
    lags: used,
    observations: rows.length,
    criticalValues: { '1%': criticalAt('1%'), '5%': criticalAt('5%'), '10%': criticalAt('10%') }
  }
}

function pValueOf(statistic: number, { least, split, most, small, large }: Table): number {
  if (statistic > most) return 1
  if (statistic < least) return 0
  return normalCdf(evaluatePolynomial(statistic <= split ? small : large, statistic))
}

/** The number of lags of least AIC, all compared on the values that the most lags leave. */
function chooseLags(values: readonly number[], regression: Regression): number {
  const { rows, changes } = regressors(values, regression, mostLags(values.length, regression))
  const n = rows.length
  const first = deterministic(regression, 0).length + 1
  const criteria = solve(rows, changes)
    .nestedSums.slice(first)
    .map((sum, lags) => n * Math.log(sum / n) + 2 * (first + lags))
  return criteria.indexOf(Math.min(...criteria))
}

/** Changes, and for each the deterministic part, the level before it and so many changes before it. */
function regressors(values: readonly number[], regression: Regression, lags: number) {
  const at = (i: number) => values[i] ?? Number.NaN
  const times = Array.from({ length: values.length - 1 - lags }, (_, i) => i + lags + 1)
  return {
    changes: times.map((t) => at(t) - at(t - 1)),
    rows: times.map((t, i) => [
      ...deterministic(regression, i + 1),
      at(t - 1),
      ...Array.from({ length: lags }, (_, lag) => at(t - lag - 1) - at(t - lag - 2))
    ])
  }
}

function deterministic(regression: Regression, time: number): readonly number[] {
  return regression === 'level' ? [1] : [1, time]
}

// Rounding leaves about 1e-16 of the changes when a fit is exact; its squares 1e-30.
const exactShare = 1e-26

function solve(rows: readonly (readonly number[])[], changes: readonly number[]) {
  const fit = solveLeastSquares(rows, changes)
  const [total = 0] = fit.nestedSums
  const left = fit.nestedSums.at(-1) ?? 0
  if (fit.collinear.length > 0 || !(left > total * exactShare)) {
    throw new ToolError(
      'historicalValues: follow an exact pattern, which leaves no errors for a test; there is nothing uncertain to test, or give a smaller lag'
    )
  }
  return fit
}
