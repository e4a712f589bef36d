import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../../numeric/numbers.ts'
import { currency, heading } from '../heading.ts'
import { createMetrics } from '../metrics.ts'
import { accountsOf, type Line, lineSchema, sumByRole, sumGroup, sumRoles } from './accounts.ts'
import { compareAmounts } from './agreement.ts'
import { type BalanceGroup, balanceSheetRoles, contraRoles } from './balance-sheet-roles.ts'

/** Balance sheet from accounts with roles, checked for A = L + E. */
export const createBalanceSheet = defineTool({
  name: 'create_balance_sheet',
  title: 'Balance sheet',
  description:
    'Builds a balance sheet from accounts, checks that assets equal liabilities plus equity and reports the difference; with working capital, debt and liquidity ratios. For totals that you have already use validate_financial_statements.',
  toolset: 'finance.statements',
  input: z.object({
    ...heading,
    accounts: accountsOf(
      balanceSheetRoles,
      'Positive for assets, liabilities and equity alike; negative for accumulated_depreciation, treasury_stock and for deficits'
    ),
    currency
  }),
  output: z.object({
    entity: z.string(),
    period: z.string(),
    currency: z.string(),
    lines: z.array(lineSchema),
    currentAssets: z.number(),
    nonCurrentAssets: z.number(),
    totalAssets: z.number(),
    currentLiabilities: z.number(),
    nonCurrentLiabilities: z.number(),
    totalLiabilities: z.number(),
    totalEquity: z.number(),
    balances: z.boolean().describe('Whether |difference| is within tolerance'),
    difference: z.number().describe('totalAssets - (totalLiabilities + totalEquity)'),
    tolerance: z.number().describe('0.01, or the last bits of a double where those are coarser'),
    workingCapital: z.number().describe('currentAssets - currentLiabilities'),
    totalDebt: z.number().describe('Short-term and long-term debt, without leases'),
    netDebt: z.number().describe('totalDebt - cash and short-term investments'),
    netDebtWithLeases: z.number().describe('netDebt + lease liabilities'),
    tangibleNetWorth: z.number().describe('totalEquity - intangible assets - goodwill'),
    currentRatio: z.number().optional().describe('currentAssets / currentLiabilities'),
    quickRatio: z
      .number()
      .optional()
      .describe('(cash + short-term investments + receivables) / currentLiabilities'),
    debtToEquity: z.number().optional().describe('totalDebt / totalEquity'),
    liabilitiesToAssets: z.number().optional().describe('totalLiabilities / totalAssets'),
    notes: z.array(z.string()).describe('Why a ratio is absent, or what does not add up')
  }),
  summary: ({ entity, period, currency, totalAssets, totalLiabilities, totalEquity, ...rest }) =>
    [
      `${entity}, ${period}: assets ${formatAmount(totalAssets)} ${currency}, liabilities ${formatAmount(totalLiabilities)}, equity ${formatAmount(totalEquity)};`,
      rest.balances
        ? 'the sheet balances.'
        : `the sheet does NOT balance: ${formatAmount(rest.difference)} apart.`
    ].join(' '),
  run: ({ entity, period, accounts, currency }) => {
    const lines = sumByRole(accounts, balanceSheetRoles)
    refusePositiveContra(lines)
    const totals = totalGroups(lines)
    const metrics = createMetrics()
    const ratios = deriveRatios(lines, totals, metrics.divide)
    const { totalAssets, totalLiabilities, totalEquity } = totals
    const other = totalLiabilities + totalEquity
    const { difference, tolerance, agrees } = compareAmounts(totalAssets, requireSum(other))
    const notes = agrees
      ? [...metrics.notes]
      : [`Assets and liabilities plus equity differ by ${difference}.`, ...metrics.notes]
    const check = { balances: agrees, difference: requireSum(difference), tolerance }
    return { entity, period, currency, lines, ...totals, ...check, ...ratios, notes }
  }
})

function refusePositiveContra(lines: readonly Line<BalanceGroup>[]): void {
  const wrong = lines.find(({ role, value }) => contraRoles.includes(role) && value > 0)
  if (wrong) {
    throw new ToolError(
      `accounts: ${wrong.role} reduces its group, so its value must be negative; got ${wrong.value}`
    )
  }
}

function requireSum(value: number): number {
  return requireFinite(value, 'accounts', 'use smaller values')
}

function totalGroups(lines: readonly Line<BalanceGroup>[]) {
  return {
    currentAssets: sumGroup(lines, 'current_assets'),
    nonCurrentAssets: sumGroup(lines, 'non_current_assets'),
    totalAssets: sumGroup(lines, 'current_assets', 'non_current_assets'),
    currentLiabilities: sumGroup(lines, 'current_liabilities'),
    nonCurrentLiabilities: sumGroup(lines, 'non_current_liabilities'),
    totalLiabilities: sumGroup(lines, 'current_liabilities', 'non_current_liabilities'),
    totalEquity: sumGroup(lines, 'equity')
  }
}

function deriveRatios(
  lines: readonly Line<BalanceGroup>[],
  totals: ReturnType<typeof totalGroups>,
  divide: ReturnType<typeof createMetrics>['divide']
) {
  const { currentAssets, currentLiabilities, totalLiabilities, totalAssets, totalEquity } = totals
  const cash = sumRoles(lines, 'cash_and_equivalents', 'short_term_investments')
  const totalDebt = sumRoles(
    lines,
    'short_term_debt',
    'current_portion_long_term_debt',
    'long_term_debt'
  )
  const quickAssets = requireSum(cash + sumRoles(lines, 'accounts_receivable'))
  const netDebt = requireSum(totalDebt - cash)
  return {
    workingCapital: requireSum(currentAssets - currentLiabilities),
    totalDebt,
    netDebt,
    netDebtWithLeases: requireSum(netDebt + sumRoles(lines, 'lease_liabilities')),
    tangibleNetWorth: requireSum(totalEquity - sumRoles(lines, 'intangible_assets', 'goodwill')),
    currentRatio: divide('currentRatio', { currentAssets }, { currentLiabilities }),
    quickRatio: divide('quickRatio', { quickAssets }, { currentLiabilities }),
    debtToEquity: divide('debtToEquity', { totalDebt }, { totalEquity }),
    liabilitiesToAssets: divide('liabilitiesToAssets', { totalLiabilities }, { totalAssets })
  }
}
