import type { Golden } from './golden.ts'

const returns = [0.08, 0.05, -0.02, 0.1, -0.01, 0.07, 0.04, -0.12, 0.03, 0.06, -0.05]
const figures = {
  mean: 0.02090909090909091,
  standardError: 0.019654032454830668,
  standardDeviation: 0.06518505127014099,
  sharpeRatio: 0.16735571571281382,
  sortinoRatio: 0.24505110018405926,
  downsideDeviation: 0.04451761653343743,
  maxDrawdown: 0.12
}

export const riskGolden: readonly Golden[] = [
  {
    tool: 'calculate_value_at_risk',
    args: { returns, portfolioValue: 1_000_000, confidenceLevel: 0.9, riskFreeRate: 0.01 },
    expected: {
      valueAtRisk: 50_000,
      conditionalValueAtRisk: 85_000,
      varReturn: -0.05,
      cvarReturn: -0.085,
      tailCount: 2,
      'normal.valueAtRisk': 62628.91359626335,
      'normal.conditionalValueAtRisk': 93489.58673934276,
      ...figures
    },
    source:
      'exact fractions in Python, roots in decimals of 50 digits; normal values with statistics.NormalDist'
  },
  {
    tool: 'calculate_comprehensive_risk',
    args: { returns, riskFreeRate: 0.01 },
    expected: {
      ...figures,
      var95: 0.085,
      var99: 0.113,
      cvar95: 0.12,
      cvar99: 0.12,
      tailRisk: 0.12 / 0.085,
      skewness: -1.0329697962853097,
      kurtosis: 0.7434548570200248,
      'drawdown.peakAt': 6,
      'drawdown.troughAt': 7,
      lossShare: 4 / 11,
      worst: -0.12,
      best: 0.1
    },
    source: 'exact fractions in Python, roots in decimals of 50 digits'
  },
  {
    tool: 'aggregate_portfolio_risk',
    args: {
      portfolioVaRs: [165_000, 198_000],
      portfolioNames: ['CAD', 'EUR'],
      correlations: [
        [1, 0],
        [0, 1]
      ]
    },
    expected: {
      aggregatedVaR: 257_738,
      'portfolios[0].componentVaR': 105_630,
      'portfolios[1].componentVaR': 152_108
    },
    source: 'Jorion, Value at Risk, 3rd edition, chapter 7: two currencies',
    accuracy: 1e-5
  },
  {
    tool: 'aggregate_portfolio_risk',
    args: {
      portfolioVaRs: [30, 80],
      weights: [1, 0.5],
      correlations: [
        [1, 0],
        [0, 1]
      ]
    },
    expected: {
      aggregatedVaR: 50,
      undiversifiedVaR: 70,
      diversificationBenefit: 20,
      'portfolios[0].marginalVaR': 0.6,
      'portfolios[0].componentVaR': 18,
      'portfolios[0].incrementalVaR': 10,
      'portfolios[1].componentVaR': 32,
      'portfolios[1].incrementalVaR': 20
    },
    source: 'exact arithmetic: 30, 40, 50'
  },
  {
    tool: 'run_stress_test',
    args: { scenario: 'crisis', baseRevenue: 1000, baseCosts: 600, baseNPV: 250 },
    expected: {
      stressedRevenue: 700,
      stressedCosts: 660,
      revenueImpact: -300,
      costsImpact: 60,
      stressedNPV: -110,
      npvImpact: -360,
      npvImpactShare: -1.44,
      stressedProfit: 40,
      remainsViable: false
    },
    source: 'exact arithmetic: -30 % of 1000, +10 % of 600'
  }
]
