import type { Golden } from './golden.ts'
import { longley, numAcc4 } from './strd.ts'

// "exact" is rational arithmetic (python3, fractions), roots with 60 digits (decimal); p-values of
// Student's t by tanh-sinh integration of its density, those of z, chi-square and F by their finite sums.
const exact = 'exact arithmetic'
const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
const hoursOfTelevision = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
const welchFirst = [
  27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4
]
const welchSecond = [
  27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4
]
const excelShape = [3, 4, 5, 2, 3, 4, 5, 6, 4, 7]

const association: readonly Golden[] = [
  {
    tool: 'calculate_correlation',
    args: { x: [3, 2, 4, 5, 6], y: [9, 7, 12, 15, 17] },
    expected: {
      correlation: 0.9970544855015816,
      t: 22.516660498395403,
      pValue: 0.00019181546922681568
    },
    source: `${exact}; Excel documentation, CORREL, example: 0.997054486`
  },
  {
    tool: 'calculate_covariance',
    args: { x: [2, 4, 8], y: [5, 11, 12] },
    expected: { covariance: 29 / 3 },
    source: 'Excel documentation, COVARIANCE.S, example: 9.666666667'
  },
  {
    tool: 'calculate_covariance',
    args: { x: [3, 2, 4, 5, 6], y: [9, 7, 12, 15, 17], population: 'population' },
    expected: { covariance: 5.2 },
    source: 'Excel documentation, COVARIANCE.P, example'
  },
  {
    tool: 'spearmans_correlation',
    args: { x: iq, y: hoursOfTelevision },
    expected: { correlation: -29 / 165, t: -0.5049782491758347, pValue: 0.6271883447764846 },
    source: `Wikipedia, "Spearman's rank correlation coefficient", example: -29/165; the rest ${exact}`
  },
  {
    tool: 'calculate_z_score',
    args: { x: [1, 2, 2, 3, 5, 5, 5, 8], y: [2, 1, 3, 3, 4, 9, 9, 7] },
    expected: {
      correlation: 0.8262304062195838,
      z: 2.6299278573610243,
      fiellerZ: 2.5544117468742944,
      pValue: 0.008540298940608907
    },
    source: `${exact} on average ranks`
  }
]

const regression: readonly Golden[] = [
  {
    tool: 'linear_regression',
    args: { x: [6, 5, 11, 7, 5, 4, 4], y: [2, 3, 9, 1, 8, 7, 5], predictFor: [10] },
    expected: {
      slope: 11 / 36,
      intercept: 19 / 6,
      rSquared: 0.05795019157088123,
      residualStandardDeviation: 3.3057189502100415,
      slopeStandardError: 0.5509531583683402,
      slopeT: 0.5545944349615219,
      slopePValue: 0.6030643682920194,
      interceptStandardError: 3.533962208186286,
      'predictions[0].y': 56 / 9,
      'predictions[0].upper': 56 / 9 + 10.705996253428957
    },
    source: `${exact}; Excel documentation, SLOPE, example: 0.305556`
  },
  {
    tool: 'multiple_linear_regression',
    args: { X: longley.predictors, y: longley.response },
    expected: {
      'coefficients[0].coefficient': -3482258.63459582,
      'coefficients[1].coefficient': 15.0618722713733,
      'coefficients[4].coefficient': -1.03322686717359,
      'coefficients[6].coefficient': 1829.15146461355,
      'coefficients[0].standardError': 890420.383607373,
      'coefficients[6].standardError': 455.478499142212,
      residualStandardDeviation: 304.854073561965,
      rSquared: 0.995479004577296,
      f: 330.285339234588
    },
    source: 'NIST StRD, Longley, certified values'
  },
  {
    tool: 'multiple_linear_regression',
    args: { X: longley.predictors, y: longley.response },
    expected: {
      'coefficients[1].vif': 135.5324382800032,
      'coefficients[2].vif': 1788.5134827181773,
      'coefficients[6].vif': 758.9805974068945,
      'coefficients[0].pValue': 0.003560403663726231,
      fPValue: 4.984030528724789e-10,
      adjustedRSquared: 0.9924650076288261
    },
    source: `${exact} on the data of NIST StRD, Longley`
  }
]

const everyday: readonly Golden[] = [
  {
    tool: 'descriptive_stats_extended',
    args: { values: excelShape },
    expected: {
      mean: 4.3,
      median: 4,
      skewness: 0.35954307140679714,
      kurtosis: -0.15179963720841422,
      standardDeviation: 1.4944341180973262
    },
    source: `${exact}; Excel documentation, SKEW and KURT, example: 0.359543, -0.1517996`
  },
  {
    tool: 'descriptive_stats_extended',
    args: { values: numAcc4 },
    expected: { mean: 10000000.2, standardDeviation: 0.1 },
    source: 'NIST StRD, NumAcc4: as doubles, the data are within 1e-8 of it',
    accuracy: 1e-8
  },
  {
    tool: 'descriptive_stats_extended',
    args: { values: [1, 2, 3, 4] },
    expected: { q1: 1.75, p10: 1.3, q3: 3.25, interquartileRange: 1.5 },
    source: 'Excel documentation, QUARTILE.INC and PERCENTILE.INC: linear at (n - 1) p'
  },
  {
    tool: 'calculate_confidence_interval',
    args: { mean: 0, stdDev: 1, sampleSize: 50 },
    expected: { marginOfError: 0.2841968554957299, criticalValue: 2.0095752371292397 },
    source: `${exact}; Excel documentation, CONFIDENCE.T, example: 0.284196855`
  },
  {
    tool: 'calculate_confidence_interval',
    args: { mean: 30, stdDev: 2.5, sampleSize: 50 },
    expected: { normalUpper: 30.692951912174838 },
    source: 'Excel documentation, CONFIDENCE.NORM, example: 0.692951912'
  }
]

const tests: readonly Golden[] = [
  {
    tool: 'hypothesis_t_test',
    args: { sample1: welchFirst, sample2: welchSecond },
    expected: {
      test: 'welch',
      t: -2.852954870171523,
      degreesOfFreedom: 27.887303988420115,
      pValue: 0.008071938172194872,
      'pooled.pValue': 0.008054761905079593,
      'pooled.cohensD': -1.0417518252914437,
      significant: true
    },
    source: exact
  },
  {
    tool: 'hypothesis_t_test',
    args: { sample1: [85, 90, 88, 92, 87], populationMean: 85 },
    expected: { t: 2.813860021248051, degreesOfFreedom: 4, pValue: 0.04812756974074082 },
    source: exact
  },
  {
    tool: 'hypothesis_chi_square',
    args: { observed: [315, 101, 108, 32], expected: [312.75, 104.25, 104.25, 34.75] },
    expected: { chiSquare: 0.47002398081534774, degreesOfFreedom: 3, pValue: 0.925425895103616 },
    source: `Mendel's peas (Fisher 1936): 0.47; the digits by ${exact}`
  },
  {
    tool: 'calculate_p_value',
    args: { testStatistic: 10 },
    expected: { pValue: 1.523970604832105e-23 },
    source: 'continued fraction of erfc with 60 digits (python3, decimal)'
  },
  {
    tool: 'calculate_p_value',
    args: { testStatistic: 1.3333333, testType: 'right-tailed' },
    expected: { pValue: 0.09121122519287048, leftTailed: 1 - 0.09121122519287048 },
    source: 'power series of erfc with 60 digits; Excel documentation, NORM.S.DIST: 0.908788780'
  },
  {
    tool: 'calculate_sample_size',
    args: { confidence: 0.95, marginOfError: 0.05, proportion: 0.5, populationSize: 10000 },
    expected: { sampleSize: 370, infinitePopulation: 384.1458820694126, exact: 369.97061048019333 },
    source: `Cochran's n0 with the correction for a finite population: 370; the digits by ${exact}`
  },
  {
    tool: 'calculate_margin_of_error',
    args: { confidence: 0.95, standardDeviation: 2.5, sampleSize: 50 },
    expected: { marginOfError: 0.692951912174839 },
    source: `${exact}; Excel documentation, CONFIDENCE.NORM, example: 0.692951912`
  },
  {
    tool: 'ab_test_analysis',
    args: {
      variantA: { observations: 1000, conversions: 85 },
      variantB: { observations: 1000, conversions: 110 }
    },
    expected: {
      z: 1.8845128264195603,
      pValue: 0.05949564149845017,
      lower: -0.0009778420644487055,
      upper: 0.050977842064448706,
      better: 'none'
    },
    source: exact
  }
]

export const statisticsGolden: readonly Golden[] = [
  ...association,
  ...regression,
  ...everyday,
  ...tests
]
