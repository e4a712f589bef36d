/**
 * Combines every window of `size` values, in time that does not depend on the size: running results
 * within blocks of that size, forwards and backwards; a window is the end of one block and the start
 * of the next (van Herk 1992, Gil and Werman 1993). Nothing is ever taken out again, so sums keep
 * their digits.
 */
export function combineWindows<T>(
  items: readonly T[],
  size: number,
  combine: (earlier: T, later: T) => T
): T[] {
  const forwards: T[] = []
  for (const [i, item] of items.entries()) {
    const before = forwards[i - 1]
    forwards.push(i % size === 0 || before === undefined ? item : combine(before, item))
  }
  const backwards = [...items]
  for (let i = items.length - 2; i >= 0; i -= 1) {
    const [item, after] = [backwards[i], backwards[i + 1]]
    if ((i + 1) % size === 0 || item === undefined || after === undefined) continue
    backwards[i] = combine(item, after)
  }
  return forwards.slice(size - 1).map((end, first) => {
    const start = backwards[first]
    // A window that is one whole block must not be counted twice.
    return first % size === 0 || start === undefined ? end : combine(start, end)
  })
}

/** A sum and what its additions lost. */
interface Compensated {
  readonly sum: number
  readonly lost: number
}

/** Sum of every window of `size` values, each compensated (Neumaier 1974). */
export function sumWindows(values: readonly number[], size: number): number[] {
  const items = values.map((sum) => ({ sum, lost: 0 }))
  return combineWindows(items, size, addCompensated).map(({ sum, lost }) => sum + lost)
}

function addCompensated(a: Compensated, b: Compensated): Compensated {
  const sum = a.sum + b.sum
  const [large, small] = Math.abs(a.sum) >= Math.abs(b.sum) ? [a.sum, b.sum] : [b.sum, a.sum]
  return { sum, lost: a.lost + b.lost + (large - sum + small) }
}
