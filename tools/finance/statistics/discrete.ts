import { betaTails } from '../numeric/beta.ts'
import { poissonDensity, regularizedGammaP, regularizedGammaQ } from '../numeric/gamma.ts'
import { binomialDensity } from '../numeric/saddle-point.ts'

/** Probabilities around one outcome, each tail accurate when it is tiny. */
export interface Outcome {
  /** Of exactly the outcome. */
  readonly probability: number
  readonly atMost: number
  readonly moreThan: number
  readonly atLeast: number
  readonly lessThan: number
}

/** k successes in n independent trials of probability p, 0 <= k <= n. */
export function binomialOutcome(n: number, k: number, p: number): Outcome {
  const below = k === 0 ? { lower: 1, upper: 0 } : betaTails(p, 1 - p, k, n - k + 1)
  const above = k === n ? { lower: 0, upper: 1 } : betaTails(p, 1 - p, k + 1, n - k)
  return {
    probability: binomialDensity(k, n, p, 1 - p),
    atMost: above.upper,
    moreThan: above.lower,
    atLeast: below.lower,
    lessThan: below.upper
  }
}

/** x events where `mean` are expected. */
export function poissonOutcome(x: number, mean: number): Outcome {
  return {
    probability: poissonDensity(x, mean),
    atMost: regularizedGammaQ(x + 1, mean),
    moreThan: regularizedGammaP(x + 1, mean),
    atLeast: x === 0 ? 1 : regularizedGammaP(x, mean),
    lessThan: x === 0 ? 0 : regularizedGammaQ(x, mean)
  }
}

/** Drawing without replacement. */
export interface Urn {
  readonly total: number
  readonly successes: number
  readonly drawn: number
}

/** k successes among those drawn. */
export function hypergeometricOutcome(urn: Urn, k: number): Outcome {
  const lowest = Math.max(0, urn.drawn + urn.successes - urn.total)
  const highest = Math.min(urn.drawn, urn.successes)
  if (k < lowest) return { probability: 0, atMost: 0, moreThan: 1, atLeast: 1, lessThan: 0 }
  if (k > highest) return { probability: 0, atMost: 1, moreThan: 0, atLeast: 0, lessThan: 1 }
  const probability = hypergeometricDensity(urn, k)
  // The sum runs away from the mean, where terms only shrink.
  if (k * urn.total <= urn.drawn * urn.successes) {
    const lessThan = sumOfTail(urn, k, lowest, probability)
    const atMost = Math.min(1, lessThan + probability)
    return { probability, atMost, moreThan: 1 - atMost, atLeast: 1 - lessThan, lessThan }
  }
  const moreThan = sumOfTail(urn, k, highest, probability)
  const atLeast = Math.min(1, moreThan + probability)
  return { probability, atMost: 1 - moreThan, moreThan, atLeast, lessThan: 1 - atLeast }
}

/** As the ratio of three binomial probabilities, none of which loses digits (Loader 2000). */
function hypergeometricDensity({ total, successes, drawn }: Urn, k: number): number {
  const p = drawn / total
  const q = (total - drawn) / total
  const good = binomialDensity(k, successes, p, q)
  const bad = binomialDensity(drawn - k, total - successes, p, q)
  return (good * bad) / binomialDensity(drawn, total, p, q)
}

/** Probability of what lies beyond k towards `end`, from the probability of k by ratios. */
function sumOfTail(urn: Urn, k: number, end: number, probability: number): number {
  const step = end < k ? -1 : 1
  let term = probability
  let sum = 0
  for (let at = k; at !== end; at += step) {
    term *= step > 0 ? ratioUp(urn, at) : 1 / ratioUp(urn, at - 1)
    sum += term
    if (term <= sum * (Number.EPSILON / 8)) break
  }
  return sum
}

/** Probability of k + 1 over that of k. */
function ratioUp({ total, successes, drawn }: Urn, k: number): number {
  return (((successes - k) / (k + 1)) * (drawn - k)) / (total - successes - drawn + k + 1)
}
