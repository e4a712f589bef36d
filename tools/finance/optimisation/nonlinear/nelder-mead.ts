import { clamp, type Found, type LocalSearch, type Objective, type Problem } from './problem.ts'

interface Vertex {
  readonly x: readonly number[]
  readonly value: number
}

const maxIterationsPerVariable = 1000
const maxFreshStarts = 5

/**
 * Nelder-Mead simplex search with the coefficients of Gao and Han (2012), started afresh from its
 * own answer until that no longer moves. Needs no slopes.
 */
export const searchBySimplex: LocalSearch = async (bounds, objective, start, tolerance) => {
  let best = toVertex(objective, clamp(start, bounds))
  let found: Found = { ...best, isConverged: false }
  for (let round = 0; round < maxFreshStarts; round += 1) {
    found = await shrink(bounds, objective, best, tolerance, round)
    const gain = best.value - found.value
    best = found
    if (!found.isConverged || gain <= tolerance * Math.max(1, Math.abs(found.value))) break
  }
  return found
}

async function shrink(
  bounds: Pick<Problem, 'lower' | 'upper' | 'budget'>,
  objective: Objective,
  start: Vertex,
  tolerance: number,
  round: number
): Promise<Found> {
  const size = start.x.length
  let simplex = sortVertices([start, ...firstVertices(bounds, objective, start.x, round)])
  const maxIterations = maxIterationsPerVariable * size
  for (let iteration = 0; iteration < maxIterations && !bounds.budget.isSpent(); iteration += 1) {
    const wait = bounds.budget.pause()
    if (wait) await wait
    if (isSmall(simplex, tolerance)) return { ...(simplex[0] as Vertex), isConverged: true }
    simplex = sortVertices(step(simplex, (x) => toVertex(objective, clamp(x, bounds))))
  }
  return { ...(simplex[0] as Vertex), isConverged: false }
}

function toVertex(objective: Objective, x: readonly number[]): Vertex {
  return { x, value: objective(x) }
}

function sortVertices(vertices: readonly Vertex[]): Vertex[] {
  // Two infinite values have no difference.
  return [...vertices].sort((a, b) => (a.value === b.value ? 0 : a.value - b.value))
}

function firstVertices(
  bounds: Pick<Problem, 'lower' | 'upper'>,
  objective: Objective,
  x: readonly number[],
  round: number
): Vertex[] {
  return x.map((at, index) => {
    const width = (bounds.upper[index] as number) - (bounds.lower[index] as number)
    const usual = 0.1 * Math.max(1, Math.abs(at)) * (round % 2 === 0 ? 1 : -0.3)
    const reach = Number.isFinite(width)
      ? Math.sign(usual) * Math.min(Math.abs(usual), width / 4)
      : usual
    const ahead = clamp(x.with(index, at + reach), bounds)
    return toVertex(
      objective,
      ahead[index] === at ? clamp(x.with(index, at - reach), bounds) : ahead
    )
  })
}

function isSmall(simplex: readonly Vertex[], tolerance: number): boolean {
  const [best] = simplex as readonly [Vertex, ...Vertex[]]
  const worst = simplex.at(-1) as Vertex
  if (!(worst.value - best.value <= tolerance * Math.max(1, Math.abs(best.value)))) return false
  return simplex.every(({ x }) =>
    x.every((value, index) => {
      const at = best.x[index] as number
      return Math.abs(value - at) <= Math.sqrt(tolerance) * 0.01 * Math.max(1, Math.abs(at))
    })
  )
}

/** Reflects, expands, contracts or shrinks: the next simplex, not sorted. */
function step(simplex: readonly Vertex[], evaluate: (x: readonly number[]) => Vertex): Vertex[] {
  const size = simplex.length - 1
  const kept = simplex.slice(0, size)
  const [best, worst] = [simplex[0] as Vertex, simplex[size] as Vertex]
  const centre = best.x.map((_, i) => kept.reduce((sum, { x }) => sum + (x[i] as number), 0) / size)
  const along = (factor: number): Vertex =>
    evaluate(centre.map((value, i) => value + factor * (value - (worst.x[i] as number))))
  const reflected = along(1)
  if (reflected.value < best.value) {
    const expanded = along(1 + 2 / size)
    return [...kept, expanded.value < reflected.value ? expanded : reflected]
  }
  if (reflected.value < (simplex[size - 1] as Vertex).value) return [...kept, reflected]
  const factor = 0.75 - 1 / (2 * size)
  const isOutside = reflected.value < worst.value
  const contracted = along(isOutside ? factor : -factor)
  if (contracted.value < Math.min(reflected.value, worst.value)) return [...kept, contracted]
  const shrinkage = size === 1 ? 0.5 : 1 - 1 / size
  return simplex.map(({ x }, vertex) =>
    vertex === 0
      ? best
      : evaluate(
          x.map((value, i) => (best.x[i] as number) + shrinkage * (value - (best.x[i] as number)))
        )
  )
}
