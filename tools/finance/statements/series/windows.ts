import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatAmount, requireFinite } from '../../numeric/numbers.ts'
import { combineWindows, sumWindows } from './rolling.ts'

const maxValues = 20_000

interface Rolling {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly word: string
  readonly of: (values: readonly number[], size: number) => number[]
}

function defineRolling({ of, word, ...about }: Rolling): ToolDefinition {
  return defineTool({
    ...about,
    toolset: 'finance.statements',
    input: z.object({
      values: z
        .array(z.number())
        .min(1)
        .max(maxValues)
        .describe(`Values in the order of time; at most ${maxValues}`),
      windowSize: z
        .int()
        .min(1)
        .max(maxValues)
        .describe('Values in a window; at most as many as there are values')
    }),
    output: z.object({
      rolling: z
        .array(z.number())
        .describe(
          'By window: the first ends at values[windowSize - 1], the last at the last value'
        ),
      latest: z.number().describe('Of the last window'),
      windows: z.int().describe('Number of windows, values - windowSize + 1'),
      windowSize: z.int()
    }),
    summary: ({ latest, windows, windowSize }) =>
      `${windows} windows of ${windowSize} values; the latest ${word} is ${formatAmount(latest)}.`,
    run: ({ values, windowSize }) => {
      if (windowSize > values.length) {
        throw new ToolError(
          `windowSize: must be at most ${values.length}, the number of values; got ${windowSize}`
        )
      }
      const rolling = of(values, windowSize).map((value) =>
        requireFinite(value, 'values', 'use smaller values')
      )
      return { rolling, latest: rolling.at(-1) ?? 0, windows: rolling.length, windowSize }
    }
  })
}

/** Rolling sum, minimum and maximum. */
export const windowTools: readonly ToolDefinition[] = [
  defineRolling({
    name: 'calculate_rolling_sum',
    title: 'Rolling sum',
    description:
      'Sum of each run of windowSize consecutive values: trailing totals of any length. Of twelve months: calculate_ttm_metrics; the mean instead: calculate_moving_average.',
    word: 'sum',
    of: sumWindows
  }),
  defineRolling({
    name: 'calculate_rolling_min',
    title: 'Rolling minimum',
    description:
      'Smallest of each run of windowSize consecutive values: floors, lowest balances. The largest: calculate_rolling_max.',
    word: 'minimum',
    of: (values, size) => combineWindows(values, size, Math.min)
  }),
  defineRolling({
    name: 'calculate_rolling_max',
    title: 'Rolling maximum',
    description:
      'Largest of each run of windowSize consecutive values: peaks, highest balances. The smallest: calculate_rolling_min.',
    word: 'maximum',
    of: (values, size) => combineWindows(values, size, Math.max)
  })
]
