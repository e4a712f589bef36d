import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { annuityFv, annuityPv, compound, levelPayment } from './annuity.ts'
import { cashFlowTools } from './cash-flows.ts'

const rate = z
  .number()
  .gt(-1)
  .describe('Interest rate per period as a decimal fraction above -1 (0.05 = 5 %)')
const periods = z
  .number()
  .min(0)
  .describe('Number of compounding periods of the length the rate is for; fractions are allowed')
const payments = z
  .int()
  .min(0)
  .describe('Number of payments, one per period of the length the rate is for')
const type = z
  .enum(['ordinary', 'due'])
  .default('ordinary')
  .describe('ordinary: paid at the end of each period; due: at its start')
const shorter = 'use fewer periods, a smaller amount or a rate nearer to 0'

const calculatePresentValue = defineTool({
  name: 'calculate_present_value',
  title: 'Present value',
  description:
    'Value today of one amount due later: futureValue / (1 + rate)^periods. For equal payments use calculate_annuity_pv, for uneven ones calculate_npv.',
  toolset: 'finance.tvm',
  input: z.object({
    futureValue: z.number().describe('Amount at the end of the last period'),
    rate,
    periods
  }),
  output: z.object({
    presentValue: z.number().describe('Value today, same sign as futureValue'),
    discount: z.number().describe('futureValue - presentValue')
  }),
  summary: ({ presentValue }) => `Present value ${formatAmount(presentValue)}.`,
  run: ({ futureValue, rate, periods }) => {
    const presentValue = requireFinite(compound(futureValue, rate, -periods), 'periods', shorter)
    const discount = requireFinite(futureValue - presentValue, 'futureValue', 'use less')
    return { presentValue, discount }
  }
})

const calculateFutureValue = defineTool({
  name: 'calculate_future_value',
  title: 'Future value',
  description:
    'What one amount invested today grows to with compound interest: presentValue * (1 + rate)^periods. For regular payments use calculate_annuity_fv.',
  toolset: 'finance.tvm',
  input: z.object({
    presentValue: z.number().describe('Amount today'),
    rate,
    periods
  }),
  output: z.object({
    futureValue: z.number().describe('Amount after the last period, same sign as presentValue'),
    interest: z.number().describe('futureValue - presentValue')
  }),
  summary: ({ futureValue }) => `Future value ${formatAmount(futureValue)}.`,
  run: ({ presentValue, rate, periods }) => {
    const futureValue = requireFinite(compound(presentValue, rate, periods), 'periods', shorter)
    const interest = requireFinite(futureValue - presentValue, 'presentValue', 'use less')
    return { futureValue, interest }
  }
})

const calculatePayment = defineTool({
  name: 'calculate_payment',
  title: 'Level payment',
  description:
    'Level payment per period that repays a loan or reaches a savings goal (Excel PMT with the sign turned: positive means paid by you). For the payments one by one use create_amortization_schedule.',
  toolset: 'finance.tvm',
  input: z.object({
    presentValue: z.number().describe('Loan received today, positive; 0 for a savings goal'),
    rate,
    periods: payments.min(1),
    futureValue: z
      .number()
      .default(0)
      .describe(
        "Excel's fv: balance you want to have after the last payment; it raises the payment. A balloon that you still owe then lowers it: see paymentWithBalloon"
      ),
    type
  }),
  output: z.object({
    payment: z.number().describe("Per period; Excel's PMT is its negative"),
    paymentWithBalloon: z
      .number()
      .describe('Per period, if futureValue is a balloon still owed after the last payment'),
    type: z.enum(['ordinary', 'due']),
    totalPaid: z.number().describe('payment * periods'),
    totalInterest: z
      .number()
      .describe('totalPaid - presentValue - futureValue; negative when interest is earned')
  }),
  summary: ({ payment, type, totalPaid }) =>
    `Payment ${formatAmount(payment)} per period (${type}), ${formatAmount(totalPaid)} in all.`,
  run: (loan) => {
    const { presentValue, periods, futureValue, type } = loan
    const payment = requireFinite(levelPayment(loan), 'presentValue', shorter)
    const balloon = levelPayment({ ...loan, futureValue: -futureValue })
    const totalPaid = requireFinite(payment * periods, 'periods', shorter)
    const totalInterest = totalPaid - presentValue - futureValue
    return {
      payment,
      paymentWithBalloon: requireFinite(balloon, 'futureValue', shorter),
      type,
      totalPaid,
      totalInterest: requireFinite(totalInterest, 'presentValue', shorter)
    }
  }
})

const payment = z.number().describe('Amount of each payment')
const bothTypes = {
  ordinary: z.number().describe('Value if paid at the end of each period'),
  due: z.number().describe('Value if paid at the start: ordinary * (1 + rate)'),
  type: z.enum(['ordinary', 'due']),
  totalPaid: z.number().describe('payment * periods')
}

const calculateAnnuityPv = defineTool({
  name: 'calculate_annuity_pv',
  title: 'Present value of an annuity',
  description:
    'Value today of equal payments, one per period: what a lease, pension or loan instalment stream is worth now (Excel PV with the sign turned). For uneven payments use calculate_npv.',
  toolset: 'finance.tvm',
  input: z.object({ payment, rate, periods: payments, type }),
  output: z.object({
    presentValue: z.number().describe('Value today, same sign as payment'),
    ...bothTypes
  }),
  summary: ({ presentValue, type }) =>
    `Present value ${formatAmount(presentValue)} of the annuity (${type}).`,
  run: ({ payment, rate, periods, type }) => {
    const ordinary = annuityPv(payment, rate, periods)
    const values = bothValues(ordinary, rate)
    return { presentValue: values[type], ...values, type, totalPaid: totalOf(payment, periods) }
  }
})

const calculateAnnuityFv = defineTool({
  name: 'calculate_annuity_fv',
  title: 'Future value of an annuity',
  description:
    'What equal payments, one per period, have grown to at the end of the last period: savings plans and pension contributions (Excel FV with the sign turned). For a single amount use calculate_future_value.',
  toolset: 'finance.tvm',
  input: z.object({ payment, rate, periods: payments, type }),
  output: z.object({
    futureValue: z.number().describe('Value after the last period, same sign as payment'),
    ...bothTypes
  }),
  summary: ({ futureValue, type }) =>
    `Future value ${formatAmount(futureValue)} of the annuity (${type}).`,
  run: ({ payment, rate, periods, type }) => {
    const ordinary = annuityFv(payment, rate, periods)
    const values = bothValues(ordinary, rate)
    return { futureValue: values[type], ...values, type, totalPaid: totalOf(payment, periods) }
  }
})

function bothValues(ordinary: number, rate: number) {
  return {
    ordinary: requireFinite(ordinary, 'periods', shorter),
    due: requireFinite(ordinary * (1 + rate), 'rate', shorter)
  }
}

function totalOf(payment: number, periods: number): number {
  return requireFinite(payment * periods, 'periods', shorter)
}

/** The nine tools for the time value of money. */
export const tvmTools: readonly ToolDefinition[] = [
  calculatePresentValue,
  calculateFutureValue,
  calculatePayment,
  calculateAnnuityPv,
  calculateAnnuityFv,
  ...cashFlowTools
]
