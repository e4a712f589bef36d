import fc from 'fast-check'
import t from 'tap'
import { answerOf, endingOf, errorOf, isClose, numberOf, source } from './finance-call.ts'
import { filip, longley, numAcc3, wampler1, wampler2 } from './golden/strd.ts'

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
  const tools = source.tools.filter(({ toolset }) => toolset === 'finance.statistics')
  t.same(new Set(tools.map(({ name }) => name)), new Set(inputs.keys()))
  for (const { name, inputSchema, description } of tools) {
    const required = (inputSchema.required ?? []) as string[]
    const names = Object.keys(inputSchema.properties as object)
    const shown = names.map((input) => (required.includes(input) ? input : `${input}?`))
    t.equal(shown.join(' '), inputs.get(name), name)
    t.ok(description.length > 60, `${name} is described`)
  }
  t.end()
})

type Row = Readonly<Record<string, number>>
const rowsOf = (value: unknown) => value as readonly Row[]

for (const { fit, digits } of [
  { fit: longley, digits: 12 },
  { fit: filip, digits: 7.5 },
  { fit: wampler1, digits: 9 },
  { fit: wampler2, digits: 12 }
]) {
  t.test(`multiple_linear_regression holds ${digits} digits of NIST ${fit.name}`, async (t) => {
    const args = { X: fit.predictors, y: fit.response }
    const answer = await answerOf('multiple_linear_regression', args)
    for (const [k, certified] of fit.coefficients.entries()) {
      const actual = rowsOf(answer.coefficients)[k]?.coefficient ?? Number.NaN
      t.ok(Math.abs(actual / certified - 1) < 10 ** -digits, `b${k} ${actual}`)
    }
    t.ok(isClose(Number(answer.rSquared), fit.rSquared, 1e-9))
    const deviation = Number(answer.residualStandardDeviation)
    t.ok(Math.abs(deviation - fit.residualStandardDeviation) < 1e-7, `residual ${deviation}`)
  })
}

t.test('exact collinearity is an error that names the columns', async (t) => {
  const X = Array.from({ length: 10 }, (_, i) => [i, (i * 7) % 5, 3 * i + 2])
  const y = X.map(([a = 0, b = 0]) => a + b * b)
  const predictorNames = ['price', 'rain', 'cost']
  const message = await errorOf('multiple_linear_regression', { X, y, predictorNames })
  t.match(message, /^X: intercept, price, cost depend on each other/)
  const constant = X.map(([a = 0]) => [a, 5])
  t.match(await errorOf('multiple_linear_regression', { X: constant, y }), /^X: intercept, X2 /)
  const empty = X.map(([a = 0]) => [a, 0])
  t.match(await errorOf('multiple_linear_regression', { X: empty, y }), /^X: X2 is always 0/)
})

t.test('multiple regression on one predictor is the simple one; predictions agree', async (t) => {
  const x = [6, 5, 11, 7, 5, 4, 4]
  const y = [2, 3, 9, 1, 8, 7, 5]
  const simple = await answerOf('linear_regression', { x, y, predictFor: [10] })
  const args = { X: x.map((value) => [value]), y, predictFor: [[10]] }
  const multiple = await answerOf('multiple_linear_regression', args)
  const slope = rowsOf(multiple.coefficients)[1]
  t.ok(isClose(slope?.coefficient ?? 0, Number(simple.slope), 1e-14))
  t.ok(isClose(slope?.standardError ?? 0, Number(simple.slopeStandardError), 1e-14))
  t.ok(isClose(slope?.pValue ?? 0, Number(simple.slopePValue), 1e-13))
  t.ok(isClose(slope?.vif ?? 0, 1, 1e-14))
  t.ok(isClose(Number(multiple.fPValue), Number(simple.slopePValue), 1e-13), 'F is t squared')
  const [a, b] = [rowsOf(simple.predictions)[0], rowsOf(multiple.predictions)[0]]
  t.ok(isClose(a?.y ?? 0, b?.value ?? 1, 1e-13))
  t.ok(isClose(a?.upper ?? 0, b?.upper ?? 1, 1e-13))
  t.ok((b?.lower ?? 0) < (b?.meanLower ?? 0))
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

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const list = fc.array(value, { minLength: 4, maxLength: 40 })
const pairs = fc.array(fc.tuple(value, value), { minLength: 4, maxLength: 40 })

t.test('correlations are within [-1, 1] and do not mind the order or the unit', () =>
  fc.assert(
    fc.asyncProperty(pairs, async (points) => {
      const x = points.map(([a]) => a)
      const y = points.map(([, b]) => b)
      const ending = await endingOf('calculate_correlation', { x, y })
      if (ending.kind !== 'value') return new Set(x).size === 1 || new Set(y).size === 1
      const r = Number(ending.value.correlation)
      const back = await numberOf('calculate_correlation', { x: y, y: x }, 'correlation')
      const half = y.map((b) => -b / 2)
      const turned = await numberOf('calculate_correlation', { x, y: half }, 'correlation')
      const rank = await numberOf('spearmans_correlation', { x, y }, 'correlation')
      return Math.abs(r) <= 1 && Math.abs(rank) <= 1 && r === back && r === -turned
    })
  )
)

t.test('geometric lies between harmonic and arithmetic mean', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 }),
      async (values) => {
        const geometric = await numberOf('geometric_mean', { values }, 'mean')
        const harmonic = await numberOf('harmonic_mean', { values }, 'mean')
        const arithmetic = await numberOf('harmonic_mean', { values }, 'arithmeticMean')
        return harmonic <= geometric * (1 + 1e-13) && geometric <= arithmetic * (1 + 1e-13)
      }
    )
  )
)

t.test('quartiles are ordered and the interval covers the mean', () =>
  fc.assert(
    fc.asyncProperty(list, async (values) => {
      const d = await answerOf('descriptive_stats_extended', { values })
      const order = [d.min, d.p5, d.p10, d.q1, d.median, d.q3, d.p90, d.p95, d.max].map(Number)
      const interval = await answerOf('calculate_confidence_interval', { values })
      const sorted = order.every((at, i) => i === 0 || at >= (order[i - 1] ?? 0))
      const mean = Number(d.mean)
      return sorted && Number(interval.lower) <= mean && mean <= Number(interval.upper)
    })
  )
)

/** Sum of the probabilities of 0 to k, beside what the tool says. */
async function cumulate(name: string, argsOf: (k: number) => unknown, k: number) {
  let sum = 0
  for (let at = 0; at <= k; at += 1) sum += await numberOf(name, argsOf(at), 'probability')
  return { sum, answer: await answerOf(name, argsOf(k)) }
}

function agrees({ sum, answer }: Awaited<ReturnType<typeof cumulate>>): boolean {
  const { atMost, moreThan, atLeast, lessThan, probability } = answer as Row
  return (
    isClose(atMost ?? 0, sum, 1e-12) &&
    isClose((atMost ?? 0) + (moreThan ?? 0), 1, 1e-12) &&
    isClose((atLeast ?? 0) + (lessThan ?? 0), 1, 1e-12) &&
    isClose((atMost ?? 0) - (lessThan ?? 0), probability ?? 0, 1e-12)
  )
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

t.test('cumulative probabilities are the sums of the single ones', async () => {
  const numRuns = 40
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.nat(40), share, async (n, k, p) =>
      agrees(await cumulate('binomial_probability', (at) => ({ n, k: at, p }), Math.min(n, k)))
    ),
    { numRuns }
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.double({ min: 0, max: 30, noNaN: true }), async (x, mu) =>
      agrees(await cumulate('poisson_probability', (at) => ({ x: at, mu }), x))
    ),
    { numRuns }
  )
  const urn = fc
    .integer({ min: 1, max: 60 })
    .chain((total) => fc.tuple(fc.constant(total), fc.nat(total), fc.nat(total), fc.nat(total)))
  await fc.assert(
    fc.asyncProperty(urn, async ([total, successes_in_population, sample_size, k]) =>
      agrees(
        await cumulate(
          'hypergeometric_probability',
          (at) => ({ total, successes_in_population, sample_size, successes_in_sample: at }),
          Math.min(k, sample_size)
        )
      )
    ),
    { numRuns }
  )
})

t.test('a shift of both samples changes no test; swapping them turns the sign', () =>
  fc.assert(
    fc.asyncProperty(list, list, async (sample1, sample2) => {
      const ending = await endingOf('hypothesis_t_test', { sample1, sample2 })
      if (ending.kind !== 'value') return true
      const swapped = await answerOf('hypothesis_t_test', { sample1: sample2, sample2: sample1 })
      const { t, pValue, pValueGreater, pValueLess, lower, upper, difference } = ending.value as Row
      return (
        isClose(Number(swapped.t), -(t ?? 0), 1e-12) &&
        isClose((pValueGreater ?? 0) + (pValueLess ?? 0), 1, 1e-12) &&
        isClose(2 * Math.min(pValueGreater ?? 0, pValueLess ?? 0), pValue ?? 0, 1e-12) &&
        (lower ?? 0) <= (difference ?? 0) &&
        (difference ?? 0) <= (upper ?? 0)
      )
    })
  )
)

t.test('100,000 values are answered', async (t) => {
  const values = Array.from({ length: 100_000 }, (_, i) => Math.sin(i) + i / 1e5)
  const other = values.map((value, i) => value * 2 + Math.cos(3 * i))
  const calls: readonly (readonly [string, unknown])[] = [
    ['descriptive_stats_extended', { values }],
    ['calculate_correlation', { x: values, y: other }],
    ['spearmans_correlation', { x: values, y: other }],
    ['linear_regression', { x: values, y: other }],
    ['hypothesis_t_test', { sample1: values, sample2: other }],
    ['weighted_average', { values: other, weights: values.map((v) => v * v) }],
    [
      'multiple_linear_regression',
      {
        X: other
          .slice(0, 10_000)
          .map((v, i) => Array.from({ length: 50 }, (_, j) => Math.sin(v * (j + 1) + i * j))),
        y: values.slice(0, 10_000)
      }
    ]
  ]
  for (const [name, args] of calls) {
    const startMs = performance.now()
    await answerOf(name, args)
    t.comment(`${name}: ${Math.round(performance.now() - startMs)} ms`)
  }
})
