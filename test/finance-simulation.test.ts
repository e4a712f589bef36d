import fc from 'fast-check'
import t from 'tap'
import {
  type Answer,
  answerOf,
  endingOf,
  errorOf,
  isClose,
  numberOf
} from './helpers/finance-call.ts'

const cases: Readonly<Record<string, Record<string, number>>> = {
  normal: { mean: 3, stdDev: 2 },
  uniform: { min: -2, max: 6 },
  triangular: { min: 0, max: 10, mode: 2 },
  exponential: { rate: 4 },
  lognormal: { mean: 100, stdDev: 20 },
  beta: { alpha: 2, beta: 3 },
  gamma: { shape: 3, scale: 2 },
  weibull: { shape: 2, scale: 3 },
  chisquared: { degreesOfFreedom: 6 },
  f: { df1: 4, df2: 30 },
  t: { degreesOfFreedom: 10 },
  pareto: { scale: 2, shape: 7 },
  logistic: { mean: 10, stdDev: 3 },
  geometric: { p: 0.3 },
  rayleigh: { mean: 5 }
}

for (const [type, parameters] of Object.entries(cases)) {
  t.test(`${type}: the sample agrees with its exact mean and deviation`, async (t) => {
    const answer = await answerOf('create_distribution', {
      type,
      parameters,
      sampleSize: 100_000,
      seed: 20_261_121
    })
    const { theoreticalMean, theoreticalStandardDeviation, sample } = answer as {
      theoreticalMean: number
      theoreticalStandardDeviation: number
      sample: { mean: number; standardError: number; standardDeviation: number }
    }
    t.ok(Math.abs(sample.mean - theoreticalMean) < 4 * sample.standardError)
    t.ok(isClose(sample.standardDeviation / theoreticalStandardDeviation, 1, 0.03))
  })
}

t.test('distributions without a mean or a variance do not claim one', async (t) => {
  for (const [type, parameters] of [
    ['t', { degreesOfFreedom: 1 }],
    ['pareto', { scale: 1, shape: 1 }],
    ['f', { df1: 3, df2: 2 }]
  ] as const) {
    const answer = await answerOf('create_distribution', { type, parameters, seed: 3 })
    t.notOk('theoreticalMean' in answer, type)
    t.notOk('theoreticalStandardDeviation' in answer, type)
  }
})

const simulation = {
  inputs: [
    { name: 'price', distribution: 'normal', parameters: { mean: 10, stdDev: 2 } },
    { name: 'unit sales', distribution: 'geometric', parameters: { p: 0.1 } }
  ],
  calculation: 'price * {1} - 50'
}

t.test('the seed of an answer repeats it to the last bit', async (t) => {
  for (const [name, args] of [
    ['run_monte_carlo', simulation],
    ['create_distribution', { type: 'gamma', parameters: { shape: 0.5, scale: 2 } }],
    [
      'run_scenario_analysis',
      {
        inputNames: ['a'],
        calculation: 'a',
        scenarios: [{ name: 's', values: [{ type: 'normal', mean: 0, stdDev: 1 }] }]
      }
    ]
  ] as const) {
    const first = await answerOf(name, args)
    t.match(first.generator, /^xoshiro256\*\*/)
    t.strictSame(await answerOf(name, { ...args, seed: first.seed }), first, name)
    const other = await answerOf(name, args)
    t.not(other.seed, first.seed, 'a call without a seed draws anew')
  }
})

t.test('the mean of normal inputs lies within four standard errors of the exact one', async (t) => {
  const answer = await answerOf('run_monte_carlo', {
    inputs: [
      { name: 'a', distribution: 'normal', parameters: { mean: 5, stdDev: 3 } },
      { name: 'b', distribution: 'normal', parameters: { mean: 1, stdDev: 4 } }
    ],
    calculation: 'a - b',
    iterations: 200_000,
    seed: 99
  })
  const { mean, standardError, risk } = answer as {
    mean: number
    standardError: number
    risk: { varOutcome: number; cvarOutcome: number }
  }
  t.ok(Math.abs(mean - 4) < 4 * standardError)
  t.ok(isClose(standardError, 5 / Math.sqrt(200_000), 1e-3))
  // Normal with mean 4 and deviation 5: 4 - 5 * 1.644854 and 4 - 5 * 2.062713.
  t.ok(Math.abs(risk.varOutcome - -4.22427) < 0.1)
  t.ok(Math.abs(risk.cvarOutcome - -6.313564) < 0.1)
})

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 2,
  maxLength: 60
})

t.test('value at risk never falls when the confidence rises', () =>
  fc.assert(
    fc.asyncProperty(
      values,
      fc.double({ min: 0.01, max: 0.98, noNaN: true }),
      fc.double({ min: 0.0001, max: 0.01, noNaN: true }),
      async (values, confidenceLevel, more) => {
        const at = (level: number) =>
          answerOf('calculate_simulation_var', { values, confidenceLevel: level })
        const [low, high] = [await at(confidenceLevel), await at(confidenceLevel + more)] as [
          Record<string, number>,
          Record<string, number>
        ]
        const slack = 1e-9 * Math.max(1, Math.abs(low.varLoss!))
        return (
          high.varLoss! >= low.varLoss! - slack &&
          high.cvarLoss! >= low.cvarLoss! - slack &&
          low.cvarLoss! >= low.varLoss! - slack
        )
      }
    )
  )
)

t.test('above, below and at a threshold are everything', () =>
  fc.assert(
    fc.asyncProperty(values, fc.nat(59), async (values, at) => {
      const threshold = values[at % values.length]
      const above = await answerOf('calculate_probability', { values, type: 'above', threshold })
      const below = await answerOf('calculate_probability', { values, type: 'below', threshold })
      const parts = [above.matching, below.matching, above.atBounds] as number[]
      return parts.reduce((sum, part) => sum + part, 0) === values.length
    })
  )
)

t.test('the histogram holds every outcome in its bin', () =>
  fc.assert(
    fc.asyncProperty(values, async (values) => {
      const { histogram } = (await answerOf('analyze_simulation_results', { values })) as {
        histogram: { from: number; to: number; count: number }[]
      }
      const counted = histogram.reduce((sum, { count }) => sum + count, 0)
      const joined = histogram.slice(1).every(({ from }, index) => from === histogram[index]!.to)
      return counted === values.length && joined
    })
  )
)

t.test('a million trials are sorted as the language sorts them', async (t) => {
  const { sortPaced } = await import('../tools/finance/numeric/paced-sort.ts')
  for (const length of [0, 1, 65_536, 65_537, 300_001]) {
    const numbers = Float64Array.from({ length }, (_, i) => Math.sin(i * i) * (i % 7))
    const sorted = await sortPaced(numbers, () => undefined)
    t.same(sorted, Float64Array.from(numbers).sort(), String(length))
  }
})

t.test('thresholds share the outcomes', async (t) => {
  const answer = await answerOf('analyze_scenarios', {
    inputNames: ['a', 'b'],
    model: '{0} + {1}',
    iterations: 2000,
    scenarios: [
      { name: 'fixed', inputs: { a: { value: 1 }, b: { value: 2 } } },
      {
        name: 'open',
        inputs: { a: { value: 1 }, b: { distribution: { type: 'uniform', min: 0, max: 4 } } }
      }
    ],
    thresholds: [3, 4],
    seed: 12
  })
  const [fixed, open] = answer.scenarios as {
    count: number
    probabilities: { above: number; below: number; standardError: number }[]
  }[]
  t.equal(fixed?.count, 1, 'a scenario without a distribution is computed once')
  t.same(fixed?.probabilities[0], { threshold: 3, above: 0, below: 0, standardError: 0 })
  t.same(fixed?.probabilities[1]?.below, 1)
  t.ok(Math.abs(open!.probabilities[0]!.above - 0.5) < 4 * open!.probabilities[0]!.standardError)
  t.equal(open!.probabilities[1]!.above + open!.probabilities[1]!.below, 1)
})

const refused: readonly (readonly [string, Answer, RegExp])[] = [
  ['run_monte_carlo', { ...simulation, calculation: '{2}' }, /^calculation: .*indexes are 0 to 1/],
  ['run_monte_carlo', { ...simulation, calculation: 'unit' }, /^calculation: unknown name unit/],
  ['run_monte_carlo', { ...simulation, calculation: '1 / 0' }, /^calculation: /],
  [
    'run_monte_carlo',
    { inputs: [{ name: 'a', distribution: 't', parameters: { df: 3 } }], calculation: 'a' },
    /^inputs\[0\]\.parameters.*t takes degreesOfFreedom/
  ],
  [
    'run_monte_carlo',
    {
      inputs: [{ name: 'a', distribution: 'pareto', parameters: { scale: 1e300, shape: 0.05 } }],
      calculation: 'a'
    },
    /^inputs\[0\]: a draw was beyond/
  ],
  [
    'calculate_probability',
    { values: [1, 2], type: 'above', lower: 1 },
    /^lower: has no meaning for type above/
  ],
  ['calculate_probability', { values: [1, 2], type: 'below' }, /^threshold: is needed/],
  [
    'calculate_probability',
    { values: [1, 2], type: 'between', lower: 2, upper: 1 },
    /^lower: 2 is not below upper 1/
  ],
  [
    'calculate_probability',
    { values: [1, 2], type: 'between', lower: 2, upper: 3, threshold: 1 },
    /^threshold: has no meaning/
  ],
  [
    'analyze_simulation_results',
    { values: [1.7e308, -1.7e308, 1.7e308] },
    /^values: the result is beyond/
  ],
  [
    'sensitivity_analysis',
    { baseValue: 0, variableRange: { percentChange: 10 }, calculation: '{0}' },
    /^variableRange: from 0 to 0 is no range/
  ],
  [
    'sensitivity_analysis',
    { baseValue: 1, variableRange: { percentChange: 10, min: 1 }, calculation: '{0}' },
    /^variableRange: give either/
  ],
  [
    'sensitivity_analysis',
    { baseValue: 1, variableRange: { min: 1 }, calculation: '{0}' },
    /^variableRange: give percentChange, or both/
  ],
  [
    'run_scenario_analysis',
    { inputNames: ['a', 'b'], calculation: '{0}', scenarios: [{ name: 's', values: [1] }] },
    /^scenarios\[0\]\.values: 1 values for 2 inputNames/
  ],
  [
    'analyze_scenarios',
    {
      inputNames: ['a'],
      model: 'a',
      iterations: 10,
      scenarios: [{ name: 's', inputs: { b: { value: 1 } } }]
    },
    /^scenarios\[0\]\.inputs: "b" is not in inputNames/
  ],
  [
    'analyze_scenarios',
    { inputNames: ['a'], model: 'a', iterations: 10, scenarios: [{ name: 's', inputs: {} }] },
    /^scenarios\[0\]\.inputs: "a" is missing/
  ],
  [
    'analyze_scenarios',
    {
      inputNames: ['a'],
      model: 'a',
      iterations: 1,
      scenarios: [
        { name: 's', inputs: { a: { distribution: { type: 'normal', mean: 0, stdDev: 1 } } } }
      ]
    },
    /^iterations: at least 2/
  ]
]

for (const [name, args, message] of refused) {
  t.test(`${name} refuses ${JSON.stringify(args).slice(0, 80)}`, async (t) => {
    t.match(await errorOf(name, args), message)
  })
}

t.test('caps refuse by name', async (t) => {
  const tooMany = Array.from({ length: 100_001 }, () => 1)
  t.same(await endingOf('calculate_simulation_var', { values: tooMany }), {
    kind: 'invalid',
    fields: ['values']
  })
  t.same(await endingOf('run_monte_carlo', { ...simulation, iterations: 1_000_001 }), {
    kind: 'invalid',
    fields: ['iterations']
  })
  t.same(await endingOf('calculate_simulation_var', { values: [1] }), {
    kind: 'invalid',
    fields: ['values']
  })
})

t.test('100,000 values are answered', async (t) => {
  const values = Array.from({ length: 100_000 }, (_, i) => Math.sin(i))
  const startedMs = performance.now()
  await answerOf('analyze_simulation_results', { values })
  t.comment(`100,000 values: ${Math.round(performance.now() - startedMs)} ms`)
  const p50 = await numberOf(
    'calculate_probability',
    { values, type: 'below', threshold: 0 },
    'probability'
  )
  t.ok(Math.abs(p50 - 0.5) < 0.01)
})
