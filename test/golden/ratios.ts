import type { Golden } from './golden.ts'

type Row = readonly [
  tool: string,
  args: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number | boolean>>,
  source: string
]

// "exact" is arithmetic on fractions by hand, beside the number.
const rows: readonly Row[] = [
  [
    'calculate_asset_turnover',
    { netSales: 1_350_000, averageTotalAssets: 900_000 },
    { assetTurnover: 1.5 },
    'exact: 135/90 = 3/2'
  ],
  [
    'calculate_current_ratio',
    { currentAssets: 450_000, currentLiabilities: 180_000 },
    { currentRatio: 2.5, workingCapital: 270_000 },
    'exact: 45/18 = 5/2'
  ],
  [
    'calculate_quick_ratio',
    { currentAssets: 450_000, inventory: 225_000, currentLiabilities: 180_000 },
    { quickRatio: 1.25, quickAssets: 225_000 },
    'exact: 225/180 = 5/4'
  ],
  [
    'calculate_debt_to_equity',
    { totalLiabilities: 600_000, shareholderEquity: 480_000 },
    { debtToEquity: 1.25, equityMultiplier: 2.25 },
    'exact: 60/48 = 5/4'
  ],
  [
    'calculate_interest_coverage',
    { earningsBeforeInterestAndTax: 330_000, interestExpense: 40_000 },
    { interestCoverage: 8.25, earningsAfterInterest: 290_000 },
    'exact: 33/4'
  ],
  [
    'calculate_inventory_turnover',
    { costOfGoodsSold: 730_000, averageInventory: 80_000 },
    { inventoryTurnover: 9.125 },
    'exact: 73/8'
  ],
  [
    'calculate_profit_margin',
    { netIncome: 45_000, revenue: 360_000 },
    { profitMargin: 0.125 },
    'exact: 45/360 = 1/8'
  ],
  [
    'calculate_roe',
    { netIncome: 45_000, shareholderEquity: 480_000 },
    { returnOnEquity: 0.09375 },
    'exact: 45/480 = 3/32'
  ],
  [
    'calculate_roi',
    { gainFromInvestment: 130_000, costOfInvestment: 80_000 },
    { roi: 0.625, profit: 50_000, gainToCost: 1.625 },
    'exact: (13 - 8)/8 = 5/8; definition of the BusinessMath library: (gain - cost) / cost'
  ],
  [
    'calculate_return_on_assets',
    { netIncome: 45_000, totalAssets: 1_440_000 },
    { returnOnAssets: 0.03125 },
    'exact: 45/1440 = 1/32'
  ],
  [
    'calculate_return_on_invested_capital',
    { nopat: 210_000, investedCapital: 1_120_000 },
    { returnOnInvestedCapital: 0.1875 },
    'exact: 21/112 = 3/16'
  ],
  [
    'calculate_receivables_turnover',
    { netCreditSales: 730_000, averageAccountsReceivable: 50_000 },
    { receivablesTurnover: 14.6 },
    'exact: 73/5'
  ],
  [
    'calculate_cash_ratio',
    { cashAndEquivalents: 72_000, currentLiabilities: 180_000 },
    { cashRatio: 0.4 },
    'exact: 72/180 = 2/5'
  ],
  [
    'calculate_debt_ratio',
    { totalDebt: 360_000, totalAssets: 1_440_000 },
    { debtRatio: 0.25 },
    'exact: 36/144 = 1/4'
  ],
  [
    'calculate_days_inventory_outstanding',
    { averageInventory: 80_000, costOfGoodsSold: 730_000 },
    { days: 40, days360: 2880 / 73 },
    'exact: 8/73 * 365 = 8 * 5'
  ],
  [
    'calculate_days_sales_outstanding',
    { averageAccountsReceivable: 50_000, netSales: 730_000 },
    { days: 25, days360: 1800 / 73 },
    'exact: 5/73 * 365 = 5 * 5'
  ],
  [
    'calculate_days_payable_outstanding',
    { averageAccountsPayable: 60_000, costOfGoodsSold: 730_000 },
    { days: 30, days360: 2160 / 73 },
    'exact: 6/73 * 365 = 6 * 5'
  ],
  [
    'calculate_cash_conversion_cycle',
    { daysInventoryOutstanding: 40, daysSalesOutstanding: 25, daysPayableOutstanding: 30 },
    { cashConversionCycle: 35, operatingCycle: 65 },
    'exact: 40 + 25 - 30'
  ],
  [
    'calculate_dupont_3way',
    { netIncome: 60_000, sales: 480_000, totalAssets: 640_000, shareholderEquity: 400_000 },
    {
      returnOnEquity: 0.15,
      netMargin: 0.125,
      assetTurnover: 0.75,
      equityMultiplier: 1.6,
      returnOnAssets: 0.09375
    },
    'exact: 1/8 * 3/4 * 8/5 = 3/20'
  ],
  [
    'calculate_dupont_5way',
    {
      netIncome: 60_000,
      ebt: 80_000,
      ebit: 100_000,
      sales: 480_000,
      totalAssets: 640_000,
      shareholderEquity: 400_000
    },
    {
      returnOnEquity: 0.15,
      taxBurden: 0.75,
      interestBurden: 0.8,
      operatingMargin: 5 / 24,
      assetTurnover: 0.75,
      equityMultiplier: 1.6
    },
    'exact: 3/4 * 4/5 * 5/24 * 3/4 * 8/5 = 3/20'
  ],
  [
    'calculate_piotroski_f_score',
    {
      netIncome: 100,
      operatingCashFlow: 90,
      roaCurrent: 0.08,
      roaPrior: 0.06,
      longTermDebtCurrent: 50,
      longTermDebtPrior: 50,
      currentRatioCurrent: 1.8,
      currentRatioPrior: 1.5,
      sharesCurrent: 1000,
      sharesPrior: 1000,
      grossMarginCurrent: 0.41,
      grossMarginPrior: 0.42,
      assetTurnoverCurrent: 1.2,
      assetTurnoverPrior: 1.1
    },
    {
      score: 6,
      profitability: 3,
      leverageAndLiquidity: 2,
      efficiency: 1,
      'tests.cashFlowAboveIncome': false,
      'tests.fallingDebt': false,
      'tests.noNewShares': true
    },
    'Piotroski, Value Investing (Journal of Accounting Research 38, 2000), section 3: the nine signals, counted by hand'
  ],
  [
    'calculate_earnings_per_share',
    { netIncome: 5_000_000, sharesOutstanding: 1_600_000 },
    { earningsPerShare: 3.125 },
    'exact: 50/16 = 25/8'
  ],
  [
    'calculate_book_value_per_share',
    { totalEquity: 42_000_000, sharesOutstanding: 1_600_000 },
    { bookValuePerShare: 26.25 },
    'exact: 420/16 = 105/4'
  ],
  [
    'calculate_price_to_earnings',
    { marketPrice: 50, earningsPerShare: 3.125 },
    { priceToEarnings: 16, earningsYield: 0.0625 },
    'exact: 50 * 8/25'
  ],
  [
    'calculate_price_to_book',
    { marketPrice: 42, bookValuePerShare: 26.25 },
    { priceToBook: 1.6 },
    'exact: 42 * 4/105 = 8/5'
  ],
  [
    'calculate_price_to_sales',
    { marketCap: 80_000_000, totalRevenue: 32_000_000 },
    { priceToSales: 2.5 },
    'exact: 80/32'
  ],
  [
    'calculate_market_cap',
    { sharePrice: 50, sharesOutstanding: 1_600_000 },
    { marketCap: 80_000_000 },
    'exact: 50 * 1.6 million'
  ],
  [
    'calculate_enterprise_value',
    { marketCap: 80_000_000, totalDebt: 25_000_000, cashAndEquivalents: 9_000_000 },
    { enterpriseValue: 96_000_000, netDebt: 16_000_000 },
    'exact: 80 + 25 - 9'
  ],
  [
    'calculate_ev_to_ebitda',
    { enterpriseValue: 96_000_000, ebitda: 12_800_000 },
    { evToEbitda: 7.5 },
    'exact: 960/128'
  ],
  [
    'calculate_ev_to_sales',
    { enterpriseValue: 96_000_000, totalRevenue: 32_000_000 },
    { evToSales: 3 },
    'exact: 96/32'
  ],
  [
    'calculate_working_capital',
    { currentAssets: 450_000, currentLiabilities: 480_000 },
    { workingCapital: -30_000 },
    'exact: 450 - 480'
  ],
  [
    'calculate_debt_to_assets',
    { totalDebt: 900_000, totalAssets: 1_440_000 },
    { debtToAssets: 0.625 },
    'exact: 90/144 = 5/8'
  ],
  [
    'calculate_free_cash_flow',
    { operatingCashFlow: 5_000_000, capitalExpenditures: 2_000_000 },
    { freeCashFlow: 3_000_000 },
    'exact: 5 - 2'
  ]
]

export const ratiosGolden: readonly Golden[] = rows.map(([tool, args, expected, source]) => ({
  tool,
  args,
  expected,
  source
}))
