import fc from 'fast-check'
import t from 'tap'
import { smooth, valueAhead } from '../tools/finance/forecast/season/holt-winters.ts'
import { powersOf } from '../tools/finance/numeric/fourier.ts'
import { answerOf, isClose, numberOf } from './helpers/finance-call.ts'

const value = fc.double({ min: -1e3, max: 1e3, noNaN: true })
const positive = fc.double({ min: 1, max: 1e3, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const pattern = fc.array(value, { minLength: 2, maxLength: 8 })
const list = fc.array(value, { minLength: 8, maxLength: 40 })
const weights = fc.record({ alpha: share, beta: share, gamma: share })

const seasonal = (season: readonly number[], level: number, slope: number) => (i: number) =>
  level + slope * i + (season[i % season.length] ?? Number.NaN)

const allClose = (actual: readonly number[], expected: readonly number[], accuracy: number) =>
  actual.length === expected.length &&
  actual.every((number, i) => isClose(number, expected[i] ?? Number.NaN, accuracy))

t.test('a line with a season is a fixed point of Holt-Winters', () =>
  fc.assert(
    fc.asyncProperty(
      pattern,
      value,
      fc.double({ min: -5, max: 5, noNaN: true }),
      weights,
      fc.integer({ min: 0, max: 20 }),
      async (season, level, slope, given, more) => {
        const m = season.length
        const at = seasonal(season, level, slope)
        const values = Array.from({ length: Math.max(4, 2 * m + more) }, (_, i) => at(i))
        const { forecasts, rmse } = await answerOf('holt_winters_forecast', {
          values,
          seasonalPeriods: m,
          forecastPeriods: 12,
          ...given
        })
        const found = (forecasts as { value: number }[]).map(({ value }) => value)
        const wanted = found.map((_, i) => at(values.length + i))
        return Number(rmse) < 1e-8 && allClose(found, wanted, 1e-9)
      }
    )
  )
)

t.test('smoothing from the state that made a series stays on it, whatever that state', async () =>
  fc.assert(
    fc.property(pattern, value, value, weights, (season, level, trend, given) => {
      const start = { level, trend: trend / 100, seasonal: season }
      const values = Array.from({ length: 30 }, (_, i) => valueAhead(start, i + 1))
      const { state, errors } = smooth(values, start, given)
      const ahead = Array.from({ length: 5 }, (_, i) => valueAhead(state, i + 1))
      const wanted = ahead.map((_, i) => valueAhead(start, 31 + i))
      return errors.every((error) => Math.abs(error) < 1e-9) && allClose(ahead, wanted, 1e-9)
    })
  )
)

t.test('the parts of a decomposition make the values again; indices sum to 0 or average 1', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(positive, { minLength: 8, maxLength: 40 }),
      fc.integer({ min: 2, max: 4 }),
      fc.constantFrom('additive', 'multiplicative'),
      async (values, periodicity, method) => {
        const parts = await answerOf('decompose_time_series', { values, periodicity, method })
        const { trend, seasonal, residual, indices } = parts as Record<string, number[]>
        const additive = method === 'additive'
        const sum = (indices ?? []).reduce((a, b) => a + b, 0)
        const wholes = values.filter((whole, i) => {
          const [a, b, c] = [trend?.[i], seasonal?.[i] ?? 0, residual?.[i]]
          if (typeof a !== 'number' || typeof c !== 'number') return true
          return isClose(additive ? a + b + c : a * b * c, whole, 1e-10)
        })
        return wholes.length === values.length && isClose(sum, additive ? 0 : periodicity, 1e-9)
      }
    )
  )
)

t.test('adjusting takes out what applying put in', () =>
  fc.assert(
    fc.asyncProperty(
      list,
      fc.array(positive, { minLength: 2, maxLength: 12 }),
      async (trend, factors) => {
        const applied = await answerOf('apply_seasonal_pattern', {
          trendValues: trend,
          seasonalIndices: factors
        })
        const back = await answerOf('seasonally_adjust', { data: applied.values, indices: factors })
        return allClose(back.adjusted as number[], trend, 1e-12)
      }
    )
  )
)

t.test('exact trends are found and continued', () =>
  fc.assert(
    fc.asyncProperty(value, fc.double({ min: -0.2, max: 0.2, noNaN: true }), async (a, b) => {
      const times = Array.from({ length: 15 }, (_, i) => i)
      const curves = {
        linear: (i: number) => a + b * i,
        exponential: (i: number) => Math.exp(a / 100 + b * i),
        logistic: (i: number) => 50 / (1 + Math.exp(-(a / 500 + b * i)))
      }
      for (const [type, curve] of Object.entries(curves)) {
        const { forecasts } = await answerOf(`forecast_${type}_trend`, {
          historicalValues: times.slice(0, 10).map(curve),
          forecastPeriods: 5,
          ...(type === 'logistic' && { capacity: 50 })
        })
        const found = (forecasts as { value: number }[]).map(({ value }) => value)
        if (!allClose(found, times.slice(10).map(curve), 1e-9)) return false
      }
      return true
    })
  )
)

t.test('moving averages are the means of their windows', () =>
  fc.assert(
    fc.asyncProperty(list, fc.integer({ min: 1, max: 8 }), async (data, window) => {
      const { averages } = await answerOf('calculate_moving_average', { data, window })
      const wanted = data
        .slice(window - 1)
        .map((_, i) => data.slice(i, i + window).reduce((sum, each) => sum + each / window, 0))
      return allClose(averages as number[], wanted, 1e-12)
    })
  )
)

t.test('rolling z is that of the preceding window', () =>
  fc.assert(
    fc.asyncProperty(list, fc.integer({ min: 2, max: 6 }), async (values, windowSize) => {
      const { anomalies } = await answerOf('detect_anomalies', {
        values,
        windowSize,
        threshold: 1e-9
      })
      for (const { index, z } of anomalies as { index: number; z?: number }[]) {
        const sample = values.slice(index - windowSize, index)
        const { mean, standardDeviation } = await answerOf('descriptive_stats_extended', {
          values: sample
        })
        const wanted = ((values[index] ?? 0) - Number(mean)) / Number(standardDeviation)
        if (z !== undefined && Number(standardDeviation) > 1e-6 && !isClose(z, wanted, 1e-6))
          return false
      }
      return true
    })
  )
)

t.test('drift is exact on a line, where naive errors are one, two and three steps', () =>
  fc.assert(
    fc.asyncProperty(value, positive, fc.integer({ min: 2, max: 9 }), async (a, b, size) => {
      const historicalValues = Array.from({ length: 14 }, (_, i) => a + b * i)
      const args = { historicalValues, initialTrainSize: size, horizon: 3, step: 2 }
      const drift = await numberOf('backtest_forecast', { ...args, forecaster: 'drift' }, 'mae')
      const naive = await numberOf('backtest_forecast', args, 'mase')
      return drift < 1e-9 && isClose(naive, 2, 1e-9)
    })
  )
)

t.test('stationarity tests do not mind the unit or the level', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 20, maxLength: 60 }),
      async (values) => {
        fc.pre(new Set(values).size > 5)
        const lag = 2
        const plain = await answerOf('test_stationarity', { historicalValues: values, lag })
        const moved = values.map((each) => 0.5 * each + 64)
        const other = await answerOf('test_stationarity', { historicalValues: moved, lag })
        const read = ({ adf, kpss }: typeof plain) =>
          [adf, kpss].map((test) => Number((test as { statistic: number }).statistic))
        return allClose(read(plain), read(other), 1e-8)
      }
    )
  )
)

t.test('the spectrum holds the whole variance (Parseval), for any number of values', async () =>
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 130 }), (values) => {
      const n = values.length
      const powers = powersOf(values)
      const middle = n % 2 === 0 ? (powers.at(-1) ?? 0) : 0
      const sum = values.reduce((a, b) => a + b, 0)
      const total = 2 * powers.reduce((a, b) => a + b, 0) - middle + sum * sum
      const squares = values.reduce((a, b) => a + b * b, 0)
      return Math.abs(total / n - squares) <= 1e-10 * Math.max(1, squares)
    })
  )
)
