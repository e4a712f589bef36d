/** Sum with Neumaier's compensation (1974): the error does not grow with the number of terms. */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0
  let lost = 0
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return sum + lost
}

/** Compensated sums of the first value, the first two, and so on. */
export function runningSums(values: readonly number[]): number[] {
  let sum = 0
  let lost = 0
  return values.map((value) => {
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
    return sum + lost
  })
}
