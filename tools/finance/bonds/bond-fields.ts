import { z } from 'zod'

export const faceValue = z
  .number()
  .gt(0)
  .max(1e15)
  .default(1000)
  .describe('Amount repaid at maturity, in money')

export const couponRate = z
  .number()
  .min(0)
  .max(10)
  .describe('Annual coupon as a fraction of the face value (0.06 = 6 %); 0 for a zero-coupon bond')

export const yearsToMaturity = z
  .number()
  .gt(0)
  .max(100)
  .describe('A whole number of coupon periods, so that no interest has accrued; at most 100')

export const paymentFrequency = z
  .enum(['annual', 'semiAnnual', 'quarterly', 'monthly'])
  .default('semiAnnual')
  .describe('How often coupons are paid: 1, 2, 4 or 12 times a year, in arrears')

export const yieldToMaturity = z
  .number()
  .describe(
    'Nominal annual yield as a fraction, compounded at the payment frequency (0.05 = 5 %); may be 0 or negative'
  )

export const marketPrice = z
  .number()
  .gt(0)
  .max(1e15)
  .describe('Price in money, for one bond of this face value, not percent of par')

export const tooExtreme = 'use a smaller face value or a less extreme yield'
