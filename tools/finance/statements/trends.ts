import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import { formatPercent, requireFinite } from '../numeric/numbers.ts'
import { heading } from './heading.ts'
import { createMetrics, type Metrics } from './metrics.ts'

const maxPeriods = 200

const year = z.strictObject({
  period: heading.period.describe('Label, such as 2024; all periods of equal length'),
  revenue: z.number().min(0).describe('Total revenue'),
  net_income: z.number().describe('Negative for a loss'),
  ebitda: z.number().optional(),
  assets: z.number().optional().describe('Total assets at the end of the period'),
  equity: z.number().optional().describe('Total equity at the end of the period')
})

type Year = z.output<typeof year>
type Measure = 'revenue' | 'net_income' | 'ebitda' | 'assets' | 'equity'

const fraction = (formula: string) => z.number().optional().describe(`${formula}, a fraction`)
const growthRate = (of: string) =>
  fraction(`Growth of ${of} over the period before; absent unless that was above 0`)
const cagr = (of: string) =>
  fraction(`(last / first)^(1 / (periods - 1)) - 1 of ${of}; absent unless both are above 0`)

/** Growth, margins and returns over several periods. */
export const analyzeFinancialTrends = defineTool({
  name: 'analyze_financial_trends',
  title: 'Financial trends',
  description:
    'Growth from period to period, compound growth (CAGR), margins and returns over two or more periods. For more ratios of each period use calculate_ratio_summary; to project forward forecast_trend.',
  toolset: 'finance.statements',
  input: z.object({
    entity: heading.entity,
    periods: z
      .array(year)
      .min(2)
      .max(maxPeriods)
      .describe(`Periods in the order of time, 2 to ${maxPeriods}, with no gap`)
  }),
  output: z.object({
    entity: z.string(),
    periods: z.array(
      z.object({
        period: z.string(),
        revenueGrowth: growthRate('revenue'),
        netIncomeGrowth: growthRate('net income'),
        ebitdaGrowth: growthRate('EBITDA'),
        netMargin: fraction('net_income / revenue'),
        ebitdaMargin: fraction('ebitda / revenue'),
        returnOnEquity: fraction('net_income / equity at the end of the period'),
        returnOnAssets: fraction('net_income / assets at the end of the period')
      })
    ),
    revenueCagr: cagr('revenue'),
    netIncomeCagr: cagr('net income'),
    ebitdaCagr: cagr('EBITDA'),
    assetsCagr: cagr('assets'),
    equityCagr: cagr('equity'),
    netMarginChange: z
      .number()
      .optional()
      .describe('Last net margin - first, as a fraction: 0.02 is two percentage points'),
    notes: z.array(z.string()).describe('Why a figure is absent')
  }),
  summary: ({ entity, periods, revenueCagr, netIncomeCagr, netMarginChange }) =>
    [
      `${entity}, ${periods.length} periods`,
      revenueCagr === undefined ? '' : `; revenue ${formatPercent(revenueCagr)} per period`,
      netIncomeCagr === undefined ? '' : `; net income ${formatPercent(netIncomeCagr)} per period`,
      netMarginChange === undefined
        ? ''
        : `; net margin changed by ${formatPercent(netMarginChange)}`,
      '.'
    ].join(''),
  run: ({ entity, periods }) => {
    const metrics = createMetrics()
    const rows = periods.map((year, i) => describeYear(year, periods[i - 1], metrics))
    const [first, last] = [rows[0]?.netMargin, rows.at(-1)?.netMargin]
    const growth = (measure: Measure) => compoundGrowth(periods, measure)
    const cagrs = {
      revenueCagr: growth('revenue'),
      netIncomeCagr: growth('net_income'),
      ebitdaCagr: growth('ebitda'),
      assetsCagr: growth('assets'),
      equityCagr: growth('equity')
    }
    const absent = Object.entries(cagrs).filter(([, value]) => value === undefined)
    return {
      entity,
      periods: rows,
      ...cagrs,
      netMarginChange: first === undefined || last === undefined ? undefined : last - first,
      notes: [
        ...metrics.notes,
        ...absent.map(([field]) => `${field}: needs a first and a last value above 0.`)
      ]
    }
  }
})

function describeYear(year: Year, before: Year | undefined, metrics: Metrics) {
  const { period, revenue, net_income, ebitda, assets, equity } = year
  const ratio = (field: string, above: object, below: object, given: unknown) =>
    given === undefined
      ? undefined
      : metrics.divide(`${period}: ${field}`, { ...above }, { ...below })
  return {
    period,
    revenueGrowth: growthOf(before?.revenue, revenue),
    netIncomeGrowth: growthOf(before?.net_income, net_income),
    ebitdaGrowth: growthOf(before?.ebitda, ebitda),
    netMargin: ratio('netMargin', { net_income }, { revenue }, revenue),
    ebitdaMargin: ratio('ebitdaMargin', { ebitda }, { revenue }, ebitda),
    returnOnEquity: ratio('returnOnEquity', { net_income }, { equity }, equity),
    returnOnAssets: ratio('returnOnAssets', { net_income }, { assets }, assets)
  }
}

function growthOf(before: number | undefined, now: number | undefined): number | undefined {
  if (before === undefined || now === undefined || before <= 0) return undefined
  return requireFinite((now - before) / before, 'periods', 'use amounts of a usual size')
}

function compoundGrowth(periods: readonly Year[], measure: Measure): number | undefined {
  const [first, last] = [periods[0]?.[measure], periods.at(-1)?.[measure]]
  if (first === undefined || last === undefined || first <= 0 || last <= 0) return undefined
  const rate = Math.expm1((Math.log(last) - Math.log(first)) / (periods.length - 1))
  return requireFinite(rate, 'periods', 'use amounts of a usual size')
}
