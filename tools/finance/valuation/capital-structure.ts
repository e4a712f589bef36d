import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import { formatNumber, formatPercent, requireFinite } from '../numeric/numbers.ts'
import { capmReturn, leverageFactor } from './hamada.ts'

const maxDebtToEquity = 2.5
const curveSteps = 10
/** The cost of debt rises by this fraction of itself per 1 of debt to equity. */
const debtCostSlope = 0.2

const rate = (meaning: string) => z.number().gt(-1).describe(`${meaning}, a decimal fraction`)
const point = z.object({ debtToEquity: z.number(), wacc: z.number() })
const input = z.object({
  unleveredBeta: z.number().min(0).describe('Beta of the business without debt; at least 0'),
  riskFreeRate: rate('Risk-free rate'),
  marketReturn: rate('Expected return of the market'),
  baseDebtCost: z
    .number()
    .min(0)
    .describe('Cost of debt before tax at hardly any debt, a decimal fraction; at least 0'),
  taxRate: z.number().min(0).max(1).describe('Tax rate on profits, a fraction from 0 to 1'),
  firmValue: z.number().gt(0).describe('Debt and equity together')
})
type Firm = z.output<typeof input>

/** Costs at one ratio of debt to equity. */
function costsAt(firm: Firm, debtToEquity: number) {
  const { riskFreeRate, marketReturn, taxRate } = firm
  const leveredBeta = firm.unleveredBeta * leverageFactor(debtToEquity, taxRate)
  const costOfEquity = capmReturn(riskFreeRate, leveredBeta, marketReturn)
  const costOfDebt = firm.baseDebtCost * (1 + debtCostSlope * debtToEquity)
  const afterTaxCostOfDebt = costOfDebt * (1 - taxRate)
  const equityWeight = 1 / (1 + debtToEquity)
  const debtWeight = debtToEquity / (1 + debtToEquity)
  const wacc = equityWeight * costOfEquity + debtWeight * afterTaxCostOfDebt
  const costs = { leveredBeta, costOfEquity, costOfDebt, afterTaxCostOfDebt }
  return { ...costs, equityWeight, debtWeight, wacc }
}

/**
 * WACC at ratio d is (a + b d + c d^2)/(1 + d), a the cost without debt; its derivative is 0 at
 * d = sqrt(1 + (a - b)/c) - 1. Without a saving from the first debt the least is at 0.
 */
function findOptimum(firm: Firm): number {
  const { riskFreeRate, marketReturn, unleveredBeta, baseDebtCost, taxRate } = firm
  const premium = unleveredBeta * (marketReturn - riskFreeRate)
  const saving = riskFreeRate + premium - (1 - taxRate) * (premium + baseDebtCost)
  if (saving <= 0) return 0
  const slope = debtCostSlope * baseDebtCost * (1 - taxRate)
  const quotient = saving / slope
  // sqrt(1 + q) - 1 without its cancellation.
  const optimum = Number.isFinite(quotient) ? quotient / (1 + Math.sqrt(1 + quotient)) : quotient
  return Math.min(maxDebtToEquity, optimum)
}

/** Debt to equity with the least WACC, when the cost of debt rises with leverage. */
export const optimizeCapitalStructure = defineTool({
  name: 'optimize_capital_structure',
  title: 'Optimal capital structure',
  description:
    'Debt to equity at which the weighted average cost of capital is least, from 0 to 2.5: beta is levered by Hamada, and the cost of debt rises by 20 % of itself per 1 of debt to equity (a rule of thumb, not your lender). For the cost at a given structure use calculate_wacc.',
  toolset: 'finance.valuation',
  input,
  output: z.object({
    optimalDebtToEquity: z.number().describe('Exact minimum of the model, not of a grid'),
    atLimit: z.boolean().describe('At 2.5: the model saves on and on; do not trust it beyond'),
    wacc: z.number().describe('At the optimum, a fraction'),
    unleveredWacc: z.number().describe('Without debt'),
    saving: z.number().describe('unleveredWacc - wacc'),
    debt: z.number().describe('firmValue * debtWeight'),
    equity: z.number().describe('firmValue * equityWeight'),
    debtWeight: z.number().describe('D/V, a fraction'),
    equityWeight: z.number().describe('E/V, a fraction'),
    leveredBeta: z.number(),
    costOfEquity: z.number().describe('CAPM with leveredBeta'),
    costOfDebt: z.number().describe('baseDebtCost (1 + 0.2 debt to equity), before tax'),
    afterTaxCostOfDebt: z.number(),
    curve: z.array(point).describe('WACC at 0, 0.25, ... 2.5')
  }),
  summary: ({ optimalDebtToEquity, wacc, unleveredWacc }) =>
    `Least cost of capital ${formatPercent(wacc)} at a debt to equity of ${formatNumber(optimalDebtToEquity)}; ${formatPercent(unleveredWacc)} without debt.`,
  run: (firm) => {
    const optimum = findOptimum(firm)
    const { debtWeight, equityWeight, ...costs } = costsAt(firm, optimum)
    const unleveredWacc = costsAt(firm, 0).wacc
    const finite = (value: number) =>
      requireFinite(value, 'unleveredBeta, marketReturn, baseDebtCost', 'use rates of a usual size')
    const curve = Array.from({ length: curveSteps + 1 }, (_, step) => {
      const debtToEquity = (step * maxDebtToEquity) / curveSteps
      return { debtToEquity, wacc: finite(costsAt(firm, debtToEquity).wacc) }
    })
    return {
      optimalDebtToEquity: optimum,
      atLimit: optimum === maxDebtToEquity,
      wacc: finite(costs.wacc),
      unleveredWacc: finite(unleveredWacc),
      saving: finite(unleveredWacc - costs.wacc),
      debt: firm.firmValue * debtWeight,
      equity: firm.firmValue * equityWeight,
      debtWeight,
      equityWeight,
      leveredBeta: finite(costs.leveredBeta),
      costOfEquity: finite(costs.costOfEquity),
      costOfDebt: finite(costs.costOfDebt),
      afterTaxCostOfDebt: finite(costs.afterTaxCostOfDebt),
      curve
    }
  }
})
