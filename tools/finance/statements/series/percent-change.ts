import { z } from 'zod'
import { defineTool } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatPercent, requireFinite } from '../../numeric/numbers.ts'

const maxValues = 5000

const step = z.object({
  index: z.int().describe('Position in values, from 1'),
  difference: z.number().describe('values[index] - values[index - 1]'),
  change: z
    .number()
    .optional()
    .describe('difference / values[index - 1], a fraction; absent after a 0'),
  changeOnSize: z
    .number()
    .optional()
    .describe('difference / |values[index - 1]|: its sign is that of the difference')
})

const calculatePercentChange = defineTool({
  name: 'calculate_percent_change',
  title: 'Percent change',
  description:
    'Relative change from each value to the next, and from the first to the last, as fractions. For one pair use calculate_growth_rate, per year over several years calculate_cagr.',
  toolset: 'finance.statements',
  input: z.object({
    values: z
      .array(z.number())
      .min(2)
      .max(maxValues)
      .describe(`Values in the order of time, 2 to ${maxValues}`)
  }),
  output: z.object({
    changes: z.array(step),
    total: z
      .number()
      .optional()
      .describe('(last - first) / first, a fraction; absent when the first is 0'),
    notes: z.array(z.string()).describe('Why a change is absent or reads differently')
  }),
  summary: ({ changes, total, notes }) =>
    [
      `${changes.length} changes`,
      total === undefined ? '' : `, ${formatPercent(total)} from first to last`,
      '. ',
      notes.join(' ')
    ]
      .join('')
      .trim(),
  run: ({ values }) => {
    const changes = values.slice(1).map((value, i) => ({
      index: i + 1,
      ...changeBetween(values[i] ?? 0, value, `values[${i + 1}]`)
    }))
    const whole = changeBetween(values[0] ?? 0, values.at(-1) ?? 0, 'values')
    return {
      changes,
      ...(whole.change !== undefined && { total: whole.change }),
      notes: noteBases(values.slice(0, -1))
    }
  }
})

function changeBetween(from: number, to: number, field: string) {
  const fix = 'the value before it is too small, or the step too large'
  const difference = requireFinite(to - from, field, fix)
  if (from === 0) return { difference }
  const change = requireFinite(difference / from, field, fix)
  return { difference, change, changeOnSize: from < 0 ? -change + 0 : change }
}

function noteBases(bases: readonly number[]): string[] {
  const zeros = bases.filter((base) => base === 0).length
  const negatives = bases.filter((base) => base < 0).length
  return [
    zeros > 0 ? `After a 0 no relative change exists (${zeros} absent).` : '',
    negatives > 0
      ? `After a negative value (${negatives} times) change has the opposite sign of the difference; changeOnSize has not.`
      : ''
  ].filter((note) => note !== '')
}

/** In `finance.core`. */
export const percentChangeTools: readonly ToolDefinition[] = [calculatePercentChange]
