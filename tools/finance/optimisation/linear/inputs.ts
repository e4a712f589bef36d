import { z } from 'zod'
import { ToolError } from '../../../../src/define-tool.ts'
import type { Constraint, LinearProgram } from './simplex.ts'

/** Most variables, and most constraints, of a program. */
export const maxSize = 150
const maxCoefficient = 1e12

const coefficient = z.number().min(-maxCoefficient).max(maxCoefficient)

export const relation = z.enum(['<=', '>=', '='])

export const sense = z.enum(['minimize', 'maximize'])

export const objectiveInput = z
  .array(coefficient)
  .min(1)
  .max(maxSize, `at most ${maxSize} variables`)
  .describe('Coefficient of each variable; every variable is at least 0')

export const constraintsInput = z
  .array(
    z
      .object({
        coefficients: z
          .array(coefficient)
          .min(1)
          .max(maxSize)
          .describe('One per variable, in the order of objective'),
        relation: relation.describe('coefficients * x (relation) rhs'),
        rhs: coefficient.describe('Right-hand side')
      })
      .strict()
  )
  .max(maxSize, `at most ${maxSize} constraints`)
  .describe('Linear constraints; that every variable is at least 0 need not be said')

/** The program to minimise. Throws when a constraint does not have one coefficient per variable. */
export function toProgram(
  objective: readonly number[],
  constraints: readonly Constraint[],
  direction: z.output<typeof sense>
): LinearProgram {
  constraints.forEach(({ coefficients }, index) => {
    if (coefficients.length === objective.length) return
    throw new ToolError(
      `constraints[${index}].coefficients: has ${coefficients.length} numbers, but objective has ${objective.length}; give one per variable`
    )
  })
  const sign = signOf(direction)
  return {
    objective: objective.map((cost) => sign * cost),
    constraints,
    lower: objective.map(() => 0),
    upper: objective.map(() => Number.POSITIVE_INFINITY)
  }
}

/** What turns values of the minimised program into those that were asked for. */
export function signOf(direction: z.output<typeof sense>): 1 | -1 {
  return direction === 'minimize' ? 1 : -1
}
