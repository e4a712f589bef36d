import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { normalPdf, normalQuantile } from '../numeric/normal.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { sortNumbers } from '../numeric/quantile.ts'
import { tailRisk } from '../numeric/tail-risk.ts'
import { describeReturns, returnFields, returnsInput, riskFreeRate } from './returns.ts'

const calculateValueAtRisk = defineTool({
  name: 'calculate_value_at_risk',
  title: 'Value at risk of a portfolio',
  description:
    'Historical value at risk and expected shortfall (CVaR) of a portfolio over one period, from its past returns: what is not lost with the given confidence, and what is lost on average beyond that. The values under normal returns are given beside. For outcomes in money use calculate_simulation_var, for all risk figures calculate_comprehensive_risk, to combine several aggregate_portfolio_risk.',
  toolset: 'finance.risk',
  input: z.object({
    returns: returnsInput,
    portfolioValue: z.number().gt(0).max(1e15).describe('Value today'),
    confidenceLevel: z.number().gt(0).lt(1).describe('As a fraction between 0 and 1 (0.95 = 95 %)'),
    riskFreeRate: riskFreeRate.default(0)
  }),
  output: z.object({
    valueAtRisk: z
      .number()
      .describe(
        'Loss in money over one period, positive; negative when even that return is a gain'
      ),
    conditionalValueAtRisk: z.number().describe('Mean loss of the returns at or below varReturn'),
    varReturn: z.number().describe('Type 7 quantile of the returns at 1 - confidenceLevel'),
    cvarReturn: z.number().describe('Mean of the returns at or below varReturn'),
    tailCount: z.int().describe('How many returns that mean is of; a few say little'),
    normal: z
      .object({ valueAtRisk: z.number(), conditionalValueAtRisk: z.number() })
      .describe('The same if returns were normal with the sample mean and deviation'),
    ...returnFields
  }),
  summary: ({ valueAtRisk, conditionalValueAtRisk, tailCount, count }) =>
    `Value at risk ${formatAmount(valueAtRisk)}, expected shortfall ${formatAmount(conditionalValueAtRisk)} (mean of ${tailCount} of ${count} returns), over one period.`,
  run: ({ returns, portfolioValue, confidenceLevel, riskFreeRate }) => {
    const tail = tailRisk(sortNumbers(returns), confidenceLevel)
    const figures = describeReturns(returns, riskFreeRate)
    const { mean, standardDeviation } = figures
    const money = (loss: number) =>
      requireFinite(loss * portfolioValue, 'portfolioValue', 'use less')
    const z = normalQuantile(confidenceLevel)
    const beyond = normalPdf(z) / (1 - confidenceLevel)
    return {
      valueAtRisk: money(tail.varLoss),
      conditionalValueAtRisk: money(tail.cvarLoss),
      varReturn: tail.varOutcome,
      cvarReturn: tail.cvarOutcome,
      tailCount: tail.tailCount,
      normal: {
        valueAtRisk: money(z * standardDeviation - mean),
        conditionalValueAtRisk: money(beyond * standardDeviation - mean)
      },
      ...figures
    }
  }
})

/** The risk tool of everyday use, apart from the others for a light start. */
export const valueAtRiskTools: readonly ToolDefinition[] = [calculateValueAtRisk]
