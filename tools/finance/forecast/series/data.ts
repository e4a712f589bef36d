import { z } from 'zod'
import { ToolError } from '../../../../src/define-tool.ts'
import { labelOf, numberOfPeriod, type PeriodType, period } from './periods.ts'

const maxPoints = 100_000
const tooMany = `at most ${maxPoints} values; add up groups first`
const item = 'a number, or {"period": {"year", "month", "day", "type"}, "value"}'

/** Plain values in the order of time, with the cap of this family. */
export const values = z.array(z.number()).max(maxPoints, tooMany)

const point = z.strictObject({ period, value: z.number() })

/** A time series: plain numbers in the order of time, or points with calendar periods. */
export const data = z
  .array(z.union([z.number(), point], `must be ${item}`))
  .max(maxPoints, tooMany)
  .describe(
    'Numbers in the order of time, or points {period, value} in any order. Points are sorted and counted 0, 1, 2, ...: a missing period is not filled'
  )

/** Number of periods to look ahead. */
export const ahead = z.int().min(1).max(1000, 'at most 1000 periods ahead')

/** Values in the order of time, and the periods they are for when they came with any. */
export interface Series {
  readonly values: readonly number[]
  readonly calendar?: Calendar
}

export interface Calendar {
  readonly type: PeriodType
  /** Ascending, one for each value. */
  readonly numbers: readonly number[]
}

type Data = z.output<typeof data>
type Point = z.output<typeof point>

/** Sorts points by time. Throws on a mixture, on two types of period and on a period given twice. */
export function readSeries(data: Data): Series {
  const first = data[0]
  const values = data.filter((entry) => typeof entry === 'number')
  if (values.length === data.length || first === undefined) return { values }
  const type = typeof first === 'number' ? undefined : first.period.type
  const numbered = data.map((entry, i) => numberPoint(entry, i, type))
  numbered.sort((a, b) => a.number - b.number)
  const twice = numbered.find(({ number }, i) => number === numbered[i - 1]?.number)
  if (twice) {
    throw new ToolError(`data[${twice.index}].period: ${twice.label} is given twice; keep one`)
  }
  return {
    values: numbered.map(({ value }) => value),
    calendar: {
      type: numbered[0]?.type ?? 'annual',
      numbers: numbered.map(({ number }) => number)
    }
  }
}

function numberPoint(entry: number | Point, index: number, type: PeriodType | undefined) {
  if (typeof entry === 'number' || type === undefined) {
    throw new ToolError(`data[${index}]: give plain numbers or points with periods, not both`)
  }
  const { period, value } = entry
  if (period.type !== type) {
    throw new ToolError(
      `data[${index}].period.type: is ${period.type} where data[0] is ${type}; one type throughout`
    )
  }
  const number = numberOfPeriod(period, `data[${index}].period`)
  return { index, number, value, type, label: labelOf(type, number) }
}

/** Label of the value at an index, past the end as well; nothing without a calendar. */
export function periodAt({ calendar }: Series, index: number): { period?: string } {
  if (!calendar) return {}
  const { type, numbers } = calendar
  const last = numbers.length - 1
  const number = numbers[index] ?? (numbers[last] ?? Number.NaN) + index - last
  return { period: labelOf(type, number) }
}
