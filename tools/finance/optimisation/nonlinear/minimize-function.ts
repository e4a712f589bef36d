import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { CallContext, ToolDefinition } from '../../../../src/types.ts'
import { compileExpression, expressionInput } from '../../expression/expression.ts'
import { createPace } from '../../numeric/pace.ts'
import { createGenerator, generatorName, maxSeed } from '../../numeric/random.ts'
import { relation, sense, signOf } from '../linear/inputs.ts'
import { isBounded, minimize, unitOf } from './minimize.ts'
import { type Budget, type Objective, type Problem, withoutErrors } from './problem.ts'

const maxVariables = 30
const maxConstraints = 20
const maxBound = 1e12

const coordinate = z.number().min(-maxBound).max(maxBound)

const variable = z
  .object({
    name: z
      .string()
      .regex(/^[\p{L}_][\p{L}\p{N}_]{0,63}$/u, 'must be a name: letters, digits and _')
      .describe('Its name in the expressions'),
    lower: coordinate.optional().describe('Smallest value; none when left out'),
    upper: coordinate.optional().describe('Largest value; none when left out'),
    initial: coordinate
      .optional()
      .describe('Where to start; the middle of the bounds, or the point within them nearest to 0')
  })
  .strict()

const constraint = z
  .object({
    expression: expressionInput('Over the same variables'),
    relation: relation.describe('expression (relation) rhs'),
    rhs: coordinate
  })
  .strict()

type Variable = z.output<typeof variable>
type Constraint = z.output<typeof constraint>

export const minimizeFunction: ToolDefinition = defineTool({
  name: 'minimize_function',
  title: 'Minimize a function',
  description:
    'Minimum (or maximum) of a curved objective of up to 30 variables, with bounds and constraints, from several starting points. It finds local optima and reports how many attempts agree; a global optimum is never proved. Linear objectives and constraints: solve_linear_program; whole numbers: solve_integer_program; one unknown and a target: goal_seek.',
  toolset: 'finance.optimisation',
  input: z.object({
    objective: expressionInput(
      'What to minimize, over the names of variables, such as (x - 1)^2 + y^2'
    ),
    variables: z.array(variable).min(1).max(maxVariables, `at most ${maxVariables} variables`),
    constraints: z.array(constraint).max(maxConstraints).default([]),
    sense: sense.default('minimize'),
    method: z
      .enum(['auto', 'gradient', 'nelder_mead', 'differential_evolution'])
      .default('auto')
      .describe(
        'gradient: BFGS, for smooth objectives; nelder_mead: no slopes needed; differential_evolution: global, needs bounds on every variable, polished locally; auto: evolution where all are bounded, else gradient and then nelder_mead'
      ),
    seed: z.int().min(0).max(maxSeed).default(1).describe('The same seed gives the same answer'),
    restarts: z.int().min(0).max(50).default(3).describe('Further attempts from random points'),
    tolerance: z
      .number()
      .min(1e-12)
      .max(0.01)
      .default(1e-8)
      .describe('Relative to the objective: slope, or spread of values, at which a search ends'),
    maxEvaluations: z
      .int()
      .min(100)
      .max(5_000_000)
      .default(1_000_000)
      .describe('Most evaluations of expressions')
  }),
  output: z.object({
    objectiveValue: z.number().describe('Objective at the optimum found'),
    solution: z
      .array(
        z.object({
          name: z.string(),
          value: z.number(),
          atBound: z.enum(['lower', 'upper', 'none']).describe('Which bound holds it back')
        })
      )
      .describe('The optimum, in the order of variables'),
    constraintValues: z.array(z.number()).describe('Value of each constraint expression there'),
    maxViolation: z
      .number()
      .describe(
        'Largest violation of a constraint, relative to max(1, |rhs|); 0 when all are kept'
      ),
    method: z.string().describe('The search that found it'),
    attempts: z.int().describe('Attempts that converged within the constraints'),
    agreeing: z.int().describe('Of these, how many reached the same value (relative 1e-6)'),
    evaluations: z.int().describe('Evaluations of expressions'),
    seed: z.int(),
    generator: z.string().describe('Of random numbers')
  }),
  summary: ({ objectiveValue, solution, attempts, agreeing }) =>
    `Best value found ${objectiveValue} at ${solution
      .slice(0, 10)
      .map(({ name, value }) => `${name} = ${value}`)
      .join(', ')}; ${agreeing} of ${attempts} attempts agree.`,
  run: async (args, ctx) => {
    const { variables, method, restarts, tolerance, seed, sense } = args
    const { problem, requireValue, values } = createProblem(args, ctx)
    if (method === 'differential_evolution' && !isBounded(problem)) {
      throw new ToolError(
        'variables: differential_evolution needs lower and upper for every variable'
      )
    }
    const generator = createGenerator(seed)
    const start = variables.map(startOf)
    const unit = unitOf(problem, { start, generator: createGenerator(seed) })
    const scaled = { ...problem, objective: (x: readonly number[]) => problem.objective(x) / unit }
    const found = await minimize(scaled, { method, start, restarts, tolerance, generator })
    const [best] = found
    if (!best) throw requireValue()
    const margin = 1e-6 * Math.max(1, Math.abs(best.value))
    return {
      objectiveValue: signOf(sense) * best.value * unit + 0,
      solution: variables.map((each, index) => describePoint(each, best.x[index] as number)),
      ...values(best.x),
      method: best.method,
      attempts: found.length,
      agreeing: found.filter(({ value }) => value - best.value <= margin).length,
      evaluations: problem.budget.spent(),
      seed,
      generator: generatorName
    }
  }
})

interface Task {
  readonly objective: string
  readonly variables: readonly Variable[]
  readonly constraints: readonly Constraint[]
  readonly sense: z.output<typeof sense>
  readonly maxEvaluations: number
}

/** The problem, the error when nothing has a value, and the constraints' values at a point. */
function createProblem(task: Task, ctx: CallContext) {
  const { variables, constraints } = task
  const names = variables.map(({ name }) => name)
  variables.forEach(requireOrder)
  const budget = createBudget(task.maxEvaluations, ctx)
  let lastError: Error | undefined
  const note = (error: Error): void => {
    lastError ??= error
  }
  const count = (evaluate: Objective): Objective =>
    withoutErrors((x) => {
      budget.spend()
      return evaluate(x)
    }, note)
  const sign = signOf(task.sense)
  const objective = compileExpression(task.objective, names, 'objective')
  const compiled = constraints.map(({ expression, relation, rhs }, index) => {
    const { evaluate } = compileExpression(expression, names, `constraints[${index}].expression`)
    return { evaluate, relation, rhs }
  })
  const problem: Problem = {
    lower: variables.map(({ lower }) => lower ?? Number.NEGATIVE_INFINITY),
    upper: variables.map(({ upper }) => upper ?? Number.POSITIVE_INFINITY),
    objective: count((x) => sign * objective.evaluate(x)),
    constraints: compiled.map(({ evaluate, relation, rhs }) => {
      const scale = (relation === '>=' ? -1 : 1) / Math.max(1, Math.abs(rhs))
      const excess = count((x) => scale * (evaluate(x) - rhs))
      return { isEquality: relation === '=', excess }
    }),
    feasibility: 1e-8,
    budget
  }
  const requireValue = (): Error =>
    new ToolError(
      `objective: it has no value wherever the search started; give bounds or initial values. ${lastError?.message ?? ''}`
    )
  const values = (x: readonly number[]) => ({
    constraintValues: compiled.map(({ evaluate }) => evaluate(x)),
    maxViolation: Math.max(0, ...problem.constraints.map((each) => violationOf(each, x)))
  })
  return { problem, requireValue, values }
}

function violationOf(
  { isEquality, excess }: Problem['constraints'][number],
  x: readonly number[]
): number {
  return isEquality ? Math.abs(excess(x)) : Math.max(0, excess(x))
}

function createBudget(maxEvaluations: number, ctx: CallContext): Budget {
  const pace = createPace(ctx)
  let spent = 0
  return {
    spend() {
      spent += 1
    },
    spent: () => spent,
    isSpent: () => spent >= maxEvaluations,
    pause: () => pace(spent, maxEvaluations)
  }
}

function requireOrder({ name, lower, upper }: Variable, index: number): void {
  if (lower === undefined || upper === undefined || lower <= upper) return
  throw new ToolError(`variables[${index}].lower: ${name} has lower above upper; swap them`)
}

function startOf({ lower, upper, initial }: Variable): number {
  if (initial !== undefined) return initial
  if (lower !== undefined && upper !== undefined) return (lower + upper) / 2
  return Math.max(lower ?? 0, Math.min(upper ?? 0, 0))
}

function describePoint({ name, lower, upper }: Variable, value: number) {
  const atBound: 'lower' | 'upper' | 'none' =
    value === lower ? 'lower' : value === upper ? 'upper' : 'none'
  return { name, value: value + 0, atBound }
}
