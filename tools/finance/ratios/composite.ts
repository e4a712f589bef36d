import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { above0, anyAmount, atLeast0, createRatio, not0, noteNegativeEquity } from './ratio.ts'

const profit = {
  netIncome: anyAmount('Profit of the period after taxes; negative for a loss')
}
const capital = {
  sales: above0('Revenue of the period'),
  totalAssets: above0('Total assets: the average of the period, or its end'),
  shareholderEquity: not0('Book value of equity at the same date as totalAssets')
}

const dupont3way = createRatio({
  name: 'calculate_dupont_3way',
  title: 'DuPont analysis, three factors',
  description:
    'Splits return on equity into net margin * asset turnover * equity multiplier. To see taxes and interest apart use calculate_dupont_5way; for the return alone calculate_roe.',
  inputs: { ...profit, ...capital },
  outputs: {
    returnOnEquity: [
      'netIncome / shareholderEquity, the product of the three factors, a fraction',
      ({ netIncome, shareholderEquity }) => netIncome / shareholderEquity
    ],
    netMargin: ['netIncome / sales, a fraction', ({ netIncome, sales }) => netIncome / sales],
    assetTurnover: ['sales / totalAssets', ({ sales, totalAssets }) => sales / totalAssets],
    equityMultiplier: [
      'totalAssets / shareholderEquity',
      ({ totalAssets, shareholderEquity }) => totalAssets / shareholderEquity
    ],
    returnOnAssets: [
      'netMargin * assetTurnover, a fraction',
      ({ netIncome, totalAssets }) => netIncome / totalAssets
    ]
  },
  unit: 'fraction',
  reading: (rate) => `Return on equity ${rate}: net margin * asset turnover * equity multiplier.`,
  note: ({ shareholderEquity }) => noteNegativeEquity(shareholderEquity)
})

const dupont5way = createRatio({
  name: 'calculate_dupont_5way',
  title: 'DuPont analysis, five factors',
  description:
    'Splits return on equity into tax burden * interest burden * operating margin * asset turnover * equity multiplier. With less data use calculate_dupont_3way.',
  inputs: {
    ...profit,
    ebt: not0('Earnings before tax'),
    ebit: not0('Earnings before interest and tax'),
    ...capital
  },
  outputs: {
    returnOnEquity: [
      'netIncome / shareholderEquity, the product of the five factors, a fraction',
      ({ netIncome, shareholderEquity }) => netIncome / shareholderEquity
    ],
    taxBurden: [
      'netIncome / ebt, what taxes leave, a fraction',
      ({ netIncome, ebt }) => netIncome / ebt
    ],
    interestBurden: ['ebt / ebit, what interest leaves, a fraction', ({ ebt, ebit }) => ebt / ebit],
    operatingMargin: ['ebit / sales, a fraction', ({ ebit, sales }) => ebit / sales],
    assetTurnover: ['sales / totalAssets', ({ sales, totalAssets }) => sales / totalAssets],
    equityMultiplier: [
      'totalAssets / shareholderEquity',
      ({ totalAssets, shareholderEquity }) => totalAssets / shareholderEquity
    ]
  },
  unit: 'fraction',
  reading: (rate) =>
    `Return on equity ${rate}: tax burden * interest burden * operating margin * asset turnover * equity multiplier.`,
  note: ({ ebt, ebit, shareholderEquity }) =>
    ebt < 0 || ebit < 0
      ? 'With a loss before tax or interest the two burdens are not shares of anything; read the operating margin.'
      : noteNegativeEquity(shareholderEquity)
})

const test = (meaning: string) => z.boolean().describe(meaning)

const piotroski = defineTool({
  name: 'calculate_piotroski_f_score',
  title: 'Piotroski F-score',
  description:
    'Nine yes-or-no tests of financial strength over two years (Piotroski 2000): the score is the number passed, 0 to 9; he calls 8 and 9 high, 0 and 1 low. For the risk of failure use calculate_altman_z_score.',
  toolset: 'finance.ratios',
  input: z.object({
    netIncome: anyAmount('Net income of this year'),
    operatingCashFlow: anyAmount('Cash flow from operations of this year'),
    roaCurrent: anyAmount('Return on assets of this year, a fraction'),
    roaPrior: anyAmount('Return on assets of last year, a fraction'),
    longTermDebtCurrent: atLeast0(
      'Long-term debt of this year: amount, or share of assets as Piotroski has it'
    ),
    longTermDebtPrior: atLeast0('Long-term debt of last year, in the same form'),
    currentRatioCurrent: atLeast0('Current ratio of this year'),
    currentRatioPrior: atLeast0('Current ratio of last year'),
    sharesCurrent: above0('Shares outstanding at the end of this year'),
    sharesPrior: above0('Shares outstanding at the end of last year'),
    grossMarginCurrent: anyAmount('Gross margin of this year, a fraction').max(1),
    grossMarginPrior: anyAmount('Gross margin of last year, a fraction').max(1),
    assetTurnoverCurrent: atLeast0('Asset turnover of this year'),
    assetTurnoverPrior: atLeast0('Asset turnover of last year')
  }),
  output: z.object({
    score: z.int().describe('Tests passed, 0 to 9'),
    profitability: z.int().describe('Passed of the first four tests'),
    leverageAndLiquidity: z.int().describe('Passed of the next three tests'),
    efficiency: z.int().describe('Passed of the last two tests'),
    tests: z.object({
      positiveNetIncome: test('netIncome above 0'),
      positiveOperatingCashFlow: test('operatingCashFlow above 0'),
      risingReturnOnAssets: test('roaCurrent above roaPrior'),
      cashFlowAboveIncome: test('operatingCashFlow above netIncome'),
      fallingDebt: test('longTermDebtCurrent below longTermDebtPrior; unchanged debt fails'),
      risingCurrentRatio: test('currentRatioCurrent above currentRatioPrior'),
      noNewShares: test('sharesCurrent not above sharesPrior'),
      risingGrossMargin: test('grossMarginCurrent above grossMarginPrior'),
      risingAssetTurnover: test('assetTurnoverCurrent above assetTurnoverPrior')
    })
  }),
  summary: ({ score, profitability, leverageAndLiquidity, efficiency }) =>
    `F-score ${score} of 9: profitability ${profitability} of 4, leverage and liquidity ${leverageAndLiquidity} of 3, efficiency ${efficiency} of 2.`,
  run: (year) => {
    if (year.netIncome * year.roaCurrent < 0) {
      throw new ToolError(
        'roaCurrent: must have the sign of netIncome, which it divides by the assets'
      )
    }
    const profitability = {
      positiveNetIncome: year.netIncome > 0,
      positiveOperatingCashFlow: year.operatingCashFlow > 0,
      risingReturnOnAssets: year.roaCurrent > year.roaPrior,
      cashFlowAboveIncome: year.operatingCashFlow > year.netIncome
    }
    const leverageAndLiquidity = {
      fallingDebt: year.longTermDebtCurrent < year.longTermDebtPrior,
      risingCurrentRatio: year.currentRatioCurrent > year.currentRatioPrior,
      noNewShares: year.sharesCurrent <= year.sharesPrior
    }
    const efficiency = {
      risingGrossMargin: year.grossMarginCurrent > year.grossMarginPrior,
      risingAssetTurnover: year.assetTurnoverCurrent > year.assetTurnoverPrior
    }
    const tests = { ...profitability, ...leverageAndLiquidity, ...efficiency }
    return {
      score: countPassed(tests),
      profitability: countPassed(profitability),
      leverageAndLiquidity: countPassed(leverageAndLiquidity),
      efficiency: countPassed(efficiency),
      tests
    }
  }
})

function countPassed(tests: Readonly<Record<string, boolean>>): number {
  return Object.values(tests).filter(Boolean).length
}

/** Ratios made of ratios: DuPont and Piotroski. */
export const compositeRatioTools: readonly ToolDefinition[] = [dupont3way, dupont5way, piotroski]
