import type { Golden } from './golden.ts'

const assets = ['a', 'b', 'c']
const returns = [
  [0.02, 0.01, -0.01, 0.03, 0, 0.01],
  [0.05, -0.02, 0.04, -0.01, 0.06, 0],
  [0.07, -0.05, 0.03, -0.02, 0.04, 0.01]
]
const exact =
  'exact fractions in Python: every set of assets tried, the one that meets Karush-Kuhn-Tucker'

export const portfolioGolden: readonly Golden[] = [
  {
    tool: 'optimize_portfolio',
    args: { assets, returns, riskFreeRate: 0.002 },
    expected: {
      'weights[0]': 0.7118279569892473,
      'weights[1]': 0.28817204301075267,
      'weights[2]': 0,
      expectedReturn: 0.012881720430107527,
      volatility: 0.01036402968648545,
      sharpeRatio: 1.0499507198727092,
      'minimumVariance.weights[0]': 0.7666666666666667,
      'minimumVariance.sharpeRatio': 1.0231524610758969,
      'weightsWithShortSales[0]': 0.7118279569892473,
      'weightsWithShortSales[2]': -0.42247658688865763
    },
    source: exact
  },
  {
    tool: 'calculate_efficient_frontier',
    args: { assets, returns, riskFreeRate: 0.002, points: 3 },
    expected: {
      'frontier[0].volatility': 0.010099504938362078,
      'frontier[1].expectedReturn': 0.016166666666666666,
      'frontier[1].weights[0]': 0.38333333333333336,
      'frontier[1].weights[1]': 0.6166666666666667,
      'frontier[1].volatility': 0.019144189719076648,
      'frontier[2].expectedReturn': 0.02,
      'frontier[2].weights[1]': 1,
      'maximumSharpe.sharpeRatio': 1.0499507198727092
    },
    source: exact
  },
  {
    tool: 'calculate_risk_parity',
    args: {
      assets: ['calm', 'wild'],
      returns: [
        [0.01, -0.01, 0.01, -0.01],
        [0.03, 0.03, -0.03, -0.03]
      ]
    },
    expected: {
      'weights[0]': 0.75,
      'weights[1]': 0.25,
      'riskShares[0]': 0.5,
      'inverseVolatilityWeights[0]': 0.75,
      expectedReturn: 0
    },
    source: 'exact arithmetic: two assets, volatilities 1 to 3, weights 3 to 1'
  },
  {
    tool: 'optimize_mean_variance_portfolio',
    args: {
      expectedReturns: [0.08, 0.12, 0.15],
      covarianceMatrix: [
        [0.01, 0.0036, 0.0075],
        [0.0036, 0.0324, 0.027],
        [0.0075, 0.027, 0.0625]
      ],
      riskAversion: 2,
      concentrationLimit: 0.6,
      budget: 100_000
    },
    expected: {
      'weights[0]': 0.12577686799340818,
      'weights[1]': 0.40404525602465285,
      'weights[2]': 0.470177875981939,
      expectedReturn: 0.12907426155972185,
      volatility: 0.17543031793663344,
      sharpeRatio: 0.7357580096636677,
      objective: 0.09829846510837355,
      'allocations[0].amount': 12577.686799340818,
      'allocations[1].riskShare': 0.34447876615446354
    },
    source: exact
  }
]
