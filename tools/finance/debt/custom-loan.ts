import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { countPeriods } from '../numeric/periods.ts'
import { compound, levelPayment } from '../tvm/annuity.ts'
import {
  annualRate,
  describeSchedule,
  principal,
  scheduleInCents,
  scheduleOutput,
  tooLarge,
  years
} from './schedule.ts'

const paymentType = z.enum(['bullet', 'balloon', 'interest_only'])

/** Loans whose principal, or a part of it, is due at the end. */
export const calculateCustomPaymentSchedule = defineTool({
  name: 'calculate_custom_payment_schedule',
  title: 'Custom payment schedule',
  description:
    'Monthly schedule in cents of a loan with a large last payment: bullet and interest_only pay interest each month and the principal at the end, balloon amortises down to balloonPayment. For a fully amortising loan use create_amortization_schedule.',
  toolset: 'finance.debt',
  input: z.object({
    principal,
    annualRate,
    term: years.describe('Term in years, a whole number of months; at most 100'),
    paymentType: paymentType.describe(
      'bullet and interest_only are two names of one schedule; for a bullet without monthly interest see accruedToMaturity'
    ),
    balloonPayment: z
      .number()
      .min(0)
      .optional()
      .describe('Owed after the last level payment, at most the principal; with balloon only')
  }),
  output: z.object({
    payment: z.number().describe('Each month but the last, rounded to cents'),
    finalPayment: z
      .number()
      .describe('Last payment: the level one, the principal left and what rounding has left'),
    periods: z.int().describe('Number of months'),
    ratePerPeriod: z.number().describe('annualRate / 12'),
    ...scheduleOutput,
    unroundedPayment: z.number().describe('payment without rounding to cents'),
    accruedToMaturity: z
      .number()
      .describe('One payment at the end instead, interest added: principal * (1 + rate)^periods'),
    paymentType
  }),
  summary: ({ payment, finalPayment, periods, totalInterest }) =>
    `${periods - 1} payments of ${formatAmount(payment)}, then ${formatAmount(finalPayment)}; interest ${formatAmount(totalInterest)} in all.`,
  run: ({ principal, annualRate, term, paymentType, balloonPayment }) => {
    const cents = Math.round(principal * 100)
    const owed = balanceAtEnd(cents, paymentType, balloonPayment)
    const rate = annualRate / 12
    const periods = countPeriods(term, 12, 'term')
    const loan = { presentValue: cents / 100, rate, periods, futureValue: -owed / 100 }
    const payment =
      owed === cents ? (cents / 100) * rate : levelPayment({ ...loan, type: 'ordinary' })
    const unroundedPayment = requireFinite(payment, 'annualRate', tooLarge)
    const rows = scheduleInCents(cents, rate, periods, Math.round(unroundedPayment * 100))
    return {
      periods,
      ratePerPeriod: rate,
      ...describeSchedule(rows, false),
      unroundedPayment,
      accruedToMaturity: requireFinite(compound(cents / 100, rate, periods), 'term', tooLarge),
      paymentType
    }
  }
})

/** What is still owed after the last level payment, in cents. */
function balanceAtEnd(
  principalCents: number,
  type: z.output<typeof paymentType>,
  balloon: number | undefined
): number {
  if (type !== 'balloon') {
    if (balloon === undefined) return principalCents
    throw new ToolError(
      `balloonPayment: belongs to paymentType balloon; leave it out with ${type}, where the whole principal is due at the end`
    )
  }
  if (balloon === undefined) throw new ToolError('balloonPayment: needed with paymentType balloon')
  const cents = Math.round(balloon * 100)
  if (cents > principalCents) {
    throw new ToolError('balloonPayment: must not exceed the principal')
  }
  return cents
}
