/** How far two statements of one amount are apart, and how far they may be. */
export interface Agreement {
  readonly difference: number
  readonly tolerance: number
  readonly agrees: boolean
}

const oneCent = 0.01

/** Amounts agree within a cent, or within the last bits of doubles where those are coarser. */
export function compareAmounts(stated: number, expected: number): Agreement {
  const size = Math.max(Math.abs(stated), Math.abs(expected))
  const tolerance = Math.max(oneCent, 8 * Number.EPSILON * size)
  const difference = stated - expected
  return { difference, tolerance, agrees: Math.abs(difference) <= tolerance }
}
