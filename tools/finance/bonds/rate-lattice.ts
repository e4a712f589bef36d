import { brentRoot } from '../numeric/brent.ts'

/** One-period rates per year, by period and then by number of moves up. */
export type RateLattice = readonly Float64Array[]

/** Terms of the short rate. */
export interface ShortRate {
  /** Annual forward rates above 0, one for each period, compounded once per period. */
  readonly forwards: readonly number[]
  /** Standard deviation of the logarithm of the short rate, per square root of a year. */
  readonly volatility: number
  /** Length of a period in years. */
  readonly periodYears: number
}

/**
 * Recombining lattice of lognormal short rates with even odds that prices the zero-coupon bonds of the
 * forward curve exactly (Kalotay, Williams and Fabozzi 1993; forward induction by Jamshidian 1991).
 */
export function createRateLattice(terms: ShortRate): RateLattice {
  const { forwards, periodYears } = terms
  const halfStep = terms.volatility * Math.sqrt(periodYears)
  const lattice: Float64Array[] = []
  // Value today of 1 paid in each state at the start of the period.
  let statePrices = new Float64Array([1])
  for (const [period, forward] of forwards.entries()) {
    const middle = solveMiddle(statePrices, forward, halfStep, periodYears)
    const rates = ratesAround(middle, period, halfStep)
    statePrices = nextStatePrices(statePrices, rates, periodYears)
    lattice.push(rates)
  }
  return lattice
}

function ratesAround(logMiddle: number, period: number, halfStep: number): Float64Array {
  return Float64Array.from({ length: period + 1 }, (_, ups) =>
    Math.exp(logMiddle + (2 * ups - period) * halfStep)
  )
}

/** ln of the middle rate at which the states together discount by the forward rate. */
function solveMiddle(
  statePrices: Float64Array,
  forward: number,
  halfStep: number,
  periodYears: number
): number {
  const period = statePrices.length - 1
  const spread = period * halfStep
  const logForward = Math.log(forward)
  if (spread === 0) return logForward
  const total = statePrices.reduce((sum, price) => sum + price, 0)
  const excess = (logMiddle: number) => {
    let sum = 0
    for (let ups = 0; ups <= period; ups += 1) {
      const rate = Math.exp(logMiddle + (2 * ups - period) * halfStep)
      // Zero at rate = forward, without the cancellation of a difference of discount factors.
      const gain = ((forward - rate) * periodYears) / (1 + rate * periodYears)
      sum += ((statePrices[ups] ?? 0) / total) * gain
    }
    return sum
  }
  // With every rate at most the forward the states discount too little, with every rate above it too much.
  const low = { at: logForward - spread, value: excess(logForward - spread) }
  const high = { at: logForward + spread, value: excess(logForward + spread) }
  return brentRoot(excess, low, high)
}

function nextStatePrices(
  statePrices: Float64Array,
  rates: Float64Array,
  periodYears: number
): Float64Array<ArrayBuffer> {
  const next = new Float64Array(statePrices.length + 1)
  for (const [ups, price] of statePrices.entries()) {
    const half = price / (1 + (rates[ups] ?? 0) * periodYears) / 2
    next[ups] = (next[ups] ?? 0) + half
    next[ups + 1] = (next[ups + 1] ?? 0) + half
  }
  return next
}
