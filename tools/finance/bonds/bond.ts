import { ToolError } from '../../../src/define-tool.ts'
import { brentRoot } from '../numeric/brent.ts'
import { countPeriods } from '../numeric/periods.ts'
import { annuityPv, compound } from '../tvm/annuity.ts'

export const paymentsPerYear = { annual: 1, semiAnnual: 2, quarterly: 4, monthly: 12 } as const
export type PaymentFrequency = keyof typeof paymentsPerYear

const maxResidual = 1e-9

/** A bond right after a coupon: whole periods to maturity, no accrued interest. */
export interface Bond {
  readonly faceValue: number
  /** Paid at the end of each period, in money. */
  readonly coupon: number
  readonly periods: number
  readonly perYear: number
}

/** The words of a bond as the tools take them. */
export interface BondTerms {
  readonly faceValue: number
  readonly couponRate: number
  readonly yearsToMaturity: number
  readonly paymentFrequency: PaymentFrequency
}

/** The bond of these terms; a ToolError when the years are not a whole number of coupon periods. */
export function createBond(terms: BondTerms): Bond {
  const perYear = paymentsPerYear[terms.paymentFrequency]
  return {
    faceValue: terms.faceValue,
    coupon: (terms.faceValue * terms.couponRate) / perYear,
    periods: countPeriods(terms.yearsToMaturity, perYear, 'yearsToMaturity'),
    perYear
  }
}

/** Yield per period of a nominal annual yield; a ToolError at -100 % per period and below. */
export function yieldPerPeriod(yieldToMaturity: number, perYear: number): number {
  if (yieldToMaturity <= -perYear) {
    throw new ToolError(
      `yieldToMaturity: must be above ${-perYear}, which is -100 % per period at ${perYear} periods per year`
    )
  }
  return yieldToMaturity / perYear
}

/** Present value of coupons and face value at a yield per period; Excel PRICE on a coupon date. */
export function presentValue(bond: Bond, rate: number): number {
  const { coupon, faceValue, periods } = bond
  return annuityPv(coupon, rate, periods) + compound(faceValue, rate, -periods)
}

/** Effective annual yield (1 + y/m)^m - 1 of a yield per period. */
export function effectiveAnnualYield(rate: number, perYear: number): number {
  return Math.expm1(perYear * Math.log1p(rate))
}

export interface YieldSolution {
  /** Per period. */
  readonly rate: number
  /** |price at the rate / market price - 1|. */
  readonly residual: number
}

/**
 * The yield per period at which the bond is worth the price. There is exactly one, because every payment
 * is positive; in u = ln(1 + yield) it lies between L / n and L, with L = ln(sum of payments / price).
 */
export function solveYield(bond: Bond, price: number): YieldSolution {
  const paid = bond.coupon * bond.periods + bond.faceValue
  const log = Math.log(paid) - Math.log(price)
  const excess = (u: number) => Math.log(presentValue(bond, Math.expm1(u))) - Math.log(price)
  const start = Math.min(log, log / bond.periods)
  const end = Math.max(log, log / bond.periods)
  const rate = Math.expm1(rootBetween(excess, start, end))
  const residual = Math.abs(presentValue(bond, rate) / price - 1)
  if (!(residual <= maxResidual)) {
    throw new ToolError(
      'marketPrice: no yield that a double tells from -100 % per period, or from infinity, gives this price; check marketPrice against faceValue, both in money'
    )
  }
  return { rate, residual }
}

/** Rounding may leave a bracket of this family without a change of sign: then an end is the root. */
function rootBetween(f: (x: number) => number, start: number, end: number): number {
  const [low, high] = [f(start), f(end)]
  if (low * high < 0) return brentRoot(f, { at: start, value: low }, { at: end, value: high })
  return Math.abs(low) <= Math.abs(high) ? start : end
}
