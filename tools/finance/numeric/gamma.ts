import { evaluateContinuedFraction } from './continued-fraction.ts'
import { evaluatePolynomial } from './polynomial.ts'

/** (zeta(k) - 1) / k for k = 2, 3, ...: the Taylor series of ln gamma around 2, DLMF 5.7.3. */
const zetaTerms: readonly number[] = [
  0.3224670334241132, 0.0673523010531981, 0.020580808427784546, 0.007385551028673986,
  0.0028905103307415234, 0.001192753911703261, 0.0005096695247430425, 0.00022315475845357939,
  0.00009945751278180853, 0.00004492623673813314, 0.00002050721277567069, 0.000009439488275268397,
  0.000004374866789907488, 0.000002039215753801366, 9.55141213040742e-7, 4.492469198764566e-7,
  2.1207184805554665e-7, 1.0043224823968099e-7, 4.7698101693639804e-8, 2.2711094608943164e-8,
  1.0838659214896955e-8, 5.183475041970047e-9, 2.4836745438024785e-9, 1.1921401405860912e-9,
  5.731367241678862e-10, 2.7595228851242334e-10, 1.330476437424449e-10, 6.4229645638381e-11,
  3.1044247747322276e-11
]
const oneMinusEuler = 0.42278433509846713
/** B(2k) / (2k (2k - 1)): Stirling's series, DLMF 5.11.1. */
const stirlingTerms: readonly number[] = [
  0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953,
  0.0008417508417508417, -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242
]
const lnSqrtTwoPi = 0.9189385332046728
const firstOfStirling = 15

/** ln |gamma(x)|, with full relative accuracy at its zeros 1 and 2; Infinity at 0, -1, -2, ... */
export function logGamma(x: number): number {
  if (x >= firstOfStirling) {
    return (x - 0.5) * (Math.log(x) - 1) + (lnSqrtTwoPi - 0.5) + stirlingCorrection(x)
  }
  if (x > 2.5) {
    const { product, rest } = reduceToTwo(x)
    return Math.log(product) + aroundTwo(rest - 2)
  }
  if (x >= 1.5) return aroundTwo(x - 2)
  if (x >= 0.5) return aroundTwo(x - 1) - Math.log1p(x - 1)
  if (x > 0) return aroundTwo(x) - Math.log1p(x) - Math.log(x)
  if (Number.isNaN(x)) return x
  return Math.log(Math.PI / Math.abs(sinPi(x))) - logGamma(1 - x)
}

/** The gamma function; Infinity above 171.62 and NaN at 0, -1, -2, ... */
export function gamma(x: number): number {
  if (x >= firstOfStirling) {
    // In two factors: x^x overflows before gamma(x) does.
    const root = x ** (x / 2 - 0.25)
    const scale = Math.exp(lnSqrtTwoPi + stirlingCorrection(x))
    return root * Math.exp(-x) * root * scale
  }
  if (x > 2.5) {
    const { product, rest } = reduceToTwo(x)
    return product * Math.exp(aroundTwo(rest - 2))
  }
  if (x >= 0.5) return Math.exp(logGamma(x))
  const sine = sinPi(x)
  return sine === 0 || Number.isNaN(x) ? Number.NaN : Math.PI / (sine * gamma(1 - x))
}

/** ln gamma(x) - (x - 1/2) ln x + x - ln sqrt(2 pi), by Stirling's series; for x from 15. */
function stirlingCorrection(x: number): number {
  return evaluatePolynomial(stirlingTerms, 1 / (x * x)) / x
}

/** ln gamma(2 + z) for |z| <= 0.5. */
function aroundTwo(z: number): number {
  return z * (oneMinusEuler + z * evaluatePolynomial(zetaTerms, -z))
}

/** gamma(x) = product * gamma(rest) with rest between 1.5 and 2.5. */
function reduceToTwo(x: number): { product: number; rest: number } {
  let product = 1
  let rest = x
  while (rest > 2.5) {
    rest -= 1
    product *= rest
  }
  return { product, rest }
}

/** sin(pi x), exactly 0 at whole numbers. */
function sinPi(x: number): number {
  const rest = x - 2 * Math.round(x / 2)
  if (Math.abs(rest) === 1) return 0
  return Math.sin(Math.PI * rest)
}

/**
 * mean^x e^-mean / gamma(x + 1), x not necessarily whole, without a difference of large logarithms:
 * C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
 */
export function poissonDensity(x: number, mean: number): number {
  if (x === 0) return Math.exp(-mean)
  if (mean === 0) return 0
  const exponent = -stirlingError(x) - deviance(x, mean, x - mean)
  return Math.exp(exponent) / Math.sqrt(2 * Math.PI * x)
}

/** ln gamma(n + 1) - (n + 1/2) ln n + n - ln sqrt(2 pi). */
export function stirlingError(n: number): number {
  if (n >= 15) return stirlingCorrection(n)
  return logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI)
}

/** x ln(x / mean) + mean - x, from the `difference` x - mean where they are close. */
export function deviance(x: number, mean: number, difference: number): number {
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x
  const ratio = difference / (x + mean)
  let sum = difference * ratio
  let term = 2 * x * ratio
  for (let odd = 3; odd < 1000; odd += 2) {
    term *= ratio * ratio
    const next = sum + term / odd
    if (next === sum) return next
    sum = next
  }
  return sum
}

/**
 * Lower regularized incomplete gamma function P(a, x), x >= 0 (DLMF 8.2.4), for 0 < a <= 1e10: the
 * number of terms grows with the root of a.
 */
export function regularizedGammaP(a: number, x: number): number {
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x)
}

/** Upper regularized incomplete gamma function Q(a, x) = 1 - P(a, x), accurate when it is tiny. */
export function regularizedGammaQ(a: number, x: number): number {
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x)
}

/** DLMF 8.11.4: x^a e^-x / gamma(a + 1) (1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ...). */
function lowerSeries(a: number, x: number): number {
  if (x === 0) return 0
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * (Number.EPSILON / 2); k += 1) {
    term *= x / (a + k)
    sum += term
  }
  return poissonDensity(a, x) * sum
}

/** DLMF 8.9.2 in its even form: x^a e^-x / gamma(a) / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...)). */
function upperFraction(a: number, x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0
  const fraction = evaluateContinuedFraction(x + 1 - a, (i) => [i * (a - i), x + 2 * i + 1 - a])
  return poissonDensity(a, x) * a * fraction
}
