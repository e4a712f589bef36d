import { activeBounds, estimateGradient, projectedNorm } from './gradient.ts'
import { clamp, type Found, type LocalSearch, type Objective, type Problem } from './problem.ts'

type Bounds = Pick<Problem, 'lower' | 'upper' | 'budget'>

interface Point {
  readonly x: readonly number[]
  readonly value: number
}

const maxIterations = 2000
const maxHalvings = 60

/**
 * Projected BFGS with numeric gradients (Nocedal and Wright 2006, 6.1 and 16.7). Converged when the
 * slope within the bounds is below tolerance * max(1, |value|), or rounding hides any descent.
 */
export const searchByGradient: LocalSearch = async (bounds, objective, start, tolerance) => {
  const first = evaluate(objective, clamp(start, bounds))
  if (!Number.isFinite(first.value)) return { ...first, isConverged: false }
  let state = describe(bounds, objective, first, undefined)
  for (let iteration = 0; iteration < maxIterations && !bounds.budget.isSpent(); iteration += 1) {
    const wait = bounds.budget.pause()
    if (wait) await wait
    const { point, inverse } = state
    const slope = projectedNorm(state.gradient, state.active)
    if (slope <= tolerance * Math.max(1, Math.abs(point.value))) return converged(point)
    const step = direction(state)
    const next = searchLine(bounds, objective, state, step)
    if (next) state = describe(bounds, objective, next, state)
    else if (!inverse) break
    else if (isWithinRounding(state, step, slope)) return converged(point)
    else state = { ...state, inverse: undefined }
  }
  return { ...state.point, isConverged: false }
}

/** Where the search stands. */
interface State {
  readonly point: Point
  readonly gradient: readonly number[]
  readonly active: readonly boolean[]
  /** The inverse Hessian as far as it is known. */
  readonly inverse: readonly (readonly number[])[] | undefined
}

/** What is known at a point; curvature is carried over while the same bounds are active. */
function describe(
  bounds: Bounds,
  objective: Objective,
  point: Point,
  before: State | undefined
): State {
  const gradient = estimateGradient(objective, point.x, point.value, bounds)
  const active = activeBounds(point.x, gradient, bounds)
  const isSame = before?.active.every((isActive, index) => isActive === active[index])
  const inverse = before && isSame ? update(before, point, gradient) : undefined
  return { point, gradient, active, inverse }
}

function converged(point: Point): Found {
  return { ...point, isConverged: true }
}

/** Whether what the curvature still promises is less than a double can tell (not so at a kink). */
function isWithinRounding(
  { point, gradient }: State,
  step: readonly number[],
  slope: number
): boolean {
  const size = Math.max(1, Math.abs(point.value))
  return slope <= 1e-5 * size && -inner(gradient, step) <= 1e-14 * size
}

function evaluate(objective: Objective, x: readonly number[]): Point {
  return { x, value: objective(x) }
}

/** Downhill, quasi-Newton where curvature is known; variables held at a bound stay. */
function direction({ inverse, gradient, active }: State): number[] {
  const free = gradient.map((slope, index) => (active[index] ? 0 : slope))
  const size = Math.hypot(...free)
  const steepest = free.map((slope) => -slope / Math.max(1, size))
  if (!inverse) return steepest
  const step = inverse.map((row, index) => (active[index] ? 0 : -inner(row, free)))
  return inner(step, free) < 0 ? step : steepest
}

/** Halves the step until the value falls enough (Armijo); undefined when it never does. */
function searchLine(
  bounds: Bounds,
  objective: Objective,
  { point: { x, value }, gradient }: State,
  step: readonly number[]
): Point | undefined {
  for (let halving = 0, length = 1; halving < maxHalvings; halving += 1, length /= 2) {
    const moved = clamp(
      x.map((coordinate, index) => coordinate + length * (step[index] as number)),
      bounds
    )
    const change = moved.map((coordinate, index) => coordinate - (x[index] as number))
    if (change.every((part) => part === 0)) return undefined
    const next = evaluate(objective, moved)
    if (next.value < value && next.value <= value + 1e-4 * inner(gradient, change)) return next
  }
  return undefined
}

/** The BFGS update of the inverse Hessian; unchanged where the curvature is not positive. */
function update(
  { point, gradient, inverse }: State,
  next: Point,
  nextGradient: readonly number[]
): State['inverse'] {
  const s = next.x.map((value, index) => value - (point.x[index] as number))
  const y = nextGradient.map((value, index) => value - (gradient[index] as number))
  const curvature = inner(s, y)
  if (!(curvature > 1e-12 * Math.hypot(...s) * Math.hypot(...y))) return inverse
  const scale = curvature / inner(y, y)
  const known = inverse ?? s.map((_, row) => s.map((_, column) => (row === column ? scale : 0)))
  const hy = known.map((row) => inner(row, y))
  const factor = (1 + inner(y, hy) / curvature) / curvature
  return known.map((row, i) =>
    row.map((value, j) => {
      const [si, sj] = [s[i] as number, s[j] as number]
      const cross = si * (hy[j] as number) + (hy[i] as number) * sj
      return value + factor * si * sj - cross / curvature
    })
  )
}

function inner(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0)
}
