import type { Golden } from './golden.ts'

const elevenValues = [-20, -8, -3, 1, 4, 6, 9, 12, 15, 21, -1]

export const simulationGolden: readonly Golden[] = [
  {
    tool: 'create_distribution',
    args: { type: 'uniform', parameters: { min: -2, max: 6 }, sampleSize: 10, seed: 5 },
    expected: {
      theoreticalMean: 2,
      theoreticalStandardDeviation: 2.3094010767585034,
      'values[0]': 0.3072898253618854,
      'values[2]': 3.1963738444081775,
      'sample.mean': 2.5750880268319642,
      'sample.standardError': 0.4908871675306681,
      'sample.skewness': -0.008588703447135453
    },
    source:
      'xoshiro256** and SplitMix64 once more in Python, draws as exact fractions, decimals of 50 digits; deviation 8 / sqrt(12)'
  },
  {
    tool: 'create_distribution',
    args: { type: 'triangular', parameters: { min: 0, max: 10, mode: 2 }, seed: 1 },
    expected: { theoreticalMean: 4, theoreticalStandardDeviation: 2.160246899469287 },
    source: 'exact arithmetic: (0 + 10 + 2) / 3 and sqrt(84 / 18)'
  },
  {
    tool: 'create_distribution',
    args: { type: 'weibull', parameters: { shape: 0.5, scale: 3 }, seed: 1 },
    expected: { theoreticalMean: 6, theoreticalStandardDeviation: 13.416407864998739 },
    source: 'exact arithmetic: 3 * 2! and 3 * sqrt(4! - (2!)^2) = 3 * sqrt(20)'
  },
  {
    tool: 'run_monte_carlo',
    args: {
      inputs: [
        { name: 'revenue', distribution: 'uniform', parameters: { min: 100, max: 150 } },
        { name: 'costs', distribution: 'uniform', parameters: { min: 80, max: 120 } }
      ],
      calculation: '{0} - costs',
      iterations: 1000,
      seed: 42
    },
    expected: {
      mean: 23.857717724692016,
      standardError: 0.5735152311485541,
      standardDeviation: 18.136144032273766,
      min: -17.43177393123976,
      max: 68.31397722017596,
      'percentiles.p5': -5.881645723787423,
      'percentiles.p50': 23.244445002885953,
      'percentiles.p99': 63.10409578114543,
      skewness: 0.12229764527690916,
      probabilityOfLoss: 0.11,
      'risk.varLoss': 5.881645723787423,
      'risk.cvarLoss': 9.526563121693888,
      'risk.tailCount': 50,
      seed: 42
    },
    source:
      'xoshiro256** and SplitMix64 once more in Python, draws as exact fractions, decimals of 50 digits'
  },
  {
    tool: 'analyze_simulation_results',
    args: { values: elevenValues },
    expected: {
      mean: 36 / 11,
      standardDeviation: 11.402551548586914,
      standardError: 3.437998649031701,
      skewness: -0.5207814278318681,
      'percentiles.p5': -14,
      'percentiles.p50': 4,
      'percentiles.p99': 20.4,
      probabilityOfLoss: 4 / 11
    },
    source: 'exact fractions in Python, roots in decimals of 50 digits'
  },
  {
    tool: 'calculate_simulation_var',
    args: { values: elevenValues, confidenceLevel: 0.9 },
    expected: { varOutcome: -8, varLoss: 8, cvarOutcome: -14, cvarLoss: 14, tailCount: 2 },
    source: 'by hand: type 7 at 0.1 of eleven values is the second; (-20 - 8) / 2'
  },
  {
    tool: 'calculate_probability',
    args: { values: elevenValues, type: 'between', lower: -3, upper: 9 },
    expected: { probability: 4 / 11, standardError: 0.14504072, matching: 4, atBounds: 2 },
    source: 'by hand: -1, 1, 4 and 6 lie between; sqrt(4/11 * 7/11 / 11) = sqrt(28 / 1331)',
    accuracy: 1e-7
  },
  {
    tool: 'sensitivity_analysis',
    args: {
      baseValue: 1_000_000,
      variableRange: { percentChange: 30 },
      calculation: 'revenue * 0.5 - 600000',
      variableName: 'revenue',
      steps: 7
    },
    expected: {
      baseOutput: -100_000,
      'points[0].input': 700_000,
      'points[0].output': -250_000,
      'points[6].output': 50_000,
      'points[6].change': 150_000,
      outputRange: 300_000,
      sensitivity: 0.5,
      slope: 0.5
    },
    source: 'exact arithmetic: 0.5 * 700,000 - 600,000, and a straight line of slope 0.5'
  },
  {
    tool: 'tornado_analysis',
    args: {
      variables: [
        { name: 'investment', baseValue: 500, lowValue: 450, highValue: 600 },
        { name: 'flow', baseValue: 150, lowValue: 120, highValue: 180 },
        { name: 'rate', baseValue: 0.125, lowValue: 0.1, highValue: 0.25 }
      ],
      calculation: '{1} / {2} - {0}'
    },
    expected: {
      baseOutput: 700,
      'bars[0].name': 'rate',
      'bars[0].lowOutput': 1000,
      'bars[0].highOutput': 100,
      'bars[1].name': 'flow',
      'bars[1].range': 480,
      'bars[2].range': 150,
      'bars[2].shareOfRanges': 150 / 1530
    },
    source: 'exact arithmetic: 150 / 0.125 - 500 = 700, 150 / 0.1 - 500, 150 / 0.25 - 500'
  },
  {
    tool: 'run_scenario_analysis',
    args: {
      inputNames: ['revenue', 'costs'],
      calculation: '{0} - {1}',
      scenarios: [
        { name: 'base', values: [1000, 700] },
        { name: 'best', values: [1200, 600] },
        { name: 'worst', values: [800, 800] }
      ],
      seed: 1
    },
    expected: {
      'scenarios[0].mean': 300,
      'scenarios[1].mean': 600,
      'scenarios[1].differenceFromFirst': 300,
      'scenarios[2].mean': 0,
      'scenarios[2].standardError': 0,
      best: 'best',
      worst: 'worst'
    },
    source: 'exact arithmetic'
  },
  {
    tool: 'analyze_scenarios',
    args: {
      inputNames: ['units', 'price', 'fixed'],
      model: 'units * price - fixed',
      iterations: 500,
      scenarios: [
        {
          name: 'open',
          inputs: {
            units: { distribution: { type: 'uniform', min: 10, max: 20 } },
            price: { value: 3 },
            fixed: { value: 40 }
          }
        }
      ],
      thresholds: [0],
      seed: 7
    },
    expected: {
      'scenarios[0].mean': 5.216449951150466,
      'scenarios[0].standardError': 0.3907504608684313,
      'scenarios[0].percentiles.p5': -8.39515467580943,
      'scenarios[0].percentiles.p99': 19.62687149965299,
      'scenarios[0].probabilities[0].above': 0.668
    },
    source:
      'xoshiro256** and SplitMix64 once more in Python, draws as exact fractions, decimals of 50 digits'
  }
]
