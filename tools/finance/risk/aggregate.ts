import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import type { Matrix } from '../numeric/matrix.ts'
import { sumOfProducts } from '../numeric/moments.ts'
import { formatAmount, formatPercent } from '../numeric/numbers.ts'
import { requireSemidefinite, requireSymmetric } from '../numeric/semidefinite.ts'
import { compensatedSum } from '../numeric/sums.ts'

const maxPortfolios = 100

const aggregatePortfolioRisk = defineTool({
  name: 'aggregate_portfolio_risk',
  title: 'Correlated value at risk',
  description:
    'Value at risk of several portfolios together, sqrt(v C v) with the correlations C: the gain from diversification, and what each portfolio adds. The formula is exact for normal (elliptical) returns. For one portfolio use calculate_value_at_risk.',
  toolset: 'finance.risk',
  input: z.object({
    portfolioVaRs: z
      .array(z.number().min(0).max(1e15))
      .min(1)
      .max(maxPortfolios)
      .describe('Value at risk of each portfolio, positive, all at one confidence level'),
    portfolioNames: z.array(z.string().min(1).max(100)).max(maxPortfolios).optional(),
    correlations: z
      .array(z.array(z.number().min(-1).max(1)).max(maxPortfolios))
      .max(maxPortfolios)
      .describe('Symmetric, diagonal 1, positive semi-definite'),
    weights: z
      .array(z.number().min(-1000).max(1000))
      .max(maxPortfolios)
      .optional()
      .describe('How much of each portfolio is held; v = weight * VaR. All 1 when left out')
  }),
  output: z.object({
    aggregatedVaR: z.number(),
    undiversifiedVaR: z.number().describe('Sum of |v|: the value at full correlation'),
    diversificationBenefit: z.number().describe('undiversifiedVaR - aggregatedVaR'),
    diversificationShare: z
      .number()
      .optional()
      .describe('Benefit / undiversifiedVaR as a fraction; left out when that is 0'),
    portfolios: z
      .array(
        z.object({
          name: z.string(),
          exposure: z.number().describe('v: weight * VaR'),
          marginalVaR: z
            .number()
            .optional()
            .describe('Change of aggregatedVaR per unit of exposure; left out when that is 0'),
          componentVaR: z.number().describe('exposure * marginalVaR; they sum to aggregatedVaR'),
          incrementalVaR: z.number().describe('aggregatedVaR - aggregatedVaR without this one')
        })
      )
      .describe('In the order given')
  }),
  summary: ({ aggregatedVaR, undiversifiedVaR, diversificationShare = 0 }) =>
    `Value at risk ${formatAmount(aggregatedVaR)} together, ${formatAmount(undiversifiedVaR)} apart: diversification saves ${formatPercent(diversificationShare)}.`,
  run: ({ portfolioVaRs, portfolioNames, correlations, weights }) => {
    const size = portfolioVaRs.length
    requireLength(portfolioNames, size, 'portfolioNames')
    requireLength(weights, size, 'weights')
    requireCorrelations(correlations, size)
    const exposures = portfolioVaRs.map((value, i) => value * (weights?.[i] ?? 1) + 0)
    const aggregatedVaR = aggregate(exposures, correlations)
    const undiversifiedVaR = compensatedSum(exposures.map(Math.abs))
    const benefit = undiversifiedVaR - aggregatedVaR
    const portfolios = exposures.map((exposure, i) => {
      const slope = sumOfProducts(correlations[i] ?? [], exposures)
      const marginalVaR = aggregatedVaR > 0 ? slope / aggregatedVaR : undefined
      return {
        name: portfolioNames?.[i] ?? `Portfolio ${i + 1}`,
        exposure,
        ...(marginalVaR !== undefined && { marginalVaR }),
        componentVaR: exposure * (marginalVaR ?? 0) + 0,
        incrementalVaR: aggregatedVaR - aggregate(exposures.with(i, 0), correlations)
      }
    })
    return {
      aggregatedVaR,
      undiversifiedVaR,
      diversificationBenefit: benefit,
      ...(undiversifiedVaR > 0 && { diversificationShare: benefit / undiversifiedVaR }),
      portfolios
    }
  }
})

/** sqrt(v C v), with v brought to size 1 first, so that its square stays in range. */
function aggregate(exposures: readonly number[], correlations: Matrix): number {
  const size = exposures.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (size === 0) return 0
  const scaled = exposures.map((value) => value / size)
  const square = sumOfProducts(
    scaled,
    correlations.map((row) => sumOfProducts(row, scaled))
  )
  // Rounding can leave a perfect hedge a little below 0.
  return square < 1e-15 ? 0 : size * Math.sqrt(square)
}

function requireLength(list: readonly unknown[] | undefined, size: number, field: string): void {
  if (!list || list.length === size) return
  throw new ToolError(
    `${field}: ${list.length} entries for ${size} portfolioVaRs; give one for each`
  )
}

function requireCorrelations(matrix: Matrix, size: number): void {
  requireSymmetric(matrix, size, 'correlations')
  const odd = matrix.findIndex((row, i) => row[i] !== 1)
  if (odd !== -1) throw new ToolError(`correlations[${odd}][${odd}]: the diagonal must be 1`)
  requireSemidefinite(matrix, 'correlations')
}

export const aggregateRiskTools: readonly ToolDefinition[] = [aggregatePortfolioRisk]
