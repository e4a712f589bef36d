/** Ranks from 1 upwards; equal values share the average of their places. */
export function averageRanks(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort()
  const ranks = new Map<number, number>()
  for (let start = 0; start < sorted.length; ) {
    const value = sorted[start] as number
    let end = start + 1
    while (sorted[end] === value) end += 1
    ranks.set(value, (start + 1 + end) / 2)
    start = end
  }
  return values.map((value) => ranks.get(value) ?? Number.NaN)
}
