import t from 'tap'
import { answerOf, checkToolset, endingOf, errorOf, numberOf } from './helpers/finance-call.ts'

t.test('the tools have the names and inputs of the catalogue', (t) => {
  const inputs = new Map([
    ['create_time_series', 'data name? description? unit?'],
    ['calculate_simple_growth_rate', 'oldValue newValue'],
    ['calculate_cagr', 'beginningValue endingValue periods'],
    ['time_series_statistics', 'data'],
    ['calculate_moving_average', 'data window'],
    ['aggregate_time_series', 'data method'],
    ['fit_linear_trend', 'data'],
    ['fit_exponential_trend', 'data'],
    ['fit_logistic_trend', 'data capacity'],
    ['forecast_trend', 'data trendType periods capacity?'],
    ['forecast_with_seasonality', 'data periods periodsPerYear trendType'],
    ['forecast_linear_trend', 'historicalValues forecastPeriods'],
    ['forecast_exponential_trend', 'historicalValues forecastPeriods'],
    ['forecast_logistic_trend', 'historicalValues capacity forecastPeriods'],
    ['decompose_time_series', 'values periodicity method?'],
    [
      'holt_winters_forecast',
      'values seasonalPeriods forecastPeriods alpha? beta? gamma? confidenceLevel?'
    ],
    ['detect_anomalies', 'values windowSize threshold?'],
    [
      'backtest_forecast',
      'historicalValues forecaster? initialTrainSize horizon step? seasonLength?'
    ],
    ['assess_forecastability', 'historicalValues seasonLength?'],
    ['test_stationarity', 'historicalValues kpssRegression? lag?'],
    ['calculate_seasonal_indices', 'data periodsPerYear'],
    ['seasonally_adjust', 'data indices'],
    ['apply_seasonal_pattern', 'trendValues seasonalIndices']
  ])
  checkToolset(t, 'finance.forecast', inputs)
  t.end()
})

const monthly = (year: number, month: number, value: number) => ({
  period: { year, month, type: 'monthly' },
  value
})

t.test('points are put in order, and forecasts continue their calendar', async (t) => {
  const data = [monthly(2024, 12, 3), monthly(2024, 10, 1), monthly(2024, 11, 2)]
  const { forecasts } = await answerOf('forecast_trend', { data, trendType: 'linear', periods: 2 })
  t.match(forecasts, [
    { step: 1, period: '2025-01' },
    { step: 2, period: '2025-02' }
  ])
  const day = { period: { year: 2024, month: 2, day: 28, type: 'daily' }, value: 1 }
  const next = { period: { year: 2024, month: 3, day: 1, type: 'daily' }, value: 2 }
  t.match(await answerOf('create_time_series', { data: [next, day] }), {
    missing: ['2024-02-29'],
    missingCount: 1,
    start: '2024-02-28'
  })
  const years = [2019, 2020].map((year) => ({ period: { year, type: 'annual' }, value: year }))
  t.match(await answerOf('aggregate_time_series', { data: years, method: 'max' }), {
    value: 2020,
    years: []
  })
})

t.test('a gap of centuries is counted, not listed', async (t) => {
  const day = (year: number) => ({ period: { year, month: 1, day: 1, type: 'daily' }, value: 1 })
  const { missing, missingCount } = await answerOf('create_time_series', {
    data: [day(1), day(9999)]
  })
  t.equal((missing as string[]).length, 100)
  t.equal(missingCount, 3_651_693)
})

t.test('what has no answer is an error that names the field', async (t) => {
  const line = Array.from({ length: 12 }, (_, i) => i + 1)
  const wave = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 1 : -1))
  const zeros = Array.from({ length: 12 }, () => 0)
  const twice = [monthly(2024, 1, 1), monthly(2024, 1, 2)]
  const lostMonth = { period: { year: 2024, type: 'monthly' }, value: 1 }
  const lostDay = { period: { year: 2023, month: 2, day: 29, type: 'daily' }, value: 1 }
  const annual = { period: { year: 2024, type: 'annual' }, value: 1 }
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['calculate_simple_growth_rate', { oldValue: 0, newValue: 1 }, /^oldValue: /],
    ['calculate_moving_average', { data: [1, 2], window: 3 }, /^window: must be at most 2/],
    ['create_time_series', { data: twice }, /^data\[1\]\.period: 2024-01 is given twice/],
    ['create_time_series', { data: [1, annual] }, /^data\[0\]: .*not both/],
    ['create_time_series', { data: [annual, 1] }, /^data\[1\]: .*not both/],
    ['create_time_series', { data: [lostMonth] }, /^data\[0\]\.period\.month: /],
    ['create_time_series', { data: [lostDay] }, /^data\[0\]\.period\.day: 2023-02-29/],
    ['create_time_series', { data: [annual, lostDay] }, /^data\[1\]\.period\.type: /],
    ['fit_exponential_trend', { data: [1, 0] }, /^data\[1\]: must be above 0/],
    ['fit_logistic_trend', { data: [1, 5], capacity: 5 }, /^data\[1\]: must lie between 0 and/],
    ['forecast_trend', { data: [1, 2], trendType: 'logistic', periods: 1 }, /^capacity: /],
    ['forecast_trend', { data: [1, 2], trendType: 'linear', periods: 1, capacity: 9 }, /^capacity/],
    [
      'forecast_exponential_trend',
      { historicalValues: [1, 1e100], forecastPeriods: 9 },
      /^forecastPeriods: /
    ],
    ['calculate_seasonal_indices', { data: line, periodsPerYear: 7 }, /^data: .*14 values/],
    ['calculate_seasonal_indices', { data: wave, periodsPerYear: 4 }, /additive/],
    [
      'decompose_time_series',
      { values: zeros, periodicity: 4, method: 'multiplicative' },
      /^value/
    ],
    ['seasonally_adjust', { data: [1], indices: [1, -1] }, /^indices\[1\]: must be above 0/],
    ['apply_seasonal_pattern', { trendValues: [1], seasonalIndices: [-1, 1] }, /^seasonalIndices/],
    [
      'forecast_with_seasonality',
      {
        data: [0, 1, 0, 1, 0, 1, 0, 1],
        periods: 1,
        periodsPerYear: 2,
        trendType: 'linear'
      },
      /^data: a season in which every value is 0/
    ],
    [
      'holt_winters_forecast',
      { values: line, seasonalPeriods: 7, forecastPeriods: 1 },
      /14 values/
    ],
    ['detect_anomalies', { values: [1, 2, 3], windowSize: 3 }, /^windowSize: must be below 3/],
    [
      'backtest_forecast',
      { historicalValues: line, initialTrainSize: 10, horizon: 3 },
      /^initialTrainSize: .*13/
    ],
    [
      'backtest_forecast',
      { historicalValues: line, initialTrainSize: 4, horizon: 1, forecaster: 'seasonal_naive' },
      /^seasonLength: /
    ],
    [
      'backtest_forecast',
      { historicalValues: line, initialTrainSize: 1, horizon: 1, forecaster: 'drift' },
      /^initialTrainSize: must be at least 2/
    ],
    ['assess_forecastability', { historicalValues: zeros }, /^historicalValues: all values are/],
    ['assess_forecastability', { historicalValues: line, seasonLength: 7 }, /^seasonLength: /],
    ['test_stationarity', { historicalValues: zeros }, /^historicalValues: all values are equal/],
    ['test_stationarity', { historicalValues: line }, /^historicalValues: follow an exact pattern/],
    ['test_stationarity', { historicalValues: wave, lag: 11 }, /^lag: must be at most 10/]
  ]
  for (const [name, args, message] of cases) t.match(await errorOf(name, args), message, name)
})

t.test('arguments outside their range are refused by name', async (t) => {
  const many = Array.from({ length: 100_001 }, () => 1)
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['calculate_cagr', { beginningValue: 0, endingValue: 1, periods: 1 }, 'beginningValue'],
    ['calculate_moving_average', { data: many, window: 2 }, 'data'],
    ['create_time_series', { data: [{ period: { year: 2024 }, value: 1 }] }, 'data[0]'],
    ['detect_anomalies', { values: many, windowSize: 2 }, 'values'],
    ['test_stationarity', { historicalValues: many }, 'historicalValues'],
    [
      'holt_winters_forecast',
      { values: [1, 2, 3, 4], seasonalPeriods: 2, forecastPeriods: 1, alpha: 2 },
      'alpha'
    ]
  ]
  for (const [name, args, field] of cases) {
    t.same(await endingOf(name, args), { kind: 'invalid', fields: [field] }, `${name} ${field}`)
  }
})

t.test('an error that is undefined is absent and said', async (t) => {
  const args = { historicalValues: [3, 0, 2, 5, 4], initialTrainSize: 1, horizon: 1 }
  const answer = await answerOf('backtest_forecast', args)
  t.notOk('mape' in answer)
  t.notOk('mase' in answer)
  t.match(answer.notes, [/MAPE is undefined: 1 actual/, /MASE is undefined/])
  const steady = { historicalValues: [2, 2, 2, 3], initialTrainSize: 3, horizon: 1 }
  t.match(await answerOf('backtest_forecast', steady), { mae: 1, notes: [/MASE/] })
})

t.test('a value after a constant window stands out without a z', async (t) => {
  const { anomalies } = await answerOf('detect_anomalies', {
    values: [0.1, 0.1, 0.1, 0.1, 0.2],
    windowSize: 3
  })
  t.match(anomalies, [{ index: 4, standardDeviation: 0, direction: 'high' }])
  t.equal((anomalies as object[]).length, 1)
  t.notOk('z' in (anomalies as object[])[0]!)
})

t.test('a pure wave is forecastable, alternating noise is not', async (t) => {
  const wave = Array.from({ length: 60 }, (_, i) => Math.sin((2 * Math.PI * i) / 12))
  const pure = await answerOf('assess_forecastability', { historicalValues: wave })
  t.match(pure, { verdict: 'strong', dominantPeriod: 12 })
  t.ok(Number(pure.spectralEntropy) < 1e-9)
  const digits = [...'14159265358979323846264338327950288419716939937510'].map(Number)
  const noise = await answerOf('assess_forecastability', { historicalValues: digits })
  t.equal(noise.verdict, 'noise')
  t.ok(Number(noise.forecastability) < 0.3)
})

t.test('growth of two almost equal values keeps its digits', async (t) => {
  const cagr = await numberOf(
    'calculate_cagr',
    { beginningValue: 1, endingValue: 1 + 2 ** -40, periods: 2 },
    'cagr'
  )
  t.ok(Math.abs(cagr / (2 ** -41 - 2 ** -83) - 1) < 1e-14)
})
