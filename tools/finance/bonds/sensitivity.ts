import { compensatedSum } from '../numeric/sums.ts'
import { compound } from '../tvm/annuity.ts'
import { type Bond, presentValue } from './bond.ts'

const onePoint = 0.01

/** How the price of a bond moves with its nominal annual yield. Times in years. */
export interface Sensitivity {
  readonly price: number
  /** Mean time to the payments, weighted by present value. */
  readonly macaulayDuration: number
  /** -dP/dy / P */
  readonly modifiedDuration: number
  /** d2P/dy2 / P */
  readonly convexity: number
  /** Relative change of the price when the yield rises by 0.01. */
  readonly change: number
}

/** Durations and convexity at a yield per period (Fabozzi, Bond Markets, chapter 4). */
export function measureSensitivity(bond: Bond, rate: number): Sensitivity {
  const { perYear, periods } = bond
  const price = presentValue(bond, rate)
  const first: number[] = []
  const second: number[] = []
  for (let k = 1; k <= periods; k += 1) {
    const flow = k === periods ? bond.coupon + bond.faceValue : bond.coupon
    const weight = compound(flow, rate, -k) / price
    first.push(k * weight)
    second.push(k * (k + 1) * weight)
  }
  const macaulayDuration = compensatedSum(first) / perYear
  return {
    price,
    macaulayDuration,
    modifiedDuration: macaulayDuration / (1 + rate),
    convexity: compensatedSum(second) / ((1 + rate) * perYear) ** 2,
    change: presentValue(bond, rate + onePoint / perYear) / price - 1
  }
}
