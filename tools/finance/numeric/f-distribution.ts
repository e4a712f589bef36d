import { betaTails } from './beta.ts'

/** Probability that an F variable with df1 and df2 degrees of freedom exceeds f. */
export function fSurvival(f: number, df1: number, df2: number): number {
  if (f <= 0) return 1
  const ratio = (df1 / df2) * f
  const x = 1 / (1 + ratio)
  const complement = ratio === Number.POSITIVE_INFINITY ? 1 : ratio / (1 + ratio)
  return betaTails(x, complement, df2 / 2, df1 / 2).lower
}
