import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { countPeriods } from '../numeric/periods.ts'
import { levelPayment } from '../tvm/annuity.ts'
import { calculateDscr } from './coverage.ts'
import {
  annualRate,
  describeSchedule,
  principal,
  scheduleInCents,
  scheduleOutput,
  tooLarge,
  years
} from './schedule.ts'

const paymentsPerYear = { monthly: 12, quarterly: 4, annual: 1 } as const

const createAmortizationSchedule = defineTool({
  name: 'create_amortization_schedule',
  title: 'Amortization schedule',
  description:
    'Level-payment loan schedule, rounded to cents as a lender bills it: interest and principal of each payment and the balance after it. The last payment absorbs the rounding. For the payment alone use calculate_payment.',
  toolset: 'finance.debt',
  input: z.object({
    principal,
    annualRate,
    years,
    frequency: z
      .enum(['monthly', 'quarterly', 'annual'])
      .describe('How often is paid, in arrears: 12, 4 or 1 times a year'),
    showFullSchedule: z
      .boolean()
      .default(false)
      .describe('All payments; otherwise the first three and the last three')
  }),
  output: z.object({
    payment: z.number().describe('Level payment, rounded to cents'),
    finalPayment: z
      .number()
      .describe(
        'Last payment, which absorbs the rounding; large when the level payment hardly exceeds the interest'
      ),
    periods: z.int().describe('Number of payments'),
    ratePerPeriod: z.number().describe('As a fraction'),
    unrounded: z
      .object({ payment: z.number(), totalPaid: z.number(), totalInterest: z.number() })
      .describe('The same without rounding to cents'),
    ...scheduleOutput
  }),
  summary: ({ payment, finalPayment, periods, totalInterest }) =>
    `${periods} payments of ${formatAmount(payment)}, the last ${formatAmount(finalPayment)}; interest ${formatAmount(totalInterest)} in all.`,
  run: ({ principal, annualRate, years, frequency, showFullSchedule }) => {
    const perYear = paymentsPerYear[frequency]
    const rate = annualRate / perYear
    const periods = countPeriods(years, perYear, 'years')
    const cents = Math.round(principal * 100)
    const loan = { presentValue: cents / 100, rate, periods, futureValue: 0 }
    const payment = levelPayment({ ...loan, type: 'ordinary' })
    const totalPaid = requireFinite(payment * periods, 'annualRate', tooLarge)
    const unrounded = { payment, totalPaid, totalInterest: totalPaid - cents / 100 }
    const rows = scheduleInCents(cents, rate, periods, Math.round(payment * 100))
    return { periods, ratePerPeriod: rate, unrounded, ...describeSchedule(rows, showFullSchedule) }
  }
})

/** Tools about borrowing in `finance.core`. */
export const debtTools: readonly ToolDefinition[] = [createAmortizationSchedule, calculateDscr]
