import { ToolError } from '../../../../src/define-tool.ts'
import { sumOfProducts } from '../../numeric/moments.ts'
import type { Pace } from '../../numeric/pace.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { buildProgram, type Prepared } from './prepare.ts'
import { chooseEntering, chooseLeaving, pivot, type Tableau, zeroTolerance } from './tableau.ts'

/** One linear constraint: coefficients * x (relation) rhs. */
export interface Constraint {
  readonly coefficients: readonly number[]
  readonly relation: '<=' | '>=' | '='
  readonly rhs: number
}

/** Minimise objective * x under constraints and finite lower bounds; an upper bound may be infinite. */
export interface LinearProgram {
  readonly objective: readonly number[]
  readonly constraints: readonly Constraint[]
  readonly lower: readonly number[]
  readonly upper: readonly number[]
}

export interface Optimum {
  readonly kind: 'optimal'
  readonly x: readonly number[]
  readonly value: number
  /** Change of the optimal value per unit of each constraint's right-hand side. */
  readonly duals: readonly number[]
  /** objective - duals * coefficients: change of the value per unit of a variable held at a bound. */
  readonly reducedCosts: readonly number[]
}

export type Solution =
  | Optimum
  /** Constraints that contradict each other, by index. */
  | { readonly kind: 'infeasible'; readonly conflicting: readonly number[] }
  /** A variable that can grow for ever while the value falls. */
  | { readonly kind: 'unbounded'; readonly variable: number }

const maxPivots = 50_000
/** Relative; far above what rounding leaves in a program that a double can carry. */
const residualTolerance = 1e-6

/**
 * Two-phase simplex on a dense tableau (Dantzig's choice, Bland's rule after a degenerate step:
 * Chvatal 1983, chapters 3 and 8). Throws a ToolError when rounding spoilt the answer.
 */
export async function solveLinear(program: LinearProgram, pace: Pace): Promise<Solution> {
  const prepared = buildProgram(program)
  const { tableau, columns, artificials } = prepared
  if (artificials.length > 0) {
    await optimise(tableau, columns, pace)
    if (-(tableau.costs.at(-1) as number) > zeroTolerance * 10) {
      return { kind: 'infeasible', conflicting: findConflict(prepared, program) }
    }
    expelArtificials(prepared)
    setCosts(tableau, prepared.costs)
  }
  const ray = await optimise(tableau, columns, pace)
  if (ray >= 0) return { kind: 'unbounded', variable: growingVariable(prepared, program, ray) }
  const solution = readSolution(prepared, program)
  requireFeasible(solution, program)
  return solution
}

/** Steps a tableau to the optimum; returns -1, or the column along which there is none. */
export async function optimise(tableau: Tableau, columns: number, pace: Pace): Promise<number> {
  let isStalled = false
  for (let step = 0; step < maxPivots; step += 1) {
    const wait = pace(step, maxPivots)
    if (wait) await wait
    const entering = chooseEntering(tableau, columns, isStalled)
    if (entering === -1) return -1
    const leaving = chooseLeaving(tableau, entering)
    if (leaving === -1) return entering
    const before = tableau.costs.at(-1) as number
    pivot(tableau, leaving, entering)
    isStalled = (tableau.costs.at(-1) as number) - before <= zeroTolerance
  }
  throw new ToolError(
    `constraints: no optimum after ${maxPivots} steps of the simplex method; make the program smaller`
  )
}

/** An artificial column that stays basic at 0 marks a redundant row, which changes nothing. */
function expelArtificials({ tableau, columns }: Prepared): void {
  tableau.basis.forEach((basic, index) => {
    if (basic < columns) return
    const row = tableau.rows[index] as Float64Array
    const entering = row.subarray(0, columns).findIndex((value) => Math.abs(value) > zeroTolerance)
    if (entering >= 0) pivot(tableau, index, entering)
  })
}

/** Reduced costs of the second phase for the present basis. */
function setCosts({ rows, costs, basis }: Tableau, fresh: Float64Array): void {
  costs.set(fresh)
  basis.forEach((basic, index) => {
    const factor = costs[basic] as number
    if (factor === 0) return
    const row = rows[index] as Float64Array
    for (let column = 0; column < costs.length; column += 1) {
      costs[column] = (costs[column] as number) - factor * (row[column] as number)
    }
  })
}

/** Rows with a multiplier in the certificate of Farkas' lemma, as indexes of constraints. */
function findConflict({ tableau, units }: Prepared, program: LinearProgram): number[] {
  const count = program.constraints.length
  return units.slice(0, count).flatMap(({ column, phaseOneCost }, index) => {
    const multiplier = phaseOneCost - (tableau.costs[column] as number)
    return Math.abs(multiplier) > 1e-7 ? [index] : []
  })
}

function growingVariable({ tableau }: Prepared, { objective }: LinearProgram, ray: number): number {
  if (ray < objective.length) return ray
  const grows = tableau.rows.findIndex(
    (row, index) =>
      (tableau.basis[index] as number) < objective.length && (row[ray] as number) < -zeroTolerance
  )
  return tableau.basis[grows] ?? 0
}

function readSolution(prepared: Prepared, program: LinearProgram): Optimum {
  const { tableau, units, levelScales, objectiveScale } = prepared
  const { objective, constraints, lower } = program
  const x = lower.map((bound) => bound)
  tableau.basis.forEach((basic, index) => {
    if (basic >= x.length) return
    const level = Math.max(0, (tableau.rows[index] as Float64Array).at(-1) as number)
    x[basic] = (lower[basic] as number) + level * (levelScales[basic] as number)
  })
  const duals = constraints.map((_, index) => {
    const { column, scale } = units[index] as Prepared['units'][number]
    return (-(tableau.costs[column] as number) * scale) / objectiveScale + 0
  })
  const reducedCosts = objective.map((cost, variable) => {
    const parts = constraints.map(
      ({ coefficients }, row) => -(duals[row] as number) * (coefficients[variable] as number)
    )
    return compensatedSum([cost, ...parts])
  })
  const value = sumOfProducts(objective, x)
  return { kind: 'optimal', x: x.map((level) => level + 0), value, duals, reducedCosts }
}

function requireFeasible({ x, value }: Optimum, { constraints, upper }: LinearProgram): void {
  const isKept = constraints.every(({ coefficients, relation, rhs }) => {
    const excess = sumOfProducts(coefficients, x) - rhs
    const size = coefficients.reduce(
      (largest, a, index) => Math.max(largest, Math.abs(a * (x[index] as number))),
      Math.abs(rhs)
    )
    const slack = residualTolerance * size
    return (relation === '>=' || excess <= slack) && (relation === '<=' || excess >= -slack)
  })
  const isBelow = x.every((level, index) => {
    const bound = upper[index] as number
    return level <= bound + residualTolerance * Math.max(1, Math.abs(bound))
  })
  if (isKept && isBelow && Number.isFinite(value)) return
  throw new ToolError(
    'constraints: rounding spoilt the answer; use units in which the coefficients are of similar size'
  )
}
