import { type Found, type LocalSearch, largestViolation, type Problem } from './problem.ts'

const maxRounds = 40
const maxPenalty = 1e10

/**
 * A local search under constraints by the method of multipliers (Nocedal and Wright 2006, 17.4);
 * without constraints the search itself. Converged when the constraints are kept, too.
 */
export async function searchConstrained(
  problem: Problem,
  search: LocalSearch,
  start: readonly number[],
  tolerance: number
): Promise<Found> {
  const { constraints, objective } = problem
  if (constraints.length === 0) return search(problem, objective, start, tolerance)
  let multipliers: readonly number[] = constraints.map(() => 0)
  let penalty = firstPenalty(problem, start)
  let violation = Number.POSITIVE_INFINITY
  let x = start
  for (let round = 0; round < maxRounds; round += 1) {
    const lagrangian = createLagrangian(problem, multipliers, penalty)
    const accuracy = Math.max(tolerance, 10 ** -(round + 2))
    const found = await search(problem, lagrangian, x, accuracy)
    if (!Number.isFinite(found.value)) break
    x = found.x
    const violationBefore = violation
    violation = largestViolation(problem, x)
    const before = multipliers
    multipliers = nextMultipliers(problem, multipliers, penalty, x)
    const isSettled = accuracy === tolerance && haveSettled(before, multipliers, tolerance)
    if (isSettled && violation <= problem.feasibility && found.isConverged) {
      return { x, value: objective(x), isConverged: true }
    }
    const isSlow = violation > Math.max(problem.feasibility, violationBefore / 4)
    if (isSlow && penalty < maxPenalty) penalty *= 10
    if (problem.budget.isSpent()) break
  }
  return { x, value: objective(x), isConverged: false }
}

/** Balances the penalty of the first violation against the objective there. */
function firstPenalty({ objective, constraints }: Problem, x: readonly number[]): number {
  const squares = constraints.reduce((sum, { isEquality, excess }) => {
    const value = isEquality ? excess(x) : Math.max(0, excess(x))
    return sum + value * value
  }, 0)
  const ratio = (10 * Math.max(1, Math.abs(objective(x)))) / Math.max(1, squares)
  return Number.isFinite(ratio) ? Math.min(1e4, Math.max(1e-2, ratio)) : 10
}

function createLagrangian(
  { objective, constraints }: Problem,
  multipliers: readonly number[],
  penalty: number
): (x: readonly number[]) => number {
  return (x) =>
    constraints.reduce((sum, { isEquality, excess }, index) => {
      const multiplier = multipliers[index] as number
      const shifted = multiplier + penalty * excess(x)
      const pressed = isEquality ? shifted : Math.max(0, shifted)
      return sum + (pressed * pressed - multiplier * multiplier) / (2 * penalty)
    }, objective(x))
}

function nextMultipliers(
  { constraints }: Problem,
  multipliers: readonly number[],
  penalty: number,
  x: readonly number[]
): number[] {
  return constraints.map(({ isEquality, excess }, index) => {
    const shifted = (multipliers[index] as number) + penalty * excess(x)
    return isEquality ? shifted : Math.max(0, shifted)
  })
}

function haveSettled(
  before: readonly number[],
  after: readonly number[],
  tolerance: number
): boolean {
  return after.every((value, index) => {
    const change = Math.abs(value - (before[index] as number))
    return change <= Math.sqrt(tolerance) * Math.max(1, Math.abs(value))
  })
}
