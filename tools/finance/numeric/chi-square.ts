import { regularizedGammaQ } from './gamma.ts'

/** Probability that a chi-square variable with `df` > 0 degrees of freedom exceeds x. */
export function chiSquareSurvival(x: number, df: number): number {
  return x <= 0 ? 1 : regularizedGammaQ(df / 2, x / 2)
}
