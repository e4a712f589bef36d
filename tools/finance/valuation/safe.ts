import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatAmount, formatNumber, requireFinite } from '../numeric/numbers.ts'
import { above0 } from '../ratios/ratio.ts'

const usual = 'use amounts of a more usual size'

/** Shares a simple agreement for future equity turns into. */
export const modelSafeConversion = defineTool({
  name: 'model_safe_conversion',
  title: 'SAFE conversion',
  description:
    'Shares that a SAFE turns into at a priced round: at the cap price or the discount price, whichever is lower. The round itself: calculate_post_money_valuation; all holders together: model_cap_table.',
  toolset: 'finance.valuation',
  input: z.object({
    safeAmount: above0('Money paid for the SAFE'),
    valuationCap: above0('Valuation cap, on the basis of pricedRoundValuation'),
    discountRate: z
      .number()
      .min(0)
      .lt(1)
      .describe('Discount on the round price, a fraction from 0 to below 1 (0.2 = 20 % off)'),
    pricedRoundValuation: above0(
      'Valuation at which the round price was set, pre- or post-money as the cap is'
    ),
    pricedRoundPrice: above0('Price per share that new investors pay')
  }),
  output: z.object({
    conversionPrice: z.number().describe('The lower of capPrice and discountPrice'),
    capPrice: z.number().describe('pricedRoundPrice * valuationCap / pricedRoundValuation'),
    discountPrice: z.number().describe('pricedRoundPrice (1 - discountRate)'),
    termUsed: z
      .enum(['valuation_cap', 'discount', 'round_price'])
      .describe('round_price: neither term lowers the price; on a tie the cap'),
    shares: z.number().describe('safeAmount / conversionPrice, not rounded'),
    wholeShares: z.number().describe('shares rounded down'),
    valueAtRoundPrice: z.number().describe('shares * pricedRoundPrice'),
    effectiveDiscount: z.number().describe('1 - conversionPrice / pricedRoundPrice, a fraction'),
    ownershipIfPostMoneyCap: z
      .number()
      .optional()
      .describe(
        'safeAmount / valuationCap, a fraction: before the new money, if the cap is the post-money cap of the 2018 form and decides; absent above 1'
      )
  }),
  summary: ({ shares, conversionPrice, termUsed }) =>
    `${formatNumber(shares)} shares at ${formatAmount(conversionPrice)} each (${termUsed}).`,
  run: ({ safeAmount, valuationCap, discountRate, pricedRoundValuation, pricedRoundPrice }) => {
    const finite = (value: number, field: string) => requireFinite(value, field, usual)
    const quotient = finite(valuationCap / pricedRoundValuation, 'valuationCap')
    const capPrice = finite(pricedRoundPrice * quotient, 'valuationCap')
    const discountPrice = pricedRoundPrice * (1 - discountRate)
    const conversionPrice = Math.min(capPrice, discountPrice)
    if (conversionPrice === 0) {
      throw new ToolError(`pricedRoundPrice, valuationCap: the conversion price is 0; ${usual}`)
    }
    const shares = finite(safeAmount / conversionPrice, 'safeAmount')
    const ownership = safeAmount / valuationCap
    return {
      conversionPrice,
      capPrice,
      discountPrice,
      termUsed: termOf(capPrice, discountPrice, pricedRoundPrice),
      shares,
      wholeShares: Math.floor(shares),
      valueAtRoundPrice: finite(shares * pricedRoundPrice, 'safeAmount'),
      effectiveDiscount: (pricedRoundPrice - conversionPrice) / pricedRoundPrice,
      ...(ownership <= 1 && { ownershipIfPostMoneyCap: ownership })
    }
  }
})

function termOf(
  capPrice: number,
  discountPrice: number,
  roundPrice: number
): 'valuation_cap' | 'discount' | 'round_price' {
  if (Math.min(capPrice, discountPrice) >= roundPrice) return 'round_price'
  return capPrice <= discountPrice ? 'valuation_cap' : 'discount'
}
