import { z } from 'zod'
import { defineTool } from '../../../../src/define-tool.ts'
import { formatAmount, formatPercent } from '../../numeric/numbers.ts'
import { currency, heading } from '../heading.ts'
import { createMetrics } from '../metrics.ts'
import {
  accountsOf,
  type Line,
  lineSchema,
  type Roles,
  sumAmounts,
  sumByRole,
  sumGroup
} from './accounts.ts'

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

const income: readonly Group[] = ['revenue', 'interest_income']
const operatingCosts: readonly Group[] = [
  'operating_expense',
  'depreciation_amortization',
  'other_non_cash'
]
const operatingResult: readonly Group[] = ['revenue', 'cost_of_revenue', ...operatingCosts]
const pretaxResult: readonly Group[] = [...operatingResult, 'interest_income', 'interest_expense']

function deriveProfits(lines: readonly Line<Group>[]) {
  // Each result from all its parts, so that no digit is lost on the way.
  const resultOf = (groups: readonly Group[]) =>
    sumAmounts(
      lines
        .filter(({ group }) => groups.includes(group))
        .map(({ group, value }) => (income.includes(group) ? value : -value))
    )
  const without = (...left: Group[]) => operatingResult.filter((group) => !left.includes(group))
  const revenue = sumGroup(lines, 'revenue')
  const grossProfit = resultOf(['revenue', 'cost_of_revenue'])
  const operatingIncome = resultOf(operatingResult)
  const ebitda = resultOf(without('depreciation_amortization'))
  const pretaxIncome = resultOf(pretaxResult)
  const netIncome = resultOf([...pretaxResult, 'tax'])
  const taxes = sumGroup(lines, 'tax')
  const metrics = createMetrics()
  return {
    revenue,
    costOfRevenue: sumGroup(lines, 'cost_of_revenue'),
    grossProfit,
    operatingExpenses: sumGroup(lines, ...operatingCosts),
    operatingIncome,
    ebitda,
    adjustedEbitda: resultOf(without('depreciation_amortization', 'other_non_cash')),
    pretaxIncome,
    netIncome,
    revenueWithInterest: resultOf(income),
    grossMargin: metrics.divide('grossMargin', { grossProfit }, { revenue }),
    operatingMargin: metrics.divide('operatingMargin', { operatingIncome }, { revenue }),
    ebitdaMargin: metrics.divide('ebitdaMargin', { ebitda }, { revenue }),
    netMargin: metrics.divide('netMargin', { netIncome }, { revenue }),
    effectiveTaxRate: metrics.divide('effectiveTaxRate', { taxes }, { pretaxIncome }),
    notes: [...metrics.notes]
  }
}
