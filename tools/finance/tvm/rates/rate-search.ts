import type { Pace } from '../../numeric/pace.ts'
import { countSignChanges, type ExponentialSum, evaluate } from './exponential-sum.ts'
import { polynomialRoots, rootsBetween } from './roots.ts'
import { centerAt, expand, isExpandable } from './taylor.ts'

/** ln(1 + rate) of the rates that a double tells from -100 % and from infinity. */
const lowestLogRate = -36.7
const highestLogRate = 709.7

export interface RateSearch {
  /** Roots u = ln(1 + rate), ascending. */
  readonly roots: readonly number[]
  /** True when more roots may lie where a double cannot tell the rate from -100 % or from infinity. */
  readonly clipped: boolean
}

/**
 * All real roots of a sum with at least one sign change, apart from roots so close together that rounding
 * hides what lies between them. With one sign change there is one root (Descartes). With more, a grid is
 * laid on which a Taylor polynomial stands for the sum; its turning points separate the roots.
 */
export async function findLogRates(sum: ExponentialSum, pace: Pace): Promise<RateSearch> {
  const [low, high] = rootRange(sum)
  const start = Math.max(low, lowestLogRate)
  const end = Math.min(high, highestLogRate)
  const clipped = start !== low || end !== high
  if (start >= end) return { roots: [], clipped }
  const separators = countSignChanges(sum) > 1 ? await turningPoints(sum, start, end, pace) : []
  // Rate 0 is always looked at, so that flows adding up to 0 give exactly 0.
  const points = [start, 0, end, ...separators].filter((u) => u >= start && u <= end)
  points.sort((a, b) => a - b)
  const roots: number[] = []
  for (const root of rootsBetween((u) => evaluate(sum, u), points)) {
    if (root !== undefined) roots.push(root)
    await pace(1, 2)
  }
  return { roots, clipped }
}

/** Beyond this range the first or the last flow outweighs all others together. */
function rootRange(sum: ExponentialSum): [low: number, high: number] {
  const [first, last] = [sum[0], sum.at(-1)]
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  if (!first || !last) return [low, high]
  const margin = Math.log(sum.length + 1)
  for (const term of sum) {
    const earlier = (last.log - term.log - margin) / (last.time - term.time)
    const later = (margin + term.log - first.log) / (term.time - first.time)
    if (term !== last) low = Math.min(low, earlier)
    if (term !== first) high = Math.max(high, later)
  }
  return [low, high]
}

/** Grid points, and between them the turning points of the sum times an exponential. */
async function turningPoints(
  sum: ExponentialSum,
  start: number,
  end: number,
  pace: Pace
): Promise<number[]> {
  const points: number[] = []
  let from = start
  let halfWidth = (end - start) / 2
  while (from < end) {
    let center = centerAt(sum, from + halfWidth)
    while (!isExpandable(sum, center, halfWidth)) {
      halfWidth /= 2
      center = centerAt(sum, from + halfWidth)
      await pace((from - start) / (end - start), 2)
    }
    const derivative = expand(sum, center, halfWidth)
      .map((coefficient, power) => coefficient * power)
      .slice(1)
    points.push(from)
    for (const x of polynomialRoots(derivative)) points.push(center.u + halfWidth * x)
    from += 2 * halfWidth
    halfWidth *= 1.5
    await pace((from - start) / (end - start), 2)
  }
  return points
}
