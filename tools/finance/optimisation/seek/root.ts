import { isToolError, ToolError } from '../../../../src/define-tool.ts'
import { brentRoot, type Point } from '../../numeric/brent.ts'
import type { Pace } from '../../numeric/pace.ts'

/** A function of one unknown; throws a ToolError where it has no value. */
export type Curve = (x: number) => number

export interface Root {
  readonly x: number
  readonly residual: number
  readonly iterations: number
}

/** Where to start, how near is near enough, and how many steps that may take. */
export interface Aim {
  readonly guess: number
  readonly tolerance: number
  readonly maxIterations: number
}

const maxHalvings = 40
const farthest = 1e15

/**
 * Newton's method with numeric slopes, steps halved until the residual falls. Undefined when it does
 * not get below the tolerance; `note` sees every point on the way.
 */
export async function followSlope(
  f: Curve,
  { guess, tolerance, maxIterations }: Aim,
  pace: Pace,
  note: (point: Point) => void = () => {}
): Promise<Root | undefined> {
  let point: Point = { at: guess, value: f(guess) }
  note(point)
  for (let iterations = 0; ; iterations += 1) {
    const wait = pace(iterations, maxIterations)
    if (wait) await wait
    const next = iterations < maxIterations ? stepDown(f, point, note) : undefined
    // Beyond the tolerance it goes on for as long as that brings more digits.
    if (!next) {
      const isFound = Math.abs(point.value) <= tolerance && !isRunningAway(f, point)
      return isFound ? { x: point.at, residual: point.value, iterations } : undefined
    }
    point = next
  }
}

/** Whether 0 is only approached, as by exp(-x): then the next step would still be a long one. */
function isRunningAway(f: Curve, point: Point): boolean {
  const slope = slopeAt(f, point)
  return slope !== 0 && Math.abs(point.value / slope) > 1e-3 * Math.max(1, Math.abs(point.at))
}

function stepDown(f: Curve, point: Point, note: (point: Point) => void): Point | undefined {
  if (point.value === 0) return undefined
  const slope = slopeAt(f, point)
  if (slope === 0 || !Number.isFinite(slope)) return undefined
  let step = -point.value / slope
  for (let halving = 0; halving < maxHalvings; halving += 1, step /= 2) {
    const at = point.at + step
    if (at === point.at || Math.abs(at) > farthest) return undefined
    const value = valueOrNaN(f, at)
    if (!Number.isNaN(value)) note({ at, value })
    if (Math.abs(value) < Math.abs(point.value)) return { at, value }
  }
  return undefined
}

/** Central difference; one-sided where a neighbour has no value. */
export function slopeAt(f: Curve, { at, value }: Point): number {
  const width = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(at))
  const [low, high] = [at - width, at + width]
  const [below, above] = [valueOrNaN(f, low), valueOrNaN(f, high)]
  if (Number.isNaN(below)) return (above - value) / (high - at)
  return Number.isNaN(above) ? (value - below) / (at - low) : (above - below) / (high - low)
}

function valueOrNaN(f: Curve, x: number): number {
  try {
    return f(x)
  } catch (error) {
    if (isToolError(error)) return Number.NaN
    throw error
  }
}

/**
 * A root near the guess: Newton first, then a change of sign on a widening grid, closed in by Brent.
 * Undefined when neither finds one. Throws a ToolError at a jump across 0.
 */
export async function findRoot(f: Curve, aim: Aim, pace: Pace): Promise<Root | undefined> {
  const seen: Point[] = []
  const smooth = await followSlope(f, aim, pace, (point) => seen.push(point))
  if (smooth) return smooth
  const [below, above] = findBracket(f, aim.guess, seen) ?? []
  if (!below || !above) return undefined
  const x = brentRoot(f, below, above)
  const residual = f(x)
  if (Math.abs(residual) <= aim.tolerance) return { x, residual, iterations: aim.maxIterations }
  throw new ToolError(
    `target: the calculation jumps across it near ${x.toPrecision(6)} without reaching it`
  )
}

const gridDoublings = 60
const pointsPerDoubling = 4

/** Neighbouring points of opposite sign, those nearest to the guess first. */
function findBracket(f: Curve, guess: number, seen: readonly Point[]): [Point, Point] | undefined {
  const fromNewton = bracketAmong([...seen].sort((a, b) => a.at - b.at))
  if (fromNewton) return fromNewton
  const unit = 0.01 * Math.max(1, Math.abs(guess))
  const start = { at: guess, value: f(guess) }
  const last = { up: start as Point | undefined, down: start as Point | undefined }
  for (let step = 1; step <= gridDoublings * pointsPerDoubling; step += 1) {
    const reach = unit * (2 ** (step / pointsPerDoubling) - 1)
    for (const side of ['up', 'down'] as const) {
      const at = side === 'up' ? guess + reach : guess - reach
      const value = valueOrNaN(f, at)
      const point = Number.isNaN(value) ? undefined : { at, value }
      const found = point && last[side] && bracketAmong([last[side], point])
      if (found) return found
      last[side] = point
    }
  }
  return undefined
}

function bracketAmong(points: readonly Point[]): [Point, Point] | undefined {
  for (const [index, point] of points.entries()) {
    const next = points[index + 1]
    if (next && Math.sign(point.value) * Math.sign(next.value) <= 0) return [point, next]
  }
  return undefined
}
