import { ToolError } from '../../../src/define-tool.ts'

/** Payments or coupons in a term; a ToolError naming the field unless it is a whole number of them. */
export function countPeriods(years: number, perYear: number, field: string): number {
  const periods = Math.round(years * perYear)
  if (periods < 1 || Math.abs(years * perYear - periods) > 1e-9) {
    throw new ToolError(
      `${field}: ${years} years are not a whole number of periods at ${perYear} per year; use a multiple of 1/${perYear}`
    )
  }
  return periods
}
