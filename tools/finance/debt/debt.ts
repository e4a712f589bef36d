import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { levelPayment } from '../tvm/annuity.ts'

const paymentsPerYear = { monthly: 12, quarterly: 4, annual: 1 } as const
const shownAtEachEnd = 3

/** One payment, amounts in whole cents. */
export interface Instalment {
  readonly period: number
  readonly payment: number
  readonly principal: number
  readonly interest: number
  readonly balance: number
}

/**
 * Level-payment schedule in whole cents: interest of each period and the payment are rounded to the cent,
 * and the last payment takes what is left, so that the balance ends at 0.
 */
export function scheduleInCents(
  principalCents: number,
  ratePerPeriod: number,
  periods: number,
  paymentCents: number
): Instalment[] {
  const schedule: Instalment[] = []
  let balance = principalCents
  for (let period = 1; period <= periods; period += 1) {
    const interest = Math.round(balance * ratePerPeriod) + 0
    const payoff = balance + interest
    const payment = period === periods ? payoff : Math.min(paymentCents, payoff)
    balance = payoff - payment
    schedule.push({ period, payment, principal: payment - interest, interest, balance })
  }
  return schedule
}

const instalment = z.object({
  period: z.int(),
  payment: z.number(),
  principal: z.number(),
  interest: z.number(),
  balance: z.number().describe('Still owed after this payment')
})

const createAmortizationSchedule = defineTool({
  name: 'create_amortization_schedule',
  title: 'Amortization schedule',
  description:
    'Level-payment loan schedule, rounded to cents as a lender bills it: interest and principal of each payment and the balance after it. The last payment absorbs the rounding. For the payment alone use calculate_payment.',
  toolset: 'finance.debt',
  input: z.object({
    principal: z.number().min(0.01).max(1e12).describe('Amount borrowed, rounded to cents'),
    annualRate: z
      .number()
      .gt(-1)
      .describe(
        'Nominal annual rate as a decimal fraction (0.06 = 6 %); the rate per period is annualRate / payments per year'
      ),
    years: z
      .number()
      .gt(0)
      .max(100)
      .describe('Term in years, a whole number of payments; at most 100'),
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
    totalPaid: z.number().describe('Sum of the payments in cents'),
    totalInterest: z.number().describe('Sum of the interest in cents'),
    totalPrincipal: z.number().describe('Sum of the principal parts, the amount borrowed'),
    unrounded: z
      .object({ payment: z.number(), totalPaid: z.number(), totalInterest: z.number() })
      .describe('The same without rounding to cents'),
    schedule: z.array(instalment),
    omittedRows: z.int().describe('Rows left out between the first and the last ones')
  }),
  summary: ({ payment, finalPayment, periods, totalInterest }) =>
    `${periods} payments of ${formatAmount(payment)}, the last ${formatAmount(finalPayment)}; interest ${formatAmount(totalInterest)} in all.`,
  run: ({ principal, annualRate, years, frequency, showFullSchedule }) => {
    const perYear = paymentsPerYear[frequency]
    const rate = annualRate / perYear
    const periods = countPayments(years, perYear)
    const cents = Math.round(principal * 100)
    const loan = { presentValue: cents / 100, rate, periods, futureValue: 0 }
    const payment = levelPayment({ ...loan, type: 'ordinary' })
    const totalPaid = requireFinite(payment * periods, 'annualRate', tooLarge)
    const unrounded = { payment, totalPaid, totalInterest: totalPaid - cents / 100 }
    const rows = scheduleInCents(cents, rate, periods, Math.round(payment * 100))
    return { periods, ratePerPeriod: rate, unrounded, ...describe(rows, showFullSchedule) }
  }
})

const tooLarge = 'use a smaller principal or a lower rate'

function countPayments(years: number, perYear: number): number {
  const periods = Math.round(years * perYear)
  if (periods < 1 || Math.abs(years * perYear - periods) > 1e-9) {
    throw new ToolError(
      `years: ${years} years are not a whole number of payments at ${perYear} per year; use a multiple of 1/${perYear}`
    )
  }
  return periods
}

function describe(rows: readonly Instalment[], full: boolean) {
  const payment = rows[0]?.payment ?? 0
  const shown = full || rows.length <= 2 * shownAtEachEnd
  const kept = shown ? rows : [...rows.slice(0, shownAtEachEnd), ...rows.slice(-shownAtEachEnd)]
  return {
    payment: payment / 100,
    finalPayment: (rows.at(-1)?.payment ?? 0) / 100,
    totalPaid: totalCents(rows, 'payment') / 100,
    totalInterest: totalCents(rows, 'interest') / 100,
    totalPrincipal: totalCents(rows, 'principal') / 100,
    schedule: kept.map(toUnits),
    omittedRows: rows.length - kept.length
  }
}

function totalCents(rows: readonly Instalment[], part: 'payment' | 'interest' | 'principal') {
  const total = rows.reduce((sum, row) => sum + row[part], 0)
  if (!Number.isSafeInteger(total)) {
    throw new ToolError(`principal: the totals are too large to be exact to the cent; ${tooLarge}`)
  }
  return total
}

function toUnits({ period, ...cents }: Instalment): z.output<typeof instalment> {
  const { payment, principal, interest, balance } = cents
  return {
    period,
    payment: payment / 100,
    principal: principal / 100,
    interest: interest / 100,
    balance: balance / 100
  }
}

/** Tools about borrowing. */
export const debtTools: readonly ToolDefinition[] = [createAmortizationSchedule]
