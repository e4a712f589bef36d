import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { CallContext, ToolDefinition } from '../../../../src/types.ts'
import { compileExpression, expressionInput } from '../../expression/expression.ts'
import { createPace } from '../../numeric/pace.ts'
import { sense, signOf } from '../linear/inputs.ts'
import { estimateGradient } from './gradient.ts'
import { withoutErrors } from './problem.ts'

const maxVariables = 30
const maxHalvings = 60
const farthest = 1e12

export const gradientDescentOptimize: ToolDefinition = defineTool({
  name: 'gradient_descent_optimize',
  title: 'Gradient descent',
  description:
    'Local minimum or maximum of a smooth formula by plain gradient descent from one point, with numeric slopes. learningRate is the first step; it is halved when a step does not improve and grows again. It is slow in narrow valleys and then says that it did not converge: minimize_function is the better tool, also for bounds and constraints.',
  toolset: 'finance.optimisation',
  input: z.object({
    formula: expressionInput(
      'The formula; the variables are x0, x1, … or {0}, {1}, …, such as (x0 - 3)^2 + (x1 + 1)^2'
    ),
    initialValues: z
      .array(z.number().min(-farthest).max(farthest))
      .min(1)
      .max(maxVariables)
      .describe('Where to start, one number per variable'),
    sense,
    learningRate: z.number().gt(0).max(1000).default(0.01).describe('First step / slope'),
    maxIterations: z.int().min(1).max(100_000).default(1000),
    tolerance: z
      .number()
      .gt(0)
      .default(1e-4)
      .describe('Largest slope in any direction that counts as level'),
    description: z.string().max(500).optional().describe('Repeated in the answer, nothing else')
  }),
  output: z.object({
    solution: z
      .array(z.number())
      .describe('Where it is level, an optimum as a rule, one number per variable'),
    objectiveValue: z.number().describe('The formula there'),
    gradient: z.array(z.number()).describe('Slopes there, by central differences'),
    iterations: z.int().describe('Steps taken'),
    description: z.string().optional()
  }),
  summary: ({ solution, objectiveValue, iterations }) =>
    `${objectiveValue} at (${solution.join(', ')}) after ${iterations} steps, where it is level.`,
  run: async ({ formula, initialValues, sense, description, ...limits }, ctx) => {
    const names = initialValues.map((_, index) => `x${index}`)
    const { evaluate } = compileExpression(formula, names, 'formula')
    const sign = signOf(sense)
    const objective = (x: readonly number[]): number => sign * evaluate(x)
    const { x, gradient, iterations } = await descend(objective, initialValues, limits, ctx)
    return {
      solution: x.map((value) => value + 0),
      objectiveValue: evaluate(x),
      gradient: gradient.map((slope) => sign * slope + 0),
      iterations,
      ...(description !== undefined && { description })
    }
  }
})

interface Limits {
  readonly learningRate: number
  readonly maxIterations: number
  readonly tolerance: number
}

async function descend(
  defined: (x: readonly number[]) => number,
  start: readonly number[],
  { learningRate, maxIterations, tolerance }: Limits,
  ctx: CallContext
) {
  const pace = createPace(ctx)
  const objective = withoutErrors(defined)
  const unbounded = {
    lower: start.map(() => Number.NEGATIVE_INFINITY),
    upper: start.map(() => Number.POSITIVE_INFINITY)
  }
  let [x, value, rate] = [start, defined(start), learningRate]
  for (let iterations = 0; iterations <= maxIterations; iterations += 1) {
    const wait = pace(iterations, maxIterations)
    if (wait) await wait
    const gradient = estimateGradient(objective, x, value, unbounded)
    const slope = Math.max(...gradient.map(Math.abs))
    if (Number.isNaN(slope)) {
      throw new ToolError(
        `formula: it has no slope at (${x.join(', ')}), because it has no value on either side; try other initialValues, or minimize_function with bounds`
      )
    }
    if (slope <= tolerance) return { x, gradient, iterations }
    const next = takeStep(objective, x, value, gradient, rate)
    if (!next) throw notConverged(`is stuck at a slope of ${slope.toPrecision(3)}`)
    if (next.x.some((coordinate) => Math.abs(coordinate) > farthest)) {
      throw new ToolError('formula: it seems unbounded, the search ran away; check sense')
    }
    ;({ x, value } = next)
    rate = 2 * next.rate
  }
  throw notConverged(`is not level after ${maxIterations} steps`)
}

function notConverged(how: string): ToolError {
  return new ToolError(
    `maxIterations: the search ${how}; raise maxIterations or tolerance, or use minimize_function`
  )
}

/** A step that improves enough (Armijo); undefined when even the smallest does not. */
function takeStep(
  objective: (x: readonly number[]) => number,
  x: readonly number[],
  value: number,
  gradient: readonly number[],
  firstRate: number
): { x: readonly number[]; value: number; rate: number } | undefined {
  const squares = gradient.reduce((sum, slope) => sum + slope * slope, 0)
  for (let halving = 0, rate = firstRate; halving < maxHalvings; halving += 1, rate /= 2) {
    const moved = x.map((at, index) => at - rate * (gradient[index] as number))
    const next = objective(moved)
    if (next < value && next <= value - 1e-4 * rate * squares)
      return { x: moved, value: next, rate }
  }
  return undefined
}
