import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, formatNumber, formatPercent, requireFinite } from '../numeric/numbers.ts'
import { compound } from './annuity.ts'
import { discountRate, projectFlows } from './cash-flow-fields.ts'
import { metricName } from './growth-rate.ts'
import { findPayback } from './payback.ts'
import { netPresentValue } from './rates/irr.ts'

const calculateDiscountedPaybackPeriod = defineTool({
  name: 'calculate_discounted_payback_period',
  title: 'Discounted payback period',
  description:
    'Periods until an investment has paid itself back with interest: each flow is discounted to time 0 first. Without interest use calculate_payback_period.',
  toolset: 'finance.tvm',
  input: z.object({ discountRate, cashFlows: projectFlows }),
  output: z.object({
    discountedPaybackPeriod: z
      .number()
      .describe(
        'Periods from now until the running total of present values is first back at 0; linear within the period'
      ),
    lastingPaybackPeriod: z
      .number()
      .optional()
      .describe('Periods after which it stays there; absent when the net present value is below 0'),
    npv: z.number().describe('Net present value, the first flow undiscounted')
  }),
  summary: ({ discountedPaybackPeriod, npv }) =>
    `Paid back with interest after ${formatNumber(discountedPaybackPeriod)} periods; net present value ${formatAmount(npv)}.`,
  run: ({ discountRate, cashFlows }) => {
    const flows = cashFlows.map((amount, time) => ({ amount, time }))
    const npv = netPresentValue(discountRate, flows)
    const { first, lasting } = findPayback(
      flows.map(({ amount, time }) => compound(amount, discountRate, -time))
    )
    return { discountedPaybackPeriod: first, lastingPaybackPeriod: lasting, npv }
  }
})

const perYear = { annual: 1, semiannual: 2, quarterly: 4, monthly: 12, daily: 365 } as const
const maxPeriods = 1000

const applyGrowthProjection = defineTool({
  name: 'apply_growth_projection',
  title: 'Growth projection',
  description:
    'Projects a value period by period at an annual growth rate with a given compounding. For the end value alone use calculate_future_value, for a rate from past values calculate_cagr or forecast_trend.',
  toolset: 'finance.tvm',
  input: z.object({
    baseValue: z.number().describe('Value now'),
    annualGrowthRate: z
      .number()
      .gt(-1)
      .describe('Nominal annual rate as a decimal fraction (0.12 = 12 %), above -1'),
    periods: z
      .int()
      .min(1)
      .max(maxPeriods, `at most ${maxPeriods}; use calculate_future_value for the end value`)
      .describe(
        'Number of compounding periods: months when monthly, days when daily, years when annual or continuous'
      ),
    compounding: z
      .enum(['annual', 'semiannual', 'quarterly', 'monthly', 'daily', 'continuous'])
      .default('annual')
      .describe('Times a year: 1, 2, 4, 12, 365; continuous is e^(rate * years)'),
    metricName
  }),
  output: z.object({
    finalValue: z.number().describe('baseValue * (1 + ratePerPeriod)^periods'),
    totalGrowth: z.number().describe('(1 + ratePerPeriod)^periods - 1, a fraction'),
    ratePerPeriod: z
      .number()
      .describe('annualGrowthRate / periods a year; e^rate - 1 if continuous'),
    effectiveAnnualRate: z.number().describe('Growth of a whole year, a fraction'),
    years: z.number().describe('periods in years'),
    finalValueIfPeriodsAreYears: z
      .number()
      .optional()
      .describe('baseValue after `periods` years with this compounding; absent beyond 1.8e308'),
    values: z.array(z.number()).describe('From now to the last period: periods + 1 values'),
    metricName: z.string()
  }),
  summary: ({ finalValue, totalGrowth, years, metricName }) =>
    `${metricName}: ${formatAmount(finalValue)} after ${formatNumber(years)} years, growth of ${formatPercent(totalGrowth)}.`,
  run: ({ baseValue, annualGrowthRate, periods, compounding, metricName }) => {
    const continuous = compounding === 'continuous'
    const count = continuous ? 1 : perYear[compounding]
    const grow = (value: number, n: number) =>
      continuous
        ? value * Math.exp(annualGrowthRate * n)
        : compound(value, annualGrowthRate / count, n)
    const log = continuous ? annualGrowthRate : Math.log1p(annualGrowthRate / count)
    const finite = (value: number) =>
      requireFinite(value, 'annualGrowthRate', 'use fewer periods or a lower rate')
    const inYears = grow(baseValue, count * periods)
    return {
      finalValue: finite(grow(baseValue, periods)),
      totalGrowth: finite(Math.expm1(log * periods)),
      ratePerPeriod: continuous ? finite(Math.expm1(log)) : annualGrowthRate / count,
      effectiveAnnualRate: finite(Math.expm1(log * count)),
      years: periods / count,
      ...(Number.isFinite(inYears) && { finalValueIfPeriodsAreYears: inYears + 0 }),
      values: Array.from({ length: periods + 1 }, (_, n) => finite(grow(baseValue, n))),
      metricName
    }
  }
})

/** Payback with interest, and growth onwards. */
export const projectionTools: readonly ToolDefinition[] = [
  calculateDiscountedPaybackPeriod,
  applyGrowthProjection
]
