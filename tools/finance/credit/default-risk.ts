/** Recovery by seniority of the claim, as a fraction of the exposure: round long-run averages. */
export const recoveryRates = {
  seniorSecured: 0.7,
  seniorUnsecured: 0.5,
  subordinated: 0.3,
  junior: 0.1
} as const

/** Default intensity per year of an Altman Z-score, by the logistic rule PD = 1 / (1 + e^(4 (Z - 1.5))). */
export function hazardOfZScore(zScore: number): number {
  // -ln(1 - PD) = ln(1 + e^-x), without overflow.
  const x = 4 * (zScore - 1.5)
  return Math.max(0, -x) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** Probability of default within some years at a constant intensity. */
export function defaultProbability(hazardRate: number, years: number): number {
  return -Math.expm1(-hazardRate * years)
}

/** Altman's zones of 1968: distress below 1.81, safe above 2.99. */
export function zoneOfZScore(zScore: number): 'safe' | 'grey' | 'distress' {
  if (zScore > 2.99) return 'safe'
  return zScore < 1.81 ? 'distress' : 'grey'
}

/** Expected loss PD * LGD * EAD and its parts. */
export function describeLoss(pd: number, recoveryRate: number, exposure: number) {
  const lossGivenDefault = 1 - recoveryRate
  return {
    expectedLoss: pd * lossGivenDefault * exposure,
    lossRate: pd * lossGivenDefault,
    recoveryRate,
    lossGivenDefault,
    lossIfDefault: lossGivenDefault * exposure
  }
}
