import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatPercent } from '../numeric/numbers.ts'
import { sortNumbers } from '../numeric/quantile.ts'
import { tailRisk } from '../numeric/tail-risk.ts'
import {
  describeReturns,
  describeShape,
  maxDrawdown,
  returnFields,
  returnsInput,
  riskFreeRate
} from './returns.ts'

const calculateComprehensiveRisk = defineTool({
  name: 'calculate_comprehensive_risk',
  title: 'Risk profile of returns',
  description:
    'All usual risk figures of a series of returns at once: value at risk and expected shortfall at 95 % and 99 %, Sharpe and Sortino ratio, drawdown, skewness and kurtosis. For a loss in money at one confidence level use calculate_value_at_risk.',
  toolset: 'finance.risk',
  input: z.object({ returns: returnsInput, riskFreeRate }),
  output: z.object({
    ...returnFields,
    var95: z.number().describe('Loss as a fraction, positive: -(type 7 quantile at 5 %)'),
    var99: z.number(),
    cvar95: z.number().describe('Mean loss of the returns at or below that quantile'),
    cvar99: z.number(),
    tailRisk: z.number().optional().describe('cvar95 / var95; left out unless var95 is a loss'),
    drawdown: z
      .object({
        depth: z.number().describe('As maxDrawdown'),
        peakAt: z.int().describe('Index of the return after which the peak stood; -1 is the start'),
        troughAt: z.int().describe('Index of the return of the trough; -1 without any fall')
      })
      .describe('The deepest one'),
    skewness: z
      .number()
      .optional()
      .describe('Adjusted (Excel SKEW); left out below three returns and when all are equal'),
    kurtosis: z
      .number()
      .optional()
      .describe('Adjusted excess (Excel KURT); left out below four returns and when all are equal'),
    lossShare: z.number().describe('Share of the periods with a loss, as a fraction'),
    worst: z.number(),
    best: z.number()
  }),
  summary: ({ var95, cvar95, maxDrawdown, sharpeRatio }) =>
    `Value at risk ${formatPercent(var95)} and expected shortfall ${formatPercent(cvar95)} at 95 %, drawdown ${formatPercent(maxDrawdown)}${sharpeRatio === undefined ? '' : `, Sharpe ratio ${sharpeRatio.toPrecision(4)} per period`}.`,
  run: ({ returns, riskFreeRate }) => {
    const sorted = sortNumbers(returns)
    const [at95, at99] = [tailRisk(sorted, 0.95), tailRisk(sorted, 0.99)]
    return {
      ...describeReturns(returns, riskFreeRate),
      var95: at95.varLoss,
      var99: at99.varLoss,
      cvar95: at95.cvarLoss,
      cvar99: at99.cvarLoss,
      ...(at95.varLoss > 1e-300 && { tailRisk: at95.cvarLoss / at95.varLoss }),
      drawdown: maxDrawdown(returns),
      ...describeShape(returns),
      lossShare: returns.filter((value) => value < 0).length / returns.length,
      worst: Number(sorted[0]) + 0,
      best: Number(sorted.at(-1)) + 0
    }
  }
})

export const comprehensiveRiskTools: readonly ToolDefinition[] = [calculateComprehensiveRisk]
