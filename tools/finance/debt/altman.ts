import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import { formatNumber, requireFinite } from '../numeric/numbers.ts'
import { compensatedSum } from '../numeric/sums.ts'
import { above0, anyAmount, atLeast0 } from '../ratios/ratio.ts'

/** Weights of the five ratios, with book equity in the last two, and the bounds of the grey zone. */
const models = {
  public: { weights: [1.2, 1.4, 3.3, 0.6, 1], grey: [1.81, 2.99] },
  private: { weights: [0.717, 0.847, 3.107, 0.42, 0.998], grey: [1.23, 2.9] },
  nonManufacturer: { weights: [6.56, 3.26, 6.72, 1.05, 0], grey: [1.1, 2.6] }
} as const

const zone = z.enum(['distress', 'grey', 'safe'])

function judge(model: keyof typeof models, ratios: readonly number[]) {
  const { weights, grey } = models[model]
  const terms = ratios.map((ratio, index) => (weights[index] ?? 0) * ratio)
  const score = requireFinite(compensatedSum(terms), 'totalAssets, totalLiabilities', usual)
  const zone: 'distress' | 'grey' | 'safe' =
    score < grey[0] ? 'distress' : score > grey[1] ? 'safe' : 'grey'
  return { score, zone }
}

const usual = 'use amounts of a more usual size'
const variant = (meaning: string, bounds: string) =>
  z
    .object({ score: z.number(), zone })
    .describe(`${meaning}, with book equity = totalAssets - totalLiabilities; grey from ${bounds}`)

/** Altman 1968, with the variants of 1983 and 1995 beside it. */
export const calculateAltmanZScore = defineTool({
  name: 'calculate_altman_z_score',
  title: 'Altman Z-score',
  description:
    'Risk of bankruptcy within two years from five balance sheet ratios (Altman 1968, listed manufacturers); the variants for private firms and for other industries stand beside it. For strength over two years use calculate_piotroski_f_score, for an expected loss calculate_expected_loss.',
  toolset: 'finance.debt',
  input: z.object({
    workingCapital: anyAmount('Current assets - current liabilities'),
    retainedEarnings: anyAmount('Accumulated; negative after losses'),
    ebit: anyAmount('Earnings before interest and taxes, of one year'),
    marketValueEquity: atLeast0('Market capitalisation'),
    totalLiabilities: above0('Book value of all liabilities'),
    totalAssets: above0('Book value of all assets'),
    sales: atLeast0('Revenue of one year')
  }),
  output: z.object({
    zScore: z.number().describe('1.2 X1 + 1.4 X2 + 3.3 X3 + 0.6 X4 + 1.0 X5'),
    zone: zone.describe('distress below 1.81, safe above 2.99, grey between'),
    x1: z.number().describe('workingCapital / totalAssets'),
    x2: z.number().describe('retainedEarnings / totalAssets'),
    x3: z.number().describe('ebit / totalAssets'),
    x4: z.number().describe('marketValueEquity / totalLiabilities'),
    x5: z.number().describe('sales / totalAssets'),
    privateFirm: variant("Z' of private firms (1983)", '1.23 to 2.90'),
    nonManufacturer: variant('Z" of firms other than manufacturers (1995)', '1.1 to 2.6')
  }),
  summary: ({ zScore, zone }) => `Altman Z-score ${formatNumber(zScore)}: ${zone} zone.`,
  run: (given) => {
    const { marketValueEquity, totalLiabilities, totalAssets } = given
    const divide = (amount: number, field: string, by = totalAssets) =>
      requireFinite(amount / by, field, usual)
    const x1 = divide(given.workingCapital, 'workingCapital')
    const x2 = divide(given.retainedEarnings, 'retainedEarnings')
    const x3 = divide(given.ebit, 'ebit')
    const x4 = divide(marketValueEquity, 'marketValueEquity', totalLiabilities)
    const x5 = divide(given.sales, 'sales')
    const book = divide(totalAssets - totalLiabilities, 'totalAssets', totalLiabilities)
    const { score, zone } = judge('public', [x1, x2, x3, x4, x5])
    return {
      zScore: score,
      zone,
      ...{ x1, x2, x3, x4, x5 },
      privateFirm: judge('private', [x1, x2, x3, book, x5]),
      nonManufacturer: judge('nonManufacturer', [x1, x2, x3, book])
    }
  }
})
