import { z } from 'zod'

const maxYears = 100

const optionType = z
  .enum(['call', 'put'])
  .describe('call: the right to buy at the strike price; put: the right to sell')
const spotPrice = z.number().gt(0).describe('Price of the underlying today, without dividends')
const strikePrice = z.number().gt(0).describe('Price at which the option may be exercised')
export const timeToExpiry = z
  .number()
  .min(0)
  .max(maxYears)
  .describe('Years until expiry (0.25 = three months)')
export const riskFreeRate = z
  .number()
  .min(-10)
  .max(10)
  .describe('Continuously compounded annual rate as a fraction (0.05 = 5 %); may be 0 or negative')
export const volatility = z
  .number()
  .min(0)
  .max(100)
  .describe('Annual standard deviation of log returns as a fraction (0.2 = 20 %)')

/** What every vanilla option is described by. */
export const optionTerms = {
  optionType,
  spotPrice,
  strikePrice,
  timeToExpiry,
  riskFreeRate,
  volatility
}

export const moreModest = 'use a smaller price, rate or volatility, or a shorter time'
