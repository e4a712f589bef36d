import { evaluatePolynomial } from './polynomial.ts'

// Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error function"
// (1969), constant term first.
const nearNumerator: readonly number[] = [
  3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315
]
const nearDenominator: readonly number[] = [
  2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1
]
const middleNumerator: readonly number[] = [
  1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001,
  66.11919063714163, 8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8
]
const middleDenominator: readonly number[] = [
  1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903,
  537.1811018620099, 117.6939508913125, 15.744926110709835, 1
]
const farNumerator: readonly number[] = [
  0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445,
  0.30532663496123236, 0.016315387137302097
]
const farDenominator: readonly number[] = [
  0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673,
  2.568520192289822, 1
]
const inverseSqrtPi = 0.5641895835477563
const inverseSqrtTwoPi = 0.3989422804014327

/** The error function 2 / sqrt(pi) * integral of e^-t^2 from 0 to x. */
export function erf(x: number): number {
  if (Math.abs(x) > 0.46875) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1
  const square = x * x
  return (
    x * (evaluatePolynomial(nearNumerator, square) / evaluatePolynomial(nearDenominator, square))
  )
}

/** 1 - erf(x), with full relative accuracy in the far tail. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erf(x)
  if (x < 0) return 2 - erfc(-x)
  if (x > 27) return 0
  return expOfMinusSquare(x) * (x <= 4 ? middleFactor(x) : farFactor(x))
}

function middleFactor(x: number): number {
  return evaluatePolynomial(middleNumerator, x) / evaluatePolynomial(middleDenominator, x)
}

function farFactor(x: number): number {
  const inverse = 1 / (x * x)
  const ratio =
    evaluatePolynomial(farNumerator, inverse) / evaluatePolynomial(farDenominator, inverse)
  return (inverseSqrtPi - inverse * ratio) / x
}

/** In two factors, so that the rounding of the square is not multiplied by the square. */
function expOfMinusSquare(x: number): number {
  const coarse = Math.trunc(x * 16) / 16
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse))
}

/** Standard normal density. */
export function normalPdf(z: number): number {
  return inverseSqrtTwoPi * Math.exp(-0.5 * z * z)
}

/** Probability that a standard normal variable is at most z. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z * Math.SQRT1_2)
}

/** Probability that a standard normal variable exceeds z, accurate in the far tail. */
export function normalSurvival(z: number): number {
  return 0.5 * erfc(z * Math.SQRT1_2)
}

// M. J. Wichura, algorithm AS 241 (1988), PPND16: relative accuracy about 1e-16.
const centralNumerator: readonly number[] = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227
]
const centralDenominator: readonly number[] = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854
]
const tailNumerator: readonly number[] = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414
]
const tailDenominator: readonly number[] = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
  0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9
]
const farTailNumerator: readonly number[] = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
  0.026532189526576124, 0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7
]
const farTailDenominator: readonly number[] = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15
]

/** The z below which a standard normal variable falls with probability p; infinite at 0 and 1. */
export function normalQuantile(p: number): number {
  const centred = p - 0.5
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred
    return (
      (centred * evaluatePolynomial(centralNumerator, r)) /
      evaluatePolynomial(centralDenominator, r)
    )
  }
  const tail = Math.min(p, 1 - p)
  if (tail <= 0) return centred < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Math.sign(centred) * tailQuantile(Math.sqrt(-Math.log(tail)))
}

function tailQuantile(r: number): number {
  if (r <= 5) {
    return evaluatePolynomial(tailNumerator, r - 1.6) / evaluatePolynomial(tailDenominator, r - 1.6)
  }
  return evaluatePolynomial(farTailNumerator, r - 5) / evaluatePolynomial(farTailDenominator, r - 5)
}
