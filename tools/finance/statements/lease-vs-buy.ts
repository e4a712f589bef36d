import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { annuityPv, compound, levelPayment } from '../tvm/annuity.ts'

const smaller = 'use smaller amounts, fewer periods or a rate nearer to 0'
const periods = z.int().min(1).max(1200)

interface Choice {
  readonly leasePayment: number
  readonly leasePeriods: number
  readonly purchasePrice: number
  readonly salvageValue: number
  readonly holdingPeriod: number
  readonly maintenanceCost: number
}

/** Present values of both ways at a rate per month. */
function presentValues(choice: Choice, rate: number) {
  const { leasePayment, leasePeriods, purchasePrice, salvageValue, holdingPeriod } = choice
  const finite = (value: number, field: string) => requireFinite(value, field, smaller)
  const lease = finite(annuityPv(leasePayment, rate, leasePeriods), 'leasePayment')
  const maintenance = finite(
    annuityPv(choice.maintenanceCost, rate, holdingPeriod),
    'maintenanceCost'
  )
  const salvage = finite(compound(salvageValue, rate, -holdingPeriod), 'salvageValue')
  const buy = finite(purchasePrice + maintenance - salvage, 'purchasePrice')
  return { lease, maintenance, salvage, buy, advantage: finite(buy - lease, 'purchasePrice') }
}

/** Lease against purchase by present value of the costs. */
export const analyzeLeaseVsBuy = defineTool({
  name: 'analyze_lease_vs_buy',
  title: 'Lease or buy',
  description:
    'Present value of the cost of leasing against buying, before taxes: net advantage to leasing = buy - lease. Periods are months. For the lease on the balance sheet use analyze_lease_liability, for a loan to buy with create_amortization_schedule.',
  toolset: 'finance.statements',
  input: z.object({
    leasePayment: z.number().min(0).describe('Lease payment per month, at its end; positive'),
    leasePeriods: periods.describe('Number of monthly lease payments'),
    purchasePrice: z.number().min(0).describe('Price paid today when buying'),
    salvageValue: z.number().min(0).describe('Received for the asset after holdingPeriod months'),
    holdingPeriod: periods.describe('Months the asset is held when bought'),
    discountRate: z
      .number()
      .gt(-1)
      .describe('Nominal annual rate as a decimal fraction; the rate per month is discountRate/12'),
    maintenanceCost: z
      .number()
      .min(0)
      .default(0)
      .describe('Cost of owning per month, at its end; positive')
  }),
  output: z.object({
    leasePresentValue: z.number().describe('Cost today of all lease payments'),
    buyPresentValue: z.number().describe('purchasePrice + maintenance - salvage, all as of today'),
    maintenancePresentValue: z.number(),
    salvagePresentValue: z.number(),
    netAdvantageToLeasing: z
      .number()
      .describe('buyPresentValue - leasePresentValue; above 0: leasing costs less'),
    cheaper: z.enum(['lease', 'buy', 'equal']),
    ratePerMonth: z.number().describe('discountRate / 12, a fraction'),
    buyCostPerMonth: z
      .number()
      .describe(
        'Level cost per month of owning, over holdingPeriod: to be held against leasePayment'
      ),
    advantageInAdvance: z
      .number()
      .describe('netAdvantageToLeasing if lease payments fall at the start of each month'),
    advantageAtEffectiveRate: z
      .number()
      .describe('netAdvantageToLeasing if discountRate is an effective annual rate'),
    note: z.string().optional().describe('When the terms differ')
  }),
  summary: ({ leasePresentValue, buyPresentValue, cheaper, note }) =>
    [
      `Leasing costs ${formatAmount(leasePresentValue)} today, buying ${formatAmount(buyPresentValue)}:`,
      cheaper === 'equal' ? 'no difference.' : `to ${cheaper} costs less.`,
      note ?? ''
    ]
      .join(' ')
      .trim(),
  run: ({ discountRate, ...choice }) => {
    if (choice.leasePayment === 0 && choice.purchasePrice === 0) {
      throw new ToolError('leasePayment: must be above 0 when purchasePrice is 0')
    }
    const rate = discountRate / 12
    const { lease, maintenance, salvage, buy, advantage } = presentValues(choice, rate)
    const effective = presentValues(choice, Math.expm1(Math.log1p(discountRate) / 12))
    const loan = { presentValue: buy, rate, periods: choice.holdingPeriod, futureValue: 0 }
    const perMonth = levelPayment({ ...loan, type: 'ordinary' })
    return {
      leasePresentValue: lease,
      buyPresentValue: buy,
      maintenancePresentValue: maintenance,
      salvagePresentValue: salvage,
      netAdvantageToLeasing: advantage,
      cheaper: cheaperOf(advantage),
      ratePerMonth: rate,
      buyCostPerMonth: requireFinite(perMonth, 'purchasePrice', smaller),
      advantageInAdvance: requireFinite(buy - lease * (1 + rate), 'leasePayment', smaller),
      advantageAtEffectiveRate: effective.advantage,
      ...(choice.leasePeriods !== choice.holdingPeriod && { note: termsDiffer })
    }
  }
})

function cheaperOf(advantage: number): 'lease' | 'buy' | 'equal' {
  if (advantage === 0) return 'equal'
  return advantage > 0 ? 'lease' : 'buy'
}

const termsDiffer =
  'The terms differ: compare leasePayment with buyCostPerMonth, not the present values.'
