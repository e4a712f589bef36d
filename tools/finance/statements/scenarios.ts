import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { heading } from './heading.ts'

const baseCase = z.strictObject({
  revenue: z.number().gt(0),
  gross_margin: z.number().max(1).describe('Gross profit / revenue, a fraction: 0.6 is 60 %'),
  opex: z.number().min(0).describe('Operating expenses, positive'),
  tax_rate: z.number().min(0).max(1).default(0.25).describe('A fraction; not charged on a loss'),
  equity: z.number().gt(0).optional().describe('Total equity, for the return on equity')
})
type Base = z.output<typeof baseCase>

const upside = z.strictObject({
  revenue_growth: z.number().gt(-1).default(0.15).describe('0.2 raises revenue by 20 %'),
  margin_improvement: z
    .number()
    .default(0.03)
    .describe('Added to the gross margin: 0.05 is five percentage points'),
  opex_leverage: z
    .number()
    .min(-1)
    .default(-0.05)
    .describe('Relative change of opex: -0.1 lowers it by 10 %')
})
const downside = z.strictObject({
  revenue_growth: z.number().gt(-1).default(-0.1).describe('-0.1 lowers revenue by 10 %'),
  margin_deterioration: z
    .number()
    .max(0)
    .default(-0.03)
    .describe('Added to the gross margin, 0 or negative: -0.05 is five percentage points less'),
  opex_increase: z
    .number()
    .min(-1)
    .default(0.05)
    .describe('Relative change of opex: 0.1 raises it by 10 %')
})

/** Relative change of revenue and expenses, absolute change of the gross margin. */
interface Change {
  readonly revenue: number
  readonly margin: number
  readonly opex: number
}

const scenario = z.object({
  revenue: z.number(),
  grossMargin: z.number().describe('A fraction'),
  grossProfit: z.number(),
  opex: z.number(),
  ebitda: z.number().describe('grossProfit - opex; no depreciation is known'),
  ebitdaMargin: z.number().describe('A fraction'),
  taxes: z.number().describe('tax_rate * ebitda, 0 on a loss; no interest is known'),
  netIncome: z.number().describe('ebitda - taxes'),
  netIncomeWithTaxCredit: z.number().describe('ebitda * (1 - tax_rate), on a loss as well'),
  netMargin: z.number().describe('netIncome / revenue, a fraction'),
  returnOnEquity: z.number().optional().describe('netIncome / equity; when equity was given')
})
const comparison = z.object({
  netIncomeChange: z.number().describe('Against the base case'),
  netIncomeChangePercent: z
    .number()
    .optional()
    .describe('netIncomeChange / |base net income|, a fraction; absent when that is 0'),
  drivers: z
    .object({ revenue: z.number(), margin: z.number(), opex: z.number(), together: z.number() })
    .describe(
      'Change of EBITDA by each adjustment alone, and what revenue and margin add by acting together'
    )
})

/** Base, upside and downside of an income statement. */
export const scenarioFinancialStatements = defineTool({
  name: 'scenario_financial_statements',
  title: 'Statement scenarios',
  description:
    'Income statement in a base, an upside and a downside case from changes in revenue, gross margin and operating expenses, with the share of each change. For random inputs use run_monte_carlo or analyze_scenarios; for shocks to a valuation run_stress_test.',
  toolset: 'finance.statements',
  input: z.object({
    entity: heading.entity,
    base_case: baseCase.describe('Figures of the base case'),
    upside_adjustments: upside.prefault({}).describe('Changes of the upside case'),
    downside_adjustments: downside.prefault({}).describe('Changes of the downside case')
  }),
  output: z.object({
    entity: z.string(),
    base: scenario,
    upside: scenario,
    downside: scenario,
    upsideAgainstBase: comparison,
    downsideAgainstBase: comparison
  }),
  summary: ({ entity, base, upside, downside }) =>
    `${entity}, net income: base ${formatAmount(base.netIncome)}, upside ${formatAmount(upside.netIncome)}, downside ${formatAmount(downside.netIncome)}.`,
  run: ({ entity, base_case, upside_adjustments: up, downside_adjustments: down }) => {
    const better = {
      revenue: up.revenue_growth,
      margin: up.margin_improvement,
      opex: up.opex_leverage
    }
    const worse = {
      revenue: down.revenue_growth,
      margin: down.margin_deterioration,
      opex: down.opex_increase
    }
    requireMargin(base_case, better.margin)
    const base = project(base_case, { revenue: 0, margin: 0, opex: 0 })
    const [upside, downside] = [project(base_case, better), project(base_case, worse)]
    return {
      entity,
      base,
      upside,
      downside,
      upsideAgainstBase: compare(base_case, better, base.netIncome, upside.netIncome),
      downsideAgainstBase: compare(base_case, worse, base.netIncome, downside.netIncome)
    }
  }
})

function requireMargin({ gross_margin }: Base, improvement: number): void {
  if (gross_margin + improvement > 1) {
    throw new ToolError(
      `upside_adjustments.margin_improvement: gross_margin ${gross_margin} + ${improvement} exceeds 1; a gross margin cannot`
    )
  }
}

function finite(value: number): number {
  return requireFinite(value, 'base_case', 'use smaller amounts and adjustments')
}

function project(base: Base, change: Change): z.output<typeof scenario> {
  const revenue = finite(base.revenue * (1 + change.revenue))
  const grossMargin = base.gross_margin + change.margin
  const grossProfit = finite(revenue * grossMargin)
  const opex = finite(base.opex * (1 + change.opex))
  const ebitda = finite(grossProfit - opex)
  const taxes = Math.max(0, ebitda) * base.tax_rate
  const netIncome = ebitda - taxes
  return {
    revenue,
    grossMargin,
    grossProfit,
    opex,
    ebitda,
    ebitdaMargin: finite(ebitda / revenue),
    taxes,
    netIncome,
    netIncomeWithTaxCredit: ebitda * (1 - base.tax_rate) + 0,
    netMargin: finite(netIncome / revenue),
    ...(base.equity !== undefined && { returnOnEquity: finite(netIncome / base.equity) })
  }
}

function compare(base: Base, change: Change, before: number, after: number) {
  const netIncomeChange = finite(after - before)
  return {
    netIncomeChange,
    ...(before !== 0 && { netIncomeChangePercent: finite(netIncomeChange / Math.abs(before)) }),
    drivers: {
      revenue: finite(base.revenue * change.revenue * base.gross_margin),
      margin: finite(base.revenue * change.margin),
      opex: finite(-base.opex * change.opex),
      together: finite(base.revenue * change.revenue * change.margin)
    }
  }
}
