import type { Generator } from '../../numeric/random.ts'
import { clamp, type Found, largestViolation, type Problem } from './problem.ts'

interface Member {
  readonly x: readonly number[]
  readonly value: number
  readonly violation: number
}

const maxGenerations = 1000
const crossoverRate = 0.9

/**
 * Differential evolution rand/1/bin (Storn and Price 1997) with a factor that varies between 0.5 and
 * 1; of two points the one that keeps the constraints wins (Deb 2000). Needs finite bounds.
 */
export async function searchByEvolution(
  problem: Problem,
  start: readonly number[],
  tolerance: number,
  generator: Generator
): Promise<Found> {
  const size = Math.min(150, Math.max(20, 10 * start.length))
  const members = [toMember(problem, clamp(start, problem))]
  while (members.length < size) {
    const wait = problem.budget.pause()
    if (wait) await wait
    members.push(toMember(problem, randomPoint(problem, generator)))
  }
  for (let generation = 0; generation < maxGenerations; generation += 1) {
    if (problem.budget.isSpent() || hasCollapsed(members, tolerance)) break
    for (let index = 0; index < size; index += 1) {
      const wait = problem.budget.pause()
      if (wait) await wait
      const trial = toMember(problem, mutate(problem, members, index, generator))
      if (!isBetter(members[index] as Member, trial)) members[index] = trial
    }
  }
  const best = members.reduce((first, second) => (isBetter(second, first) ? second : first))
  return { x: best.x, value: best.value, isConverged: hasCollapsed(members, tolerance) }
}

/** Uniform within finite bounds. */
export function randomPoint(
  { lower, upper }: Pick<Problem, 'lower' | 'upper'>,
  generator: Generator
): number[] {
  return lower.map((low, index) => low + generator.next() * ((upper[index] as number) - low))
}

function toMember(problem: Problem, x: readonly number[]): Member {
  const violation = largestViolation(problem, x)
  return {
    x,
    value: problem.objective(x),
    violation: violation <= problem.feasibility ? 0 : violation
  }
}

function isBetter(a: Member, b: Member): boolean {
  if (a.violation !== b.violation) return a.violation < b.violation
  return a.value < b.value
}

function mutate(
  problem: Problem,
  members: readonly Member[],
  index: number,
  generator: Generator
): number[] {
  const [a, b, c] = pickThree(members, index, generator)
  const parent = (members[index] as Member).x
  const forced = generator.nextInt(parent.length)
  const factor = 0.5 + 0.5 * generator.next()
  return parent.map((own, i) => {
    if (i !== forced && generator.next() >= crossoverRate) return own
    const mutated = (a.x[i] as number) + factor * ((b.x[i] as number) - (c.x[i] as number))
    return bounce(mutated, own, problem.lower[i] as number, problem.upper[i] as number)
  })
}

/** What leaves the bounds ends halfway between the parent and the bound. */
function bounce(value: number, own: number, low: number, high: number): number {
  if (value < low) return (own + low) / 2
  return value > high ? (own + high) / 2 : value
}

function pickThree(
  members: readonly Member[],
  index: number,
  generator: Generator
): [Member, Member, Member] {
  const picked: number[] = [index]
  while (picked.length < 4) {
    const candidate = generator.nextInt(members.length)
    if (!picked.includes(candidate)) picked.push(candidate)
  }
  const [, a, b, c] = picked.map((place) => members[place] as Member)
  return [a, b, c] as [Member, Member, Member]
}

function hasCollapsed(members: readonly Member[], tolerance: number): boolean {
  const values = members.map(({ value }) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (!(high - low <= tolerance * Math.max(1, Math.abs(low)))) return false
  return members.every(({ violation }) => violation === 0)
}
