import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, formatPercent, requireFiniteRecord } from '../numeric/numbers.ts'
import {
  type Bond,
  createBond,
  effectiveAnnualYield,
  presentValue,
  solveYield,
  yieldPerPeriod
} from './bond.ts'
import {
  couponRate,
  faceValue,
  marketPrice,
  paymentFrequency,
  tooExtreme,
  yearsToMaturity,
  yieldToMaturity
} from './bond-fields.ts'

const currentYield = z.number().describe('Annual coupons / price, as a fraction')
const effectiveYield = z
  .number()
  .describe('(1 + y/m)^m - 1: the yield compounded once a year, as a fraction')
const coupon = z.number().describe('Each payment, in money')
const periods = z.int().describe('Coupon periods to maturity')

/** What holds for a bond at a price, whichever of price and yield was asked for. */
function describeBond(bond: Bond, rate: number, price: number) {
  return {
    currentYield: (bond.coupon * bond.perYear) / price,
    effectiveAnnualYield: effectiveAnnualYield(rate, bond.perYear),
    coupon: bond.coupon
  }
}

const priceBond = defineTool({
  name: 'price_bond',
  title: 'Bond price',
  description:
    'Price of a fixed-coupon bond on a coupon date from its yield to maturity (Excel PRICE without accrued interest). For the yield from a price use calculate_bond_ytm, for the sensitivity to yields calculate_bond_duration, with an issuer call price_callable_bond.',
  toolset: 'finance.bonds',
  input: z.object({ faceValue, couponRate, yearsToMaturity, yieldToMaturity, paymentFrequency }),
  output: z.object({
    price: z.number().describe('In money, for one bond of this face value'),
    percentOfPar: z.number().describe('100 price / faceValue, the usual quotation'),
    premium: z.number().describe('price - faceValue: positive above par, negative at a discount'),
    currentYield,
    effectiveAnnualYield: effectiveYield,
    coupon,
    periods
  }),
  summary: ({ price, percentOfPar }) =>
    `Price ${formatAmount(price)}, ${formatAmount(percentOfPar)} % of par.`,
  run: (terms) => {
    const bond = createBond(terms)
    const rate = yieldPerPeriod(terms.yieldToMaturity, bond.perYear)
    const price = presentValue(bond, rate)
    const results = {
      price,
      percentOfPar: (100 * price) / bond.faceValue,
      premium: price - bond.faceValue,
      ...describeBond(bond, rate, price)
    }
    return {
      ...requireFiniteRecord(results, 'yieldToMaturity', tooExtreme),
      periods: bond.periods
    }
  }
})

const calculateBondYtm = defineTool({
  name: 'calculate_bond_ytm',
  title: 'Yield to maturity',
  description:
    'Yield to maturity of a fixed-coupon bond from its price on a coupon date (Excel YIELD without accrued interest): nominal per year, compounded at the payment frequency. Exactly one exists for a positive price. For the price from a yield use price_bond, for a callable bond calculate_oas, for uneven flows calculate_irr.',
  toolset: 'finance.bonds',
  input: z.object({ faceValue, couponRate, yearsToMaturity, marketPrice, paymentFrequency }),
  output: z.object({
    yieldToMaturity: z
      .number()
      .describe('Nominal annual yield as a fraction, compounded at the payment frequency'),
    yieldPerPeriod: z.number().describe('yieldToMaturity / payments per year'),
    effectiveAnnualYield: effectiveYield,
    currentYield,
    coupon,
    periods,
    residual: z.number().describe('How far the price at this yield is off, relative to marketPrice')
  }),
  summary: ({ yieldToMaturity, effectiveAnnualYield }) =>
    `Yield to maturity ${formatPercent(yieldToMaturity)} nominal, ${formatPercent(effectiveAnnualYield)} effective per year.`,
  run: ({ marketPrice, ...terms }) => {
    const bond = createBond(terms)
    const { rate, residual } = solveYield(bond, marketPrice)
    const results = {
      yieldToMaturity: rate * bond.perYear,
      yieldPerPeriod: rate,
      ...describeBond(bond, rate, marketPrice),
      residual
    }
    return { ...requireFiniteRecord(results, 'marketPrice', tooExtreme), periods: bond.periods }
  }
})

/** The bond tools of everyday use: those of `finance.core`. */
export const everydayBondTools: readonly ToolDefinition[] = [priceBond, calculateBondYtm]
