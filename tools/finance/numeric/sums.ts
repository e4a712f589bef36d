/** Adds values up with Neumaier's compensation (1974) and returns the sum so far. */
function createSum(): (value: number) => number {
  let sum = 0
  let lost = 0
  return (value) => {
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
    return sum + lost
  }
}

/** Compensated sum: the error does not grow with the number of terms. */
export function compensatedSum(values: Iterable<number>): number {
  const add = createSum()
  let total = 0
  for (const value of values) total = add(value)
  return total
}

/** Compensated sums of the first value, the first two, and so on. */
export function runningSums(values: readonly number[]): number[] {
  const add = createSum()
  return values.map((value) => add(value))
}
