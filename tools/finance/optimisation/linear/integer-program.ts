import { z } from 'zod'
import { monotonicClock } from '../../../../src/clock.ts'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { sumOfProducts } from '../../numeric/moments.ts'
import { createPace } from '../../numeric/pace.ts'
import { type IntegerProgram, solveInteger } from './branch-and-bound.ts'
import { constraintsInput, maxSize, objectiveInput, sense, signOf, toProgram } from './inputs.ts'
import type { LinearProgram } from './simplex.ts'

const indexes = z
  .array(
    z
      .int()
      .min(0)
      .max(maxSize - 1)
  )
  .max(maxSize)

export const solveIntegerProgram: ToolDefinition = defineTool({
  name: 'solve_integer_program',
  title: 'Integer program',
  description:
    'Optimum of a linear objective under linear constraints where some variables must be whole numbers or 0/1, by branch and bound: project selection, lot sizes, assignment. Variables are at least 0. provedOptimal is false, with the gap, when a limit stopped the search. Without whole numbers use solve_linear_program, which is faster and gives shadow prices.',
  toolset: 'finance.optimisation',
  input: z.object({
    objective: objectiveInput,
    constraints: constraintsInput,
    sense,
    integerVariables: indexes
      .optional()
      .describe(
        'Indexes (from 0) of the whole-number variables; all when neither this nor binaryVariables is given'
      ),
    binaryVariables: indexes
      .optional()
      .describe('Indexes (from 0) of the variables that are 0 or 1'),
    maxNodes: z.int().min(1).max(200_000).default(50_000).describe('Most nodes of the search tree'),
    timeLimitSeconds: z
      .number()
      .gt(0)
      .max(300)
      .default(20)
      .describe('The search stops here with the best it has; the server may stop the call earlier')
  }),
  output: z.object({
    objectiveValue: z.number().describe('Objective of the solution'),
    solution: z.array(z.number()).describe('Value of each variable; whole numbers are exact'),
    provedOptimal: z
      .boolean()
      .describe('True when the whole tree was searched; false when a limit was reached first'),
    bestBound: z.number().describe('No solution is better than this; objectiveValue when proved'),
    gap: z.number().describe('Distance of objectiveValue from bestBound; 0 when proved'),
    relativeGap: z.number().describe('gap / max(1, |objectiveValue|), as a fraction'),
    nodes: z.int().describe('Nodes searched')
  }),
  summary: ({ objectiveValue, solution, provedOptimal, gap }) =>
    `${provedOptimal ? 'Optimal' : `Best found (not proved optimal, gap ${gap})`} objective ${objectiveValue} at (${solution.slice(0, 10).join(', ')}${solution.length > 10 ? ', …' : ''}).`,
  run: async (args, ctx) => {
    const { objective, constraints, sense, maxNodes, timeLimitSeconds } = args
    const program = withIntegers(toProgram(objective, constraints, sense), args)
    const endMs = monotonicClock() + timeLimitSeconds * 1000
    const limits = { maxNodes, isOver: () => monotonicClock() > endMs }
    const found = await solveInteger(program, limits, createPace(ctx))
    const objectiveValue = sumOfProducts(objective, found.x)
    const bestBound = found.isProved ? objectiveValue : signOf(sense) * found.bound
    const gap = Math.abs(objectiveValue - bestBound)
    return {
      objectiveValue,
      solution: [...found.x],
      provedOptimal: found.isProved,
      bestBound,
      gap,
      relativeGap: gap / Math.max(1, Math.abs(objectiveValue)),
      nodes: found.nodes
    }
  }
})

interface Kinds {
  readonly integerVariables?: readonly number[] | undefined
  readonly binaryVariables?: readonly number[] | undefined
}

function withIntegers(
  program: LinearProgram,
  { integerVariables, binaryVariables }: Kinds
): IntegerProgram {
  const count = program.objective.length
  requireIndexes('integerVariables', integerVariables, count)
  requireIndexes('binaryVariables', binaryVariables, count)
  const binaries = new Set(binaryVariables)
  const all = program.objective.map((_, index) => index)
  const isChosen = integerVariables || binaryVariables
  const integers = isChosen ? new Set([...(integerVariables ?? []), ...binaries]) : new Set(all)
  const upper = program.upper.map((bound, index) => (binaries.has(index) ? 1 : bound))
  return { ...program, upper, integers: all.filter((index) => integers.has(index)) }
}

function requireIndexes(
  field: string,
  indexes: readonly number[] | undefined,
  count: number
): void {
  const wrong = indexes?.find((index) => index >= count)
  if (wrong === undefined) return
  throw new ToolError(`${field}: there is no variable ${wrong}; the indexes are 0 to ${count - 1}`)
}
