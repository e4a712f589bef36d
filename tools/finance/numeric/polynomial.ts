/** Value of a polynomial by Horner's rule, coefficients from the constant term upwards. */
export function evaluatePolynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0)
}
