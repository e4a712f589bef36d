import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatAmount, formatPercent, requireFinite } from '../numeric/numbers.ts'

/** Name of what grows, for the text. */
export const metricName = z
  .string()
  .min(1)
  .max(200)
  .default('Value')
  .describe('What is measured, such as Revenue; for the text')

/** One change as a fraction. */
export const calculateGrowthRate = defineTool({
  name: 'calculate_growth_rate',
  title: 'Growth rate',
  description:
    'Relative change from one value to another. Per year over several years use calculate_cagr, from value to value of a list calculate_percent_change, onwards from here apply_growth_projection.',
  toolset: 'finance.tvm',
  input: z.object({
    fromValue: z.number().describe('Earlier value; not 0'),
    toValue: z.number().describe('Later value'),
    metricName
  }),
  output: z.object({
    growthRate: z.number().describe('change / fromValue, a fraction (0.25 = 25 %)'),
    growthOnSize: z
      .number()
      .describe('change / |fromValue|: its sign is that of the change, also from a negative value'),
    change: z.number().describe('toValue - fromValue'),
    logGrowth: z
      .number()
      .optional()
      .describe('ln(toValue / fromValue), the continuous rate; absent unless both have one sign'),
    metricName: z.string(),
    note: z.string().optional().describe('How to read a negative fromValue')
  }),
  summary: ({ growthRate, change, metricName, note }) =>
    `${metricName}: growth of ${formatPercent(growthRate)}, ${formatAmount(change)}.${note ? ` ${note}` : ''}`,
  run: ({ fromValue, toValue, metricName }) => {
    if (fromValue === 0) {
      throw new ToolError('fromValue: must not be 0; from 0 there is a change but no growth rate')
    }
    const fix = 'use values of a more usual size'
    const change = requireFinite(toValue - fromValue, 'toValue', fix)
    const growthRate = requireFinite(change / fromValue, 'fromValue', fix)
    const log = logOfQuotient(fromValue, toValue)
    return {
      growthRate,
      growthOnSize: fromValue < 0 ? -growthRate + 0 : growthRate,
      change,
      ...(log !== undefined && { logGrowth: log }),
      metricName,
      ...(fromValue < 0 && { note: negativeBase })
    }
  }
})

const negativeBase =
  'fromValue is negative, so growthRate has the opposite sign of the change; growthOnSize has not.'

/** ln(to / from); through log1p when they are close, where the quotient would lose digits. */
function logOfQuotient(from: number, to: number): number | undefined {
  if (to === 0 || from > 0 !== to > 0) return undefined
  const growth = (to - from) / from
  if (Math.abs(growth) < 0.5) return Math.log1p(growth)
  return Math.log(Math.abs(to)) - Math.log(Math.abs(from))
}
