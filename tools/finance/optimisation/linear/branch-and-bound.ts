import { ToolError } from '../../../../src/define-tool.ts'
import { sumOfProducts } from '../../numeric/moments.ts'
import type { Pace } from '../../numeric/pace.ts'
import { type LinearProgram, type Optimum, solveLinear } from './simplex.ts'

/** A linear program, some of whose variables must be whole numbers. */
export interface IntegerProgram extends LinearProgram {
  /** Indexes of the whole-number variables. */
  readonly integers: readonly number[]
}

export interface IntegerLimits {
  readonly maxNodes: number
  /** True when the time is over. */
  isOver(): boolean
}

export interface IntegerSolution {
  readonly x: readonly number[]
  readonly value: number
  /** No solution has a smaller value than this. */
  readonly bound: number
  readonly isProved: boolean
  readonly nodes: number
}

/** A part of the search: tighter bounds, and the value of the relaxation above it. */
interface Node {
  readonly lower: readonly number[]
  readonly upper: readonly number[]
  readonly bound: number
}

interface Search {
  readonly program: IntegerProgram
  readonly pace: Pace
  readonly open: Node[]
  /** Smallest difference between the values of two solutions, where it is known. */
  readonly step: number
  best: { readonly x: readonly number[]; readonly value: number } | undefined
}

const integralTolerance = 1e-6

/**
 * Branch and bound, depth first (Land and Doig 1960). Throws a ToolError when no solution exists or
 * none was found within the limits; a limit reached with a solution in hand says how far it may be
 * from the optimum.
 */
export async function solveInteger(
  program: IntegerProgram,
  limits: IntegerLimits,
  pace: Pace
): Promise<IntegerSolution> {
  const { lower, upper } = program
  const root: Node = { lower, upper, bound: Number.NEGATIVE_INFINITY }
  const search: Search = { program, pace, open: [root], step: valueStep(program), best: undefined }
  let nodes = 0
  while (search.open.length > 0 && nodes < limits.maxNodes && !limits.isOver()) {
    const node = search.open.pop() as Node
    if (isHopeless(search, node.bound)) continue
    nodes += 1
    await explore(search, node)
  }
  const left = search.open.filter(({ bound }) => !isHopeless(search, bound))
  if (!search.best) throw noSolution(left.length > 0, nodes)
  const { x, value } = search.best
  const bound = left.reduce((least, node) => Math.min(least, node.bound), value)
  return { x, value, bound, isProved: left.length === 0, nodes }
}

function noSolution(isUnfinished: boolean, nodes: number): ToolError {
  return new ToolError(
    isUnfinished
      ? `maxNodes: no whole-number solution was found within ${nodes} nodes or the time limit, and none is ruled out; raise the limits or tighten the constraints`
      : 'constraints: infeasible, no whole numbers satisfy all constraints together'
  )
}

/** 1 when every solution has a whole value, else 0. */
function valueStep({ objective, integers }: IntegerProgram): number {
  const whole = new Set(integers)
  return objective.every((cost, index) => cost === 0 || (whole.has(index) && isWhole(cost))) ? 1 : 0
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value)
}

/** Nothing better than the best solution can be below this bound. */
function isHopeless({ best, step }: Search, bound: number): boolean {
  if (!best) return false
  const margin = Math.max(step - 1e-6, 1e-9 * Math.max(1, Math.abs(best.value)))
  return bound > best.value - margin
}

async function explore(search: Search, node: Node): Promise<void> {
  const { program, pace } = search
  const relaxed = await solveLinear({ ...program, lower: node.lower, upper: node.upper }, pace)
  if (relaxed.kind === 'infeasible') return
  if (relaxed.kind === 'unbounded') {
    throw new ToolError(
      `objective: without whole numbers the program is unbounded along variable ${relaxed.variable}; add a constraint that bounds it`
    )
  }
  if (isHopeless(search, relaxed.value)) return
  const variable = mostFractional(program.integers, relaxed.x)
  if (variable === -1) await accept(search, node, relaxed)
  else branch(search, node, relaxed, variable)
}

function mostFractional(integers: readonly number[], x: readonly number[]): number {
  let chosen = -1
  let largest = integralTolerance
  for (const index of integers) {
    const level = x[index] as number
    const distance = Math.abs(level - Math.round(level))
    if (distance <= largest) continue
    chosen = index
    largest = distance
  }
  return chosen
}

/** The nearer half is explored first. */
function branch({ open }: Search, node: Node, { x, value }: Optimum, variable: number): void {
  const level = x[variable] as number
  const below = { ...node, bound: value, upper: node.upper.with(variable, Math.floor(level)) }
  const above = { ...node, bound: value, lower: node.lower.with(variable, Math.ceil(level)) }
  const isNearBelow = level - Math.floor(level) <= 0.5
  open.push(isNearBelow ? above : below, isNearBelow ? below : above)
}

/** Whole numbers are made exact; the other variables are solved for again. */
async function accept(search: Search, node: Node, relaxed: Optimum): Promise<void> {
  const { program, pace } = search
  const lower = [...node.lower]
  const upper = [...node.upper]
  for (const index of program.integers) {
    lower[index] = Math.round(relaxed.x[index] as number)
    upper[index] = lower[index] as number
  }
  const exact = await solveLinear({ ...program, lower, upper }, pace)
  if (exact.kind !== 'optimal') {
    throw new ToolError(
      'constraints: rounding decides whether whole numbers satisfy them; use units in which the coefficients are of similar size'
    )
  }
  const x = exact.x.map((level, index) =>
    lower[index] === upper[index] ? (upper[index] ?? level) : level
  )
  const value = sumOfProducts(program.objective, x)
  if (!search.best || value < search.best.value) search.best = { x, value }
}
