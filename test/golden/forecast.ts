import type { Golden } from './golden.ts'

// "exact" is rational arithmetic (python3, fractions), roots, logarithms and powers with 50 digits
// (decimal), written apart from the tools.
const exact = 'exact arithmetic'

const growthExample = [33100, 47300, 69000, 102000, 150000, 220000]
const trendExample = [
  133890, 135000, 135790, 137300, 138130, 139100, 139900, 141120, 141890, 143230, 144000, 145290
]
const salesExample = [3100, 4500, 4400, 5400, 7500, 8100]
/** NIST/SEMATECH e-Handbook of Statistical Methods, 6.4.2. */
const suppliers = [9, 8, 9, 12, 9, 12, 11, 7, 13, 9, 11, 10]
const adoption = [5, 9, 16, 27, 42, 58]
/** Three years of quarters with trend and season. */
const quarters = [10, 20, 30, 25, 14, 24, 36, 30, 18, 29, 41, 36]
const quarterPoints = quarters.map((value, i) => ({
  period: { year: 2020 + Math.floor(i / 4), month: 1 + 3 * (i % 4), type: 'quarterly' },
  value
}))
/** Annual flow of the Nile at Aswan 1871 to 1970 (Cobb 1978), as in statsmodels and R. */
const nile = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180,
  799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701,
  916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862,
  698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812,
  742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906,
  901, 1170, 912, 746, 919, 718, 714, 740
]

const series: readonly Golden[] = [
  {
    tool: 'calculate_simple_growth_rate',
    args: { oldValue: -80, newValue: 20 },
    expected: { growthRate: -1.25, growthOnSize: 1.25, change: 100 },
    source: exact
  },
  {
    tool: 'calculate_cagr',
    args: { beginningValue: 10000, endingValue: 11000, periods: 96 },
    expected: { cagr: 0.000993307376291385, totalGrowth: 0.1 },
    source: `Excel documentation, RRI, example: 0.0009933; the rest ${exact}`
  },
  {
    tool: 'calculate_moving_average',
    args: { data: suppliers, window: 3 },
    expected: {
      'averages[0]': 26 / 3,
      'averages[1]': 29 / 3,
      'averages[2]': 10,
      'averages[3]': 11,
      'averages[7]': 29 / 3,
      latest: 10,
      windows: 10
    },
    source: 'NIST/SEMATECH e-Handbook 6.4.2.1, table of moving averages with M = 3'
  },
  {
    tool: 'create_time_series',
    args: { data: [quarterPoints[11], quarterPoints[0], quarterPoints[1]], name: 'Sales' },
    expected: {
      start: '2020-Q1',
      end: '2022-Q4',
      missingCount: 9,
      'missing[0]': '2020-Q3',
      'points[1].value': 20,
      type: 'quarterly'
    },
    source: 'the calendar'
  },
  {
    tool: 'time_series_statistics',
    args: { data: quarters },
    expected: {
      mean: 313 / 12,
      median: 27,
      averageChange: 26 / 11,
      totalGrowth: 2.6,
      autocorrelation: 0.2702700769604898,
      'largestRise.change': 12,
      'largestFall.index': 8
    },
    source: `${exact}; autocorrelation: statsmodels 0.15, acf`
  },
  {
    tool: 'aggregate_time_series',
    args: { data: quarterPoints, method: 'sum' },
    expected: { value: 313, 'years[1].year': 2021, 'years[1].value': 104, 'years[2].value': 124 },
    source: exact
  }
]

const trends: readonly Golden[] = [
  {
    tool: 'forecast_trend',
    args: { data: growthExample, trendType: 'exponential', periods: 2 },
    expected: {
      'forecasts[0].value': 320196.7183634732,
      'forecasts[1].value': 468536.0541840495,
      growthRate: 0.46327562811617595
    },
    source: `Excel documentation, GROWTH, example: 320,197 and 468,536; digits ${exact}`
  },
  {
    tool: 'forecast_exponential_trend',
    args: { historicalValues: growthExample, forecastPeriods: 2 },
    expected: { 'forecasts[1].value': 468536.0541840495, rSquared: 0.9998086197758176 },
    source: `Excel documentation, GROWTH, example; digits ${exact}`
  },
  {
    tool: 'fit_exponential_trend',
    args: { data: growthExample },
    expected: { growthRate: 0.46327562811617595, initialValue: 32618.203773539804 },
    source: `Excel documentation, LOGEST, example: growth factor 1.4633; digits ${exact}`
  },
  {
    tool: 'forecast_linear_trend',
    args: { historicalValues: trendExample, forecastPeriods: 5 },
    expected: {
      'forecasts[0].value': 146171.51515151514,
      'forecasts[1].value': 147189.69696969696,
      'forecasts[4].value': 150244.24242424243
    },
    source: `Excel documentation, TREND, example: 146,172 to 150,244; digits ${exact}`
  },
  {
    tool: 'fit_linear_trend',
    args: { data: salesExample },
    expected: {
      slope: 1000,
      intercept: 3000,
      slopeStandardError: 133.09502512973847,
      residualStandardDeviation: 556.7764362830022
    },
    source: `Excel documentation, LINEST, example: sales of month 9 are 11,000; the rest ${exact}`
  },
  {
    tool: 'forecast_trend',
    args: { data: salesExample, trendType: 'linear', periods: 3 },
    expected: { 'forecasts[2].value': 11000 },
    source: 'Excel documentation, LINEST, example: sales of month 9'
  },
  {
    tool: 'fit_logistic_trend',
    args: { data: adoption, capacity: 100 },
    expected: {
      slope: 0.656350056267419,
      intercept: -2.959362567350992,
      midpoint: 4.508817420052522,
      rSquared: 0.9999186644773123
    },
    source: exact
  },
  {
    tool: 'forecast_logistic_trend',
    args: { historicalValues: adoption, capacity: 100, forecastPeriods: 3 },
    expected: {
      'forecasts[0].value': 72.68576905863829,
      'forecasts[1].value': 83.68654284386348,
      'forecasts[2].value': 90.8165441293398
    },
    source: exact
  }
]

const seasons: readonly Golden[] = [
  {
    tool: 'decompose_time_series',
    args: { values: suppliers.slice(0, 8), periodicity: 4 },
    expected: { 'trend[2]': 9.5, 'trend[3]': 10, 'trend[4]': 10.75, 'trend[5]': 10.375 },
    source: 'NIST/SEMATECH e-Handbook 6.4.2.2, centred moving average of M = 4; the last exact'
  },
  {
    tool: 'decompose_time_series',
    args: { values: quarters, periodicity: 4 },
    expected: {
      'indices[0]': -10.296875,
      'indices[2]': 9.015625,
      'residual[2]': -0.765625,
      'residual[6]': 0.484375,
      'residual[9]': -0.078125
    },
    source: 'statsmodels 0.15, seasonal_decompose'
  },
  {
    tool: 'decompose_time_series',
    args: { values: suppliers, periodicity: 3 },
    expected: { 'indices[0]': 7 / 36, 'indices[1]': -25 / 18, 'trend[1]': 26 / 3, 'trend[10]': 10 },
    source: `${exact}, an odd season`
  },
  {
    tool: 'calculate_seasonal_indices',
    args: { data: quarterPoints, periodsPerYear: 4 },
    expected: {
      'indices[0]': 0.6008108963601339,
      'indices[1]': 0.9482300484437767,
      'indices[2]': 1.363128405600743,
      'indices[3]': 1.0878306495953465,
      'additiveIndices[3]': 2.453125,
      firstPeriod: '2020-Q1'
    },
    source: exact
  },
  {
    tool: 'seasonally_adjust',
    args: { data: [80, 120, 88, 132], indices: [0.8, 1.2] },
    expected: { 'adjusted[0]': 100, 'adjusted[1]': 100, 'adjusted[3]': 110, meanIndex: 1 },
    source: exact
  },
  {
    tool: 'apply_seasonal_pattern',
    args: { trendValues: [100, 100, 110], seasonalIndices: [0.75, 1.25] },
    expected: { 'values[0]': 75, 'values[1]': 125, 'values[2]': 82.5, meanIndex: 1 },
    source: exact
  },
  {
    tool: 'forecast_with_seasonality',
    args: { data: quarterPoints, periods: 4, periodsPerYear: 4, trendType: 'linear' },
    expected: {
      'forecasts[0].value': 20.5341255554537,
      'forecasts[1].value': 33.63690484798963,
      'forecasts[3].value': 41.40867894359782,
      'forecasts[0].period': '2023-Q1',
      'trend.slope': 1.2960068124756994
    },
    source: exact
  },
  {
    tool: 'holt_winters_forecast',
    args: { values: quarters, seasonalPeriods: 4, forecastPeriods: 5 },
    expected: {
      'forecasts[0].value': 24.085903978979857,
      'forecasts[3].value': 39.88472878556096,
      'forecasts[4].value': 28.96265134219131,
      'forecasts[0].lower': 22.668588350502773,
      'forecasts[4].lower': 27.34467520657208,
      level: 32.801584036443906,
      trend: 1.2191868408028632,
      mae: 0.5809804616013207,
      rmse: 0.7231335063586324
    },
    source: `${exact} by the recursions of Winters (1960) and table 6.2 of Hyndman et al. (2008)`
  }
]

const evaluation: readonly Golden[] = [
  {
    tool: 'detect_anomalies',
    args: { values: [100, 102, 98, 101, 150, 99, 103, 97, 200, 101], windowSize: 4 },
    expected: {
      count: 2,
      'anomalies[0].index': 4,
      'anomalies[0].z': 29.130617177513717,
      'anomalies[1].index': 8,
      'anomalies[1].z': 3.469752969269202
    },
    source: exact
  },
  {
    tool: 'backtest_forecast',
    args: {
      historicalValues: quarters,
      forecaster: 'seasonal_naive',
      initialTrainSize: 6,
      horizon: 2,
      seasonLength: 4
    },
    expected: {
      forecasts: 10,
      mae: 5,
      rmse: 5.039841267341661,
      mape: 0.1699841136342398,
      mase: 1.110436417129781,
      bias: 5,
      wape: 0.16233766233766234,
      'comparison[0].rmse': 12.361229712289955,
      'comparison[0].mase': 2.384243216737496
    },
    source: exact
  },
  {
    tool: 'backtest_forecast',
    args: {
      historicalValues: quarters,
      forecaster: 'drift',
      initialTrainSize: 6,
      horizon: 2,
      step: 3
    },
    expected: {
      forecasts: 4,
      mae: 10.15,
      rmse: 12.50799744163709,
      mape: 0.28147789926175126,
      mase: 1.0766590389016018
    },
    source: exact
  },
  {
    tool: 'assess_forecastability',
    args: { historicalValues: nile },
    expected: {
      verdict: 'weak',
      spectralEntropy: 0.7851041579167412,
      dominantPeriod: 100,
      autocorrelation: 0.4984081841330289,
      'ljungBox.statistic': 88.12687155129986,
      'ljungBox.pValue': 1.2586327670205598e-14,
      'ljungBox.lags': 10
    },
    source: 'numpy 2.4, fft; statsmodels 0.15, acf'
  },
  {
    tool: 'assess_forecastability',
    args: { historicalValues: quarters, seasonLength: 4 },
    expected: {
      spectralEntropy: 0.45809482658877526,
      dominantPeriod: 4,
      trendStrength: 0.9821823652615121,
      seasonalStrength: 0.9969796224528066,
      'ljungBox.statistic': 9.894202840873948,
      'ljungBox.pValue': 0.0422480332817134,
      'ljungBox.lags': 4,
      seasonalAutocorrelation: 0.5355477355305694
    },
    source: `numpy 2.4, fft; strengths ${exact}`
  },
  {
    tool: 'test_stationarity',
    args: { historicalValues: nile },
    expected: {
      verdict: 'conflicting',
      'adf.statistic': -4.048705096914342,
      'adf.pValue': 0.0011758879503871243,
      'adf.lags': 1,
      'adf.observations': 98,
      'adf.criticalValues.1%': -3.4989097606014496,
      'adf.criticalValues.10%': -2.5827604414827157,
      'kpss.statistic': 0.8691205593783892,
      'kpss.pValue': 0.01,
      'kpss.pValueIs': 'at most',
      'kpss.lags': 5
    },
    source: 'statsmodels 0.15, adfuller and kpss with their defaults'
  },
  {
    tool: 'test_stationarity',
    args: { historicalValues: nile, kpssRegression: 'trend' },
    expected: {
      'adf.statistic': -4.790765517983118,
      'adf.pValue': 0.00048614302900814346,
      'adf.lags': 1,
      'adf.criticalValues.5%': -3.4562790670553936,
      'kpss.statistic': 0.2375869759899708,
      'kpss.lags': 4
    },
    source: 'statsmodels 0.15, adfuller and kpss with regression "ct"'
  },
  {
    tool: 'test_stationarity',
    args: { historicalValues: nile, lag: 3 },
    expected: {
      'adf.statistic': -3.111884551020395,
      'adf.pValue': 0.02568608884114898,
      'adf.observations': 96,
      'kpss.statistic': 1.100315800724029,
      'kpss.lags': 3
    },
    source: 'statsmodels 0.15, adfuller (autolag None) and kpss with 3 lags'
  }
]

const boundsOfKpss: readonly Golden[] = [
  {
    tool: 'test_stationarity',
    args: { historicalValues: nile.slice(10) },
    expected: {
      'kpss.statistic': 0.5392711900561825,
      'kpss.pValue': 0.03282180404140033,
      'kpss.pValueIs': 'interpolated',
      'adf.pValue': 0.0030045490063007833
    },
    source: 'statsmodels 0.15, from 1881 on'
  },
  {
    tool: 'test_stationarity',
    args: { historicalValues: nile.slice(28) },
    expected: {
      verdict: 'stationary',
      'kpss.statistic': 0.12317094017343068,
      'kpss.pValue': 0.1,
      'kpss.pValueIs': 'at least',
      'adf.lags': 0,
      'adf.pValue': 1.2489358400278573e-9
    },
    source: 'statsmodels 0.15, from 1899 on'
  }
]

export const forecastGolden: readonly Golden[] = [
  ...series,
  ...trends,
  ...seasons,
  ...evaluation,
  ...boundsOfKpss
]
