import { z } from 'zod'
import { quantile } from './quantile.ts'

/** Value at risk of outcomes sorted ascending, at a confidence level in (0, 1). */
export function tailRisk(sorted: ArrayLike<number>, confidenceLevel: number) {
  const outcome = lowerQuantile(sorted, 1 - confidenceLevel)
  const inTail = countUpTo(sorted, outcome)
  let average = 0
  for (let i = 0; i < inTail; i += 1) average += (Number(sorted[i]) - average) / (i + 1)
  return {
    confidenceLevel,
    varOutcome: outcome + 0,
    varLoss: 0 - outcome,
    cvarOutcome: average + 0,
    cvarLoss: 0 - average,
    tailCount: inTail
  }
}

/** Output fields of `tailRisk`. */
export const tailRiskFields = {
  confidenceLevel: z.number().describe('As a fraction (0.95 = 95 %)'),
  varOutcome: z
    .number()
    .describe('The outcome that is passed with this confidence: type 7 quantile at 1 - level'),
  varLoss: z.number().describe('Value at risk as a loss: -varOutcome; negative is a gain'),
  cvarOutcome: z.number().describe('Mean of the outcomes at or below varOutcome'),
  cvarLoss: z.number().describe('Expected shortfall as a loss: -cvarOutcome'),
  tailCount: z.int().describe('How many outcomes that mean is of')
}

/** Type 7; 1 - 0.9 is a little less than 0.1, which must not push an outcome out of the tail. */
function lowerQuantile(sorted: ArrayLike<number>, p: number): number {
  const position = (sorted.length - 1) * p
  const nearest = Math.round(position)
  const isWhole = Math.abs(position - nearest) < 1e-9
  return isWhole ? Number(sorted[nearest]) : quantile(sorted, p)
}

/** How many of the values sorted ascending are at most `limit`. */
export function countUpTo(sorted: ArrayLike<number>, limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (Number(sorted[middle]) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
