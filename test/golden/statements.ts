import type { Golden } from './golden.ts'

const digits = [3, 1, 4, 1, 5, 9, 2, 6]
const of = { entity: 'Acme', period: '2024' }
const account = (role: string, value: number) => ({ name: role, role, value })

const series: readonly Golden[] = [
  {
    tool: 'calculate_rolling_sum',
    args: { values: digits, windowSize: 3 },
    expected: { 'rolling[0]': 8, 'rolling[2]': 10, 'rolling[5]': 17, latest: 17, windows: 6 },
    source: 'exact: 3+1+4, 4+1+5, 9+2+6'
  },
  {
    tool: 'calculate_rolling_min',
    args: { values: digits, windowSize: 3 },
    expected: { 'rolling[0]': 1, 'rolling[3]': 1, 'rolling[4]': 2, latest: 2 },
    source: 'by hand: min(3,1,4), min(1,5,9), min(5,9,2), min(9,2,6)'
  },
  {
    tool: 'calculate_rolling_max',
    args: { values: digits, windowSize: 3 },
    expected: { 'rolling[0]': 4, 'rolling[2]': 5, 'rolling[3]': 9, latest: 9 },
    source: 'by hand: max(3,1,4), max(4,1,5), max(1,5,9), max(9,2,6)'
  },
  {
    tool: 'calculate_percent_change',
    args: { values: [100, 110, 99, 0, 5] },
    expected: {
      'changes[0].change': 0.1,
      'changes[1].change': -0.1,
      'changes[2].change': -1,
      'changes[3].difference': 5,
      total: -0.95
    },
    source: 'exact: 10/100, -11/110, -99/99, -95/100'
  },
  {
    tool: 'calculate_ttm_metrics',
    args: { monthlyValues: Array.from({ length: 24 }, (_, i) => i + 1), metricName: 'Revenue' },
    expected: { ttm: 222, priorTtm: 78, growth: 24 / 13, monthlyAverage: 18.5, 'history[1]': 90 },
    source: 'exact: 13+...+24 = 222, 1+...+12 = 78, 144/78 = 24/13'
  },
  {
    tool: 'analyze_budget_vs_actual',
    args: { budgeted: 125, actual: 115, metricName: 'Travel', isRevenueType: false },
    expected: {
      variance: -10,
      variancePercent: -0.08,
      favorableVariance: 10,
      status: 'favorable'
    },
    source: 'exact: -10/125 = -2/25; costs below budget are favorable'
  }
]

const statements: readonly Golden[] = [
  {
    tool: 'create_income_statement',
    args: {
      ...of,
      accounts: [
        account('subscription_revenue', 6_000_000),
        account('service_revenue', 2_000_000),
        account('cogs', 2_500_000),
        account('Cost of services', 500_000),
        account('R&D', 1_500_000),
        account('s&m', 1_600_000),
        account('g&a', 700_000),
        account('d&a', 300_000),
        account('sbc', 200_000),
        account('interest_income', 50_000),
        account('interest_expense', 150_000),
        account('taxes', 150_000)
      ]
    },
    expected: {
      revenue: 8_000_000,
      grossProfit: 5_000_000,
      grossMargin: 0.625,
      operatingExpenses: 4_300_000,
      operatingIncome: 700_000,
      ebitda: 1_000_000,
      adjustedEbitda: 1_200_000,
      pretaxIncome: 600_000,
      netIncome: 450_000,
      netMargin: 0.05625,
      effectiveTaxRate: 0.25,
      revenueWithInterest: 8_050_000
    },
    source: 'exact: sums by hand'
  },
  {
    tool: 'create_balance_sheet',
    args: {
      ...of,
      accounts: [
        account('cash', 500),
        account('short_term_investments', 100),
        account('ar', 300),
        account('inventory', 200),
        account('prepaid', 100),
        account('PP&E', 2000),
        account('accumulated depreciation', -600),
        account('goodwill', 300),
        account('intangibles', 100),
        account('ap', 250),
        account('accruals', 50),
        account('cpltd', 100),
        account('long-term debt', 900),
        account('lease_liabilities', 200),
        account('common_stock', 400),
        account('apic', 300),
        account('retained_earnings', 900),
        account('treasury_stock', -100)
      ]
    },
    expected: {
      currentAssets: 1200,
      totalAssets: 3000,
      currentLiabilities: 400,
      totalLiabilities: 1500,
      totalEquity: 1500,
      balances: true,
      difference: 0,
      currentRatio: 3,
      quickRatio: 2.25,
      totalDebt: 1000,
      netDebt: 400,
      netDebtWithLeases: 600,
      tangibleNetWorth: 1100,
      debtToEquity: 2 / 3,
      liabilitiesToAssets: 0.5
    },
    source: 'exact: sums by hand; 900/400 = 9/4, 1000/1500'
  },
  {
    tool: 'create_cash_flow_statement',
    args: {
      ...of,
      cash_flows: {
        net_income: 450,
        depreciation_amortization: 300,
        stock_based_compensation: 200,
        change_in_receivables: -100,
        change_in_inventory: -50,
        change_in_payables: 70,
        capital_expenditures: -400,
        asset_sales: 30,
        debt_issuance: 200,
        debt_repayment: -150,
        dividends_paid: -100
      }
    },
    expected: {
      operatingCashFlow: 870,
      investingCashFlow: -370,
      financingCashFlow: -50,
      netChange: 450,
      freeCashFlow: 470,
      freeCashFlowAfterDebt: 520,
      workingCapitalEffect: -80,
      cashConversion: 29 / 15
    },
    source: 'exact: sums by hand; 870/450 = 29/15'
  },
  {
    tool: 'validate_financial_statements',
    args: {
      balance_sheet: {
        total_assets: 3000,
        total_liabilities: 1500,
        total_equity: 1400,
        cash: 500
      },
      income_statement: { total_revenue: 8000, total_expenses: 7550, net_income: 450 },
      cash_flow: {
        net_income: 450,
        operating_cf: 870,
        investing_cf: -370,
        financing_cf: -50,
        beginning_cash: 50,
        ending_cash: 500
      }
    },
    expected: {
      valid: false,
      'checks[0].passed': false,
      'checks[0].difference': 100,
      'checks[1].passed': true,
      'checks[2].expected': 500,
      'checks[2].passed': true,
      'checks[4].passed': true
    },
    source: 'exact: 3000 - 2900; 8000 - 7550; 50 + 870 - 370 - 50'
  },
  {
    tool: 'calculate_ratio_summary',
    args: {
      revenue: [1000, 1200],
      cogs: [600, 700],
      operatingExpenses: [200, 240],
      interestExpense: [20, 20],
      taxExpense: [45, 60],
      totalAssets: [1500, 1700],
      totalEquity: [800, 900],
      currentAssets: [500, 600],
      currentLiabilities: [250, 300],
      cash: [100, 120],
      inventory: [150, 190],
      accountsReceivable: [80, 120]
    },
    expected: {
      'periods[0].profitability.grossMargin': 0.4,
      'periods[0].profitability.netMargin': 0.135,
      'periods[0].profitability.returnOnEquity': 0.16875,
      'periods[1].profitability.netMargin': 0.15,
      'periods[1].profitability.returnOnAverageEquity': 18 / 85,
      'periods[1].liquidity.quickRatio': 41 / 30,
      'periods[1].solvency.interestCoverage': 13,
      'periods[1].solvency.debtToEquity': 8 / 9,
      'periods[1].efficiency.averageInventoryTurnover': 70 / 17,
      'periods[1].efficiency.averageReceivablesTurnover': 12
    },
    source: 'exact: net income 135 and 180; 180/850, 410/300, 260/20, 800/900, 700/170, 1200/100'
  },
  {
    tool: 'analyze_lease_vs_buy',
    args: {
      leasePayment: 5000,
      leasePeriods: 36,
      purchasePrice: 150_000,
      salvageValue: 30_000,
      holdingPeriod: 36,
      discountRate: 0.06,
      maintenanceCost: 500
    },
    expected: {
      leasePresentValue: 164355.0811963295,
      maintenancePresentValue: 16435.50811963295,
      salvagePresentValue: 25069.34756411012,
      buyPresentValue: 141366.1605555228,
      netAdvantageToLeasing: -22988.9206408067,
      cheaper: 'buy',
      buyCostPerMonth: 4300.632494186615,
      advantageInAdvance: -23810.69604678835,
      advantageAtEffectiveRate: -23458.88748236203
    },
    source: 'annuity formulas with 40 digits (python decimal)'
  },
  {
    tool: 'model_cap_table',
    args: {
      shareholders: [
        { name: 'Ann', shares: 4_000_000, pricePerShare: 0.001 },
        { name: 'Bob', shares: 4_000_000, pricePerShare: 0.001 },
        { name: 'Seed', shares: 1_000_000, pricePerShare: 0.5, liquidationPreference: 1 }
      ],
      optionPool: 1_000_000,
      action: 'modelRound',
      roundParams: { newInvestment: 5_000_000, preMoneyValuation: 20_000_000 }
    },
    expected: {
      'round.pricePerShare': 2,
      'round.newShares': 2_500_000,
      'round.postMoneyValuation': 25_000_000,
      'round.dilution': 0.2,
      'holders[0].fullyDiluted': 0.32,
      'holders[3].fullyDiluted': 0.2,
      poolFraction: 0.08,
      fullyDilutedShares: 12_500_000
    },
    source: 'exact: 20/10, 5/2, 5/25, 4/12.5, 1/12.5'
  },
  {
    tool: 'model_cap_table',
    args: {
      shareholders: [
        { name: 'Founder', shares: 6_000_000, pricePerShare: 0 },
        { name: 'A', shares: 2_000_000, pricePerShare: 1, liquidationPreference: 1 },
        { name: 'B', shares: 2_000_000, pricePerShare: 4, liquidationPreference: 1 }
      ],
      optionPool: 0,
      action: 'liquidationWaterfall',
      exitValue: 20_000_000
    },
    expected: {
      'waterfall.payouts[0].total': 9_000_000,
      'waterfall.payouts[1].total': 3_000_000,
      'waterfall.payouts[1].converted': true,
      'waterfall.payouts[2].total': 8_000_000,
      'waterfall.payouts[2].converted': false,
      'waterfall.undistributed': 0
    },
    source:
      'by hand: B keeps 8 (converting gives 20/10*2 = 4), 12 remain for 8 million shares, 1.5 each, more than the 1 of A'
  }
]

const measures: readonly Golden[] = [
  {
    tool: 'calculate_saas_metrics',
    args: {
      ...of,
      mrr: 110_000,
      new_mrr: 12_000,
      expansion_mrr: 5000,
      churned_mrr: 4000,
      contraction_mrr: 3000,
      customers: 440,
      new_customers: 50,
      churned_customers: 10,
      sales_and_marketing: 50_000
    },
    expected: {
      arr: 1_320_000,
      netNewMrr: 10_000,
      startingMrr: 100_000,
      mrrGrowth: 0.1,
      netRevenueRetention: 0.98,
      grossRevenueRetention: 0.93,
      quickRatio: 17 / 7,
      startingCustomers: 400,
      customerChurn: 0.025,
      averageRevenuePerCustomer: 250,
      customerLifetimeMonths: 40,
      lifetimeValue: 10_000,
      customerAcquisitionCost: 1000,
      ltvToCac: 10,
      ltvToCacAt80Margin: 8,
      cacPaybackMonths: 4,
      cacPaybackMonthsAt80Margin: 5,
      magicNumber: 2.4
    },
    source: 'exact: by hand from the definitions of the fields'
  },
  {
    tool: 'calculate_ecommerce_metrics',
    args: {
      ...of,
      orders: 1500,
      gmv: 300_000,
      revenue: 270_000,
      sessions: 60_000,
      new_customers: 600,
      repeat_customers: 450,
      total_customers: 1200,
      cogs: 162_000,
      inventory: 54_000,
      marketing_spend: 30_000
    },
    expected: {
      averageOrderValue: 200,
      averageOrderRevenue: 180,
      netToGross: 0.9,
      conversionRate: 0.025,
      revenuePerSession: 4.5,
      repeatPurchaseRate: 0.375,
      ordersPerCustomer: 1.25,
      revenuePerCustomer: 225,
      grossProfit: 108_000,
      grossMargin: 0.4,
      inventoryTurnover: 3,
      customerAcquisitionCost: 50,
      revenuePerCustomerToCac: 4.5,
      marketingShare: 1 / 9,
      returnOnAdSpend: 9
    },
    source: 'exact: by hand from the definitions of the fields'
  },
  {
    tool: 'monitor_debt_covenants',
    args: {
      ...of,
      financials: {
        current_assets: 450,
        current_liabilities: 180,
        total_debt: 900,
        equity: 600,
        ebitda: 250,
        ebit: 180,
        interest_expense: 45,
        principal_payment: 80
      },
      covenants: [
        { type: 'current_ratio', threshold: 1.5, direction: 'minimum' },
        { type: 'debt_to_ebitda', threshold: 3.5, direction: 'maximum' },
        { type: 'interest_coverage', threshold: 3, direction: 'minimum' },
        { type: 'debt_service_coverage', threshold: 1.25, direction: 'minimum' },
        { type: 'tangible_net_worth', threshold: 500, direction: 'minimum' }
      ]
    },
    expected: {
      compliant: false,
      met: 3,
      breached: 1,
      notComputable: 1,
      tightest: 'debt_to_ebitda',
      'results[0].actual': 2.5,
      'results[0].headroomPercent': 2 / 3,
      'results[1].headroom': -0.1,
      'results[1].headroomPercent': -1 / 35,
      'results[2].actual': 4,
      'results[3].headroomPercent': 0.6,
      'results[4].status': 'not_computable'
    },
    source: 'exact: 45/18, 90/25, 180/45, 250/125; intangibles are missing'
  },
  {
    tool: 'analyze_financial_trends',
    args: {
      entity: 'Acme',
      periods: [
        { period: '2021', revenue: 10_000_000, net_income: 1_000_000, equity: 5_000_000 },
        { period: '2022', revenue: 11_000_000, net_income: 1_210_000, equity: 6_050_000 },
        { period: '2023', revenue: 12_100_000, net_income: 1_452_000, equity: 7_260_000 },
        { period: '2024', revenue: 13_310_000, net_income: 1_815_000, equity: 9_075_000 }
      ]
    },
    expected: {
      revenueCagr: 0.1,
      netIncomeCagr: 0.219810057323427,
      'periods[1].revenueGrowth': 0.1,
      'periods[1].netIncomeGrowth': 0.21,
      'periods[1].netMargin': 0.11,
      'periods[3].netIncomeGrowth': 0.25,
      'periods[3].returnOnEquity': 0.2,
      netMarginChange: 0.1815 / 1.331 - 0.1
    },
    source: 'exact: 1.331 = 1.1^3; 1.815^(1/3) with 40 digits (python decimal)'
  },
  {
    tool: 'scenario_financial_statements',
    args: {
      entity: 'Acme',
      base_case: { revenue: 10_000_000, gross_margin: 0.6, opex: 4_000_000, equity: 5_000_000 },
      upside_adjustments: { revenue_growth: 0.2, margin_improvement: 0.05, opex_leverage: -0.1 },
      downside_adjustments: {
        revenue_growth: -0.1,
        margin_deterioration: -0.05,
        opex_increase: 0.1
      }
    },
    expected: {
      'base.ebitda': 2_000_000,
      'base.netIncome': 1_500_000,
      'base.returnOnEquity': 0.3,
      'upside.ebitda': 4_200_000,
      'upside.netIncome': 3_150_000,
      'downside.ebitda': 550_000,
      'downside.netIncome': 412_500,
      'upsideAgainstBase.netIncomeChangePercent': 1.1,
      'upsideAgainstBase.drivers.revenue': 1_200_000,
      'upsideAgainstBase.drivers.margin': 500_000,
      'upsideAgainstBase.drivers.opex': 400_000,
      'upsideAgainstBase.drivers.together': 100_000
    },
    source: 'exact: 12 * 0.65 - 3.6 = 4.2; 9 * 0.55 - 4.4 = 0.55; 1.2 + 0.5 + 0.4 + 0.1 = 2.2'
  }
]

export const statementsGolden: readonly Golden[] = [...series, ...statements, ...measures]
