import { normalCdf, normalPdf } from '../numeric/normal.ts'

export type OptionType = 'call' | 'put'

/** A European option without dividends; time in years, rate continuously compounded. */
export interface OptionTerms {
  readonly spotPrice: number
  readonly strikePrice: number
  readonly timeToExpiry: number
  readonly riskFreeRate: number
  readonly volatility: number
}

export interface BlackScholes {
  /** Infinite where nothing is uncertain: without time or without volatility. */
  readonly d1: number
  readonly d2: number
  readonly call: number
  readonly put: number
  /** Strike discounted to today. */
  readonly presentStrike: number
}

/** Prices by Black and Scholes (1973), the put by its own formula: parity would cancel far from the money. */
export function priceBlackScholes(terms: OptionTerms): BlackScholes {
  const { spotPrice, timeToExpiry, riskFreeRate, volatility } = terms
  const presentStrike = terms.strikePrice * Math.exp(-riskFreeRate * timeToExpiry)
  const deviation = volatility * Math.sqrt(timeToExpiry)
  const moneyness = logRatio(spotPrice, terms.strikePrice) + riskFreeRate * timeToExpiry
  // Without uncertainty the sign alone decides; at the very edge both prices are 0.
  const centre = moneyness === 0 ? 0 : moneyness / deviation
  const d1 = centre + deviation / 2
  const d2 = centre - deviation / 2
  const call = spotPrice * normalCdf(d1) - presentStrike * normalCdf(d2)
  const put = presentStrike * normalCdf(-d2) - spotPrice * normalCdf(-d1)
  const forwardGain = spotPrice - presentStrike
  // Rounding must not leave the bounds of arbitrage.
  return {
    d1,
    d2,
    call: Math.min(spotPrice, Math.max(0, forwardGain, call)),
    put: Math.min(presentStrike, Math.max(0, -forwardGain, put)),
    presentStrike
  }
}

/** ln(a / b), without overflow, and without losing digits where the two are close. */
function logRatio(a: number, b: number): number {
  if (Math.abs(a - b) < b / 2) return Math.log1p((a - b) / b)
  return Math.log(a) - Math.log(b)
}

/** Derivatives of the price; time in years, volatility and rate per 1.00. */
export interface Greeks {
  readonly delta: number
  readonly gamma: number
  readonly theta: number
  readonly vega: number
  readonly rho: number
}

/** The Greeks (Hull, Options, Futures and Other Derivatives, chapter 19); undefined at a kink of the price. */
export function computeGreeks(terms: OptionTerms, type: OptionType): Greeks | undefined {
  const { spotPrice, timeToExpiry, riskFreeRate, volatility } = terms
  const { d1, d2, presentStrike } = priceBlackScholes(terms)
  const deviation = volatility * Math.sqrt(timeToExpiry)
  if (deviation === 0 && d1 === 0) return undefined
  const density = normalPdf(d1)
  const sign = type === 'call' ? 1 : -1
  const carry = sign * presentStrike * normalCdf(sign * d2)
  // A density of 0 outweighs a deviation of 0.
  const gamma = density === 0 ? 0 : density / (spotPrice * deviation)
  const decay =
    density === 0 ? 0 : (spotPrice * density * volatility) / (2 * Math.sqrt(timeToExpiry))
  return {
    delta: sign * normalCdf(sign * d1),
    gamma,
    theta: -decay - riskFreeRate * carry,
    vega: spotPrice * density * Math.sqrt(timeToExpiry),
    rho: timeToExpiry * carry
  }
}
