import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { sumOfProducts } from '../numeric/moments.ts'
import { formatAmount, formatPercent, requireFinite } from '../numeric/numbers.ts'
import { requireSemidefinite, requireSymmetric } from '../numeric/semidefinite.ts'
import { assetNames, maxAssets, requireNames, riskFreeRate } from './assets.ts'
import { createEfficientSet } from './efficient-set.ts'
import { describePortfolio, portfolioFields, quadraticForm, riskShares } from './figures.ts'

const optimizeMeanVariancePortfolio = defineTool({
  name: 'optimize_mean_variance_portfolio',
  title: 'Mean-variance portfolio',
  description:
    'Long-only weights that maximise w mean - riskAversion / 2 * w S w for expected returns and a covariance matrix of your own, with a cap on each weight, and the amounts of a budget. From past returns use optimize_portfolio or calculate_efficient_frontier.',
  toolset: 'finance.portfolio',
  input: z.object({
    expectedReturns: z
      .array(z.number().min(-1e6).max(1e6))
      .min(1)
      .max(maxAssets, `at most ${maxAssets} assets`)
      .describe('One for each asset, as fractions, for the periods of covarianceMatrix'),
    covarianceMatrix: z
      .array(z.array(z.number().min(-1e12).max(1e12)).max(maxAssets))
      .max(maxAssets)
      .describe('Symmetric and positive semi-definite; variances on the diagonal'),
    riskAversion: z
      .number()
      .min(1e-9)
      .max(1e12)
      .describe('Lambda, above 0; in a rule of return - L * variance it is 2 L'),
    concentrationLimit: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe('Largest weight of one asset, as a fraction; times the assets at least 1'),
    budget: z.number().gt(0).max(1e15).describe('Amount to be invested, all of it'),
    riskFreeRate: riskFreeRate.default(0).describe('For the Sharpe ratio, per period'),
    assetNames: assetNames.optional()
  }),
  output: z.object({
    ...portfolioFields,
    objective: z.number().describe('w mean - riskAversion / 2 * w S w'),
    allocations: z.array(
      z.object({
        asset: z.string(),
        weight: z.number(),
        amount: z.number().describe('weight * budget'),
        riskShare: z.number().describe('Share of the variance, as a fraction'),
        atLimit: z.boolean().describe('At concentrationLimit')
      })
    ),
    kktResidual: z
      .number()
      .describe(
        'How far from optimal, relative to the slopes of the objective; rounding is below 1e-12'
      )
  }),
  summary: ({ allocations, expectedReturn, volatility }) =>
    `${allocations.map(({ asset, amount }) => `${asset} ${formatAmount(amount)}`).join(', ')}; return ${formatPercent(expectedReturn)}, volatility ${formatPercent(volatility)}.`,
  run: (input) => {
    const { expectedReturns, covarianceMatrix, riskAversion, concentrationLimit } = input
    const size = expectedReturns.length
    const names = input.assetNames ?? expectedReturns.map((_, i) => `Asset ${i + 1}`)
    requireNames(names, size, 'assetNames')
    requireSymmetric(covarianceMatrix, size, 'covarianceMatrix')
    requireSemidefinite(covarianceMatrix, 'covarianceMatrix')
    const cap = requireRoom(concentrationLimit, size)
    const { weights, residual } = createEfficientSet(
      expectedReturns,
      covarianceMatrix,
      cap
    ).atTolerance(1 / riskAversion)
    const shares = riskShares(weights, covarianceMatrix)
    const penalty = (riskAversion / 2) * quadraticForm(covarianceMatrix, weights)
    const objective = sumOfProducts(weights, expectedReturns) - penalty
    return {
      ...describePortfolio(weights, expectedReturns, covarianceMatrix, input.riskFreeRate),
      objective: requireFinite(objective, 'riskAversion', 'use a smaller one'),
      allocations: weights.map((weight, i) => ({
        asset: names[i] ?? '',
        weight: weight + 0,
        amount: weight * input.budget + 0,
        riskShare: shares[i] ?? 0,
        atLimit: weight === cap
      })),
      kktResidual: residual
    }
  }
})

/** The cap, raised to 1 / n where only rounding keeps it below, as in 3 * 0.3333333333333333. */
function requireRoom(limit: number, size: number): number {
  if (limit * size >= 1 - 1e-12) return Math.max(limit, 1 / size)
  throw new ToolError(
    `concentrationLimit: ${size} assets of at most ${limit} cannot add up to 1; use at least ${1 / size}`
  )
}

export const meanVarianceTools: readonly ToolDefinition[] = [optimizeMeanVariancePortfolio]
