import { ToolError } from '../../../../src/define-tool.ts'
import type { Generator } from '../../numeric/random.ts'
import { searchConstrained } from './augmented-lagrangian.ts'
import { randomPoint, searchByEvolution } from './differential-evolution.ts'
import { searchBySimplex } from './nelder-mead.ts'
import { clamp, type Found, largestViolation, type Problem } from './problem.ts'
import { searchByGradient } from './quasi-newton.ts'

export type Method = 'gradient' | 'nelder_mead' | 'differential_evolution'

export interface Plan {
  readonly method: Method | 'auto'
  readonly start: readonly number[]
  /** Further attempts from other points. */
  readonly restarts: number
  readonly tolerance: number
  readonly generator: Generator
}

/** One attempt that ended within the constraints. */
export interface Attempt extends Found {
  readonly method: Method
}

/**
 * Minimises from several points; the best attempt comes first. Throws a ToolError when none keeps
 * the constraints, or none converged.
 */
export async function minimize(problem: Problem, plan: Plan): Promise<readonly Attempt[]> {
  const ended: Attempt[] = []
  for (let attempt = 0; attempt <= plan.restarts; attempt += 1) {
    if (attempt > 0 && problem.budget.isSpent()) break
    const start = attempt === 0 ? clamp(plan.start, problem) : anotherStart(problem, plan)
    ended.push(...(await searchFrom(problem, plan, start)))
  }
  const defined = ended.filter(({ x, value }) => isReached(x, value))
  const kept = defined.filter(({ x }) => largestViolation(problem, x) <= problem.feasibility)
  if (defined.length > 0 && kept.length === 0) throw infeasible(problem, defined)
  const converged = kept.filter(({ isConverged }) => isConverged)
  if (kept.length > 0 && converged.length === 0) throw unfinished(problem, kept)
  return converged.sort((a, b) => a.value - b.value)
}

/**
 * The power of two by which an objective is divided, so that values far below 1 do not look level: the
 * spread over a few points, at most 1. No division by it rounds.
 */
export function unitOf(problem: Problem, plan: Pick<Plan, 'start' | 'generator'>): number {
  const points = [clamp(plan.start, problem)]
  while (points.length < 5) points.push(anotherStart(problem, plan))
  const values = points.map(problem.objective).filter(Number.isFinite)
  const spread = Math.max(...values) - Math.min(...values)
  return spread > 0 && spread < 1 ? 2 ** Math.max(-1000, Math.floor(Math.log2(spread))) : 1
}

/** No double far from 0 has neighbours near enough to be told apart: it ran away. */
const farthest = 1e15

function isReached(x: readonly number[], value: number): boolean {
  if (!Number.isFinite(value)) return false
  if (Math.abs(value) < 1e100 && x.every((coordinate) => Math.abs(coordinate) < farthest))
    return true
  throw new ToolError(
    'objective: it seems unbounded, the search ran away; give the variables bounds or add constraints'
  )
}

function infeasible(problem: Problem, attempts: readonly Attempt[]): ToolError {
  const least = Math.min(...attempts.map(({ x }) => largestViolation(problem, x)))
  return new ToolError(
    `constraints: no point was found that keeps them all; the nearest one is off by ${least.toPrecision(3)}. Relax a constraint, or try other initial values or bounds`
  )
}

function unfinished(problem: Problem, attempts: readonly Attempt[]): ToolError {
  const best = Math.min(...attempts.map(({ value }) => value))
  const advice = problem.budget.isSpent()
    ? 'raise maxEvaluations'
    : 'try another method, narrower bounds or a larger tolerance'
  return new ToolError(
    `objective: no attempt converged after ${problem.budget.spent()} evaluations (best value of the search ${best.toPrecision(6)}, not a minimum); ${advice}`
  )
}

/** Without finite bounds, somewhere around the start, at widths from 1 to 100. */
function anotherStart(
  problem: Problem,
  { start, generator }: Pick<Plan, 'start' | 'generator'>
): number[] {
  if (isBounded(problem)) return randomPoint(problem, generator)
  const width = 10 ** (2 * generator.next())
  const moved = start.map(
    (at) => at + width * Math.max(1, Math.abs(at)) * (2 * generator.next() - 1)
  )
  return clamp(moved, problem)
}

/** Whether every variable has finite bounds on both sides. */
export function isBounded({ lower, upper }: Pick<Problem, 'lower' | 'upper'>): boolean {
  return [...lower, ...upper].every(Number.isFinite)
}

async function searchFrom(
  problem: Problem,
  { method, tolerance, generator }: Plan,
  start: readonly number[]
): Promise<readonly Attempt[]> {
  if (method === 'gradient') return [await byGradient(problem, start, tolerance)]
  if (method === 'nelder_mead') return [await bySimplex(problem, start, tolerance)]
  if (method === 'differential_evolution') {
    return [await byEvolution(problem, start, tolerance, generator)]
  }
  const local = await byEither(problem, start, tolerance)
  if (!isBounded(problem)) return [local]
  return [local, await byEvolution(problem, start, tolerance, generator)]
}

/** The population finds the valley, a local search the digits. */
async function byEvolution(
  problem: Problem,
  start: readonly number[],
  tolerance: number,
  generator: Generator
): Promise<Attempt> {
  const rough = await searchByEvolution(problem, start, tolerance, generator)
  const polished = await byEither(problem, rough.x, tolerance)
  const isKept = largestViolation(problem, polished.x) <= problem.feasibility
  const isWorse = !isKept || polished.value > rough.value + tolerance * Math.abs(rough.value)
  const chosen = !polished.isConverged || (rough.isConverged && isWorse) ? rough : polished
  return { ...chosen, method: 'differential_evolution' }
}

/** Slopes first; where they fail, as at a kink, the search that needs none. */
async function byEither(
  problem: Problem,
  start: readonly number[],
  tolerance: number
): Promise<Attempt> {
  const smooth = await byGradient(problem, start, tolerance)
  if (smooth.isConverged) return smooth
  const from = Number.isFinite(smooth.value) ? smooth.x : start
  const direct = await bySimplex(problem, from, tolerance)
  return direct.isConverged || !(smooth.value <= direct.value) ? direct : smooth
}

async function byGradient(
  problem: Problem,
  start: readonly number[],
  tolerance: number
): Promise<Attempt> {
  const found = await searchConstrained(problem, searchByGradient, start, tolerance)
  return { ...found, method: 'gradient' }
}

async function bySimplex(
  problem: Problem,
  start: readonly number[],
  tolerance: number
): Promise<Attempt> {
  const found = await searchConstrained(problem, searchBySimplex, start, tolerance)
  return { ...found, method: 'nelder_mead' }
}
