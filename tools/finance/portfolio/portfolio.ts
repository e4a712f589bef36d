import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { solveCholesky } from '../numeric/matrix.ts'
import { formatPercent } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { assetFigures, assetNames, assetReturns, estimateAssets, riskFreeRate } from './assets.ts'
import { createEfficientSet } from './efficient-set.ts'
import { equalRiskWeights } from './equal-risk.ts'
import { describePortfolio, portfolioFields, riskShares } from './figures.ts'
import { meanVarianceTools } from './mean-variance.ts'

const portfolio = z.object(portfolioFields)
const kktResidual = z
  .number()
  .describe(
    'How far from optimal, relative to the slopes of the objective; rounding is below 1e-12'
  )

const optimizePortfolio = defineTool({
  name: 'optimize_portfolio',
  title: 'Portfolio of the highest Sharpe ratio',
  description:
    'Long-only weights with the highest Sharpe ratio (tangency portfolio) from past returns, beside the minimum variance and the equally weighted portfolio. Sample means are poor forecasts: see their standard errors. For the whole frontier use calculate_efficient_frontier, for means and covariances of your own optimize_mean_variance_portfolio, without means calculate_risk_parity.',
  toolset: 'finance.portfolio',
  input: z.object({ assets: assetNames, returns: assetReturns, riskFreeRate }),
  output: z.object({
    ...portfolioFields,
    riskShares: z.array(z.number()).describe('Share of the variance that each asset carries'),
    kktResidual,
    minimumVariance: portfolio,
    equallyWeighted: portfolio,
    weightsWithShortSales: z
      .array(z.number())
      .optional()
      .describe(
        'inv(S) (mean - riskFreeRate), normalised: the tangency if short sales are allowed; left out where it does not exist'
      ),
    assets: assetFigures
  }),
  summary: ({ weights, assets, expectedReturn, volatility, sharpeRatio = 0 }) =>
    `${listWeights(weights, assets)}: return ${formatPercent(expectedReturn)}, volatility ${formatPercent(volatility)}, Sharpe ratio ${sharpeRatio.toPrecision(4)} per period.`,
  run: async ({ assets, returns, riskFreeRate }, ctx) => {
    const pace = createPace(ctx)
    const { means, covariances, figures } = await estimateAssets(assets, returns, pace)
    const describe = (weights: readonly number[]) =>
      describePortfolio(weights, means, covariances, riskFreeRate)
    const set = createEfficientSet(means, covariances, 1)
    const least = set.atTolerance(0)
    await pace(1, 2)
    const best = set.tangency(riskFreeRate)
    if (!best) throw noTangency(means, riskFreeRate)
    const { weights, residual } = best
    const shorts = tangencyWithShorts(means, covariances, riskFreeRate)
    return {
      ...describe(weights),
      riskShares: riskShares(weights, covariances),
      kktResidual: residual,
      minimumVariance: describe(least.weights),
      equallyWeighted: describe(assets.map(() => 1 / assets.length)),
      ...(shorts && { weightsWithShortSales: shorts }),
      assets: figures
    }
  }
})

function noTangency(means: readonly number[], riskFreeRate: number): ToolError {
  return new ToolError(
    means.some((mean) => mean > riskFreeRate)
      ? 'returns: a combination of the assets has no risk but a mean above the riskFreeRate, so that the Sharpe ratio has no bound; use more periods, or leave out riskless assets'
      : `riskFreeRate: no asset has a mean return above ${riskFreeRate}, so that no risky portfolio beats the riskless one`
  )
}

function listWeights(
  weights: readonly number[],
  assets: readonly { readonly asset: string }[]
): string {
  const parts = weights.map((weight, i) => `${assets[i]?.asset} ${(weight * 100).toFixed(2)} %`)
  return parts.join(', ')
}

function tangencyWithShorts(
  means: readonly number[],
  covariances: readonly (readonly number[])[],
  riskFreeRate: number
): number[] | undefined {
  const raw = solveCholesky(
    covariances,
    means.map((mean) => mean - riskFreeRate)
  )
  const total = raw?.reduce((sum, value) => sum + value, 0) ?? 0
  // A sum that is not positive is the bottom of the hyperbola.
  if (!raw || total <= 0) return undefined
  const weights = raw.map((value) => value / total + 0)
  return weights.every(Number.isFinite) ? weights : undefined
}

const calculateEfficientFrontier = defineTool({
  name: 'calculate_efficient_frontier',
  title: 'Efficient frontier',
  description:
    'Long-only portfolios of the least risk for expected returns evenly spaced from the minimum variance portfolio to the best asset, from past returns, with the portfolio of the highest Sharpe ratio. For that one alone use optimize_portfolio.',
  toolset: 'finance.portfolio',
  input: z.object({
    assets: assetNames,
    returns: assetReturns,
    riskFreeRate,
    points: z.int().min(2).max(100).default(20).describe('Number of portfolios, ends included')
  }),
  output: z.object({
    frontier: z
      .array(portfolio)
      .describe('By rising return; the first is the minimum variance portfolio'),
    maximumSharpe: portfolio
      .optional()
      .describe(
        'Left out when no asset has a mean above riskFreeRate, and when one without risk has'
      ),
    kktResidual: kktResidual.describe('The largest of the points'),
    assets: assetFigures
  }),
  summary: ({ frontier, maximumSharpe }) => {
    const [first, last] = [frontier[0], frontier.at(-1)]
    const best = maximumSharpe
      ? `; best Sharpe ratio ${maximumSharpe.sharpeRatio?.toPrecision(4)} at volatility ${formatPercent(maximumSharpe.volatility)}`
      : ''
    return `${frontier.length} portfolios from return ${formatPercent(first?.expectedReturn ?? 0)} at volatility ${formatPercent(first?.volatility ?? 0)} to ${formatPercent(last?.expectedReturn ?? 0)} at ${formatPercent(last?.volatility ?? 0)}${best}.`
  },
  run: async ({ assets, returns, riskFreeRate, points }, ctx) => {
    const pace = createPace(ctx)
    const { means, covariances, figures } = await estimateAssets(assets, returns, pace)
    const describe = (weights: readonly number[]) =>
      describePortfolio(weights, means, covariances, riskFreeRate)
    const set = createEfficientSet(means, covariances, 1)
    const least = set.atTolerance(0)
    await pace(0, points)
    const most = set.maximumReturn()
    await pace(0, points)
    const [from, to] = [describe(least.weights), describe(most.weights)]
    const frontier = [from]
    let worst = Math.max(least.residual, most.residual)
    for (let point = 1; point < points - 1; point += 1) {
      const part = point / (points - 1)
      const target = from.expectedReturn * (1 - part) + to.expectedReturn * part
      const { weights, residual } = set.atReturn(target)
      worst = Math.max(worst, residual)
      frontier.push(describe(weights))
      const wait = pace(point, points)
      if (wait) await wait
    }
    frontier.push(to)
    await pace(points - 1, points)
    const best = set.tangency(riskFreeRate)
    return {
      frontier,
      ...(best && { maximumSharpe: describe(best.weights) }),
      kktResidual: worst,
      assets: figures
    }
  }
})

const calculateRiskParity = defineTool({
  name: 'calculate_risk_parity',
  title: 'Risk parity',
  description:
    'Long-only weights at which every asset carries the same share of the variance, from past returns; expected returns play no part. For two assets these are the inverse volatilities. With means use optimize_portfolio.',
  toolset: 'finance.portfolio',
  input: z.object({ assets: assetNames, returns: assetReturns }),
  output: z.object({
    weights: portfolioFields.weights,
    expectedReturn: portfolioFields.expectedReturn,
    volatility: portfolioFields.volatility,
    riskShares: z.array(z.number()).describe('Share of the variance of each asset: all equal'),
    inverseVolatilityWeights: z
      .array(z.number())
      .describe('Weights in proportion to 1 / volatility, which ignore correlations'),
    assets: assetFigures
  }),
  summary: ({ weights, assets, volatility }) =>
    `${listWeights(weights, assets)}: each carries 1/${weights.length} of the variance; volatility ${formatPercent(volatility)} per period.`,
  run: async ({ assets, returns }, ctx) => {
    const pace = createPace(ctx)
    const { means, deviations, covariances, figures } = await estimateAssets(assets, returns, pace)
    const still = deviations.indexOf(0)
    if (still !== -1) {
      throw new ToolError(
        `returns[${still}]: never vary, so that they carry no risk; leave them out`
      )
    }
    const weights = await equalRiskWeights(covariances, deviations, pace)
    const total = deviations.reduce((sum, deviation) => sum + 1 / deviation, 0)
    const { expectedReturn, volatility } = describePortfolio(weights, means, covariances, 0)
    return {
      weights,
      expectedReturn,
      volatility,
      riskShares: riskShares(weights, covariances),
      inverseVolatilityWeights: deviations.map((deviation) => 1 / deviation / total),
      assets: figures
    }
  }
})

/** Portfolios from returns, and from moments. */
export const portfolioTools: readonly ToolDefinition[] = [
  optimizePortfolio,
  calculateEfficientFrontier,
  calculateRiskParity,
  ...meanVarianceTools
]
