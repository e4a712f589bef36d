import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../../numeric/numbers.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { currency, heading } from '../heading.ts'
import { createMetrics } from '../metrics.ts'

const any = (meaning: string) => z.number().optional().describe(meaning)
const inflow = (meaning: string) =>
  z.number().min(0).optional().describe(`${meaning}; 0 or positive`)
const outflow = (meaning: string) =>
  z.number().max(0).optional().describe(`${meaning}, as an outflow: 0 or negative`)

const workingCapital = {
  change_in_receivables: any('Cash effect: negative when receivables rose'),
  change_in_inventory: any('Cash effect: negative when inventory rose'),
  change_in_payables: any('Cash effect: positive when payables rose')
}
const operating = {
  net_income: any('Net income; negative for a loss'),
  depreciation_amortization: inflow('Depreciation and amortisation added back'),
  stock_based_compensation: inflow('Stock-based compensation added back'),
  ...workingCapital,
  other_operating: any('Any other operating cash effect')
}
const investing = {
  capital_expenditures: outflow('Spent on fixed assets'),
  acquisitions: outflow('Paid for businesses'),
  asset_sales: inflow('Received for assets sold'),
  other_investing: any('Any other investing cash effect')
}
const financing = {
  debt_issuance: inflow('Borrowed'),
  debt_repayment: outflow('Repaid'),
  equity_issuance: inflow('Received for new shares'),
  dividends_paid: outflow('Dividends'),
  other_financing: any('Any other financing cash effect, such as share buybacks')
}

/** Cash flow statement, indirect method. */
export const createCashFlowStatement = defineTool({
  name: 'create_cash_flow_statement',
  title: 'Cash flow statement',
  description:
    'Builds a cash flow statement (indirect method) from its items: operating, investing and financing cash flow, net change and free cash flow. Every item is a cash effect: inflows positive, outflows negative. For free cash flow from two totals use calculate_free_cash_flow.',
  toolset: 'finance.statements',
  input: z.object({
    ...heading,
    cash_flows: z
      .strictObject({ ...operating, ...investing, ...financing })
      .describe('Items; one that is left out counts as 0. At least one is needed'),
    currency
  }),
  output: z.object({
    entity: z.string(),
    period: z.string(),
    currency: z.string(),
    operatingCashFlow: z.number(),
    investingCashFlow: z.number(),
    financingCashFlow: z.number(),
    netChange: z.number().describe('Change in cash: the sum of the three'),
    freeCashFlow: z.number().describe('operatingCashFlow + capital_expenditures (negative)'),
    freeCashFlowAfterDebt: z
      .number()
      .describe('To equity: freeCashFlow + debt_issuance + debt_repayment (negative)'),
    workingCapitalEffect: z
      .number()
      .describe('Changes in receivables, inventory and payables together'),
    cashConversion: z
      .number()
      .optional()
      .describe('operatingCashFlow / net_income; absent when net_income is missing or 0'),
    notes: z.array(z.string()).describe('Why a ratio is absent')
  }),
  summary: ({ entity, period, currency, operatingCashFlow, netChange, freeCashFlow }) =>
    `${entity}, ${period}: operating cash flow ${formatAmount(operatingCashFlow)} ${currency}, free cash flow ${formatAmount(freeCashFlow)}, change in cash ${formatAmount(netChange)}.`,
  run: ({ entity, period, cash_flows: flows, currency }) => {
    if (Object.values(flows).every((value) => value === undefined)) {
      throw new ToolError('cash_flows: must hold at least one item, such as net_income')
    }
    const sum = (fields: Readonly<Record<string, unknown>>) =>
      sumOf(Object.keys(fields).map((field) => flows[field as keyof typeof flows] ?? 0))
    const operatingCashFlow = sum(operating)
    const investingCashFlow = sum(investing)
    const financingCashFlow = sum(financing)
    const { capital_expenditures, debt_issuance, debt_repayment } = { ...investing, ...financing }
    const free = { ...operating, capital_expenditures }
    const metrics = createMetrics()
    const { net_income } = flows
    return {
      entity,
      period,
      currency,
      operatingCashFlow,
      investingCashFlow,
      financingCashFlow,
      netChange: sum({ ...operating, ...investing, ...financing }),
      freeCashFlow: sum(free),
      freeCashFlowAfterDebt: sum({ ...free, debt_issuance, debt_repayment }),
      workingCapitalEffect: sum(workingCapital),
      cashConversion: metrics.divide('cashConversion', { operatingCashFlow }, { net_income }),
      notes: [...metrics.notes]
    }
  }
})

function sumOf(values: readonly number[]): number {
  return requireFinite(compensatedSum(values), 'cash_flows', 'use smaller amounts')
}
