import { isToolError } from '../../../../src/define-tool.ts'

/** Minimise a function within bounds (infinite where there are none) and under constraints. */
export interface Problem {
  readonly lower: readonly number[]
  readonly upper: readonly number[]
  /** Infinity where the objective or a constraint has no value. */
  readonly objective: Objective
  /** Each is at most 0 where it is kept; an equality is kept at 0 only. */
  readonly constraints: readonly { readonly isEquality: boolean; readonly excess: Objective }[]
  /** How large a violation counts as kept. */
  readonly feasibility: number
  readonly budget: Budget
}

export type Objective = (x: readonly number[]) => number

/** Counts evaluations, gives way to other work, and says when to stop. */
export interface Budget {
  spend(): void
  spent(): number
  isSpent(): boolean
  pause(): Promise<void> | undefined
}

/** Where a search ended. */
export interface Found {
  readonly x: readonly number[]
  readonly value: number
  /** False when it stopped for want of evaluations or of progress. */
  readonly isConverged: boolean
}

/** Searches a valley near a point: the function to minimise, and the accuracy wanted. */
export type LocalSearch = (
  problem: Pick<Problem, 'lower' | 'upper' | 'budget'>,
  objective: Objective,
  start: readonly number[],
  tolerance: number
) => Promise<Found>

/** A function that is Infinity where the expression has no value; `onError` hears why. */
export function withoutErrors(
  evaluate: Objective,
  onError: (error: Error) => void = () => {}
): Objective {
  return (x) => {
    try {
      return evaluate(x)
    } catch (error) {
      if (!isToolError(error)) throw error
      onError(error)
      return Number.POSITIVE_INFINITY
    }
  }
}

/** The nearest point within the bounds. */
export function clamp(
  x: readonly number[],
  { lower, upper }: Pick<Problem, 'lower' | 'upper'>
): number[] {
  return x.map((value, index) =>
    Math.min(upper[index] as number, Math.max(lower[index] as number, value))
  )
}

/** Largest violation of any constraint at a point; Infinity where one has no value. */
export function largestViolation({ constraints }: Problem, x: readonly number[]): number {
  return constraints.reduce((largest, { isEquality, excess }) => {
    const value = excess(x)
    return Math.max(largest, isEquality ? Math.abs(value) : value)
  }, 0)
}
