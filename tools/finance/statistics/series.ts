import { z } from 'zod'
import { ToolError } from '../../../src/define-tool.ts'
import { requireFinite } from '../numeric/numbers.ts'

const maxValues = 100_000
const tooMany = `at most ${maxValues} values; take a sample or add up groups first`

/** A list of numbers with the cap of this family. */
export const series = z.array(z.number()).max(maxValues, tooMany)

export const confidenceLevel = z.number().gt(0).lt(1)

export const alpha = z
  .number()
  .gt(0)
  .lt(1)
  .default(0.05)
  .describe('Significance level as a fraction (0.05 = 5 %)')

export const population = z
  .enum(['sample', 'population'])
  .default('sample')
  .describe('sample divides by n - 1, population by n')

const smaller = 'scale the values so that their squares stay in range'

/** Throws unless the two lists pair up. */
export function requirePairs(x: readonly number[], y: readonly number[]): void {
  if (x.length === y.length) return
  throw new ToolError(
    `y: ${y.length} values for ${x.length} of x; give one of y for each of x, in the same order`
  )
}

/** Throws when all values are the same: nothing then varies that could be explained or correlated. */
export function requireVariation(values: readonly number[], field: string): void {
  if (values.some((value) => value !== values[0])) return
  throw new ToolError(`${field}: all values are equal; at least two must differ`)
}

/** The record, its absent values skipped, or a ToolError that names the field whose values made one of them overflow. */
export function requireAllFinite<T extends Readonly<Record<string, number | undefined>>>(
  results: T,
  field: string
): T {
  const checked = Object.entries(results).map(([name, value]) => [
    name,
    value === undefined ? undefined : requireFinite(value, field, smaller)
  ])
  return Object.fromEntries(checked) as T
}
