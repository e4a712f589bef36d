import fc from 'fast-check'
import t from 'tap'
import { solveCholesky } from '../tools/finance/numeric/matrix.ts'
import { sumOfProducts } from '../tools/finance/numeric/moments.ts'
import { createPace } from '../tools/finance/numeric/pace.ts'
import { equalRiskWeights } from '../tools/finance/portfolio/equal-risk.ts'
import { quadraticForm, riskShares } from '../tools/finance/portfolio/figures.ts'
import { type Answer, answerOf, ctx, endingOf, errorOf, isClose } from './helpers/finance-call.ts'

type Numbers = readonly number[]

/** Covariances of random factors with a variance of its own for each asset: positive definite. */
function covariancesOf(loadings: readonly Numbers[]): number[][] {
  return loadings.map((row, i) =>
    loadings.map((other, j) => sumOfProducts(row, other) + (i === j ? 0.01 : 0))
  )
}

const number = fc.double({ min: -1, max: 1, noNaN: true })
const market = (minSize: number, maxSize: number) =>
  fc.integer({ min: minSize, max: maxSize }).chain((size) =>
    fc.record({
      means: fc.array(number, { minLength: size, maxLength: size }),
      loadings: fc.array(fc.array(number, { minLength: 3, maxLength: 3 }), {
        minLength: size,
        maxLength: size
      })
    })
  )

/** The optimum by trying every set of weights at 0, free and at the cap. */
function bruteForce(means: Numbers, matrix: readonly Numbers[], aversion: number, cap: number) {
  const size = means.length
  let best = Number.NEGATIVE_INFINITY
  for (let code = 0; code < 3 ** size; code += 1) {
    const state = means.map((_, i) => Math.floor(code / 3 ** i) % 3)
    const free = state.flatMap((kind, i) => (kind === 1 ? [i] : []))
    const fixed = state.map((kind) => (kind === 2 ? cap : 0))
    const face = free.map((i) => free.map((j) => matrix[i]![j]!))
    const rest = 1 - fixed.reduce((sum, value) => sum + value, 0)
    const slopes = free.map((i) => means[i]! / aversion - sumOfProducts(matrix[i]!, fixed))
    const [one, other] = [
      solveCholesky(face, slopes),
      solveCholesky(
        face,
        free.map(() => 1)
      )
    ]
    if (free.length === 0 ? Math.abs(rest) > 1e-12 : !one || !other) continue
    const total = (values: Numbers) => values.reduce((sum, value) => sum + value, 0)
    const shift = free.length === 0 ? 0 : (rest - total(one!)) / total(other!)
    const weights = [...fixed]
    free.forEach((i, k) => {
      weights[i] = one![k]! + shift * other![k]!
    })
    if (weights.some((weight) => weight < -1e-12 || weight > cap + 1e-12)) continue
    const value = sumOfProducts(weights, means) - (aversion / 2) * quadraticForm(matrix, weights)
    best = Math.max(best, value)
  }
  return best
}

t.test('mean-variance weights are feasible, optimal, and no set of weights does better', () =>
  fc.assert(
    fc.asyncProperty(
      market(1, 5),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async ({ means, loadings }, riskAversion, room) => {
        const covarianceMatrix = covariancesOf(loadings)
        const concentrationLimit = 1 / means.length + room * (1 - 1 / means.length)
        const answer = (await answerOf('optimize_mean_variance_portfolio', {
          expectedReturns: means,
          covarianceMatrix,
          riskAversion,
          concentrationLimit,
          budget: 1000
        })) as { weights: number[]; objective: number; kktResidual: number }
        const sum = answer.weights.reduce((total, weight) => total + weight, 0)
        const best = bruteForce(means, covarianceMatrix, riskAversion, concentrationLimit)
        return (
          Math.abs(sum - 1) < 1e-12 &&
          answer.weights.every((weight) => weight >= 0 && weight <= concentrationLimit + 1e-15) &&
          answer.kktResidual < 1e-12 &&
          answer.objective >= best - 1e-10 * (1 + Math.abs(best))
        )
      }
    ),
    { numRuns: 200 }
  )
)

const history = fc
  .record({
    size: fc.integer({ min: 1, max: 6 }),
    periods: fc.integer({ min: 2, max: 14 }),
    /** In basis points. */
    numbers: fc.array(fc.integer({ min: -2000, max: 2500 }), {
      minLength: 84,
      maxLength: 84
    })
  })
  .map(({ size, periods, numbers }) => ({
    assets: Array.from({ length: size }, (_, i) => `asset ${i}`),
    returns: Array.from({ length: size }, (_, i) =>
      numbers.slice(i * periods, (i + 1) * periods).map((points) => points / 10_000)
    )
  }))

interface Portfolio {
  readonly weights: number[]
  readonly expectedReturn: number
  readonly volatility: number
  readonly sharpeRatio?: number
}

function isSound({ weights }: Portfolio): boolean {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return Math.abs(sum - 1) < 1e-9 && weights.every((weight) => weight >= 0 && weight <= 1)
}

t.test('no other weights have a higher Sharpe ratio, and none less variance', () =>
  fc.assert(
    fc.asyncProperty(
      history,
      fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
      async (market, raw) => {
        const ending = await endingOf('optimize_portfolio', { ...market, riskFreeRate: 0 })
        // No mean above 0, or few periods that combine to a riskless gain.
        if (ending.kind === 'error') return /^(riskFreeRate|returns): /.test(ending.message)
        if (ending.kind === 'invalid') return false
        const answer = ending.value as unknown as Portfolio & {
          kktResidual: number
          minimumVariance: Portfolio
          equallyWeighted: Portfolio
        }
        const size = market.assets.length
        const total = raw.slice(0, size).reduce((sum, value) => sum + value, 0)
        const weights = raw.slice(0, size).map((value) => value / total)
        const path = market.returns[0]!.map((_, k) =>
          sumOfProducts(
            weights,
            market.returns.map((row) => row[k]!)
          )
        )
        const mean = path.reduce((sum, value) => sum + value, 0) / path.length
        const deviation = Math.sqrt(
          path.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (path.length - 1)
        )
        const best = answer.sharpeRatio ?? 0
        return (
          isSound(answer) &&
          isSound(answer.minimumVariance) &&
          answer.kktResidual < 1e-11 &&
          best >= (mean / deviation) * (1 - 1e-6) - 1e-9 &&
          best >= (answer.equallyWeighted.sharpeRatio ?? 0) * (1 - 1e-6) - 1e-9 &&
          answer.minimumVariance.volatility <= deviation * (1 + 1e-6) + 1e-7
        )
      }
    ),
    { numRuns: 300 }
  )
)

t.test('the frontier rises evenly in return, and in risk', () =>
  fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 2, max: 9 }), async (market, points) => {
      const { frontier, kktResidual } = (await answerOf('calculate_efficient_frontier', {
        ...market,
        riskFreeRate: 2,
        points
      })) as unknown as { frontier: Portfolio[]; kktResidual: number }
      const [first, last] = [frontier[0]!, frontier.at(-1)!]
      const even = frontier.every(({ expectedReturn }, i) => {
        const wanted =
          first.expectedReturn + ((last.expectedReturn - first.expectedReturn) * i) / (points - 1)
        // On a segment without risk, rounding decides where on it a point lies.
        return isClose(expectedReturn, wanted, 1e-7)
      })
      // The ridge on singular covariances moves weights, and with them a volatility of 0, a little.
      const rising = frontier
        .slice(1)
        .every(({ volatility }, i) => volatility >= frontier[i]!.volatility - 1e-7)
      const top = Math.max(
        ...market.returns.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length)
      )
      return (
        frontier.length === points &&
        even &&
        rising &&
        frontier.every(isSound) &&
        kktResidual < 1e-11 &&
        isClose(last.expectedReturn, top, 1e-9)
      )
    }),
    { numRuns: 150 }
  )
)

t.test('risk parity: equal shares, and inverse volatility for two assets', () =>
  fc.assert(
    fc.asyncProperty(history, async (market) => {
      const ending = await endingOf('calculate_risk_parity', market)
      if (ending.kind === 'error') return /^returns/.test(ending.message)
      if (ending.kind === 'invalid') return false
      const { weights, riskShares, inverseVolatilityWeights } = ending.value as unknown as {
        weights: number[]
        riskShares: number[]
        inverseVolatilityWeights: number[]
      }
      const equal = riskShares.every((share) => Math.abs(share * weights.length - 1) < 1e-9)
      const inverse =
        weights.length > 2 ||
        weights.every((weight, i) => isClose(weight / inverseVolatilityWeights[i]!, 1, 1e-8))
      return equal && inverse && isSound({ weights, expectedReturn: 0, volatility: 0 })
    })
  )
)

t.test('risk parity of four assets as published', async (t) => {
  // Maillard, Roncalli and Teiletche, "The properties of equally weighted risk contribution
  // portfolios" (2010), section 4.1: volatilities 10, 20, 30 and 40 %.
  const deviations = [0.1, 0.2, 0.3, 0.4]
  const correlations = [
    [1, 0.8, 0, 0],
    [0.8, 1, 0, 0],
    [0, 0, 1, -0.5],
    [0, 0, -0.5, 1]
  ]
  const covariances = correlations.map((row, i) =>
    row.map((value, j) => value * deviations[i]! * deviations[j]!)
  )
  const weights = await equalRiskWeights(covariances, deviations, createPace(ctx))
  t.same(
    weights.map((weight) => Math.round(weight * 1000) / 10),
    [38.4, 19.2, 24.3, 18.2]
  )
  t.ok(riskShares(weights, covariances).every((share) => Math.abs(share - 0.25) < 1e-12))
})

t.test('when every unconstrained weight is positive, they are the tangency', () =>
  fc.assert(
    fc.asyncProperty(history, async (market) => {
      const ending = await endingOf('optimize_portfolio', { ...market, riskFreeRate: -0.3 })
      if (ending.kind !== 'value') return ending.kind === 'error'
      const { weights, weightsWithShortSales: free } = ending.value as {
        weights: number[]
        weightsWithShortSales?: number[]
      }
      if (!free || free.some((weight) => weight < 0)) return true
      // The covariances of few periods are badly conditioned.
      return weights.every((weight, i) => isClose(weight, free[i]!, 1e-6))
    })
  )
)

t.test('equal means and singular covariances have an answer', async (t) => {
  const twins = [
    [0.01, 0.03, -0.01],
    [0.01, 0.03, -0.01],
    [0.03, -0.01, 0.01]
  ]
  const answer = (await answerOf('optimize_portfolio', {
    assets: ['a', 'twin', 'b'],
    returns: twins,
    riskFreeRate: 0
  })) as unknown as Portfolio
  t.ok(isSound(answer))
  t.ok(isClose(answer.weights[2]!, 0.5, 1e-6), 'the twins count as one')
})

t.test('fifty assets over 1,000 periods', async (t) => {
  const assets = Array.from({ length: 50 }, (_, i) => `asset ${i}`)
  const returns = assets.map((_, i) =>
    Array.from(
      { length: 1000 },
      (_, k) => Math.sin(k * (i + 1.3)) / 20 + Math.cos(k) / 50 + i / 1e4
    )
  )
  for (const [tool, extra] of [
    ['optimize_portfolio', { riskFreeRate: 0 }],
    ['calculate_efficient_frontier', { riskFreeRate: 0, points: 100 }],
    ['calculate_risk_parity', {}]
  ] as const) {
    const startedMs = performance.now()
    await answerOf(tool, { assets, returns, ...extra })
    t.comment(`${tool}: ${Math.round(performance.now() - startedMs)} ms`)
  }
})

const two = {
  assets: ['a', 'b'],
  returns: [
    [0.01, 0.02],
    [0.03, -0.01]
  ]
}
const moments = {
  expectedReturns: [0.1, 0.2],
  covarianceMatrix: [
    [0.04, 0.01],
    [0.01, 0.09]
  ],
  riskAversion: 3,
  budget: 100
}
const refused: readonly (readonly [string, Answer, RegExp])[] = [
  ['optimize_portfolio', { ...two, assets: ['a'], riskFreeRate: 0 }, /^assets: 1 names for 2/],
  ['optimize_portfolio', { ...two, assets: ['a', 'a'], riskFreeRate: 0 }, /^assets: "a" stands/],
  [
    'optimize_portfolio',
    {
      ...two,
      returns: [
        [0.01, 0.02],
        [0.03, 0.01, 0.02]
      ],
      riskFreeRate: 0
    },
    /^returns\[1\]: 3 periods, but 2/
  ],
  ['optimize_portfolio', { ...two, riskFreeRate: 0.05 }, /^riskFreeRate: no asset has a mean/],
  [
    'optimize_portfolio',
    {
      assets: ['a', 'b'],
      returns: [
        [0.01, 0.01],
        [0.03, -0.01]
      ],
      riskFreeRate: 0
    },
    /^returns: a combination of the assets has no risk/
  ],
  [
    'calculate_risk_parity',
    {
      assets: ['a', 'b'],
      returns: [
        [0.01, 0.01],
        [0.03, -0.01]
      ]
    },
    /^returns\[0\]: never vary/
  ],
  [
    'calculate_risk_parity',
    {
      assets: ['a', 'b'],
      returns: [
        [0.01, -0.01],
        [-0.03, 0.03]
      ]
    },
    /^returns: no weights carry equal shares/
  ],
  [
    'optimize_mean_variance_portfolio',
    { ...moments, concentrationLimit: 0.4 },
    /^concentrationLimit: 2 assets of at most 0.4 cannot add up to 1/
  ],
  [
    'optimize_mean_variance_portfolio',
    {
      ...moments,
      covarianceMatrix: [
        [0.04, 0.01],
        [0.02, 0.09]
      ]
    },
    /^covarianceMatrix: is not symmetric/
  ],
  [
    'optimize_mean_variance_portfolio',
    {
      ...moments,
      covarianceMatrix: [
        [0.04, 0.1],
        [0.1, 0.09]
      ]
    },
    /^covarianceMatrix: is not positive semi-definite/
  ],
  [
    'optimize_mean_variance_portfolio',
    {
      ...moments,
      covarianceMatrix: [
        [0.04, 0],
        [0, -0.09]
      ]
    },
    /^covarianceMatrix: is not positive semi-definite/
  ],
  [
    'optimize_mean_variance_portfolio',
    { ...moments, covarianceMatrix: [[0.04]] },
    /^covarianceMatrix: must have 2 rows/
  ],
  [
    'optimize_mean_variance_portfolio',
    { ...moments, assetNames: ['only'] },
    /^assetNames: 1 names for 2/
  ]
]

for (const [name, args, message] of refused) {
  t.test(`${name} refuses ${JSON.stringify(args).slice(0, 120)}`, async (t) => {
    t.match(await errorOf(name, args), message)
  })
}

t.test('a riskless asset below the riskFreeRate does not spoil the tangency', async (t) => {
  const { weights } = (await answerOf('optimize_portfolio', {
    assets: ['cash', 'stock'],
    returns: [
      [0.001, 0.001, 0.001],
      [0.05, -0.02, 0.03]
    ],
    riskFreeRate: 0.002
  })) as unknown as Portfolio
  t.ok(isClose(weights[1]!, 1, 1e-6))
})

t.test('the cap that exactly fits is feasible', async (t) => {
  const { weights } = (await answerOf('optimize_mean_variance_portfolio', {
    ...moments,
    expectedReturns: [0.1, 0.2, 0.3],
    covarianceMatrix: [
      [0.04, 0, 0],
      [0, 0.04, 0],
      [0, 0, 0.04]
    ],
    concentrationLimit: 0.3333333333333333
  })) as unknown as Portfolio
  t.ok(weights.every((weight) => isClose(weight, 1 / 3, 1e-15)))
})
