import { z } from 'zod'
import { requireFinite } from '../numeric/numbers.ts'
import { compensatedSum } from '../numeric/sums.ts'
import type { Metrics } from './metrics.ts'

export const categories = ['profitability', 'liquidity', 'solvency', 'efficiency'] as const

type Field =
  | 'revenue'
  | 'cogs'
  | 'operatingExpenses'
  | 'interestExpense'
  | 'taxExpense'
  | 'totalAssets'
  | 'totalLiabilities'
  | 'totalEquity'
  | 'currentAssets'
  | 'currentLiabilities'
  | 'cash'
  | 'inventory'
  | 'accountsReceivable'

/** What is known of a period. */
export type Figures = Readonly<Partial<Record<Field, number>>>

const ratio = (formula: string) => z.number().optional().describe(formula)
const onAverage = (formula: string) =>
  ratio(`${formula}, with the average of opening and closing balance; from the second period`)

/** Output schemas by category. */
export const groups = {
  profitability: z.object({
    grossMargin: ratio('(revenue - cogs) / revenue'),
    operatingMargin: ratio('(revenue - cogs - operatingExpenses) / revenue'),
    netMargin: ratio('net income / revenue; needs costs, interest and taxes, all four'),
    returnOnEquity: ratio('net income / totalEquity'),
    returnOnAssets: ratio('net income / totalAssets'),
    returnOnAverageEquity: onAverage('net income / totalEquity'),
    returnOnAverageAssets: onAverage('net income / totalAssets')
  }),
  liquidity: z.object({
    currentRatio: ratio('currentAssets / currentLiabilities'),
    quickRatio: ratio('(currentAssets - inventory) / currentLiabilities'),
    cashRatio: ratio('cash / currentLiabilities')
  }),
  solvency: z.object({
    debtToEquity: ratio('totalLiabilities / totalEquity'),
    debtToAssets: ratio('totalLiabilities / totalAssets'),
    interestCoverage: ratio('operating income / interestExpense')
  }),
  efficiency: z.object({
    assetTurnover: ratio('revenue / totalAssets'),
    inventoryTurnover: ratio('cogs / inventory'),
    receivablesTurnover: ratio('revenue / accountsReceivable'),
    averageAssetTurnover: onAverage('revenue / totalAssets'),
    averageInventoryTurnover: onAverage('cogs / inventory'),
    averageReceivablesTurnover: onAverage('revenue / accountsReceivable')
  })
}

/** The ratios of a period that were asked for; those on averages need the period before. */
export function describePeriod(
  year: Figures,
  before: Figures | undefined,
  wanted: readonly (typeof categories)[number][],
  metrics: Metrics
) {
  const describe = {
    profitability: () => describeProfitability(year, before, metrics),
    liquidity: () => describeLiquidity(year, metrics),
    solvency: () => describeSolvency(year, metrics),
    efficiency: () => describeEfficiency(year, before, metrics)
  }
  const kinds = categories.filter((category) => wanted.includes(category))
  return Object.fromEntries(kinds.map((category) => [category, describe[category]()]))
}

function describeProfitability(year: Figures, before: Figures | undefined, { divide }: Metrics) {
  const { revenue, cogs, operatingExpenses, totalEquity, totalAssets } = year
  const grossProfit = subtract(revenue, cogs)
  const operatingIncome = subtract(revenue, cogs, operatingExpenses)
  const netIncome = subtract(operatingIncome, year.interestExpense, year.taxExpense)
  const averages = before && {
    returnOnAverageEquity: divide(
      'returnOnAverageEquity',
      { netIncome },
      { averageEquity: average(before.totalEquity, totalEquity) }
    ),
    returnOnAverageAssets: divide(
      'returnOnAverageAssets',
      { netIncome },
      { averageAssets: average(before.totalAssets, totalAssets) }
    )
  }
  return {
    grossMargin: divide('grossMargin', { 'revenue and cogs': grossProfit }, { revenue }),
    operatingMargin: divide(
      'operatingMargin',
      { 'cogs and operatingExpenses': operatingIncome },
      { revenue }
    ),
    netMargin: divide(
      'netMargin',
      { 'cogs, operatingExpenses, interestExpense and taxExpense': netIncome },
      { revenue }
    ),
    returnOnEquity: divide('returnOnEquity', { netIncome }, { totalEquity }),
    returnOnAssets: divide('returnOnAssets', { netIncome }, { totalAssets }),
    ...averages
  }
}

function describeLiquidity(year: Figures, { divide }: Metrics) {
  const { currentAssets, currentLiabilities, inventory, cash } = year
  const quickAssets = subtract(currentAssets, inventory)
  return {
    currentRatio: divide('currentRatio', { currentAssets }, { currentLiabilities }),
    quickRatio: divide(
      'quickRatio',
      { 'currentAssets and inventory': quickAssets },
      { currentLiabilities }
    ),
    cashRatio: divide('cashRatio', { cash }, { currentLiabilities })
  }
}

function describeSolvency(year: Figures, { divide }: Metrics) {
  const { totalAssets, totalEquity, interestExpense } = year
  const totalLiabilities = year.totalLiabilities ?? subtract(totalAssets, totalEquity)
  const operatingIncome = subtract(year.revenue, year.cogs, year.operatingExpenses)
  return {
    debtToEquity: divide('debtToEquity', { totalLiabilities }, { totalEquity }),
    debtToAssets: divide('debtToAssets', { totalLiabilities }, { totalAssets }),
    interestCoverage: divide(
      'interestCoverage',
      { 'cogs and operatingExpenses': operatingIncome },
      { interestExpense }
    )
  }
}

function describeEfficiency(year: Figures, before: Figures | undefined, { divide }: Metrics) {
  const { revenue, cogs, totalAssets, inventory, accountsReceivable } = year
  const averages = before && {
    averageAssetTurnover: divide(
      'averageAssetTurnover',
      { revenue },
      { averageAssets: average(before.totalAssets, totalAssets) }
    ),
    averageInventoryTurnover: divide(
      'averageInventoryTurnover',
      { cogs },
      { inventory: average(before.inventory, inventory) }
    ),
    averageReceivablesTurnover: divide(
      'averageReceivablesTurnover',
      { revenue },
      { accountsReceivable: average(before.accountsReceivable, accountsReceivable) }
    )
  }
  return {
    assetTurnover: divide('assetTurnover', { revenue }, { totalAssets }),
    inventoryTurnover: divide('inventoryTurnover', { cogs }, { inventory }),
    receivablesTurnover: divide('receivablesTurnover', { revenue }, { accountsReceivable }),
    ...averages
  }
}

/** What is left, or undefined when an amount was not given. */
function subtract(from: number | undefined, ...amounts: readonly (number | undefined)[]) {
  const terms = [from, ...amounts.map((amount) => amount && -amount)]
  if (terms.includes(undefined)) return undefined
  return requireFinite(
    compensatedSum(terms.map((term) => term ?? 0)),
    'revenue',
    'use smaller amounts'
  )
}

function average(opening: number | undefined, closing: number | undefined): number | undefined {
  return opening === undefined || closing === undefined ? undefined : opening / 2 + closing / 2
}
