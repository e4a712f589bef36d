import { evaluateContinuedFraction } from './continued-fraction.ts'
import { logGamma } from './gamma.ts'
import { binomialDensity } from './saddle-point.ts'

/** ln B(a, b) = ln (gamma(a) gamma(b) / gamma(a + b)) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a]
  if (small < 15) return logGamma(small) + (logGamma(large) - logGamma(large + small))
  const sum = small + large
  // From the peak of the binomial distribution: no difference of large logarithms.
  const peak = binomialDensity(small, sum, small / sum, large / sum)
  const exponent = small * Math.log(small / sum) - large * Math.log1p(small / large)
  return exponent - Math.log(peak) + Math.log(sum / small / large)
}

/** Regularized incomplete beta function I_x(a, b), 0 <= x <= 1, a, b > 0 (DLMF 8.17). */
export function regularizedBeta(x: number, a: number, b: number): number {
  return betaTails(x, 1 - x, a, b).lower
}

/**
 * I_x(a, b) and 1 - I_x(a, b), the smaller one with full relative accuracy. `complement` is 1 - x,
 * given apart because it has more digits where x is close to 1.
 */
export function betaTails(
  x: number,
  complement: number,
  a: number,
  b: number
): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 }
  if (complement <= 0) return { lower: 1, upper: 0 }
  if (x > (a + 1) / (a + b + 2)) {
    const { lower, upper } = betaTails(complement, x, b, a)
    return { lower: upper, upper: lower }
  }
  // x^a (1 - x)^b / (a B(a, b)) is a binomial probability up to a factor.
  const factor = binomialDensity(a, a + b, x, complement) * (b / (a + b))
  const lower = Math.min(1, factor * betaFraction(x, a, b))
  return { lower, upper: 1 - lower }
}

/** DLMF 8.17.22. */
function betaFraction(x: number, a: number, b: number): number {
  return evaluateContinuedFraction(1, (i) => {
    const m = Math.floor(i / 2)
    if (i % 2 === 0) return [(m * (b - m) * x) / (a + 2 * m - 1) / (a + 2 * m), 1]
    return [(-(a + m) * (a + b + m) * x) / (a + 2 * m) / (a + 2 * m + 1), 1]
  })
}
