import { z } from 'zod'

export const zScore = z
  .number()
  .min(-1000)
  .max(1000)
  .describe('Altman Z-score, from calculate_altman_z_score')

export const seniority = z
  .enum(['seniorSecured', 'seniorUnsecured', 'subordinated', 'junior'])
  .describe('Rank of the claim, which sets its recovery: 0.7, 0.5, 0.3 or 0.1 of the exposure')

export const exposure = z.number().gt(0).max(1e15).describe('Amount at risk when default happens')

export const recoveryRate = z
  .number()
  .min(0)
  .lt(1)
  .default(0.4)
  .describe('Share recovered after default, as a fraction below 1')

export const hazardRate = z
  .number()
  .min(0)
  .max(100)
  .describe('Default intensity per year, constant (0.02 = about 2 % a year)')

export const riskFreeRate = z
  .number()
  .gt(-1)
  .max(10)
  .default(0.05)
  .describe('Flat annual rate as a fraction, continuously compounded (0.05 = 5 %)')

export const years = z.number().gt(0).max(100)

export const spreadBasisPoints = z
  .number()
  .min(0)
  .max(1e6)
  .describe('Spread per year in basis points (150 = 1.5 %)')

export const moreModest = 'use smaller amounts or less extreme rates'

export const probability = z.number().min(0).max(1)

const recovered = z.number().describe('Share recovered after default')
const lossGivenDefault = z.number().describe('1 - recoveryRate')

/** What happens to a claim after default. */
export const claimFields = { recoveryRate: recovered, lossGivenDefault }

/** The results of `describeLoss`. */
export const lossFields = {
  expectedLoss: z.number().describe('defaultProbability * lossGivenDefault * exposure'),
  lossRate: z.number().describe('expectedLoss / exposure'),
  ...claimFields,
  lossIfDefault: z.number().describe('lossGivenDefault * exposure')
}
