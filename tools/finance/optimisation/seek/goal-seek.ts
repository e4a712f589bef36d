import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { compileExpression, expressionInput } from '../../expression/expression.ts'
import { createPace } from '../../numeric/pace.ts'
import { type Curve, findRoot, followSlope, slopeAt } from './root.ts'

const largest = 1e15
const amount = z.number().min(-largest).max(largest)

const tolerance = z
  .number()
  .gt(0)
  .default(1e-6)
  .describe('Largest distance from target that counts as reached; the answer is usually far closer')
const maxIterations = z.int().min(1).max(10_000).default(100).describe('Most steps of Newton')
const description = z.string().max(500).optional().describe('Repeated in the answer, nothing else')

const output = z.object({
  x: z.number().describe('The input that reaches the target'),
  value: z.number().describe('The calculation at x'),
  residual: z.number().describe('value - target'),
  derivative: z.number().describe('Slope of the calculation at x, by a central difference'),
  iterations: z.int().describe('Steps of Newton taken'),
  description: z.string().optional()
})

/** The unknown is the only value, called x. */
function compileCurve(text: string, field: string, target: number): Curve {
  const { evaluate } = compileExpression(text, ['x'], field)
  return (x) => evaluate([x]) - target
}

function describeRoot(
  f: Curve,
  found: { readonly x: number; readonly residual: number; readonly iterations: number },
  target: number
) {
  const { x, residual, iterations } = found
  const derivative = slopeAt(f, { at: x, value: residual })
  const isDefined = Number.isFinite(derivative)
  if (!isDefined) throw new ToolError(`target: the calculation has no slope at the answer ${x}`)
  return { x: x + 0, value: residual + target, residual, derivative, iterations }
}

const goalSeek = defineTool({
  name: 'goal_seek',
  title: 'Goal seek',
  description:
    "The input x at which a calculation reaches a target, as a spreadsheet's goal seek: Newton from initialGuess, then a search for a change of sign with Brent's method. Use it for break-even points and required rates. For a minimum use minimize_function; for the rate of cash flows calculate_irr. Where several inputs reach the target, it finds one near the guess.",
  toolset: 'finance.optimisation',
  input: z.object({
    calculation: expressionInput('The calculation, of x (or {0}), such as 50 * x - 12000'),
    target: amount.describe('Value that the calculation must reach'),
    initialGuess: amount.describe('Where to start'),
    tolerance,
    maxIterations,
    description
  }),
  output,
  summary: ({ x, value }) => `At x = ${x} the calculation is ${value}.`,
  run: async ({ calculation, target, initialGuess: guess, description, ...limits }, ctx) => {
    const f = compileCurve(calculation, 'calculation', target)
    const found = await findRoot(f, { guess, ...limits }, createPace(ctx))
    if (!found) {
      throw new ToolError(
        `target: the calculation does not reach ${target} on either side of ${guess}; check the target, or try another initialGuess`
      )
    }
    return { ...describeRoot(f, found, target), ...(description !== undefined && { description }) }
  }
})

const newtonRaphsonOptimize = defineTool({
  name: 'newton_raphson_optimize',
  title: 'Newton-Raphson',
  description:
    "The input x at which a formula reaches a target (0 by default) by Newton's method alone, with numeric slopes and steps halved when they overshoot. Says so when it does not converge; goal_seek also searches for a change of sign. To find a minimum use minimize_function.",
  toolset: 'finance.optimisation',
  input: z.object({
    formula: expressionInput('The formula, of x (or {0}), such as x^3 - 2*x - 5'),
    initialGuess: amount.describe('Where to start'),
    target: amount.default(0).describe('Value that the formula must reach'),
    tolerance,
    maxIterations,
    description
  }),
  output,
  summary: ({ x, value, iterations }) =>
    `At x = ${x} the formula is ${value}, after ${iterations} steps.`,
  run: async ({ formula, initialGuess: guess, target, description, ...limits }, ctx) => {
    const f = compileCurve(formula, 'formula', target)
    const found = await followSlope(f, { guess, ...limits }, createPace(ctx))
    if (!found) {
      throw new ToolError(
        `formula: Newton's method did not reach ${target} from ${guess} (a flat place, no root, or more than ${limits.maxIterations} steps); try another initialGuess or goal_seek`
      )
    }
    return { ...describeRoot(f, found, target), ...(description !== undefined && { description }) }
  }
})

/** Tools that solve for one unknown. */
export const seekTools: readonly ToolDefinition[] = [goalSeek, newtonRaphsonOptimize]
