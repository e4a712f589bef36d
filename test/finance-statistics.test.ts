import t from 'tap'
import { numAcc3 } from './golden/strd.ts'
import {
  answerOf,
  checkToolset,
  endingOf,
  errorOf,
  isClose,
  numberOf
} from './helpers/finance-call.ts'

t.test('the tools have the names and inputs of the catalogue', (t) => {
  const inputs = new Map([
    ['calculate_correlation', 'x y population?'],
    ['linear_regression', 'x y predictFor?'],
    ['multiple_linear_regression', 'X y confidenceLevel? predictorNames? predictFor?'],
    ['spearmans_correlation', 'x y'],
    ['calculate_confidence_interval', 'values? mean? stdDev? sampleSize? confidenceLevel?'],
    ['calculate_covariance', 'x y population?'],
    ['calculate_z_score', 'x y'],
    ['descriptive_stats_extended', 'values'],
    ['hypothesis_t_test', 'sample1 sample2? populationMean? alpha?'],
    ['hypothesis_chi_square', 'observed expected alpha?'],
    ['calculate_sample_size', 'confidence marginOfError proportion populationSize'],
    ['calculate_margin_of_error', 'confidence standardDeviation sampleSize'],
    ['ab_test_analysis', 'variantA variantB alpha?'],
    ['calculate_p_value', 'testStatistic testType?'],
    ['binomial_probability', 'n k p'],
    ['poisson_probability', 'x mu'],
    ['exponential_distribution', 'x lambda'],
    ['hypergeometric_probability', 'total successes_in_population sample_size successes_in_sample'],
    ['lognormal_distribution', 'x mean? stddev?'],
    ['calculate_combinations', 'n r'],
    ['calculate_permutations', 'n r'],
    ['calculate_factorial', 'n'],
    ['geometric_mean', 'values'],
    ['harmonic_mean', 'values'],
    ['weighted_average', 'values weights'],
    [
      'calculate_bayes_theorem',
      'priorProbability truePositiveRate falsePositiveRate eventName? testName?'
    ]
  ])
  checkToolset(t, 'finance.statistics', inputs)
  t.end()
})

t.test('numbers far from 0 keep their digits', async (t) => {
  const far = Array.from({ length: 10 }, (_, i) => 1e9 + i)
  const y = far.map((x) => 3 * (x - 1e9) + 1)
  t.equal(await numberOf('calculate_correlation', { x: far, y }, 'correlation'), 1)
  t.equal(await numberOf('linear_regression', { x: far, y }, 'slope'), 3)
  const described = await answerOf('descriptive_stats_extended', { values: numAcc3 })
  t.equal(described.mean, 1_000_000.2)
  t.ok(Math.abs(Number(described.standardDeviation) / 0.1 - 1) < 1e-9)
})

t.test('what has no answer is an error that names the field', async (t) => {
  const same = [2, 2, 2, 2]
  const rising = [1, 2, 3, 4]
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['calculate_correlation', { x: same, y: rising }, /^x: all values are equal/],
    ['calculate_correlation', { x: rising, y: [1, 2] }, /^y: 2 values for 4/],
    ['calculate_covariance', { x: rising, y: [1, 2] }, /^y: /],
    ['linear_regression', { x: same, y: rising }, /^x: /],
    ['multiple_linear_regression', { X: [[1], [2], [3]], y: [5, 5, 5] }, /^y: all values/],
    ['multiple_linear_regression', { X: [[1], [2, 3], [3]], y: [1, 2, 4] }, /^X\[1\]: /],
    [
      'multiple_linear_regression',
      {
        X: [
          [1, 2],
          [2, 5],
          [3, 1]
        ],
        y: [1, 2, 4]
      },
      /^X: .*4 rows/
    ],
    ['multiple_linear_regression', { X: [[1], [2], [3]], y: [1, 2, 4, 5] }, /^y: 4 values/],
    [
      'multiple_linear_regression',
      { X: [[1], [2], [4]], y: [1, 2, 2], predictorNames: ['a', 'b'] },
      /^predictorNames: /
    ],
    [
      'multiple_linear_regression',
      { X: [[1], [2], [4]], y: [1, 2, 2], predictFor: [[1, 2]] },
      /^predictFor\[0\]: /
    ],
    ['calculate_z_score', { x: rising, y: rising }, /^y: .*no finite z/],
    ['calculate_confidence_interval', {}, /^values: /],
    ['calculate_confidence_interval', { values: rising, stdDev: 1 }, /^stdDev: /],
    ['calculate_confidence_interval', { mean: 1, stdDev: 1 }, /^values: /],
    ['hypothesis_t_test', { sample1: rising }, /^sample2: /],
    [
      'hypothesis_t_test',
      { sample1: rising, sample2: same, populationMean: 0 },
      /^populationMean: /
    ],
    ['hypothesis_t_test', { sample1: same, populationMean: 0 }, /^sample1: no value differs/],
    [
      'hypothesis_chi_square',
      { observed: [10, 20], expected: [10, 10] },
      /^expected: adds up to 20, .*by 1\.5/
    ],
    ['hypothesis_chi_square', { observed: [10, 20], expected: [30, 0] }, /^expected\[1\]: /],
    ['hypothesis_chi_square', { observed: [10, 20], expected: [10, 10, 10] }, /^expected: 3/],
    [
      'ab_test_analysis',
      {
        variantA: { observations: 5, conversions: 6 },
        variantB: { observations: 5, conversions: 1 }
      },
      /^variantA\.conversions: /
    ],
    [
      'ab_test_analysis',
      {
        variantA: { observations: 5, conversions: 0 },
        variantB: { observations: 5, conversions: 0 }
      },
      /^variantA\.conversions: nobody/
    ],
    ['binomial_probability', { n: 3, k: 4, p: 0.5 }, /^k: /],
    [
      'hypergeometric_probability',
      { total: 5, successes_in_population: 6, sample_size: 1, successes_in_sample: 1 },
      /^successes_in_population: /
    ],
    [
      'hypergeometric_probability',
      { total: 5, successes_in_population: 2, sample_size: 2, successes_in_sample: 3 },
      /^successes_in_sample: /
    ],
    ['calculate_combinations', { n: 5, r: 6 }, /^r: /],
    ['calculate_combinations', { n: 10_000, r: 5000 }, /^n: the result is beyond/],
    ['calculate_permutations', { n: 1e15, r: 1e14 }, /^n: the result is beyond/],
    ['calculate_factorial', { n: 171 }, /^n: the result is beyond/],
    ['geometric_mean', { values: [1, 0, 2] }, /^values\[1\]: 0 is not above 0/],
    ['harmonic_mean', { values: [1, -2] }, /^values\[1\]: -2/],
    ['weighted_average', { values: [1, 2], weights: [0, 0] }, /^weights: all are 0/],
    ['weighted_average', { values: [1, 2], weights: [1] }, /^weights: 1 for 2/],
    ['weighted_average', { values: [1, 2], weights: [1, -1] }, /^weights\[1\]: /],
    [
      'calculate_bayes_theorem',
      { priorProbability: 0, truePositiveRate: 1, falsePositiveRate: 0 },
      /^truePositiveRate: /
    ],
    ['descriptive_stats_extended', { values: [1.7e308, 1.7e308] }, /^values: .*beyond/]
  ]
  for (const [name, args, pattern] of cases) t.match(await errorOf(name, args), pattern, name)
})

t.test('arguments out of range are refused by field', async (t) => {
  const long = Array(100_001).fill(1)
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['descriptive_stats_extended', { values: [] }, 'values'],
    ['descriptive_stats_extended', { values: long }, 'values'],
    ['calculate_correlation', { x: [1], y: [1, 2] }, 'x'],
    ['calculate_confidence_interval', { values: [1] }, 'values'],
    ['calculate_confidence_interval', { mean: 1, stdDev: -1, sampleSize: 3 }, 'stdDev'],
    ['calculate_confidence_interval', { values: [1, 2], confidenceLevel: 1 }, 'confidenceLevel'],
    ['hypothesis_t_test', { sample1: [1], populationMean: 0 }, 'sample1'],
    [
      'calculate_sample_size',
      { confidence: 0.95, marginOfError: 0, proportion: 0.5, populationSize: 9 },
      'marginOfError'
    ],
    ['calculate_p_value', { testStatistic: 1, testType: 'both' }, 'testType'],
    ['binomial_probability', { n: 3, k: 1, p: 1.1 }, 'p'],
    ['binomial_probability', { n: 2e9, k: 1, p: 0.1 }, 'n'],
    ['poisson_probability', { x: 1.5, mu: 1 }, 'x'],
    ['exponential_distribution', { x: 1, lambda: 0 }, 'lambda'],
    ['lognormal_distribution', { x: 1, stddev: 0 }, 'stddev'],
    ['calculate_factorial', { n: -1 }, 'n'],
    [
      'ab_test_analysis',
      {
        variantA: { observations: 0, conversions: 0 },
        variantB: { observations: 1, conversions: 0 }
      },
      'variantA.observations'
    ],
    [
      'calculate_bayes_theorem',
      { priorProbability: 2, truePositiveRate: 1, falsePositiveRate: 0 },
      'priorProbability'
    ]
  ]
  for (const [name, args, field] of cases) {
    t.same(await endingOf(name, args), { kind: 'invalid', fields: [field] }, `${name} ${field}`)
  }
})

t.test('combinations and factorials: every digit, then the nearest double', async (t) => {
  const chosen = await answerOf('calculate_combinations', { n: 60, r: 30 })
  t.same(chosen, { exact: '118264581564861424', value: Number('118264581564861424') })
  t.equal(
    (await answerOf('calculate_combinations', { n: 9e15, r: 9e15 - 1 })).exact,
    '9000000000000000'
  )
  t.equal((await answerOf('calculate_factorial', { n: 22 })).exact, '1124000727777607680000')
  t.equal((await answerOf('calculate_factorial', { n: 0 })).value, 1)
})

t.test('moments keep their digits where the mean itself has none left', async (t) => {
  // By exact rational arithmetic on the values without the offset (python3 fractions and decimal).
  const values = [0.25, 3.5, 1, 9.75, 2.25, 4.5, 0.75]
  const expected = await answerOf('descriptive_stats_extended', { values })
  t.ok(isClose(Number(expected.variance), 10.851190476190476, 1e-15))
  t.ok(isClose(Number(expected.skewness), 1.5830607258042801, 1e-14))
  t.ok(isClose(Number(expected.kurtosis), 2.6598672596062563, 1e-14))
  for (const offset of [1e9, -3e12]) {
    const moved = values.map((value) => value + offset)
    const actual = await answerOf('descriptive_stats_extended', { values: moved })
    for (const field of ['variance', 'skewness', 'kurtosis']) {
      t.ok(isClose(Number(actual[field]), Number(expected[field]), 1e-14), `${field} at ${offset}`)
    }
  }
})
