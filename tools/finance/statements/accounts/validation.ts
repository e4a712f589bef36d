import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../../numeric/numbers.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { compareAmounts } from './agreement.ts'

const amount = z.number().optional()

const balanceSheet = z.strictObject({
  total_assets: amount,
  total_liabilities: amount,
  total_equity: amount,
  current_assets: amount,
  non_current_assets: amount,
  cash: amount.describe('Cash at the end of the period'),
  retained_earnings: amount.describe('At the end of the period'),
  prior_retained_earnings: amount.describe('At its beginning')
})
const incomeStatement = z.strictObject({
  total_revenue: amount,
  cost_of_revenue: amount.describe('Positive'),
  gross_profit: amount,
  total_expenses: amount.describe('All expenses and taxes, positive'),
  net_income: amount
})
const cashFlow = z.strictObject({
  net_income: amount.describe('The first line of the indirect method'),
  operating_cf: amount,
  investing_cf: amount,
  financing_cf: amount,
  net_change: amount.describe('Change in cash'),
  beginning_cash: amount,
  ending_cash: amount,
  dividends_paid: z.number().max(0).optional().describe('0 or negative')
})

type Statements = Readonly<Record<string, number | undefined>>

/** A stated field must equal the sum of others; `-` before a name subtracts it. */
interface Rule {
  readonly check: string
  readonly stated: string
  readonly parts: readonly string[]
}

const rules: readonly Rule[] = [
  {
    check: 'Assets equal liabilities plus equity',
    stated: 'balance_sheet.total_assets',
    parts: ['balance_sheet.total_liabilities', 'balance_sheet.total_equity']
  },
  {
    check: 'Current and non-current assets make up the assets',
    stated: 'balance_sheet.total_assets',
    parts: ['balance_sheet.current_assets', 'balance_sheet.non_current_assets']
  },
  {
    check: 'Revenue less its cost is the gross profit',
    stated: 'income_statement.gross_profit',
    parts: ['income_statement.total_revenue', '-income_statement.cost_of_revenue']
  },
  {
    check: 'Revenue less expenses is the net income',
    stated: 'income_statement.net_income',
    parts: ['income_statement.total_revenue', '-income_statement.total_expenses']
  },
  {
    check: 'The three cash flows make up the change in cash',
    stated: 'cash_flow.net_change',
    parts: ['cash_flow.operating_cf', 'cash_flow.investing_cf', 'cash_flow.financing_cf']
  },
  {
    check: 'Opening cash plus the cash flows is the closing cash',
    stated: 'cash_flow.ending_cash',
    parts: [
      'cash_flow.beginning_cash',
      'cash_flow.operating_cf',
      'cash_flow.investing_cf',
      'cash_flow.financing_cf'
    ]
  },
  {
    check: 'The cash flow statement starts from the net income',
    stated: 'cash_flow.net_income',
    parts: ['income_statement.net_income']
  },
  {
    check: 'Closing cash is the cash of the balance sheet',
    stated: 'cash_flow.ending_cash',
    parts: ['balance_sheet.cash']
  },
  {
    check: 'Net income less dividends goes to retained earnings',
    stated: 'balance_sheet.retained_earnings',
    parts: [
      'balance_sheet.prior_retained_earnings',
      'income_statement.net_income',
      'cash_flow.dividends_paid'
    ]
  }
]

/** Checks that statements add up and fit together. */
export const validateFinancialStatements = defineTool({
  name: 'validate_financial_statements',
  title: 'Validate financial statements',
  description:
    'Checks that the totals of a balance sheet, income statement and cash flow statement add up and fit together; reports every difference. Checks whose figures are missing are listed as skipped. To build statements from accounts use create_balance_sheet and its neighbours.',
  toolset: 'finance.statements',
  input: z.object({
    balance_sheet: balanceSheet.optional().describe('Totals at the end of the period'),
    income_statement: incomeStatement.optional().describe('Totals of the period'),
    cash_flow: cashFlow.optional().describe('Cash effects of the period')
  }),
  output: z.object({
    valid: z.boolean().describe('Whether every check that was made passed'),
    checks: z.array(
      z.object({
        check: z.string(),
        passed: z.boolean(),
        stated: z.number().describe('The figure given'),
        expected: z.number().describe('What the other figures make it'),
        difference: z.number().describe('stated - expected'),
        tolerance: z.number().describe('0.01, or the last bits of a double where those are coarser')
      })
    ),
    skipped: z.array(
      z.object({ check: z.string(), missing: z.array(z.string()).describe('Fields not given') })
    )
  }),
  summary: ({ valid, checks, skipped }) => {
    const failed = checks.filter(({ passed }) => !passed)
    const counts = `${checks.length} checks made, ${skipped.length} skipped`
    if (valid) return `All in order: ${counts}.`
    const list = failed.map(({ check, difference }) => `${check}: ${formatAmount(difference)} off`)
    return `${failed.length} of ${counts} failed. ${list.join('; ')}.`
  },
  run: (statements) => {
    const figures = flatten(statements)
    const made = rules.filter((rule) => missingOf(rule, figures).length === 0)
    if (made.length === 0) {
      throw new ToolError(
        'balance_sheet, income_statement, cash_flow: nothing can be checked; give at least total_assets, total_liabilities and total_equity in balance_sheet'
      )
    }
    const checks = made.map((rule) => applyRule(rule, figures))
    const skipped = rules
      .filter((rule) => !made.includes(rule))
      .map((rule) => ({ check: rule.check, missing: missingOf(rule, figures) }))
    return { valid: checks.every(({ passed }) => passed), checks, skipped }
  }
})

function flatten(statements: Readonly<Record<string, Statements | undefined>>): Statements {
  const figures = Object.entries(statements).flatMap(([statement, fields]) =>
    Object.entries(fields ?? {}).map(([field, value]) => [`${statement}.${field}`, value] as const)
  )
  return Object.fromEntries(figures)
}

function nameOf(part: string): string {
  return part.replace(/^-/, '')
}

function missingOf({ stated, parts }: Rule, figures: Statements): string[] {
  return [stated, ...parts].map(nameOf).filter((name) => figures[name] === undefined)
}

function applyRule({ check, stated: field, parts }: Rule, figures: Statements) {
  const signed = parts.map((part) => (part.startsWith('-') ? -1 : 1) * (figures[nameOf(part)] ?? 0))
  const expected = requireFinite(
    compensatedSum(signed),
    parts.map(nameOf).join(', '),
    'use smaller amounts'
  )
  const stated = figures[field] ?? 0
  const { difference, tolerance, agrees } = compareAmounts(stated, expected)
  return {
    check,
    passed: agrees,
    stated,
    expected,
    difference: requireFinite(difference, field, 'use smaller amounts'),
    tolerance
  }
}
