import { normalCdf } from '../numeric/normal.ts'
import { priceBlackScholes } from '../options/black-scholes.ts'

/** A firm with one zero-coupon debt; rate continuously compounded, times in years. */
export interface Firm {
  readonly assetValue: number
  readonly assetVolatility: number
  readonly debtFaceValue: number
  readonly riskFreeRate: number
  readonly maturity: number
}

/** Equity as a call on the assets, debt as risk-free debt less a put (Merton 1974; Hull, 24.6). */
export function valueFirm(firm: Firm) {
  const { assetValue, assetVolatility, maturity } = firm
  const { call, put, d1, d2, presentStrike } = priceBlackScholes({
    spotPrice: assetValue,
    strikePrice: firm.debtFaceValue,
    timeToExpiry: maturity,
    riskFreeRate: firm.riskFreeRate,
    volatility: assetVolatility
  })
  const defaultProbability = normalCdf(-d2)
  const recovered = (assetValue / presentStrike) * normalCdf(-d1)
  const expectedLossRate = put / presentStrike
  const creditSpread = -Math.log1p(-expectedLossRate) / maturity
  return {
    defaultProbability,
    distanceToDefault: d2,
    equityValue: call,
    debtValue: presentStrike - put,
    creditSpread,
    spreadBasisPoints: creditSpread * 10_000,
    expectedLossRate,
    ...(defaultProbability > 0 && { recoveryRate: recovered / defaultProbability }),
    leverage: presentStrike / assetValue,
    ...(call > 0 && { equityVolatility: (assetVolatility * assetValue * normalCdf(d1)) / call }),
    d1
  }
}
