import type { Pace } from './pace.ts'

const runLength = 2 ** 16

/** Sorts ascending, in runs that are merged, so that a million numbers do not hold up other calls. */
export async function sortPaced(values: Float64Array, pace: Pace): Promise<Float64Array> {
  let source = Float64Array.from(values)
  for (let start = 0; start < source.length; start += runLength) {
    source.subarray(start, start + runLength).sort()
    await pace(source.length, source.length)
  }
  let target = new Float64Array(source.length)
  for (let width = runLength; width < source.length; width *= 2) {
    for (let start = 0; start < source.length; start += 2 * width) {
      await mergeRuns(source, target, start, width, pace)
    }
    ;[source, target] = [target, source]
  }
  return source
}

/** Merges the runs [start, start + width) and [start + width, start + 2 width). */
async function mergeRuns(
  source: Float64Array,
  target: Float64Array,
  start: number,
  width: number,
  pace: Pace
): Promise<void> {
  const middle = Math.min(start + width, source.length)
  const end = Math.min(start + 2 * width, source.length)
  let [left, right] = [start, middle]
  for (let at = start; at < end; at += 1) {
    const fromLeft =
      right >= end || (left < middle && Number(source[left]) <= Number(source[right]))
    target[at] = Number(source[fromLeft ? left++ : right++])
    if (at % 4096 === 0) await pace(source.length, source.length)
  }
}
