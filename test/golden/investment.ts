import type { Golden } from './golden.ts'

const exact = 'exact arithmetic, python3 fractions'

/** Investment metrics and growth. */
export const investmentGolden: readonly Golden[] = [
  {
    tool: 'calculate_payback_period',
    args: { cashFlows: [-1000, 300, 400, 500, 600] },
    expected: { paybackPeriod: 2.6, lastingPaybackPeriod: 2.6, undiscountedTotal: 800 },
    source: 'by hand: 300 are missing after two periods, and 300/500 = 0.6'
  },
  {
    tool: 'calculate_payback_period',
    args: { cashFlows: [-100, 150, -80, 20, 40] },
    expected: { paybackPeriod: 2 / 3, lastingPaybackPeriod: 3.25, undiscountedTotal: 30 },
    source: 'by hand: balances -100, 50, -30, -10, 30; 100/150, then 3 + 10/40'
  },
  {
    tool: 'calculate_discounted_payback_period',
    args: { discountRate: 0.25, cashFlows: [-1000, 500, 500, 500, 500] },
    expected: { discountedPaybackPeriod: 3.1171875, lastingPaybackPeriod: 3.1171875, npv: 180.8 },
    source: `${exact}: present values 400, 320, 256, 204.8; 3 + 24/204.8`
  },
  {
    tool: 'calculate_mirr',
    args: {
      cashFlows: [-120000, 39000, 30000, 21000, 37000, 46000],
      financeRate: 0.1,
      reinvestmentRate: 0.12
    },
    expected: { mirr: 0.126094 },
    source: 'Excel documentation, MIRR, five years: 12.6094 %',
    accuracy: 4e-6
  },
  {
    tool: 'calculate_mirr',
    args: {
      cashFlows: [-120000, 39000, 30000, 21000, 37000, 46000],
      financeRate: 0.1,
      reinvestmentRate: 0.12
    },
    expected: {
      mirr: 0.12609413036590514,
      presentValueOfOutflows: 120000,
      futureValueOfInflows: 217297.49504,
      periods: 5
    },
    source: 'python3 decimal, 50 digits: (217297.49504/120000)^(1/5) - 1'
  },
  {
    tool: 'calculate_profitability_index',
    args: { discountRate: 0.25, cashFlows: [-1000, 600, -100, 800] },
    expected: {
      profitabilityIndex: 0.8256,
      inflowsToOutflows: 0.8360902255639098,
      npv: -174.4,
      presentValueOfLaterFlows: 825.6
    },
    source: exact
  },
  {
    tool: 'calculate_growth_rate',
    args: { fromValue: 1000000, toValue: 1250000, metricName: 'Revenue' },
    expected: {
      growthRate: 0.25,
      growthOnSize: 0.25,
      change: 250000,
      logGrowth: 0.22314355131420976,
      metricName: 'Revenue'
    },
    source: 'exact: 1/4; ln 1.25 to 20 digits by python3 decimal'
  },
  {
    tool: 'calculate_growth_rate',
    args: { fromValue: -100, toValue: 50 },
    expected: { growthRate: -1.5, growthOnSize: 1.5, change: 150 },
    source: 'exact: 150 / -100'
  },
  {
    tool: 'apply_growth_projection',
    args: { baseValue: 1000, annualGrowthRate: 0.12, periods: 4, compounding: 'quarterly' },
    expected: {
      finalValue: 1125.50881,
      totalGrowth: 0.12550881,
      ratePerPeriod: 0.03,
      effectiveAnnualRate: 0.12550881,
      years: 1,
      finalValueIfPeriodsAreYears: 1604.7064390987875,
      'values[0]': 1000,
      'values[1]': 1030,
      'values[4]': 1125.50881
    },
    source: `${exact}: 1000 * 1.03^4 and 1.03^16`
  },
  {
    tool: 'apply_growth_projection',
    args: { baseValue: 1000, annualGrowthRate: 0.12, periods: 365, compounding: 'daily' },
    expected: { finalValue: 1127.4746156384026, years: 1 },
    source: 'python3 decimal, 50 digits: 1000 (1 + 0.12/365)^365'
  },
  {
    tool: 'apply_growth_projection',
    args: { baseValue: 1000, annualGrowthRate: 0.12, periods: 1, compounding: 'continuous' },
    expected: {
      finalValue: 1127.4968515793757,
      finalValueIfPeriodsAreYears: 1127.4968515793757
    },
    source: 'python3 decimal, 50 digits: 1000 e^0.12'
  }
]
