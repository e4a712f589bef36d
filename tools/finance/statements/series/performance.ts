import { z } from 'zod'
import { defineTool } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatAmount, formatPercent, requireFinite } from '../../numeric/numbers.ts'
import { sumWindows } from './rolling.ts'

const metricName = z.string().min(1).max(200).describe('What is measured, such as Revenue')
const smaller = 'use smaller amounts'

const calculateTtmMetrics = defineTool({
  name: 'calculate_ttm_metrics',
  title: 'Trailing twelve months',
  description:
    'Totals of the last twelve months (TTM, LTM) at each month end, with growth over the twelve months before. For windows of another length use calculate_rolling_sum.',
  toolset: 'finance.statements',
  input: z.object({
    monthlyValues: z
      .array(z.number())
      .min(12)
      .max(1200)
      .describe('Monthly flows in the order of time, at least 12; not balances'),
    metricName
  }),
  output: z.object({
    metricName: z.string(),
    ttm: z.number().describe('Sum of the last 12 months'),
    monthlyAverage: z.number().describe('ttm / 12'),
    history: z.array(z.number()).describe('TTM at the end of month 12, 13, ...; the last is ttm'),
    highest: z.number().describe('Largest TTM of the history'),
    lowest: z.number().describe('Smallest TTM of the history'),
    priorTtm: z.number().optional().describe('Sum of the 12 months before; with 24 months or more'),
    growth: z
      .number()
      .optional()
      .describe('(ttm - priorTtm) / priorTtm, a fraction; when priorTtm is above 0'),
    note: z.string().optional().describe('Why growth is absent')
  }),
  summary: ({ metricName, ttm, growth, note }) =>
    [
      `${metricName}, last twelve months: ${formatAmount(ttm)}`,
      growth === undefined ? '.' : `, ${formatPercent(growth)} over the twelve months before.`,
      note ? ` ${note}` : ''
    ].join(''),
  run: ({ monthlyValues, metricName }) => {
    const history = sumWindows(monthlyValues, 12).map((total) =>
      requireFinite(total, 'monthlyValues', smaller)
    )
    const ttm = history.at(-1) ?? 0
    return {
      metricName,
      ttm,
      monthlyAverage: ttm / 12,
      history,
      highest: history.reduce((a, b) => Math.max(a, b)),
      lowest: history.reduce((a, b) => Math.min(a, b)),
      ...compareYears(ttm, history.at(-13))
    }
  }
})

function compareYears(ttm: number, priorTtm: number | undefined) {
  if (priorTtm === undefined) return { note: 'Growth needs 24 months.' }
  if (priorTtm <= 0) return { priorTtm, note: 'Growth needs a priorTtm above 0.' }
  return { priorTtm, growth: requireFinite((ttm - priorTtm) / priorTtm, 'monthlyValues', smaller) }
}

const analyzeBudgetVsActual = defineTool({
  name: 'analyze_budget_vs_actual',
  title: 'Budget against actual',
  description:
    'Variance of an actual amount from its budget, in amount and percent, and whether it is favorable. For a series of values use calculate_percent_change.',
  toolset: 'finance.statements',
  input: z.object({
    budgeted: z.number().describe('Planned amount; costs as positive amounts'),
    actual: z.number().describe('Amount that came about, in the same sign convention'),
    metricName,
    isRevenueType: z
      .boolean()
      .describe('true: more is favorable (revenue, profit); false: less is favorable (costs)')
  }),
  output: z.object({
    metricName: z.string(),
    variance: z.number().describe('actual - budgeted'),
    variancePercent: z
      .number()
      .optional()
      .describe('variance / |budgeted|, a fraction; absent when budgeted is 0'),
    favorableVariance: z
      .number()
      .describe('variance for revenue, -variance for costs: above 0 is favorable'),
    status: z.enum(['favorable', 'unfavorable', 'on_budget']),
    note: z.string().optional().describe('Why variancePercent is absent')
  }),
  summary: ({ metricName, variance, variancePercent, status }) =>
    `${metricName}: ${formatAmount(variance)}${variancePercent === undefined ? '' : ` (${formatPercent(variancePercent)})`} against budget, ${status.replace('_', ' ')}.`,
  run: ({ budgeted, actual, metricName, isRevenueType }) => {
    const variance = requireFinite(actual - budgeted, 'actual', smaller)
    const favorableVariance = (isRevenueType ? variance : -variance) + 0
    return {
      metricName,
      variance,
      favorableVariance,
      status: statusOf(favorableVariance),
      ...(budgeted === 0
        ? { note: 'budgeted is 0, so there is no percentage.' }
        : { variancePercent: requireFinite(variance / Math.abs(budgeted), 'budgeted', smaller) })
    }
  }
})

function statusOf(favorableVariance: number): 'favorable' | 'unfavorable' | 'on_budget' {
  if (favorableVariance === 0) return 'on_budget'
  return favorableVariance > 0 ? 'favorable' : 'unfavorable'
}

/** Twelve months back, and against the budget. */
export const performanceTools: readonly ToolDefinition[] = [
  calculateTtmMetrics,
  analyzeBudgetVsActual
]
