import type { ToolDefinition } from '../../../src/types.ts'
import { above0, anyAmount, atLeast0, createRatio, not0, noteNegativeEquity } from './ratio.ts'

const shares = 'Shares outstanding, in the unit in which the price or amount is per share'
const enterpriseValue = 'Market cap + debt - cash, see calculate_enterprise_value'

/** Figures per share, price and enterprise multiples, and the amounts they are made of. */
export const multipleTools: readonly ToolDefinition[] = [
  createRatio({
    name: 'calculate_earnings_per_share',
    title: 'Earnings per share',
    description:
      'Net income / shares outstanding. The price against it: calculate_price_to_earnings.',
    inputs: {
      netIncome: anyAmount('Profit for common shareholders: after taxes and preferred dividends'),
      sharesOutstanding: above0(`${shares}; weighted average of the period for reported EPS`)
    },
    outputs: {
      earningsPerShare: [
        'netIncome / sharesOutstanding',
        ({ netIncome, sharesOutstanding }) => netIncome / sharesOutstanding
      ]
    },
    unit: 'amount',
    reading: (amount) => `Earnings per share ${amount}.`
  }),
  createRatio({
    name: 'calculate_book_value_per_share',
    title: 'Book value per share',
    description:
      'Common equity / shares outstanding. The price against it: calculate_price_to_book.',
    inputs: {
      totalEquity: anyAmount('Book value of common equity; may be negative'),
      sharesOutstanding: above0(shares)
    },
    outputs: {
      bookValuePerShare: [
        'totalEquity / sharesOutstanding',
        ({ totalEquity, sharesOutstanding }) => totalEquity / sharesOutstanding
      ]
    },
    unit: 'amount',
    reading: (amount) => `Book value per share ${amount}.`
  }),
  createRatio({
    name: 'calculate_price_to_earnings',
    title: 'Price to earnings',
    description:
      'P/E: share price / earnings per share. Independent of how a company is financed: calculate_ev_to_ebitda.',
    inputs: {
      marketPrice: above0('Price of one share'),
      earningsPerShare: not0('Earnings per share of one year, past or expected: say which')
    },
    outputs: {
      priceToEarnings: [
        'marketPrice / earningsPerShare',
        ({ marketPrice, earningsPerShare }) => marketPrice / earningsPerShare
      ],
      earningsYield: [
        'earningsPerShare / marketPrice, a fraction per year',
        ({ marketPrice, earningsPerShare }) => earningsPerShare / marketPrice
      ]
    },
    unit: 'times',
    reading: (times) => `The price is ${times} times the yearly earnings.`,
    note: ({ earningsPerShare }) =>
      earningsPerShare < 0
        ? 'earningsPerShare is negative: a price-to-earnings ratio is not meaningful then; the earnings yield is.'
        : undefined
  }),
  createRatio({
    name: 'calculate_price_to_book',
    title: 'Price to book',
    description: 'P/B: share price / book value per share, see calculate_book_value_per_share.',
    inputs: {
      marketPrice: atLeast0('Price of one share'),
      bookValuePerShare: not0('Book value of one share')
    },
    outputs: {
      priceToBook: [
        'marketPrice / bookValuePerShare',
        ({ marketPrice, bookValuePerShare }) => marketPrice / bookValuePerShare
      ]
    },
    unit: 'times',
    reading: (times) => `The price is ${times} times the book value.`,
    note: ({ bookValuePerShare }) => noteNegativeEquity(bookValuePerShare, 'bookValuePerShare')
  }),
  createRatio({
    name: 'calculate_price_to_sales',
    title: 'Price to sales',
    description: 'P/S: market capitalisation / yearly revenue. With debt: calculate_ev_to_sales.',
    inputs: {
      marketCap: atLeast0('Price of all shares, see calculate_market_cap'),
      totalRevenue: above0('Revenue of one year')
    },
    outputs: {
      priceToSales: [
        'marketCap / totalRevenue',
        ({ marketCap, totalRevenue }) => marketCap / totalRevenue
      ]
    },
    unit: 'times',
    reading: (times) => `The market value is ${times} times the yearly revenue.`
  }),
  createRatio({
    name: 'calculate_market_cap',
    title: 'Market capitalisation',
    description: 'Share price * shares outstanding. With debt: calculate_enterprise_value.',
    inputs: {
      sharePrice: atLeast0('Price of one share'),
      sharesOutstanding: above0(shares)
    },
    outputs: {
      marketCap: [
        'sharePrice * sharesOutstanding',
        ({ sharePrice, sharesOutstanding }) => sharePrice * sharesOutstanding
      ]
    },
    unit: 'amount',
    reading: (amount) => `Market capitalisation ${amount}.`
  }),
  createRatio({
    name: 'calculate_enterprise_value',
    title: 'Enterprise value',
    description:
      'Market cap + debt - cash: what the operations cost a buyer of shares and debt. For calculate_ev_to_ebitda and calculate_ev_to_sales; from there to the equity: value_equity_ev_bridge.',
    inputs: {
      marketCap: atLeast0('Price of all shares'),
      totalDebt: atLeast0('Interest-bearing debt; add preferred stock and minority interest'),
      cashAndEquivalents: atLeast0('Cash that the operations do not need')
    },
    outputs: {
      enterpriseValue: [
        'marketCap + totalDebt - cashAndEquivalents; negative when cash exceeds both',
        ({ marketCap, totalDebt, cashAndEquivalents }) =>
          marketCap + (totalDebt - cashAndEquivalents)
      ],
      netDebt: [
        'totalDebt - cashAndEquivalents; negative for net cash',
        ({ totalDebt, cashAndEquivalents }) => totalDebt - cashAndEquivalents
      ]
    },
    unit: 'amount',
    reading: (amount) => `Enterprise value ${amount}.`
  }),
  createRatio({
    name: 'calculate_ev_to_ebitda',
    title: 'EV to EBITDA',
    description:
      'Enterprise value / EBITDA, independent of financing and depreciation. For companies without EBITDA: calculate_ev_to_sales.',
    inputs: {
      enterpriseValue: anyAmount(enterpriseValue),
      ebitda: not0('Earnings of one year before interest, taxes, depreciation and amortisation')
    },
    outputs: {
      evToEbitda: [
        'enterpriseValue / ebitda',
        ({ enterpriseValue, ebitda }) => enterpriseValue / ebitda
      ]
    },
    unit: 'times',
    reading: (times) => `Enterprise value is ${times} times EBITDA.`,
    note: ({ ebitda }) =>
      ebitda < 0 ? 'ebitda is negative: the multiple is not meaningful then.' : undefined
  }),
  createRatio({
    name: 'calculate_ev_to_sales',
    title: 'EV to sales',
    description:
      'Enterprise value / yearly revenue. Market value alone against revenue: calculate_price_to_sales.',
    inputs: {
      enterpriseValue: anyAmount(enterpriseValue),
      totalRevenue: above0('Revenue of one year')
    },
    outputs: {
      evToSales: [
        'enterpriseValue / totalRevenue',
        ({ enterpriseValue, totalRevenue }) => enterpriseValue / totalRevenue
      ]
    },
    unit: 'times',
    reading: (times) => `Enterprise value is ${times} times the yearly revenue.`
  }),
  createRatio({
    name: 'calculate_working_capital',
    title: 'Working capital',
    description: 'Current assets - current liabilities. As a ratio: calculate_current_ratio.',
    inputs: {
      currentAssets: atLeast0('Assets that turn into cash within a year'),
      currentLiabilities: atLeast0('Debts due within a year')
    },
    outputs: {
      workingCapital: [
        'currentAssets - currentLiabilities; negative when short-term debts exceed them',
        ({ currentAssets, currentLiabilities }) => currentAssets - currentLiabilities
      ]
    },
    unit: 'amount',
    reading: (amount) => `Working capital ${amount}.`
  }),
  createRatio({
    name: 'calculate_debt_to_assets',
    title: 'Debt to assets',
    description:
      'Total debt / total assets (same as calculate_debt_ratio). Against equity: calculate_debt_to_equity.',
    inputs: {
      totalDebt: atLeast0('Interest-bearing debt, or all liabilities: say which you mean'),
      totalAssets: above0('Total assets at the same date')
    },
    outputs: {
      debtToAssets: [
        'totalDebt / totalAssets, a fraction; above 1 when debt exceeds the assets',
        ({ totalDebt, totalAssets }) => totalDebt / totalAssets
      ]
    },
    unit: 'fraction',
    reading: (share) => `Debt is ${share} of the assets.`
  }),
  createRatio({
    name: 'calculate_free_cash_flow',
    title: 'Free cash flow',
    description:
      'Cash flow from operations - capital expenditures. To value a company from it: value_equity_fcfe; from single items: create_cash_flow_statement.',
    inputs: {
      operatingCashFlow: anyAmount('Net cash from operating activities of the period'),
      capitalExpenditures: atLeast0('Cash spent on fixed assets, a positive amount')
    },
    outputs: {
      freeCashFlow: [
        'operatingCashFlow - capitalExpenditures',
        ({ operatingCashFlow, capitalExpenditures }) => operatingCashFlow - capitalExpenditures
      ]
    },
    unit: 'amount',
    reading: (amount) => `Free cash flow ${amount}.`
  })
]
