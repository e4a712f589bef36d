import { z } from 'zod'
import { defineTool } from '../../../../src/define-tool.ts'
import { formatAmount, formatPercent, requireFinite } from '../../numeric/numbers.ts'
import { currency, heading } from '../heading.ts'
import { createMetrics } from '../metrics.ts'
import { accountsOf, type Line, lineSchema, type Roles, sumByRole, sumGroup } from './accounts.ts'

type Group =
  | 'revenue'
  | 'cost_of_revenue'
  | 'operating_expense'
  | 'depreciation_amortization'
  | 'other_non_cash'
  | 'interest_income'
  | 'interest_expense'
  | 'tax'

const roles: Roles<Group> = {
  statement: 'an income statement',
  groups: new Map<string, Group>([
    ['revenue', 'revenue'],
    ['product_revenue', 'revenue'],
    ['service_revenue', 'revenue'],
    ['subscription_revenue', 'revenue'],
    ['licensing_revenue', 'revenue'],
    ['other_revenue', 'revenue'],
    ['cost_of_goods_sold', 'cost_of_revenue'],
    ['cost_of_services', 'cost_of_revenue'],
    ['research_and_development', 'operating_expense'],
    ['sales_and_marketing', 'operating_expense'],
    ['general_and_administrative', 'operating_expense'],
    ['operating_expense_other', 'operating_expense'],
    ['depreciation_amortization', 'depreciation_amortization'],
    ['impairment_charges', 'other_non_cash'],
    ['stock_based_compensation', 'other_non_cash'],
    ['restructuring_charges', 'other_non_cash'],
    ['interest_income', 'interest_income'],
    ['interest_expense', 'interest_expense'],
    ['income_tax_expense', 'tax']
  ]),
  aliases: new Map([
    ['cogs', 'cost_of_goods_sold'],
    ['r&d', 'research_and_development'],
    ['rd', 'research_and_development'],
    ['rnd', 'research_and_development'],
    ['s&m', 'sales_and_marketing'],
    ['sm', 'sales_and_marketing'],
    ['g&a', 'general_and_administrative'],
    ['ga', 'general_and_administrative'],
    ['sga', 'general_and_administrative'],
    ['other_operating_expense', 'operating_expense_other'],
    ['d&a', 'depreciation_amortization'],
    ['da', 'depreciation_amortization'],
    ['sbc', 'stock_based_compensation'],
    ['tax_expense', 'income_tax_expense'],
    ['taxes', 'income_tax_expense']
  ])
}

const margin = (of: string) =>
  z.number().optional().describe(`${of} / revenue, a fraction; absent when revenue is 0`)

/** Income statement from accounts with roles. */
export const createIncomeStatement = defineTool({
  name: 'create_income_statement',
  title: 'Income statement',
  description:
    'Builds an income statement from accounts: gross profit, operating income, EBITDA, pretax and net income with their margins. For the other statements use create_balance_sheet and create_cash_flow_statement; over several years analyze_financial_trends.',
  toolset: 'finance.statements',
  input: z.object({
    ...heading,
    accounts: accountsOf(
      roles,
      'Positive for revenue and for expenses alike; negative for returns, refunds and reversals'
    ),
    currency
  }),
  output: z.object({
    entity: z.string(),
    period: z.string(),
    currency: z.string(),
    lines: z.array(lineSchema),
    revenue: z.number().describe('All revenue roles; interest income is not among them'),
    costOfRevenue: z.number(),
    grossProfit: z.number().describe('revenue - costOfRevenue'),
    operatingExpenses: z.number().describe('R&D, S&M, G&A, other, and the non-cash charges'),
    operatingIncome: z.number().describe('EBIT: grossProfit - operatingExpenses'),
    ebitda: z.number().describe('operatingIncome + depreciation_amortization'),
    adjustedEbitda: z
      .number()
      .describe('ebitda + impairment, stock-based compensation and restructuring'),
    pretaxIncome: z.number().describe('operatingIncome + interest income - interest expense'),
    netIncome: z.number().describe('pretaxIncome - taxes'),
    revenueWithInterest: z.number().describe('revenue + interest income, as some define revenue'),
    grossMargin: margin('grossProfit'),
    operatingMargin: margin('operatingIncome'),
    ebitdaMargin: margin('ebitda'),
    netMargin: margin('netIncome'),
    effectiveTaxRate: z
      .number()
      .optional()
      .describe('taxes / pretaxIncome, a fraction; absent when pretaxIncome is 0'),
    notes: z.array(z.string()).describe('Why a ratio is absent')
  }),
  summary: ({ entity, period, currency, revenue, netIncome, netMargin }) =>
    `${entity}, ${period}: revenue ${formatAmount(revenue)} ${currency}, net income ${formatAmount(netIncome)}${netMargin === undefined ? '' : ` (${formatPercent(netMargin)})`}.`,
  run: ({ entity, period, accounts, currency }) => {
    const lines = sumByRole(accounts, roles)
    return { entity, period, currency, lines, ...deriveProfits(lines) }
  }
})

function deriveProfits(lines: readonly Line<Group>[]) {
  const finite = (value: number) => requireFinite(value, 'accounts', 'use smaller values')
  const revenue = sumGroup(lines, 'revenue')
  const costOfRevenue = sumGroup(lines, 'cost_of_revenue')
  const grossProfit = finite(revenue - costOfRevenue)
  const depreciation = sumGroup(lines, 'depreciation_amortization')
  const operatingExpenses = sumGroup(
    lines,
    'operating_expense',
    'depreciation_amortization',
    'other_non_cash'
  )
  const operatingIncome = finite(grossProfit - operatingExpenses)
  const ebitda = finite(operatingIncome + depreciation)
  const interestIncome = sumGroup(lines, 'interest_income')
  const interest = finite(interestIncome - sumGroup(lines, 'interest_expense'))
  const pretaxIncome = finite(operatingIncome + interest)
  const taxes = sumGroup(lines, 'tax')
  const netIncome = finite(pretaxIncome - taxes)
  const metrics = createMetrics()
  return {
    revenue,
    costOfRevenue,
    grossProfit,
    operatingExpenses,
    operatingIncome,
    ebitda,
    adjustedEbitda: finite(ebitda + sumGroup(lines, 'other_non_cash')),
    pretaxIncome,
    netIncome,
    revenueWithInterest: finite(revenue + interestIncome),
    grossMargin: metrics.divide('grossMargin', { grossProfit }, { revenue }),
    operatingMargin: metrics.divide('operatingMargin', { operatingIncome }, { revenue }),
    ebitdaMargin: metrics.divide('ebitdaMargin', { ebitda }, { revenue }),
    netMargin: metrics.divide('netMargin', { netIncome }, { revenue }),
    effectiveTaxRate: metrics.divide('effectiveTaxRate', { taxes }, { pretaxIncome }),
    notes: [...metrics.notes]
  }
}
