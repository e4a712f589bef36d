import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatNumber, formatPercent } from '../../numeric/numbers.ts'
import { createPace } from '../../numeric/pace.ts'
import { requireAllFinite } from '../../statistics/series.ts'
import { ahead, values } from '../series/data.ts'
import {
  addFold,
  createTotals,
  type ErrorTotals,
  type Forecaster,
  leastSize,
  naiveScales,
  summarizeTotals
} from './backtest.ts'

const maxForecasts = 1_000_000
const forecasters = ['naive', 'seasonal_naive', 'drift'] as const

const errors = {
  mae: z.number().describe('Mean absolute error'),
  rmse: z.number().describe('Root mean squared error'),
  bias: z.number().describe('Mean of actual - forecast: above 0 when forecasts are too low'),
  mape: z
    .number()
    .optional()
    .describe(
      'Mean of |error / actual| as a fraction (0.1 = 10 %); absent when an actual value is 0'
    ),
  wape: z
    .number()
    .optional()
    .describe('Sum of |error| over sum of |actual|: defined where single values are 0'),
  mase: z
    .number()
    .optional()
    .describe(
      'Errors over the mean absolute (seasonal) naive error within the values known at each origin (Hyndman and Koehler 2006); below 1 is better; absent when such an error is 0 or missing'
    )
}

/** The tool of that name. */
export const backtestForecast: ToolDefinition = defineTool({
  name: 'backtest_forecast',
  title: 'Backtest a forecast',
  description:
    'Rolling-origin test of a simple forecaster: at each origin only earlier values are known, and errors are taken on those that follow. It is the bar that a better forecast must pass; beforehand: assess_forecastability.',
  toolset: 'finance.forecast',
  input: z.object({
    historicalValues: values.min(2).describe('In the order of time'),
    forecaster: z
      .enum(forecasters)
      .default('naive')
      .describe(
        'naive: the last value; seasonal_naive: the value one season earlier; drift: last + h (last - first) / (n - 1)'
      ),
    initialTrainSize: z.int().min(1).describe('Values known at the first origin'),
    horizon: ahead.describe('Steps forecast at each origin; all must lie within the values'),
    step: z.int().min(1).default(1).describe('Values by which the origin moves on'),
    seasonLength: z
      .int()
      .min(2)
      .max(1000)
      .optional()
      .describe('Values in one season; needed for seasonal_naive, and then also the scale of MASE')
  }),
  output: z.object({
    forecaster: z.enum(forecasters),
    folds: z.int().describe('Number of origins'),
    forecasts: z.int().describe('folds * horizon'),
    ...errors,
    notes: z.array(z.string()).describe('Why an error is absent'),
    byStep: z
      .array(z.object({ step: z.int(), mae: z.number(), rmse: z.number() }))
      .describe('By number of steps ahead'),
    comparison: z
      .array(z.object({ forecaster: z.enum(forecasters), ...errors }))
      .describe('Every forecaster that these arguments allow, on the same origins')
  }),
  summary: ({ forecaster, folds, mae, rmse, mape, mase, notes }) =>
    [
      `${forecaster} over ${folds} origins: MAE ${formatNumber(mae)}, RMSE ${formatNumber(rmse)}`,
      mape === undefined ? '' : `, MAPE ${formatPercent(mape)}`,
      mase === undefined ? '' : `, MASE ${formatNumber(mase)}`,
      '. ',
      notes.join(' ')
    ]
      .join('')
      .trim(),
  run: async (args, ctx) => {
    const { historicalValues: values, forecaster, initialTrainSize, horizon, step } = args
    const folds = countFolds(values.length, args)
    requireSize(args)
    const season = args.seasonLength ?? 1
    const scales = naiveScales(values, season)
    const pace = createPace(ctx)
    const totals = new Map<Forecaster, ErrorTotals>()
    for (const name of forecasters) {
      const possible = name !== 'seasonal_naive' || args.seasonLength !== undefined
      if (possible && initialTrainSize >= leastSize(name, season)) {
        totals.set(name, createTotals(horizon))
      }
    }
    for (let i = 0; i < folds; i += 1) {
      const size = initialTrainSize + i * step
      const fold = { size, season, scale: scales[size - 1] ?? Number.NaN }
      for (const [name, sums] of totals) addFold(sums, name, values, fold)
      const wait = pace(i, folds)
      if (wait) await wait
    }
    const own = totals.get(forecaster) ?? createTotals(horizon)
    return {
      forecaster,
      folds,
      forecasts: folds * horizon,
      ...checkedErrors(own),
      notes: noteAbsences(own),
      byStep: errorsByStep(own, folds),
      comparison: [...totals].map(([name, sums]) => ({ forecaster: name, ...checkedErrors(sums) }))
    }
  }
})

interface Plan {
  readonly forecaster: Forecaster
  readonly initialTrainSize: number
  readonly horizon: number
  readonly step: number
  readonly seasonLength?: number | undefined
}

function countFolds(count: number, { initialTrainSize, horizon, step }: Plan): number {
  const rest = count - initialTrainSize - horizon
  if (rest < 0) {
    throw new ToolError(
      `initialTrainSize: with the horizon it is ${initialTrainSize + horizon}, but there are ${count} values; take less`
    )
  }
  const folds = Math.floor(rest / step) + 1
  if (folds * horizon > maxForecasts) {
    throw new ToolError(
      `step: ${folds} origins times ${horizon} steps are over ${maxForecasts} forecasts; take a larger step`
    )
  }
  return folds
}

function requireSize({ forecaster, initialTrainSize, seasonLength }: Plan): void {
  if (forecaster === 'seasonal_naive' && seasonLength === undefined) {
    throw new ToolError('seasonLength: is needed for seasonal_naive')
  }
  const least = leastSize(forecaster, seasonLength ?? 1)
  if (initialTrainSize >= least) return
  throw new ToolError(`initialTrainSize: must be at least ${least} for ${forecaster}`)
}

function checkedErrors(totals: ErrorTotals) {
  return requireAllFinite(summarizeTotals(totals), 'historicalValues')
}

function noteAbsences(totals: ErrorTotals): string[] {
  const { mape, mase } = summarizeTotals(totals)
  return [
    ...(mape === undefined ? [`MAPE is undefined: ${totals.zeros} actual values are 0.`] : []),
    ...(mase === undefined
      ? ['MASE is undefined: at an origin the known values have no (seasonal) naive error.']
      : [])
  ]
}

function errorsByStep({ sizes, squares }: ErrorTotals, folds: number) {
  return Array.from(sizes, (size, i) => ({
    step: i + 1,
    ...requireAllFinite(
      { mae: size / folds, rmse: Math.sqrt((squares[i] ?? Number.NaN) / folds) },
      'historicalValues'
    )
  }))
}
