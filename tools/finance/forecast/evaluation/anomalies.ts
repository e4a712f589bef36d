import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatNumber } from '../../numeric/numbers.ts'
import { combineWindows } from '../../statements/series/rolling.ts'
import { requireAllFinite } from '../../statistics/series.ts'
import { values } from '../series/data.ts'

interface Moments {
  readonly count: number
  readonly mean: number
  /** Sum of squared deviations from the mean. */
  readonly squares: number
}

/** Moments of two groups together (Chan, Golub and LeVeque 1979). */
function joinMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count
  const gap = b.mean - a.mean
  return {
    count,
    mean: a.mean + (gap * b.count) / count,
    squares: a.squares + b.squares + ((gap * a.count) / count) * gap * b.count
  }
}

interface Anomaly {
  readonly index: number
  readonly value: number
  readonly expected: number
  readonly standardDeviation: number
  readonly z?: number
  readonly direction: 'high' | 'low'
}

/** The tool of that name. */
export const detectAnomalies: ToolDefinition = defineTool({
  name: 'detect_anomalies',
  title: 'Detect anomalies',
  description:
    'Values far from those just before them, by a rolling z: distance from the mean of the preceding window in its sample standard deviations. For a series with a strong season give its residual from decompose_time_series.',
  toolset: 'finance.forecast',
  input: z.object({
    values: values.min(3).describe('In the order of time'),
    windowSize: z
      .int()
      .min(2)
      .describe(
        'Number of values before each one that it is held against; the first windowSize values are not judged'
      ),
    threshold: z
      .number()
      .gt(0)
      .default(2)
      .describe('Size of z from which on a value is reported; small windows want 3 or more')
  }),
  output: z.object({
    anomalies: z.array(
      z.object({
        index: z.int().describe('Position in values, from 0'),
        value: z.number(),
        expected: z.number().describe('Mean of the window before it'),
        standardDeviation: z.number().describe('Of that window, n - 1'),
        z: z
          .number()
          .optional()
          .describe('(value - expected) / standardDeviation; absent after a constant window'),
        direction: z.enum(['high', 'low'])
      })
    ),
    count: z.int().describe('Number of anomalies'),
    judged: z.int().describe('Number of values that had a full window before them'),
    threshold: z.number()
  }),
  summary: ({ anomalies, count, judged, threshold }) =>
    `${count} of ${judged} values at least ${formatNumber(threshold)} standard deviations away${count === 0 ? '' : `, first at index ${anomalies[0]?.index}`}.`,
  run: ({ values, windowSize, threshold }) => {
    if (windowSize >= values.length) {
      throw new ToolError(
        `windowSize: must be below ${values.length}, the number of values; got ${windowSize}`
      )
    }
    const single = values.map((mean) => ({ count: 1, mean, squares: 0 }))
    const windows = combineWindows(single.slice(0, -1), windowSize, joinMoments)
    const anomalies = windows.flatMap((window, i) => {
      const index = i + windowSize
      const anomaly = judge(index, values[index] ?? Number.NaN, window)
      return anomaly && Math.abs(anomaly.z ?? Number.MAX_VALUE) >= threshold ? [anomaly] : []
    })
    return { anomalies, count: anomalies.length, judged: windows.length, threshold }
  }
})

/** How a value stands to the window before it; nothing when it is its mean. */
function judge(index: number, value: number, { count, mean, squares }: Moments) {
  const { distance, standardDeviation } = requireAllFinite(
    { distance: value - mean, standardDeviation: Math.sqrt(squares / (count - 1)) },
    'values'
  )
  if (distance === 0) return undefined
  const z = distance / standardDeviation
  const anomaly: Anomaly = {
    index,
    value,
    expected: mean,
    standardDeviation,
    ...(Number.isFinite(z) && { z }),
    direction: distance > 0 ? 'high' : 'low'
  }
  return anomaly
}
