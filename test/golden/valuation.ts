import type { Golden } from './golden.ts'

const exact = 'exact arithmetic, python3 fractions'

const capital: readonly Golden[] = [
  {
    tool: 'calculate_wacc',
    args: {
      market_cap: 100,
      total_debt: 50,
      cash: 10,
      risk_free_rate: 0.04,
      market_return: 0.1,
      beta: 1.2,
      debt_interest_rate: 0.05,
      tax_rate: 0.25
    },
    expected: {
      wacc: 0.09071428571428572,
      waccOnGrossDebt: 0.08716666666666667,
      costOfEquity: 0.112,
      afterTaxCostOfDebt: 0.0375,
      equityWeight: 5 / 7,
      debtWeight: 2 / 7,
      debt: 40,
      yearlyTaxShield: 0.5
    },
    source: `${exact}: 5/7 * 11.2 % + 2/7 * 3.75 %`
  },
  {
    tool: 'calculate_cost_of_equity',
    args: {
      risk_free_rate: 0.04,
      beta: 1.1,
      market_return: 0.1,
      debt_to_equity_ratio: 0.5,
      tax_rate: 0.25
    },
    expected: {
      costOfEquity: 0.106,
      marketRiskPremium: 0.06,
      equityRiskPremium: 0.066,
      unleveredBeta: 0.8,
      unleveredCostOfEquity: 0.088,
      costIfBetaIsUnlevered: 0.13075
    },
    source: `${exact}: factor 1 + 0.75 * 0.5 = 1.375`
  },
  {
    tool: 'calculate_beta_levering',
    args: { unleveredBeta: 0.8, debtToEquityRatio: 0.5, taxRate: 0.25 },
    expected: { leveredBeta: 1.1, withoutTaxes: 1.2 },
    source: 'Hamada 1972; exact: 0.8 * 1.375'
  },
  {
    tool: 'calculate_beta_unlevering',
    args: { leveredBeta: 1.1, debtToEquityRatio: 0.5, taxRate: 0.25 },
    expected: { unleveredBeta: 0.8, withoutTaxes: 11 / 15 },
    source: 'Hamada 1972; exact: 1.1 / 1.375, 1.1 / 1.5'
  },
  {
    tool: 'optimize_capital_structure',
    args: {
      unleveredBeta: 0.8,
      riskFreeRate: 0.04,
      marketReturn: 0.1,
      baseDebtCost: 0.05,
      taxRate: 0.25,
      firmValue: 1000
    },
    expected: {
      optimalDebtToEquity: 0.7126976771553505,
      wacc: 0.08419046515733025,
      unleveredWacc: 0.088,
      'curve[4].debtToEquity': 1,
      'curve[4].wacc': 0.0845,
      atLimit: false
    },
    source: 'python3 decimal, 50 digits: golden section search of the WACC, 400 steps'
  }
]

const rounds: readonly Golden[] = [
  {
    tool: 'calculate_post_money_valuation',
    args: { preMoneyValuation: 8000000, investmentAmount: 2000000 },
    expected: { postMoneyValuation: 10000000, investorOwnership: 0.2, existingOwnership: 0.8 },
    source: 'exact: 8 + 2, 2/10'
  },
  {
    tool: 'calculate_dilution_percentage',
    args: { existingShares: 8000000, newShares: 2000000 },
    expected: { dilution: 0.2, ownershipKept: 0.8, totalShares: 10000000, shareIncrease: 0.25 },
    source: 'exact: 2/10, 8/10, 2/8'
  },
  {
    tool: 'model_safe_conversion',
    args: {
      safeAmount: 100000,
      valuationCap: 5000000,
      discountRate: 0.2,
      pricedRoundValuation: 10000000,
      pricedRoundPrice: 2
    },
    expected: {
      conversionPrice: 1,
      capPrice: 1,
      discountPrice: 1.6,
      termUsed: 'valuation_cap',
      shares: 100000,
      valueAtRoundPrice: 200000,
      effectiveDiscount: 0.5,
      ownershipIfPostMoneyCap: 0.02
    },
    source: 'exact: 2 * 5/10 against 2 * 0.8'
  },
  {
    tool: 'model_safe_conversion',
    args: {
      safeAmount: 100000,
      valuationCap: 20000000,
      discountRate: 0.25,
      pricedRoundValuation: 10000000,
      pricedRoundPrice: 2
    },
    expected: {
      conversionPrice: 1.5,
      termUsed: 'discount',
      shares: 200000 / 3,
      wholeShares: 66666
    },
    source: 'exact: 2 * 0.75 against 2 * 2'
  },
  {
    tool: 'run_liquidation_waterfall',
    args: {
      exitProceeds: 20000000,
      preferredInvestment: 10000000,
      liquidationMultiple: 1,
      participating: false,
      commonOwnership: 0.6,
      preferredOwnership: 0.4
    },
    expected: {
      preferredPayout: 10000000,
      commonPayout: 10000000,
      converted: false,
      conversionThreshold: 25000000,
      preferredMultiple: 1
    },
    source: 'by hand: conversion would give 0.4 * 20 = 8, less than the preference of 10'
  },
  {
    tool: 'run_liquidation_waterfall',
    args: {
      exitProceeds: 50000000,
      preferredInvestment: 10000000,
      liquidationMultiple: 1,
      participating: false,
      commonOwnership: 0.6,
      preferredOwnership: 0.4
    },
    expected: { preferredPayout: 20000000, commonPayout: 30000000, converted: true },
    source: 'by hand: 0.4 * 50 = 20, more than the preference of 10'
  },
  {
    tool: 'run_liquidation_waterfall',
    args: {
      exitProceeds: 20000000,
      preferredInvestment: 10000000,
      liquidationMultiple: 1,
      participating: true,
      commonOwnership: 0.6,
      preferredOwnership: 0.4
    },
    expected: {
      preferredPayout: 14000000,
      commonPayout: 6000000,
      preferencePaid: 10000000,
      participation: 4000000,
      converted: false
    },
    source: 'by hand: 10 + 0.4 * (20 - 10)'
  }
]

const equity: readonly Golden[] = [
  {
    tool: 'value_equity_gordon_growth',
    args: { dividendPerShare: 2.5, growthRate: 0.04, requiredReturn: 0.09 },
    expected: {
      valuePerShare: 52,
      valueIfNextDividend: 50,
      nextDividend: 2.6,
      dividendYield: 0.05
    },
    source: 'exact: 2.6 / 0.05, 2.5 / 0.05'
  },
  {
    tool: 'value_equity_two_stage_ddm',
    args: {
      currentDividend: 1,
      highGrowthRate: 0.2,
      highGrowthPeriods: 5,
      stableGrowthRate: 0.05,
      requiredReturn: 0.12
    },
    expected: {
      valuePerShare: 27.358187808651156,
      presentValueHighGrowth: 6.179093904325579,
      presentValueTerminal: 21.17909390432558,
      terminalValue: 37.3248
    },
    source: `${exact}, dividend by dividend`
  },
  {
    tool: 'value_equity_h_model',
    args: {
      currentDividend: 1,
      initialGrowthRate: 0.12,
      terminalGrowthRate: 0.04,
      halfLife: 4,
      requiredReturn: 0.1
    },
    expected: {
      valuePerShare: 136 / 6,
      valueAtTerminalGrowth: 104 / 6,
      valueOfTransition: 32 / 6,
      valueIfHalfLifeIsTransition: 20
    },
    source: 'Fuller and Hsia 1984; exact: (1.04 + 4 * 0.08) / 0.06'
  },
  {
    tool: 'value_equity_fcfe',
    args: {
      currentFCFE: 25,
      highGrowthRate: 0.15,
      highGrowthPeriods: 5,
      terminalGrowthRate: 0.04,
      costOfEquity: 0.11
    },
    expected: {
      equityValue: 582.5335780562191,
      presentValueHighGrowth: 139.18061452518944,
      presentValueTerminal: 443.35296353102956,
      terminalValue: 747.0755267857143
    },
    source: `${exact}, flow by flow`
  },
  {
    tool: 'value_equity_ev_bridge',
    args: {
      enterpriseValue: 500,
      totalDebt: 100,
      cash: 20,
      nonOperatingAssets: 30,
      minorityInterest: 15,
      preferredStock: 10,
      sharesOutstanding: 25
    },
    expected: { equityValue: 425, netDebt: 80, valuePerShare: 17 },
    source: 'exact: 500 - 80 + 30 - 15 - 10, over 25'
  },
  {
    tool: 'value_equity_residual_income',
    args: {
      currentBookValue: 1000,
      netIncome: 150,
      futureBookValue: 1090,
      costOfEquity: 0.12,
      terminalGrowthRate: 0.05,
      sharesOutstanding: 100
    },
    expected: {
      equityValue: 1428.5714285714287,
      residualIncome: 30,
      presentValueResidual: 428.57142857142856,
      valueAtConstantReturn: 1443.8775510204082,
      impliedDividend: 60,
      returnOnEquity: 0.15,
      priceToBook: 10 / 7,
      valuePerShare: 100 / 7
    },
    source: `${exact}: 1000 + 30 / 0.07`
  }
]

/** Cost of capital, venture rounds and equity models. */
export const valuationGolden: readonly Golden[] = [...capital, ...rounds, ...equity]
