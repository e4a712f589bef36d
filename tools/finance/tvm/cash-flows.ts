import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, formatPercent, requireFinite } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { compensatedSum } from '../numeric/sums.ts'
import { discountRate, maxFlows, periodicFlows, tooManyFlows } from './cash-flow-fields.ts'
import { formatUtcDay, parseUtcDay } from './dates.ts'
import type { Flow } from './rates/exponential-sum.ts'
import { netPresentValue, solveRates } from './rates/irr.ts'

const annualRate = z
  .number()
  .gt(-1)
  .describe('Effective annual discount rate as a decimal fraction above -1 (0.09 = 9 %)')
const guess = z
  .number()
  .gt(-1)
  .default(0.1)
  .describe('Where several rates exist, the one nearest to this fraction is the answer')
const dated = z.object({
  date: z
    .string()
    .refine(
      (text) => parseUtcDay(text) !== undefined,
      'must be a calendar day that exists, written YYYY-MM-DD'
    )
    .describe('Calendar day, YYYY-MM-DD'),
  amount: z.number().describe('Negative when paid, positive when received')
})
const datedFlows = z.array(dated.strict()).max(maxFlows, tooManyFlows)
type DatedFlow = z.output<typeof dated>

function toDays(flows: readonly DatedFlow[]): { days: number[]; earliest: number } {
  const days = flows.map(({ date }) => parseUtcDay(date) ?? Number.NaN)
  return { days, earliest: days.reduce((a, b) => Math.min(a, b)) }
}

/** Time in years of 365 days from a day, as Excel's XNPV and XIRR count. */
function toYears(flows: readonly DatedFlow[], days: readonly number[], from: number): Flow[] {
  return flows.map(({ amount }, index) => ({ amount, time: ((days[index] ?? from) - from) / 365 }))
}

const listEarliest = 'list the earliest flow first'

function toPeriods(amounts: readonly number[]): Flow[] {
  return amounts.map((amount, time) => ({ amount, time }))
}

const calculateNpv = defineTool({
  name: 'calculate_npv',
  title: 'Net present value',
  description:
    'Net present value of equally spaced cash flows. Use it to judge an investment at a known cost of capital; for flows on given dates use calculate_xnpv. cashFlows[0] is at time 0 and not discounted, so excelNpv (first flow one period away, as in Excel) is given beside it.',
  toolset: 'finance.tvm',
  input: z.object({
    rate: discountRate,
    cashFlows: periodicFlows
      .min(1)
      .describe(
        'One flow per period, the first one now; negative when paid, positive when received'
      )
  }),
  output: z.object({
    npv: z.number().describe('Value at the time of cashFlows[0]'),
    excelNpv: z.number().describe('npv / (1 + rate): the value one period before cashFlows[0]'),
    undiscountedTotal: z.number().describe('Sum of the flows')
  }),
  summary: ({ npv }) => `Net present value ${formatAmount(npv)}, first flow undiscounted.`,
  run: ({ rate, cashFlows }) => {
    const npv = netPresentValue(rate, toPeriods(cashFlows))
    return {
      npv,
      excelNpv: requireFinite(npv / (1 + rate), 'rate', 'use a rate further from -1'),
      undiscountedTotal: totalOf(cashFlows)
    }
  }
})

function totalOf(amounts: readonly number[]): number {
  return requireFinite(compensatedSum(amounts), 'cashFlows', 'use smaller amounts')
}

const rates = z.array(z.number()).describe('Every rate above -1 that makes it 0, ascending')
const signChanges = z
  .int()
  .describe('Sign changes of the flows in order of time: no more rates than this can exist')
const residual = z
  .number()
  .describe('What is left of the net present value, relative to the absolute discounted flows')
const complete = z
  .boolean()
  .describe('False when more may exist, too close to -1 or too large for a double')

const calculateIrr = defineTool({
  name: 'calculate_irr',
  title: 'Internal rate of return',
  description:
    'Internal rate of return of equally spaced cash flows: the rate per period at which their net present value is 0. Use calculate_xirr for flows on given dates. Flows that change sign more than once can have several rates; all are reported, and irr is the one nearest to guess.',
  toolset: 'finance.tvm',
  input: z.object({
    cashFlows: periodicFlows
      .min(2)
      .describe('One flow per period; negative when paid, positive when received'),
    guess
  }),
  output: z.object({
    irr: z.number().describe('Rate per period as a fraction (0.0866 = 8.66 %)'),
    rates,
    signChanges,
    residual,
    complete
  }),
  summary: ({ irr, rates }) =>
    `Internal rate of return ${formatPercent(irr)} per period${others(irr, rates)}.`,
  run: async ({ cashFlows, guess }, ctx) => {
    const { rate, ...rest } = await solveRates(toPeriods(cashFlows), guess, createPace(ctx))
    return { irr: rate, ...rest }
  }
})

function others(rate: number, rates: readonly number[]): string {
  const rest = rates.filter((other) => other !== rate)
  if (rest.length === 0) return ''
  return `; the net present value is also 0 at ${rest.map(formatPercent).join(', ')}`
}

const calculateXnpv = defineTool({
  name: 'calculate_xnpv',
  title: 'Net present value of dated flows',
  description:
    'Net present value of cash flows on calendar dates, each discounted by actual days / 365 from the earliest date (Excel XNPV). The order of the flows does not matter; where the first flow listed is not the earliest, its own value is given in npvAtFirstListed.',
  toolset: 'finance.tvm',
  input: z.object({
    rate: annualRate,
    cashFlows: datedFlows.min(1).describe('Flows with their dates, in any order')
  }),
  output: z.object({
    xnpv: z.number().describe('Value on valuationDate'),
    valuationDate: z.string().describe('The earliest date, YYYY-MM-DD'),
    npvAtFirstListed: z.number().describe('Value on the date of cashFlows[0]'),
    undiscountedTotal: z.number().describe('Sum of the flows')
  }),
  summary: ({ xnpv, valuationDate }) =>
    `Net present value ${formatAmount(xnpv)} on ${valuationDate}, actual/365.`,
  run: ({ rate, cashFlows }) => {
    const { days, earliest } = toDays(cashFlows)
    const listed = days[0] ?? earliest
    return {
      xnpv: netPresentValue(rate, toYears(cashFlows, days, earliest)),
      valuationDate: formatUtcDay(earliest),
      npvAtFirstListed: netPresentValue(rate, toYears(cashFlows, days, listed), listEarliest),
      undiscountedTotal: totalOf(cashFlows.map(({ amount }) => amount))
    }
  }
})

const calculateXirr = defineTool({
  name: 'calculate_xirr',
  title: 'Internal rate of return of dated flows',
  description:
    'Effective annual rate at which cash flows on calendar dates have a net present value of 0, counting actual days / 365 from the earliest date (Excel XIRR). The order of the flows does not matter. All rates are reported, and xirr is the one nearest to guess.',
  toolset: 'finance.tvm',
  input: z.object({
    cashFlows: datedFlows.min(2).describe('Flows with their dates, in any order'),
    guess
  }),
  output: z.object({
    xirr: z.number().describe('Effective rate per year of 365 days as a fraction (0.12 = 12 %)'),
    rates,
    signChanges,
    residual,
    complete
  }),
  summary: ({ xirr, rates }) =>
    `Internal rate of return ${formatPercent(xirr)} per year, actual/365${others(xirr, rates)}.`,
  run: async ({ cashFlows, guess }, ctx) => {
    const { days, earliest } = toDays(cashFlows)
    const flows = toYears(cashFlows, days, earliest)
    const { rate, ...rest } = await solveRates(flows, guess, createPace(ctx))
    return { xirr: rate, ...rest }
  }
})

/** Net present values and rates of return of cash flows, by period and by date. */
export const cashFlowTools: readonly ToolDefinition[] = [
  calculateNpv,
  calculateIrr,
  calculateXnpv,
  calculateXirr
]
