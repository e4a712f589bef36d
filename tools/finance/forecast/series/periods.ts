import { z } from 'zod'
import { ToolError } from '../../../../src/define-tool.ts'
import { formatUtcDay, parseUtcDay } from '../../tvm/dates.ts'

/** A calendar period as it comes in. */
export const period = z
  .strictObject({
    year: z.int().min(1).max(9999),
    month: z
      .int()
      .min(1)
      .max(12)
      .optional()
      .describe('Needed unless annual; of a quarter any of its months'),
    day: z.int().min(1).max(31).optional().describe('Needed for daily'),
    type: z.enum(['annual', 'quarterly', 'monthly', 'daily'])
  })
  .describe('Calendar period; one type throughout a series')

export type Period = z.output<typeof period>
export type PeriodType = Period['type']

/** Number of the period, counted without gaps within its type. */
export function numberOfPeriod({ year, month, day, type }: Period, field: string): number {
  if (type === 'annual') return year
  if (month === undefined) throw new ToolError(`${field}.month: is needed for ${type} periods`)
  if (type === 'quarterly') return year * 4 + Math.floor((month - 1) / 3)
  if (type === 'monthly') return year * 12 + month - 1
  if (day === undefined) throw new ToolError(`${field}.day: is needed for daily periods`)
  const date = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`
  const number = parseUtcDay(date)
  if (number === undefined) throw new ToolError(`${field}.day: ${date} is no day of the calendar`)
  return number
}

/** 2024, 2024-Q1, 2024-01 or 2024-01-31. */
export function labelOf(type: PeriodType, number: number): string {
  if (type === 'daily') return formatUtcDay(number)
  if (type === 'annual') return padded(number, 4)
  const [perYear, mark, width] = type === 'quarterly' ? [4, 'Q', 1] : [12, '', 2]
  return `${padded(yearOf(type, number), 4)}-${mark}${padded((number % perYear) + 1, width)}`
}

/** Calendar year of a period. */
export function yearOf(type: PeriodType, number: number): number {
  if (type === 'daily') return new Date(number * 86_400_000).getUTCFullYear()
  return Math.floor(number / { annual: 1, quarterly: 4, monthly: 12 }[type])
}

function padded(number: number, width: number): string {
  return String(number).padStart(width, '0')
}
