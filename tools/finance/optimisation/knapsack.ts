import type { Pace } from '../numeric/pace.ts'

/** Something indivisible that may be bought. */
export interface Item {
  readonly npv: number
  readonly cost: number
}

const maxSteps = 20_000_000
const stepsBetweenPauses = 10_000

interface Indexed extends Item {
  readonly index: number
}

/** A decision to take, with what was there before it. */
interface Taken {
  readonly place: number
  readonly npv: number
  readonly left: number
}

/** Cents are no binary fractions: 0.1 and 0.2 must fit into 0.3. */
function withSlack(budget: number): number {
  return budget * (1 + 1e-12)
}

/** Items worth having that fit, by npv per cost, the best first; free ones lead. */
function rank(items: readonly Item[], budget: number): readonly Indexed[] {
  return items
    .map(({ npv, cost }, index) => ({ npv, cost, index }))
    .filter(({ npv, cost }) => npv > 0 && cost <= budget)
    .sort((a, b) => b.npv * a.cost - a.npv * b.cost || b.npv - a.npv || a.index - b.index)
}

/** Indexes, ascending, of items taken in order of npv per cost while they fit. */
export function selectGreedily(items: readonly Item[], budget: number): readonly number[] {
  let left = withSlack(budget)
  const chosen: number[] = []
  for (const { cost, index } of rank(items, budget)) {
    if (cost > left) continue
    left -= cost
    chosen.push(index)
  }
  return chosen.sort((a, b) => a - b)
}

/**
 * Indexes, ascending, of the affordable set with the largest npv: depth-first branch and bound with
 * the fractional bound (Horowitz and Sahni 1974).
 */
export async function selectOptimally(
  items: readonly Item[],
  budget: number,
  pace: Pace
): Promise<{ readonly chosen: readonly number[]; readonly isProved: boolean }> {
  const ranked = rank(items, budget)
  const taken: Taken[] = []
  let best: readonly number[] = []
  let bestNpv = 0
  let [npv, left, next] = [0, withSlack(budget), 0]
  for (let step = 1; step <= maxSteps; step += 1) {
    const wait = step % stepsBetweenPauses === 0 ? pace(step, maxSteps) : undefined
    if (wait) await wait
    if (npv > bestNpv) {
      best = taken.map(({ place }) => place)
      bestNpv = npv
    }
    if (next < ranked.length && npv + fractionalBound(ranked, next, left) > bestNpv * (1 + 1e-15)) {
      const { npv: gain, cost } = ranked[next] as Indexed
      if (cost <= left) {
        taken.push({ place: next, npv, left })
        npv += gain
        left -= cost
      }
      next += 1
      continue
    }
    const last = taken.pop()
    if (last === undefined) return { chosen: toIndexes(best, ranked), isProved: true }
    // Without the last one taken, from the one after it.
    npv = last.npv
    left = last.left
    next = last.place + 1
  }
  return { chosen: toIndexes(best, ranked), isProved: false }
}

/** What the rest could add if the last item could be cut. */
function fractionalBound(ranked: readonly Indexed[], from: number, budget: number): number {
  let left = budget
  let bound = 0
  for (let index = from; index < ranked.length; index += 1) {
    const { npv, cost } = ranked[index] as Indexed
    if (cost > left) return bound + npv * (left / cost)
    bound += npv
    left -= cost
  }
  return bound
}

function toIndexes(taken: readonly number[], ranked: readonly Indexed[]): readonly number[] {
  return taken.map((place) => (ranked[place] as Indexed).index).sort((a, b) => a - b)
}
