import fc from 'fast-check'
import t from 'tap'
import { type Answer, answerOf, endingOf, errorOf, isClose } from './helpers/finance-call.ts'

const returns = fc.array(fc.double({ min: -0.9, max: 2, noNaN: true }), {
  minLength: 2,
  maxLength: 60
})

t.test('value at risk never falls when the confidence rises, nor is it above the shortfall', () =>
  fc.assert(
    fc.asyncProperty(
      returns,
      fc.double({ min: 0.01, max: 0.98, noNaN: true }),
      fc.double({ min: 1e-4, max: 0.0099, noNaN: true }),
      async (returns, level, more) => {
        const at = (confidenceLevel: number) =>
          answerOf('calculate_value_at_risk', { returns, portfolioValue: 1000, confidenceLevel })
        const [low, high] = (await Promise.all([at(level), at(level + more)])) as Record<
          string,
          number
        >[]
        return (
          high!.valueAtRisk! >= low!.valueAtRisk! - 1e-6 &&
          high!.conditionalValueAtRisk! >= low!.conditionalValueAtRisk! - 1e-6 &&
          low!.conditionalValueAtRisk! >= low!.valueAtRisk! - 1e-6
        )
      }
    )
  )
)

t.test('the drawdown is the largest fall between any two points of the path', () =>
  fc.assert(
    fc.asyncProperty(returns, async (returns) => {
      const { maxDrawdown, drawdown } = (await answerOf('calculate_comprehensive_risk', {
        returns,
        riskFreeRate: 0
      })) as { maxDrawdown: number; drawdown: { peakAt: number; troughAt: number } }
      const path = [1]
      for (const value of returns) path.push(path.at(-1)! * (1 + value))
      const falls = path.flatMap((top, i) => path.slice(i).map((level) => 1 - level / top))
      const { peakAt, troughAt } = drawdown
      const fall = maxDrawdown === 0 ? 0 : 1 - path[troughAt + 1]! / path[peakAt + 1]!
      return isClose(maxDrawdown, Math.max(...falls), 1e-9) && isClose(fall, maxDrawdown, 1e-9)
    })
  )
)

/** A correlation matrix from random factors: positive semi-definite by construction. */
const correlations = fc
  .integer({ min: 1, max: 6 })
  .chain((size) =>
    fc.array(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
      { minLength: size, maxLength: size }
    )
  )
  .filter((rows) => rows.every((row) => Math.hypot(...row) > 0.1))
  .map((rows) => {
    const units = rows.map((row) => row.map((value) => value / Math.hypot(...row)))
    return units.map((one, i) =>
      units.map((other, j) => {
        const product = one.reduce((sum, value, k) => sum + value * other[k]!, 0)
        return i === j ? 1 : Math.max(-1, Math.min(1, product))
      })
    )
  })

t.test('components sum to the whole, which lies between the extremes', () =>
  fc.assert(
    fc.asyncProperty(
      correlations,
      fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 6, maxLength: 6 }),
      async (correlations, values) => {
        const portfolioVaRs = values.slice(0, correlations.length)
        const answer = (await answerOf('aggregate_portfolio_risk', {
          portfolioVaRs,
          correlations
        })) as {
          aggregatedVaR: number
          undiversifiedVaR: number
          portfolios: { componentVaR: number }[]
        }
        const sum = answer.portfolios.reduce((total, { componentVaR }) => total + componentVaR, 0)
        const slack = 1e-6 * answer.undiversifiedVaR
        return (
          Math.abs(sum - answer.aggregatedVaR) <= slack &&
          answer.aggregatedVaR <= answer.undiversifiedVaR + slack &&
          answer.aggregatedVaR >= 0
        )
      }
    )
  )
)

t.test('full correlation adds up, a perfect hedge leaves nothing', async (t) => {
  const pair = (rho: number) => [
    [1, rho],
    [rho, 1]
  ]
  const same = { portfolioVaRs: [3, 3], correlations: pair(1) }
  t.match(await answerOf('aggregate_portfolio_risk', same), { aggregatedVaR: 6 })
  const hedge = await answerOf('aggregate_portfolio_risk', { ...same, correlations: pair(-1) })
  t.match(hedge, { aggregatedVaR: 0, diversificationShare: 1 })
  t.match(await answerOf('aggregate_portfolio_risk', { ...same, portfolioVaRs: [0, 0] }), {
    aggregatedVaR: 0
  })
})

t.test('returns that never vary or never fall short have no ratio', async (t) => {
  const steady = await answerOf('calculate_comprehensive_risk', {
    returns: [0.01, 0.01, 0.01, 0.01],
    riskFreeRate: 0
  })
  for (const field of ['sharpeRatio', 'sortinoRatio', 'skewness', 'kurtosis', 'tailRisk']) {
    t.notOk(field in steady, field)
  }
  t.equal(steady.maxDrawdown, 0)
  const ruin = await answerOf('calculate_comprehensive_risk', {
    returns: [0.5, -1, 3],
    riskFreeRate: 0
  })
  t.equal(ruin.maxDrawdown, 1, 'a total loss stays one')
})

t.test('the presets of the catalogue and shocks of your own', async (t) => {
  const base = { baseRevenue: 100, baseCosts: 40, baseNPV: 0 }
  const shocksAt = async (args: object) =>
    (await answerOf('run_stress_test', { ...base, ...args })).shocks
  t.same(await shocksAt({ scenario: 'recession' }), { revenue: -0.15, costs: 0.05 })
  t.same(await shocksAt({ scenario: 'crisis' }), { revenue: -0.3, costs: 0.1 })
  t.same(await shocksAt({ scenario: 'supplyShock' }), { revenue: -0.05, costs: 0.25 })
  t.same(await shocksAt({ scenario: 'custom', customShocks: { Costs: 0.5 } }), {
    revenue: 0,
    costs: 0.5
  })
})

const stress = { baseRevenue: 1, baseCosts: 1, baseNPV: 1 }
const two = { portfolioVaRs: [1, 2] }
const refused: readonly (readonly [string, Answer, RegExp])[] = [
  ['run_stress_test', { ...stress, scenario: 'custom' }, /^customShocks: .*needs Revenue or COGS/],
  [
    'run_stress_test',
    { ...stress, scenario: 'crisis', customShocks: { Revenue: -0.1 } },
    /^customShocks: are for scenario custom/
  ],
  [
    'run_stress_test',
    { ...stress, scenario: 'custom', customShocks: { COGS: 0.1, Costs: 0.2 } },
    /^customShocks: COGS and Costs/
  ],
  [
    'aggregate_portfolio_risk',
    {
      ...two,
      correlations: [
        [1, 0.5],
        [0.4, 1]
      ]
    },
    /^correlations: is not symmetric/
  ],
  ['aggregate_portfolio_risk', { ...two, correlations: [[1]] }, /^correlations: must have 2 rows/],
  [
    'aggregate_portfolio_risk',
    {
      ...two,
      correlations: [
        [1, 0.5],
        [0.5, 0.9]
      ]
    },
    /^correlations\[1\]\[1\]: the diagonal must be 1/
  ],
  [
    'aggregate_portfolio_risk',
    {
      portfolioVaRs: [1, 1, 1],
      correlations: [
        [1, 0.9, 0.9],
        [0.9, 1, -0.9],
        [0.9, -0.9, 1]
      ]
    },
    /^correlations: is not positive semi-definite/
  ],
  [
    'aggregate_portfolio_risk',
    {
      ...two,
      weights: [1],
      correlations: [
        [1, 0],
        [0, 1]
      ]
    },
    /^weights: 1 entries for 2/
  ]
]

for (const [name, args, message] of refused) {
  t.test(`${name} refuses ${JSON.stringify(args).slice(0, 100)}`, async (t) => {
    t.match(await errorOf(name, args), message)
  })
}

t.test('impossible inputs are refused by name', async (t) => {
  const args = { portfolioValue: 1, confidenceLevel: 0.95 }
  for (const returns of [[], [0.1], [0.1, -1.5]]) {
    const ending = await endingOf('calculate_value_at_risk', { ...args, returns })
    t.match(ending, { kind: 'invalid', fields: [/^returns/] }, JSON.stringify(returns))
  }
  t.match(
    await endingOf('calculate_value_at_risk', { ...args, returns: [0, 1], confidenceLevel: 1 }),
    { kind: 'invalid', fields: ['confidenceLevel'] }
  )
})

t.test('25,000 returns are answered, more are refused by the cap', async (t) => {
  const returns = Array.from({ length: 25_000 }, (_, i) => Math.sin(i) / 50)
  await answerOf('calculate_comprehensive_risk', { returns, riskFreeRate: 0 })
  const more = { returns: [...returns, 0], riskFreeRate: 0 }
  const ending = await endingOf('calculate_comprehensive_risk', more)
  t.same(ending, { kind: 'invalid', fields: ['returns'] })
})
