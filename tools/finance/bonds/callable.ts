import { ToolError } from '../../../src/define-tool.ts'
import { brentRoot } from '../numeric/brent.ts'
import type { Bond } from './bond.ts'
import type { RateLattice } from './rate-lattice.ts'

const maxResidual = 1e-9
/** ln of 1 + spread per period: a spread of -99 % per period. */
const lowestLogSpread = Math.log(0.01)

/** From when, in coupon periods, and at what price the issuer may call, on coupon dates after the coupon. */
export interface Call {
  readonly fromPeriod: number
  readonly price: number
}

/**
 * Value of a bond on a lattice with a spread added to every rate. The issuer calls where the rest is worth
 * more than the call price; without a call the bond runs to maturity.
 */
export function valueOnLattice(
  bond: Bond,
  lattice: RateLattice,
  spread: number,
  call?: Call
): number {
  const values = new Float64Array(bond.periods + 1).fill(bond.faceValue)
  for (let period = bond.periods - 1; period >= 0; period -= 1) {
    const rates = lattice[period] ?? new Float64Array()
    const cap = call && period >= call.fromPeriod ? call.price : Number.POSITIVE_INFINITY
    for (const [ups, rate] of rates.entries()) {
      const next = ((values[ups] ?? 0) + (values[ups + 1] ?? 0)) / 2 + bond.coupon
      values[ups] = Math.min(cap, next / (1 + (rate + spread) / bond.perYear))
    }
  }
  return values[0] ?? Number.NaN
}

export interface SpreadSolution {
  /** Per year, compounded at the payment frequency. */
  readonly spread: number
  readonly residual: number
}

/**
 * The spread at which the callable bond is worth its market price. The value falls strictly with the spread
 * unless it sits at the call price today, so there is at most one; a ToolError says why when there is none.
 */
export function solveSpread(
  bond: Bond,
  lattice: RateLattice,
  call: Call,
  price: number
): SpreadSolution {
  if (call.fromPeriod === 0 && price >= call.price) {
    throw new ToolError(
      'marketPrice: the issuer can call today at callPrice, so the model never gives more, and gives callPrice at many spreads; use a price below callPrice, or callYears above 0'
    )
  }
  const excess = (logSpread: number) =>
    Math.log(valueOnLattice(bond, lattice, toSpread(logSpread, bond), call)) - Math.log(price)
  // Every rate is positive, so each period discounts at least by the spread.
  const most = bond.coupon * bond.periods + Math.max(bond.faceValue, call.price)
  const high = Math.max(0, Math.log(most) - Math.log(price)) + 1e-9
  const ends = [lowestLogSpread, high].map((at) => ({ at, value: excess(at) }))
  const [start, end] = ends
  if (!start || !end || !(start.value > 0 && end.value < 0)) throw new ToolError(noSpread)
  const spread = toSpread(brentRoot(excess, start, end), bond)
  const residual = Math.abs(valueOnLattice(bond, lattice, spread, call) / price - 1)
  if (!(residual <= maxResidual)) throw new ToolError(noSpread)
  return { spread, residual }
}

const noSpread =
  'marketPrice: no spread above -99 % per half-year gives this price; check marketPrice and callPrice against faceValue, all in money'

function toSpread(logSpread: number, bond: Bond): number {
  return Math.expm1(logSpread) * bond.perYear
}
