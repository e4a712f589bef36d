import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { compensatedSum } from '../numeric/sums.ts'
import { type LoanParts, splitLoan } from './loan-parts.ts'

const maxPeriods = 10_000

const period = z.int().min(1).max(maxPeriods)
const interestRate = z
  .number()
  .gt(-1)
  .describe('Rate per period as a decimal fraction: annual rate / 12 for monthly payments')
const loan = {
  totalPeriods: period.describe('Number of payments'),
  loanAmount: z.number().gt(0).describe('Amount borrowed'),
  balloonPayment: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "Still owed at the end of the last period, positive (Excel's fv with the sign turned)"
    ),
  paymentTiming: z
    .enum(['ordinary', 'due'])
    .default('ordinary')
    .describe(
      'ordinary: paid at the end of each period; due: at its start, the first without interest'
    )
}
const balances = {
  payment: z.number().describe('Level payment per period'),
  balanceBefore: z.number().describe('Owed before the first of these payments, interest not added'),
  balanceAfter: z
    .number()
    .describe(
      'Owed after the last of them; of a balloon that is due a period later, its value then'
    )
}

interface Given {
  readonly interestRate: number
  readonly totalPeriods: number
  readonly loanAmount: number
  readonly balloonPayment: number
  readonly paymentTiming: 'ordinary' | 'due'
}

function partsOf(given: Given): LoanParts {
  return splitLoan({
    amount: given.loanAmount,
    rate: given.interestRate,
    periods: given.totalPeriods,
    balloon: given.balloonPayment,
    timing: given.paymentTiming
  })
}

function requireWithin(period: number, totalPeriods: number, field: string): void {
  if (period > totalPeriods) {
    throw new ToolError(`${field}: must not exceed totalPeriods, ${totalPeriods}`)
  }
}

const finite = (value: number) =>
  requireFinite(
    value,
    'interestRate, loanAmount',
    'use a smaller loan, fewer periods or a lower rate'
  )

type Part = 'principal' | 'interest'

/** What the two tools for one part tell the reader. */
interface PartTool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly part: Part
}

function createPartTool({ part, ...about }: PartTool): ToolDefinition {
  return defineTool({
    ...about,
    toolset: 'finance.debt',
    input: z.object({
      interestRate,
      period: period.describe('Which payment, from 1'),
      ...loan
    }),
    output: z.object({
      principalPayment: z.number().describe('Part that lowers the balance, as Excel -PPMT'),
      interestPayment: z.number().describe('Part that is interest, as Excel -IPMT'),
      ...balances
    }),
    summary: ({ principalPayment, interestPayment, payment }) =>
      `${part === 'principal' ? `Principal ${formatAmount(principalPayment)}` : `Interest ${formatAmount(interestPayment)}`} of a payment of ${formatAmount(payment)}.`,
    run: (given) => {
      requireWithin(given.period, given.totalPeriods, 'period')
      const parts = partsOf(given)
      return {
        principalPayment: finite(parts.principal(given.period)),
        interestPayment: finite(parts.interest(given.period)),
        payment: finite(parts.payment),
        balanceBefore: finite(parts.balanceAfter(given.period - 1)),
        balanceAfter: finite(parts.balanceAfter(given.period))
      }
    }
  })
}

function createCumulativeTool({ part, ...about }: PartTool): ToolDefinition {
  return defineTool({
    ...about,
    toolset: 'finance.debt',
    input: z.object({
      interestRate,
      startPeriod: period.describe('First payment that counts, from 1'),
      endPeriod: period.describe('Last payment that counts, itself included'),
      ...loan
    }),
    output: z.object({
      cumulativePrincipal: z.number().describe('Sum of the principal parts, as Excel -CUMPRINC'),
      cumulativeInterest: z.number().describe('Sum of the interest parts, as Excel -CUMIPMT'),
      totalPaid: z.number().describe('Sum of these payments'),
      ...balances
    }),
    summary: ({ cumulativePrincipal, cumulativeInterest, totalPaid }) =>
      `${part === 'principal' ? `Principal ${formatAmount(cumulativePrincipal)}` : `Interest ${formatAmount(cumulativeInterest)}`} of ${formatAmount(totalPaid)} paid.`,
    run: (given) => {
      const { startPeriod, endPeriod, totalPeriods } = given
      requireWithin(endPeriod, totalPeriods, 'endPeriod')
      if (startPeriod > endPeriod) {
        throw new ToolError('startPeriod: must not be later than endPeriod')
      }
      const parts = partsOf(given)
      const count = endPeriod - startPeriod + 1
      const periods = Array.from({ length: count }, (_, index) => startPeriod + index)
      return {
        cumulativePrincipal: finite(compensatedSum(periods.map(parts.principal))),
        cumulativeInterest: finite(compensatedSum(periods.map(parts.interest))),
        totalPaid: finite(parts.payment * count),
        payment: finite(parts.payment),
        balanceBefore: finite(parts.balanceAfter(startPeriod - 1)),
        balanceAfter: finite(parts.balanceAfter(endPeriod))
      }
    }
  })
}

/** Excel's PPMT, IPMT, CUMIPMT and CUMPRINC, positive and with a balloon. */
export const loanComponentTools: readonly ToolDefinition[] = [
  createPartTool({
    name: 'calculate_principal_payment',
    title: 'Principal part of a payment',
    description:
      'Principal part of one payment of a level-payment loan (Excel PPMT, positive here), with its interest part and the balances. For several payments use calculate_cumulative_principal, for a whole schedule in cents create_amortization_schedule.',
    part: 'principal'
  }),
  createPartTool({
    name: 'calculate_interest_payment',
    title: 'Interest part of a payment',
    description:
      'Interest part of one payment of a level-payment loan (Excel IPMT, positive here), with its principal part and the balances. For several payments use calculate_cumulative_interest.',
    part: 'interest'
  }),
  createCumulativeTool({
    name: 'calculate_cumulative_interest',
    title: 'Interest over several payments',
    description:
      'Interest paid from one payment to another of a level-payment loan (Excel CUMIPMT, positive here), such as the interest of a tax year. For one payment use calculate_interest_payment.',
    part: 'interest'
  }),
  createCumulativeTool({
    name: 'calculate_cumulative_principal',
    title: 'Principal over several payments',
    description:
      'Principal repaid from one payment to another of a level-payment loan (Excel CUMPRINC, positive here). For one payment use calculate_principal_payment.',
    part: 'principal'
  })
]
