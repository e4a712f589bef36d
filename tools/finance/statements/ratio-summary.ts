import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatPercent } from '../numeric/numbers.ts'
import { compareAmounts } from './accounts/agreement.ts'
import { createMetrics } from './metrics.ts'
import { categories, describePeriod, type Figures, groups } from './ratio-groups.ts'

const maxPeriods = 100

const series = (meaning: string) =>
  z.array(z.number()).min(1).max(maxPeriods).describe(`${meaning}, one value per period`)

const input = z.object({
  revenue: series('Revenue; the length of all other arrays'),
  cogs: series('Cost of goods sold, positive').optional(),
  operatingExpenses: series('Operating expenses without cogs, positive').optional(),
  interestExpense: series('Interest expense, positive').optional(),
  taxExpense: series('Income taxes, positive for a charge').optional(),
  totalAssets: series('Total assets at the end of the period'),
  totalLiabilities: series('Total liabilities; taken as assets - equity when left out').optional(),
  totalEquity: series('Total equity at the end of the period'),
  currentAssets: series('Current assets').optional(),
  currentLiabilities: series('Current liabilities').optional(),
  cash: series('Cash and equivalents').optional(),
  inventory: series('Inventory').optional(),
  accountsReceivable: series('Receivables').optional(),
  categories: z
    .array(z.enum(categories))
    .min(1)
    .max(4)
    .default([...categories])
    .describe('Which groups of ratios')
})

type Arrays = Omit<z.output<typeof input>, 'categories'>

const period = z.object({
  index: z.int().describe('Position in the arrays, from 0'),
  profitability: groups.profitability.optional(),
  liquidity: groups.liquidity.optional(),
  solvency: groups.solvency.optional(),
  efficiency: groups.efficiency.optional()
})

/** The usual ratios of every period at once. */
export const calculateRatioSummary = defineTool({
  name: 'calculate_ratio_summary',
  title: 'Ratio summary',
  description:
    'Profitability, liquidity, solvency and efficiency ratios of one or more periods from statement figures. Ratios are on closing balances, with averages beside them; what cannot be computed is left out and noted. Single ratios have tools of their own, such as calculate_current_ratio.',
  toolset: 'finance.statements',
  input,
  output: z.object({
    periods: z.array(period),
    notes: z.array(z.string()).describe('By period: why a ratio is absent, or what does not fit')
  }),
  summary: ({ periods, notes }) => {
    const last = periods.at(-1)
    const parts = [
      `Ratios of ${periods.length} periods`,
      last?.profitability?.netMargin === undefined
        ? ''
        : `; net margin of the last ${formatPercent(last.profitability.netMargin)}`,
      notes.length > 0 ? `; ${notes.length} notes` : ''
    ]
    return `${parts.join('')}.`
  },
  run: ({ categories, ...arrays }) => {
    requireEqualLengths(arrays)
    const years = arrays.revenue.map((_, i) => figuresAt(arrays, i))
    const results = years.map((year, i) => {
      const metrics = createMetrics()
      const value = describePeriod(year, years[i - 1], categories, metrics)
      return { period: { index: i, ...value }, notes: [...noteGap(year), ...metrics.notes] }
    })
    return {
      periods: results.map(({ period }) => period),
      notes: results.flatMap(({ notes }, i) => notes.map((note) => `Period ${i}: ${note}`))
    }
  }
})

function requireEqualLengths(arrays: Arrays): void {
  const wanted = arrays.revenue.length
  for (const [field, values] of Object.entries(arrays)) {
    if (values.length !== wanted) {
      throw new ToolError(
        `${field}: must have ${wanted} values, as many as revenue; got ${values.length}`
      )
    }
  }
}

function figuresAt(arrays: Arrays, i: number): Figures {
  return Object.fromEntries(Object.entries(arrays).map(([field, values]) => [field, values[i]]))
}

function noteGap({ totalAssets, totalLiabilities, totalEquity }: Figures): string[] {
  if (totalAssets === undefined || totalLiabilities === undefined) return []
  const other = totalLiabilities + (totalEquity ?? 0)
  const { agrees, difference } = compareAmounts(totalAssets, other)
  return agrees ? [] : [`totalAssets differ from totalLiabilities + totalEquity by ${difference}.`]
}
