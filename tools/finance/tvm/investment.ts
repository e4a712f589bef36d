import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, formatNumber, formatPercent, requireFinite } from '../numeric/numbers.ts'
import { discountRate, projectFlows } from './cash-flow-fields.ts'
import { calculateGrowthRate } from './growth-rate.ts'
import { findPayback } from './payback.ts'
import { netPresentValue } from './rates/irr.ts'

const calculatePaybackPeriod = defineTool({
  name: 'calculate_payback_period',
  title: 'Payback period',
  description:
    'Periods until an investment has paid itself back, without interest; flows are taken to arrive evenly within a period. With interest use calculate_discounted_payback_period; what happens after the payback only calculate_npv sees.',
  toolset: 'finance.tvm',
  input: z.object({ cashFlows: projectFlows }),
  output: z.object({
    paybackPeriod: z
      .number()
      .describe('Periods from now until the running total is first back at 0'),
    lastingPaybackPeriod: z
      .number()
      .optional()
      .describe(
        'Periods after which it stays there: later when money is paid out once more; absent when the total ends below 0'
      ),
    undiscountedTotal: z.number().describe('Sum of the flows')
  }),
  summary: ({ paybackPeriod, lastingPaybackPeriod }) =>
    `Paid back after ${formatNumber(paybackPeriod)} periods${describeLasting(paybackPeriod, lastingPaybackPeriod)}.`,
  run: ({ cashFlows }) => {
    const { first, lasting } = findPayback(cashFlows)
    return {
      paybackPeriod: first,
      lastingPaybackPeriod: lasting,
      undiscountedTotal: netPresentValue(0, toFlows(cashFlows))
    }
  }
})

function describeLasting(first: number, lasting: number | undefined): string {
  if (lasting === undefined) return ', but later flows take the total below 0 again'
  return lasting === first ? '' : `, and for good after ${formatNumber(lasting)}`
}

function toFlows(amounts: readonly number[]) {
  return amounts.map((amount, time) => ({ amount, time }))
}

const calculateMirr = defineTool({
  name: 'calculate_mirr',
  title: 'Modified internal rate of return',
  description:
    'Rate of return when payments are financed at one rate and receipts reinvested at another (Excel MIRR). It has one answer where calculate_irr may have several.',
  toolset: 'finance.tvm',
  input: z.object({
    cashFlows: projectFlows,
    financeRate: discountRate.describe(
      'Rate per period at which flows below 0 are discounted to time 0, a decimal fraction'
    ),
    reinvestmentRate: discountRate.describe(
      'Rate per period at which flows above 0 grow until the last period, a decimal fraction'
    )
  }),
  output: z.object({
    mirr: z
      .number()
      .describe('(futureValueOfInflows / presentValueOfOutflows)^(1/periods) - 1, per period'),
    presentValueOfOutflows: z.number().describe('At time 0, as a positive amount'),
    futureValueOfInflows: z.number().describe('After the last period'),
    periods: z.int().describe('Number of flows less one')
  }),
  summary: ({ mirr }) => `Modified internal rate of return ${formatPercent(mirr)} per period.`,
  run: ({ cashFlows, financeRate, reinvestmentRate }) => {
    const periods = cashFlows.length - 1
    const paid = toFlows(cashFlows.map((amount) => Math.max(0, -amount)))
    const received = cashFlows.map((amount, time) => ({
      amount: Math.max(0, amount),
      time: time - periods
    }))
    const outflows = netPresentValue(financeRate, paid)
    const inflows = netPresentValue(reinvestmentRate, received)
    if (outflows === 0 || inflows === 0) throw new ToolError(oneSided)
    const growth = (Math.log(inflows) - Math.log(outflows)) / periods
    return {
      mirr: requireFinite(Math.expm1(growth), 'cashFlows', 'the flows are too far apart in size'),
      presentValueOfOutflows: outflows,
      futureValueOfInflows: inflows,
      periods
    }
  }
})

const oneSided =
  'cashFlows: no rate exists unless something is paid (negative) and something received (positive)'

const calculateProfitabilityIndex = defineTool({
  name: 'calculate_profitability_index',
  title: 'Profitability index',
  description:
    'Present value of what an investment brings per unit invested now: above 1 it is worth its cost. Ranks projects when capital is short; the amount itself is calculate_npv.',
  toolset: 'finance.tvm',
  input: z.object({
    discountRate,
    cashFlows: projectFlows.describe(
      'One flow per period; the first one, the investment now, is negative'
    )
  }),
  output: z.object({
    profitabilityIndex: z
      .number()
      .describe('Present value of all later flows, negative ones included / -cashFlows[0]'),
    inflowsToOutflows: z
      .number()
      .describe('Present value of every receipt / present value of every payment'),
    npv: z.number().describe('Net present value, the first flow undiscounted'),
    presentValueOfLaterFlows: z.number().describe('At time 0')
  }),
  summary: ({ profitabilityIndex, npv }) =>
    `Profitability index ${formatNumber(profitabilityIndex)}, net present value ${formatAmount(npv)}.`,
  run: ({ discountRate, cashFlows }) => {
    const [initial = 0] = cashFlows
    if (initial >= 0) {
      throw new ToolError('cashFlows[0]: must be negative, it is the amount invested now')
    }
    const presentValue = (amounts: readonly number[]) =>
      netPresentValue(discountRate, toFlows(amounts))
    const later = presentValue([0, ...cashFlows.slice(1)])
    const paid = presentValue(cashFlows.map((amount) => Math.max(0, -amount)))
    const received = presentValue(cashFlows.map((amount) => Math.max(0, amount)))
    const larger = 'use a larger first flow'
    return {
      profitabilityIndex: requireFinite(later / -initial, 'cashFlows[0]', larger),
      inflowsToOutflows: requireFinite(received / paid, 'cashFlows[0]', larger),
      npv: presentValue(cashFlows),
      presentValueOfLaterFlows: later
    }
  }
})

/** Investment metrics and growth in `finance.core`. */
export const investmentTools: readonly ToolDefinition[] = [
  calculatePaybackPeriod,
  calculateMirr,
  calculateProfitabilityIndex,
  calculateGrowthRate
]
