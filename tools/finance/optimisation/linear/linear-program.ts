import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { sumOfProducts } from '../../numeric/moments.ts'
import { createPace } from '../../numeric/pace.ts'
import { constraintsInput, objectiveInput, sense, signOf, toProgram } from './inputs.ts'
import { type Solution, solveLinear } from './simplex.ts'

export const solveLinearProgram: ToolDefinition = defineTool({
  name: 'solve_linear_program',
  title: 'Linear program',
  description:
    'Optimum of a linear objective under linear constraints, variables at least 0, by the two-phase simplex method: resource mixes, blending, transport. Gives shadow prices and reduced costs. An infeasible program and an unbounded one are told apart. Whole-number variables: solve_integer_program; curved objectives: minimize_function.',
  toolset: 'finance.optimisation',
  input: z.object({ objective: objectiveInput, constraints: constraintsInput, sense }),
  output: z.object({
    objectiveValue: z.number().describe('Objective at the optimum'),
    solution: z.array(z.number()).describe('Value of each variable'),
    shadowPrices: z
      .array(z.number())
      .describe('Dual of each constraint: change of objectiveValue per unit more of its rhs'),
    reducedCosts: z
      .array(z.number())
      .describe(
        'Per variable: change of objectiveValue per unit of it brought in; 0 when it is in'
      ),
    slacks: z.array(z.number()).describe('Per constraint: distance of its left side from rhs'),
    dualValue: z
      .number()
      .describe('shadowPrices * rhs; equals objectiveValue (strong duality), up to rounding')
  }),
  summary: ({ objectiveValue, solution }) =>
    `Optimal objective ${objectiveValue} at (${solution.slice(0, 10).join(', ')}${solution.length > 10 ? ', …' : ''}).`,
  run: async ({ objective, constraints, sense }, ctx) => {
    const program = toProgram(objective, constraints, sense)
    const found = requireOptimum(await solveLinear(program, createPace(ctx)))
    const sign = signOf(sense)
    const shadowPrices = found.duals.map((dual) => sign * dual + 0)
    return {
      objectiveValue: sumOfProducts(objective, found.x),
      solution: [...found.x],
      shadowPrices,
      reducedCosts: found.reducedCosts.map((cost) => sign * cost + 0),
      slacks: constraints.map(({ coefficients, rhs }) =>
        Math.abs(rhs - sumOfProducts(coefficients, found.x))
      ),
      dualValue: sumOfProducts(
        shadowPrices,
        constraints.map(({ rhs }) => rhs)
      )
    }
  }
})

function requireOptimum(solution: Solution) {
  if (solution.kind === 'optimal') return solution
  if (solution.kind === 'unbounded') {
    throw new ToolError(
      `objective: unbounded, variable ${solution.variable} can grow for ever; add a constraint that bounds it`
    )
  }
  const indexes = solution.conflicting.slice(0, 20).join(', ')
  throw new ToolError(
    `constraints: infeasible, no values of at least 0 satisfy all of them; these contradict each other (indexes from 0): ${indexes}`
  )
}
