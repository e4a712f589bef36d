import type { Generator } from '../../numeric/random.ts'
import { clamp, type Found, largestViolation, type Problem } from './problem.ts'

interface Member {
  readonly x: readonly number[]
  readonly value: number
  readonly violation: number
}

const maxGenerations = 1000
const crossoverRate = 0.9
/** Generations after which a violation counts in full. */
const relaxedGenerations = 150

/**
 * Differential evolution rand/1/bin (Storn and Price 1997) with a factor that varies between 0.5 and
 * 1. Of two points the one that keeps the constraints wins, where a violation is tolerated at first
 * and less and less later (Takahama and Sakai 2006). Needs finite bounds.
 */
export async function searchByEvolution(
  problem: Problem,
  start: readonly number[],
  tolerance: number,
  generator: Generator
): Promise<Found> {
  const members = await populate(problem, start, generator)
  const violations = members.map(({ violation }) => violation).sort((a, b) => a - b)
  const usual = violations[Math.floor(members.length / 2)] ?? 0
  const isOver = (): boolean => hasCollapsed(members, problem.feasibility, tolerance)
  for (let generation = 0; generation < maxGenerations; generation += 1) {
    const tolerated = toleratedViolation(problem, usual, generation)
    if (problem.budget.isSpent() || (tolerated === problem.feasibility && isOver())) break
    await evolve(problem, members, tolerated, generator)
  }
  const best = members.reduce((a, b) => (isBetter(b, a, problem.feasibility) ? b : a))
  return { x: best.x, value: best.value, isConverged: isOver() }
}

async function populate(
  problem: Problem,
  start: readonly number[],
  generator: Generator
): Promise<Member[]> {
  const size = Math.min(150, Math.max(20, 10 * start.length))
  const members = [toMember(problem, clamp(start, problem))]
  while (members.length < size) {
    const wait = problem.budget.pause()
    if (wait) await wait
    members.push(toMember(problem, randomPoint(problem, generator)))
  }
  return members
}

/** One generation: each member gives way to a better trial. */
async function evolve(
  problem: Problem,
  members: Member[],
  tolerated: number,
  generator: Generator
): Promise<void> {
  for (const [index, member] of members.entries()) {
    const wait = problem.budget.pause()
    if (wait) await wait
    const trial = toMember(problem, mutate(problem, members, index, generator))
    if (!isBetter(member, trial, tolerated)) members[index] = trial
  }
}

function toleratedViolation(
  { constraints, feasibility }: Problem,
  usual: number,
  generation: number
): number {
  if (constraints.length === 0 || generation >= relaxedGenerations) return feasibility
  const start = Number.isFinite(usual) ? usual : 1
  return Math.max(feasibility, start * (1 - generation / relaxedGenerations) ** 5)
}

/** Uniform within finite bounds. */
export function randomPoint(
  { lower, upper }: Pick<Problem, 'lower' | 'upper'>,
  generator: Generator
): number[] {
  return lower.map((low, index) => low + generator.next() * ((upper[index] as number) - low))
}

function toMember(problem: Problem, x: readonly number[]): Member {
  return { x, value: problem.objective(x), violation: largestViolation(problem, x) }
}

function isBetter(a: Member, b: Member, tolerated: number): boolean {
  const [first, second] = [a, b].map(({ violation }) => (violation <= tolerated ? 0 : violation))
  if (first !== second) return (first as number) < (second as number)
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

function hasCollapsed(members: readonly Member[], tolerated: number, tolerance: number): boolean {
  const values = members.map(({ value }) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (!(high - low <= tolerance * Math.max(1, Math.abs(low)))) return false
  return members.every(({ violation }) => violation <= tolerated)
}
