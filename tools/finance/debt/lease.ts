import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { annuityPv } from '../tvm/annuity.ts'

const amount = z.number().min(0).default(0)
const smaller = 'use smaller amounts, fewer months or a rate nearer to 0'

/** Lease liability and right-of-use asset at the start (IFRS 16.24 and 26, ASC 842). */
export const analyzeLeaseLiability = defineTool({
  name: 'analyze_lease_liability',
  title: 'Lease liability',
  description:
    'What a lease puts on the balance sheet at its start under IFRS 16 or ASC 842: liability and right-of-use asset. To decide between leasing and buying use analyze_lease_vs_buy.',
  toolset: 'finance.debt',
  input: z.object({
    monthlyPayment: z.number().min(0).describe('Fixed payment at the end of each month'),
    leaseTerm: z.int().min(1).max(1200).describe('Number of monthly payments still to come'),
    discountRate: z
      .number()
      .gt(-1)
      .describe(
        'Nominal annual rate as a decimal fraction, implicit in the lease or incremental borrowing; per month discountRate/12'
      ),
    initialDirectCosts: amount.describe('Paid by the lessee to obtain the lease'),
    prepayments: amount.describe('Payments made at or before the start, not among leaseTerm'),
    leaseIncentives: amount.describe('Received from the lessor')
  }),
  output: z.object({
    leaseLiability: z.number().describe('Present value of the payments'),
    rightOfUseAsset: z
      .number()
      .describe('leaseLiability + initialDirectCosts + prepayments - leaseIncentives'),
    totalPayments: z.number().describe('monthlyPayment * leaseTerm'),
    totalInterest: z.number().describe('totalPayments - leaseLiability, over the term'),
    ratePerMonth: z.number().describe('discountRate / 12'),
    firstMonthInterest: z.number().describe('leaseLiability * ratePerMonth'),
    monthlyDepreciation: z.number().describe('rightOfUseAsset / leaseTerm, straight line'),
    liabilityAtEffectiveRate: z
      .number()
      .describe('leaseLiability if discountRate is an effective annual rate'),
    presentValueInAdvance: z
      .number()
      .describe('Present value if each payment falls at the start of its month')
  }),
  summary: ({ leaseLiability, rightOfUseAsset }) =>
    `Lease liability ${formatAmount(leaseLiability)}, right-of-use asset ${formatAmount(rightOfUseAsset)}.`,
  run: (lease) => {
    const { monthlyPayment, leaseTerm, discountRate } = lease
    const rate = discountRate / 12
    const finite = (value: number) => requireFinite(value, 'monthlyPayment', smaller)
    const liability = finite(annuityPv(monthlyPayment, rate, leaseTerm))
    const paid = finite(lease.initialDirectCosts + lease.prepayments)
    const asset = finite(liability + paid - lease.leaseIncentives)
    if (asset < 0) {
      throw new ToolError(
        'leaseIncentives: exceed liability, costs and prepayments together, so no right-of-use asset is left; check the amount'
      )
    }
    const effective = Math.expm1(Math.log1p(discountRate) / 12)
    const totalPayments = finite(monthlyPayment * leaseTerm)
    return {
      leaseLiability: liability,
      rightOfUseAsset: asset,
      totalPayments,
      totalInterest: totalPayments - liability,
      ratePerMonth: rate,
      firstMonthInterest: finite(liability * rate),
      monthlyDepreciation: asset / leaseTerm,
      liabilityAtEffectiveRate: finite(annuityPv(monthlyPayment, effective, leaseTerm)),
      presentValueInAdvance: finite(liability * (1 + rate))
    }
  }
})
