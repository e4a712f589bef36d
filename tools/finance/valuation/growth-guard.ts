import { z } from 'zod'

export const requiredReturn = z
  .number()
  .gt(-1)
  .describe('Return that shareholders require per year, a decimal fraction (0.1 = 10 %)')

export const growth = (meaning: string) =>
  z.number().gt(-1).describe(`${meaning}, a decimal fraction above -1`)

export const growthYears = z.int().min(1).max(1000)

/** The text of the error when growth for ever is not below the return; undefined when it is. */
export function refuseGrowth(
  growth: number,
  required: number,
  growthField: string,
  requiredField: string
): string | undefined {
  if (growth < required) return undefined
  return `${growthField}: must be below ${requiredField}; growth for ever at the return or above it has no finite value`
}
