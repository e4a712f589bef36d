import { z } from 'zod'
import { ToolError } from '../../../src/define-tool.ts'

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

/** Fields of a loan that is scheduled in cents. */
export const principal = z
  .number()
  .min(0.01)
  .max(1e12)
  .describe('Amount borrowed, rounded to cents')

export const annualRate = z
  .number()
  .gt(-1)
  .describe(
    'Nominal annual rate as a decimal fraction (0.06 = 6 %); the rate per period is annualRate / payments per year'
  )

export const years = z
  .number()
  .gt(0)
  .max(100)
  .describe('Term in years, a whole number of payments; at most 100')

/** What a schedule tells, in units of the currency. */
export const scheduleOutput = {
  totalPaid: z.number().describe('Sum of the payments in cents'),
  totalInterest: z.number().describe('Sum of the interest in cents'),
  totalPrincipal: z.number().describe('Sum of the principal parts, the amount borrowed'),
  schedule: z.array(instalment),
  omittedRows: z.int().describe('Rows left out between the first and the last ones')
}

export const tooLarge = 'use a smaller principal or a lower rate'

/** Totals and rows of a schedule: all of them, or the first three and the last three. */
export function describeSchedule(rows: readonly Instalment[], full: boolean) {
  const shown = full || rows.length <= 2 * shownAtEachEnd
  const kept = shown ? rows : [...rows.slice(0, shownAtEachEnd), ...rows.slice(-shownAtEachEnd)]
  return {
    payment: (rows[0]?.payment ?? 0) / 100,
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
