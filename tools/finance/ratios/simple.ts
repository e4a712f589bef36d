import type { ToolDefinition } from '../../../src/types.ts'
import { above0, anyAmount, atLeast0, createRatio } from './ratio.ts'

const sameDate = 'at the same date'

/** Turnover, liquidity, cover and return ratios beside the everyday ones. */
export const simpleRatioTools: readonly ToolDefinition[] = [
  createRatio({
    name: 'calculate_asset_turnover',
    title: 'Asset turnover',
    description:
      'Net sales / average total assets: sales made with each unit of assets. A factor of calculate_dupont_3way.',
    inputs: {
      netSales: atLeast0('Sales of the period less returns and discounts'),
      averageTotalAssets: above0('(opening + closing total assets) / 2')
    },
    outputs: {
      assetTurnover: [
        'netSales / averageTotalAssets, times per period',
        ({ netSales, averageTotalAssets }) => netSales / averageTotalAssets
      ]
    },
    unit: 'times',
    reading: (times) => `Sales are ${times} times the average assets.`
  }),
  createRatio({
    name: 'calculate_quick_ratio',
    title: 'Quick ratio (acid test)',
    description:
      'Current assets without inventory / current liabilities. With inventory use calculate_current_ratio, with cash only calculate_cash_ratio.',
    inputs: {
      currentAssets: atLeast0('Assets that turn into cash within a year, inventory included'),
      inventory: atLeast0('Inventory, part of currentAssets'),
      currentLiabilities: above0('Debts due within a year')
    },
    outputs: {
      quickRatio: [
        '(currentAssets - inventory) / currentLiabilities',
        ({ currentAssets, inventory, currentLiabilities }) =>
          (currentAssets - inventory) / currentLiabilities
      ],
      quickAssets: [
        'currentAssets - inventory',
        ({ currentAssets, inventory }) => currentAssets - inventory
      ]
    },
    unit: 'times',
    reading: (ratio) => `Quick assets are ${ratio} times the current liabilities.`,
    contradiction: ({ currentAssets, inventory }) =>
      inventory > currentAssets
        ? 'inventory: must not exceed currentAssets, of which it is a part'
        : undefined
  }),
  createRatio({
    name: 'calculate_interest_coverage',
    title: 'Interest coverage',
    description:
      'EBIT / interest expense: how often earnings cover the interest. With principal use calculate_dscr.',
    inputs: {
      earningsBeforeInterestAndTax: anyAmount('EBIT (operating income) of the period'),
      interestExpense: above0('Interest of the same period, a positive amount')
    },
    outputs: {
      interestCoverage: [
        'earningsBeforeInterestAndTax / interestExpense',
        ({ earningsBeforeInterestAndTax, interestExpense }) =>
          earningsBeforeInterestAndTax / interestExpense
      ],
      earningsAfterInterest: [
        'earningsBeforeInterestAndTax - interestExpense',
        ({ earningsBeforeInterestAndTax, interestExpense }) =>
          earningsBeforeInterestAndTax - interestExpense
      ]
    },
    unit: 'times',
    reading: (times) => `Earnings before interest and tax are ${times} times the interest.`
  }),
  createRatio({
    name: 'calculate_inventory_turnover',
    title: 'Inventory turnover',
    description:
      'Cost of goods sold / average inventory: how often the stock is sold per period. In days: calculate_days_inventory_outstanding.',
    inputs: {
      costOfGoodsSold: atLeast0('Cost of goods sold in the period'),
      averageInventory: above0('Inventory at cost, the average of the period')
    },
    outputs: {
      inventoryTurnover: [
        'costOfGoodsSold / averageInventory, times per period',
        ({ costOfGoodsSold, averageInventory }) => costOfGoodsSold / averageInventory
      ]
    },
    unit: 'times',
    reading: (times) => `The stock is sold ${times} times per period.`
  }),
  createRatio({
    name: 'calculate_return_on_assets',
    title: 'Return on assets',
    description:
      'Net income / total assets. On equity use calculate_roe, on invested capital calculate_return_on_invested_capital.',
    inputs: {
      netIncome: anyAmount('Profit of the period after taxes; negative for a loss'),
      totalAssets: above0('Total assets: the average of the period, or its end, as you choose')
    },
    outputs: {
      returnOnAssets: [
        'netIncome / totalAssets, a fraction per period',
        ({ netIncome, totalAssets }) => netIncome / totalAssets
      ]
    },
    unit: 'fraction',
    reading: (rate) => `Return on assets ${rate} for the period.`
  }),
  createRatio({
    name: 'calculate_return_on_invested_capital',
    title: 'Return on invested capital',
    description:
      'Operating profit after tax / invested capital; to be held against the cost of capital, see calculate_wacc.',
    inputs: {
      nopat: anyAmount('Net operating profit after tax: EBIT * (1 - tax rate)'),
      investedCapital: above0('Equity + interest-bearing debt - excess cash')
    },
    outputs: {
      returnOnInvestedCapital: [
        'nopat / investedCapital, a fraction per period',
        ({ nopat, investedCapital }) => nopat / investedCapital
      ]
    },
    unit: 'fraction',
    reading: (rate) => `Return on invested capital ${rate} for the period.`
  }),
  createRatio({
    name: 'calculate_receivables_turnover',
    title: 'Receivables turnover',
    description:
      'Net credit sales / average receivables: how often receivables are collected per period. In days: calculate_days_sales_outstanding.',
    inputs: {
      netCreditSales: atLeast0('Sales on credit in the period, less returns'),
      averageAccountsReceivable: above0('(opening + closing receivables) / 2')
    },
    outputs: {
      receivablesTurnover: [
        'netCreditSales / averageAccountsReceivable, times per period',
        ({ netCreditSales, averageAccountsReceivable }) =>
          netCreditSales / averageAccountsReceivable
      ]
    },
    unit: 'times',
    reading: (times) => `Receivables are collected ${times} times per period.`
  }),
  createRatio({
    name: 'calculate_cash_ratio',
    title: 'Cash ratio',
    description:
      'Cash and equivalents / current liabilities, the strictest liquidity ratio; wider: calculate_quick_ratio, calculate_current_ratio.',
    inputs: {
      cashAndEquivalents: atLeast0('Cash, bank balances, securities sold within days'),
      currentLiabilities: above0(`Debts due within a year, ${sameDate}`)
    },
    outputs: {
      cashRatio: [
        'cashAndEquivalents / currentLiabilities',
        ({ cashAndEquivalents, currentLiabilities }) => cashAndEquivalents / currentLiabilities
      ]
    },
    unit: 'times',
    reading: (ratio) => `Cash is ${ratio} times the current liabilities.`
  }),
  createRatio({
    name: 'calculate_debt_ratio',
    title: 'Debt ratio',
    description:
      'Total debt / total assets: the share of assets financed by debt (same as calculate_debt_to_assets). Against equity use calculate_debt_to_equity.',
    inputs: {
      totalDebt: atLeast0('Interest-bearing debt, or all liabilities: say which you mean'),
      totalAssets: above0(`Total assets ${sameDate}`)
    },
    outputs: {
      debtRatio: [
        'totalDebt / totalAssets, a fraction; above 1 when debt exceeds the assets',
        ({ totalDebt, totalAssets }) => totalDebt / totalAssets
      ]
    },
    unit: 'fraction',
    reading: (share) => `Debt is ${share} of the assets.`
  })
]
