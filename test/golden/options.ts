import type { Golden } from './golden.ts'

// "60 digits" is an independent computation with python3's decimal, the normal distribution by the series
// of erf. Hull: Options, Futures and Other Derivatives.
const sixtyDigits = '60 digits (python3, decimal)'

const hull = {
  spotPrice: 42,
  strikePrice: 40,
  timeToExpiry: 0.5,
  riskFreeRate: 0.1,
  volatility: 0.2
}
const hullGreeks = {
  spotPrice: 49,
  strikePrice: 50,
  timeToExpiry: 0.3846,
  riskFreeRate: 0.05,
  volatility: 0.2
}
const hullTree = {
  optionType: 'put',
  americanStyle: true,
  spotPrice: 50,
  strikePrice: 50,
  timeToExpiry: 5 / 12,
  riskFreeRate: 0.1,
  volatility: 0.4
}

export const optionsGolden: readonly Golden[] = [
  {
    tool: 'price_black_scholes_option',
    args: { optionType: 'call', ...hull },
    expected: { price: 4.76, otherPrice: 0.81 },
    source: 'Hull, chapter 15: call 4.76, put 0.81',
    accuracy: 2e-3
  },
  {
    tool: 'price_black_scholes_option',
    args: { optionType: 'put', ...hull },
    expected: {
      price: 0.8085993729000936,
      otherPrice: 4.759422392871533,
      d1: 0.7692626281060314,
      d2: 0.6278412718687219,
      exerciseProbability: 0.2650539631540915
    },
    source: sixtyDigits
  },
  {
    tool: 'price_black_scholes_option',
    args: {
      optionType: 'call',
      spotPrice: 100,
      strikePrice: 200,
      timeToExpiry: 0.25,
      riskFreeRate: 0.02,
      volatility: 0.15
    },
    expected: { price: 2.536382063301827e-20 },
    source: `${sixtyDigits}; nine deviations from the money`
  },
  {
    tool: 'price_black_scholes_option',
    args: {
      optionType: 'put',
      spotPrice: 200,
      strikePrice: 100,
      timeToExpiry: 0.25,
      riskFreeRate: 0.02,
      volatility: 0.15
    },
    expected: { price: 7.193272314626652e-21 },
    source: `${sixtyDigits}; parity would leave nothing of it`
  },
  {
    tool: 'value_expansion_option',
    args: {
      baseNPV: 1_000_000,
      expansionCost: 500_000,
      expansionNPV: 450_000,
      volatility: 0.35,
      timeToDecision: 2,
      riskFreeRate: 0.05
    },
    expected: {
      optionValue: 86993.1261179554,
      totalValue: 1086993.1261179554,
      exerciseProbability: 0.3980810369927474
    },
    source: sixtyDigits
  },
  {
    tool: 'value_abandonment_option',
    args: {
      projectNPV: 1_000_000,
      salvageValue: 800_000,
      volatility: 0.35,
      timeToDecision: 2,
      riskFreeRate: 0.05
    },
    expected: { optionValue: 64031.44412086709, exerciseProbability: 0.3426060179194621 },
    source: sixtyDigits
  },
  {
    tool: 'calculate_option_greeks',
    args: { optionType: 'call', ...hullGreeks },
    expected: { delta: 0.522, gamma: 0.0655, theta: -4.31, vega: 12.1, rho: 8.91 },
    source: 'Hull, chapter 19: Greeks of the example position',
    accuracy: 2e-3
  },
  {
    tool: 'calculate_option_greeks',
    args: { optionType: 'call', ...hullGreeks },
    expected: {
      price: 2.4004610869656613,
      delta: 0.5216016339715761,
      gamma: 0.06554537725247868,
      theta: -4.305389964546104,
      vega: 12.105242754243843,
      rho: 8.906574098800947
    },
    source: sixtyDigits
  },
  {
    tool: 'calculate_option_greeks',
    args: { optionType: 'put', ...hullGreeks },
    expected: {
      price: 2.4481469339503983,
      delta: -0.4783983660284239,
      theta: -1.8530056721968675,
      rho: -9.957165877949382
    },
    source: sixtyDigits
  },
  {
    tool: 'calculate_binomial_tree_option',
    args: { ...hullTree, steps: 5 },
    expected: { price: 4.49, delta: -0.41, upFactor: 1.1224, upProbability: 0.5073 },
    source: 'Hull, chapter 21, five steps: 4.49, delta -0.41',
    accuracy: 0.02
  },
  {
    tool: 'calculate_binomial_tree_option',
    args: { ...hullTree, steps: 5 },
    expected: {
      price: 4.488458534725914,
      europeanPrice: 4.319018716515819,
      blackScholesPrice: 4.0759809847877815,
      upProbability: 0.5073192833176615,
      delta: -0.4145299408337235,
      gamma: 0.0341455666487159,
      theta: -4.303902166197187
    },
    source: sixtyDigits
  },
  {
    tool: 'calculate_binomial_tree_option',
    args: { ...hullTree, steps: 500 },
    expected: { price: 4.283 },
    source: 'Hull, chapter 21: 4.283 with 500 steps',
    accuracy: 2e-4
  },
  {
    tool: 'calculate_binomial_tree_option',
    args: {
      ...hullTree,
      spotPrice: 50,
      strikePrice: 52,
      timeToExpiry: 2,
      riskFreeRate: 0.05,
      volatility: 0.3,
      steps: 2
    },
    expected: { price: 7.428401902704835, upProbability: 0.5097408651817704 },
    source: `${sixtyDigits}; Hull, chapter 13: 7.43`
  }
]
