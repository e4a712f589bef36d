import type { ToolDefinition } from '../../../src/types.ts'
import { above0, anyAmount, atLeast0, createRatio, not0, noteNegativeEquity } from './ratio.ts'

/** The ratios asked for every day, those of `finance.core`. */
export const everydayRatioTools: readonly ToolDefinition[] = [
  createRatio({
    name: 'calculate_current_ratio',
    title: 'Current ratio',
    description:
      'Current assets / current liabilities: whether short-term debts are covered. Without inventory use calculate_quick_ratio, with cash only calculate_cash_ratio.',
    inputs: {
      currentAssets: atLeast0('Assets that turn into cash within a year, at one date'),
      currentLiabilities: above0('Debts due within a year, at the same date')
    },
    outputs: {
      currentRatio: [
        'currentAssets / currentLiabilities',
        ({ currentAssets, currentLiabilities }) => currentAssets / currentLiabilities
      ],
      workingCapital: [
        'currentAssets - currentLiabilities',
        ({ currentAssets, currentLiabilities }) => currentAssets - currentLiabilities
      ]
    },
    unit: 'times',
    reading: (ratio) => `Current assets are ${ratio} times the current liabilities.`
  }),
  createRatio({
    name: 'calculate_debt_to_equity',
    title: 'Debt to equity',
    description:
      'Total liabilities / shareholder equity: how far a company is financed by others. Against assets use calculate_debt_ratio.',
    inputs: {
      totalLiabilities: atLeast0('All liabilities; for interest-bearing debt alone, give that'),
      shareholderEquity: not0('Book value of equity; may be negative')
    },
    outputs: {
      debtToEquity: [
        'totalLiabilities / shareholderEquity',
        ({ totalLiabilities, shareholderEquity }) => totalLiabilities / shareholderEquity
      ],
      equityMultiplier: [
        'Assets per 1 of equity, (totalLiabilities + shareholderEquity) / shareholderEquity',
        ({ totalLiabilities, shareholderEquity }) =>
          (totalLiabilities + shareholderEquity) / shareholderEquity
      ]
    },
    unit: 'times',
    reading: (ratio) => `Liabilities are ${ratio} times the equity.`,
    note: ({ shareholderEquity }) => noteNegativeEquity(shareholderEquity)
  }),
  createRatio({
    name: 'calculate_profit_margin',
    title: 'Net profit margin',
    description:
      'Net income / revenue: what is left of each unit of sales. To split return on equity into margin, turnover and leverage use calculate_dupont_3way.',
    inputs: {
      netIncome: anyAmount('Profit after all expenses and taxes; negative for a loss'),
      revenue: above0('Sales of the same period')
    },
    outputs: {
      profitMargin: [
        'netIncome / revenue, a fraction: 0.15 is 15 %',
        ({ netIncome, revenue }) => netIncome / revenue
      ]
    },
    unit: 'fraction',
    reading: (margin) => `Net income is ${margin} of revenue.`
  }),
  createRatio({
    name: 'calculate_roe',
    title: 'Return on equity',
    description:
      'Net income / shareholder equity. What drives it: calculate_dupont_3way or calculate_dupont_5way.',
    inputs: {
      netIncome: anyAmount('Profit of the period after taxes; negative for a loss'),
      shareholderEquity: not0(
        'Book value of equity: the average of the period, or its end, as you choose'
      )
    },
    outputs: {
      returnOnEquity: [
        'netIncome / shareholderEquity, a fraction per period',
        ({ netIncome, shareholderEquity }) => netIncome / shareholderEquity
      ]
    },
    unit: 'fraction',
    reading: (rate) => `Return on equity ${rate} for the period.`,
    note: ({ shareholderEquity }) => noteNegativeEquity(shareholderEquity)
  }),
  createRatio({
    name: 'calculate_roi',
    title: 'Return on investment',
    description:
      'Simple return on investment: (what came back - what it cost) / what it cost, without regard to time. For flows over several periods use calculate_irr.',
    inputs: {
      gainFromInvestment: anyAmount('All that came back, the cost included (sale price, income)'),
      costOfInvestment: above0('All that was paid')
    },
    outputs: {
      roi: [
        '(gainFromInvestment - costOfInvestment) / costOfInvestment, a fraction',
        ({ gainFromInvestment, costOfInvestment }) =>
          (gainFromInvestment - costOfInvestment) / costOfInvestment
      ],
      profit: [
        'gainFromInvestment - costOfInvestment',
        ({ gainFromInvestment, costOfInvestment }) => gainFromInvestment - costOfInvestment
      ],
      gainToCost: [
        'gainFromInvestment / costOfInvestment: the return, if the gain was given net of the cost',
        ({ gainFromInvestment, costOfInvestment }) => gainFromInvestment / costOfInvestment
      ]
    },
    unit: 'fraction',
    reading: (rate) => `Return on investment ${rate}.`
  })
]
