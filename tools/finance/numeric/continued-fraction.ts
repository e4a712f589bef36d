const tiny = 1e-300
const maxTerms = 1_000_000

/**
 * 1 / (1 + a1 / (b1 + a2 / (b2 + ...))) by the modified Lentz method, with `first` in the place of the
 * leading denominator; `term(i)` gives [ai, bi] for i = 1, 2, ...
 */
export function evaluateContinuedFraction(
  first: number,
  term: (index: number) => readonly [number, number]
): number {
  let fraction = first === 0 ? tiny : first
  let numerator = fraction
  let denominator = 0
  for (let index = 1; index < maxTerms; index += 1) {
    const [a, b] = term(index)
    denominator = b + a * denominator
    denominator = 1 / (denominator === 0 ? tiny : denominator)
    numerator = b + a / numerator
    if (numerator === 0) numerator = tiny
    const factor = numerator * denominator
    fraction *= factor
    // Also when it is NaN.
    if (!(Math.abs(factor - 1) > Number.EPSILON)) break
  }
  return 1 / fraction
}
