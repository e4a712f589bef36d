import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, formatNumber, formatPercent, requireFinite } from '../numeric/numbers.ts'

type Inputs = Readonly<Record<string, z.ZodType<number | undefined>>>
type Values<I extends Inputs> = { readonly [Name in keyof I]: z.output<I[Name]> }
type Check<I extends Inputs> = (values: Values<I>) => string | undefined

type Output<I extends Inputs> =
  | readonly [meaning: string, formula: (values: Values<I>) => number]
  | readonly [meaning: string, formula: (values: Values<I>) => number | undefined, 'optional']

/** A row of the table of ratios: what a tool divides, and what it says about it. */
interface Ratio<I extends Inputs> {
  readonly name: string
  /** `finance.ratios` unless given. */
  readonly toolset?: string
  readonly title: string
  readonly description: string
  /** Guards against a divisor of 0 sit in the schemas: `above0`, `not0`. */
  readonly inputs: I
  /** Meaning and formula by output field; the first is the answer. */
  readonly outputs: Readonly<Record<string, Output<I>>>
  readonly unit: keyof typeof formats
  /** Sentence about the answer, which arrives formatted. */
  readonly reading: (answer: string) => string
  /** Contradiction between inputs, as the text of an error that names the field and the rule. */
  readonly contradiction?: Check<I>
  /** When a sign makes the ratio read differently than usual. */
  readonly note?: Check<I>
}

export const anyAmount = (meaning: string) => z.number().describe(meaning)
export const atLeast0 = (meaning: string) => z.number().min(0).describe(`${meaning}; at least 0`)
export const above0 = (meaning: string) => z.number().gt(0).describe(`${meaning}; above 0`)
export const not0 = (meaning: string) =>
  z
    .number()
    .refine((value) => value !== 0, 'must not be 0: the ratio divides by it')
    .describe(`${meaning}; not 0`)

const formats = {
  fraction: formatPercent,
  times: formatAmount,
  days: formatAmount,
  amount: formatAmount,
  number: formatNumber
} as const

/** Makes the tool of one row. */
export function createRatio<I extends Inputs>(row: Ratio<I>): ToolDefinition {
  const { inputs, outputs, unit, reading, contradiction, note, ...about } = row
  const fields = Object.keys(inputs).join(', ')
  const [answer = ''] = Object.keys(outputs)
  const format = formats[unit]
  return defineTool({
    toolset: 'finance.ratios',
    ...about,
    input: z.object(inputs as z.ZodRawShape),
    output: z.object({
      ...mapOutputs(outputs, ([meaning, , optional]) =>
        (optional ? z.number().optional() : z.number()).describe(meaning)
      ),
      ...(note && { note: z.string().optional().describe('When a sign changes the reading') })
    } as z.ZodRawShape),
    summary: (value) =>
      [reading(format(value[answer] as number)), value.note].filter(Boolean).join(' '),
    run: (given) => {
      const values = given as Values<I>
      const problem = contradiction?.(values)
      if (problem) throw new ToolError(problem)
      const numbers = mapOutputs(outputs, ([, formula]) => {
        const value = formula(values)
        return value === undefined
          ? undefined
          : requireFinite(value, fields, 'use amounts of a more usual size')
      })
      const remark = note?.(values)
      return { ...numbers, ...(remark && { note: remark }) }
    }
  })
}

function mapOutputs<Value, Result>(
  outputs: Readonly<Record<string, Value>>,
  convert: (value: Value) => Result
): Record<string, Result> {
  return Object.fromEntries(
    Object.entries(outputs).map(([field, value]) => [field, convert(value)])
  )
}

/** The note of ratios to equity. */
export function noteNegativeEquity(equity: number, field = 'shareholderEquity') {
  if (equity >= 0) return undefined
  return `${field} is negative, so the ratio has no usual reading and its sign says little.`
}
