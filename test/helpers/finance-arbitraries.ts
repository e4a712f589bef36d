import fc from 'fast-check'

const steps = 1_000_000

/**
 * A number of a range, evenly spread as well as odd: fc.double alone is even over its bits, so that
 * nearly every number is tiny.
 */
export function numberBetween(min: number, max: number): fc.Arbitrary<number> {
  const even = fc.integer({ min: 0, max: steps }).map((step) => min + ((max - min) * step) / steps)
  return fc.oneof({ weight: 4, arbitrary: even }, fc.double({ min, max, noNaN: true }))
}
