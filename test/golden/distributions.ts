import type { Golden } from './golden.ts'

const exact = 'exact arithmetic (python3, fractions and decimal with 60 digits)'
const excelMeans = [4, 5, 8, 7, 11, 4, 3]

const distributions: readonly Golden[] = [
  {
    tool: 'binomial_probability',
    args: { n: 10, k: 6, p: 0.5 },
    expected: { probability: 0.205078125, atMost: 0.828125 },
    source: 'Excel documentation, BINOM.DIST, example: 210/1024'
  },
  {
    tool: 'binomial_probability',
    args: { n: 1_000_000, k: 299_000, p: 0.3 },
    expected: { atMost: 0.014568219219937685, mean: 300_000 },
    source: 'sum of the terms with 80 digits (python3, decimal)'
  },
  {
    tool: 'binomial_probability',
    args: { n: 1_000_000, k: 500_500, p: 0.5 },
    expected: { probability: 0.0004839415296951451 },
    source: "Stirling's series with 80 digits (python3, decimal)",
    accuracy: 1e-14
  },
  {
    tool: 'poisson_probability',
    args: { x: 2, mu: 5 },
    expected: { probability: 0.08422433748856833, atMost: 0.12465201948308115 },
    source: '12.5 e^-5 and 18.5 e^-5; Excel documentation, POISSON.DIST: 0.084224, 0.124652'
  },
  {
    tool: 'poisson_probability',
    args: { x: 1300, mu: 1000 },
    expected: { probability: 1.606560638609706e-20, atLeast: 6.887086665430166e-20 },
    source: 'sum of the terms with 80 digits (python3, decimal)'
  },
  {
    tool: 'hypergeometric_probability',
    args: { total: 20, successes_in_population: 8, sample_size: 4, successes_in_sample: 1 },
    expected: { probability: 352 / 969, atMost: 451 / 969 },
    source: 'Excel documentation, HYPGEOM.DIST, example: 0.3633, 0.4654; exact fractions'
  },
  {
    tool: 'hypergeometric_probability',
    args: {
      total: 10_000,
      successes_in_population: 1200,
      sample_size: 500,
      successes_in_sample: 90
    },
    expected: { probability: 0.000016304609034775183, atLeast: 0.00003926993787566141 },
    source: 'exact fractions of binomial coefficients (python3)'
  },
  {
    tool: 'hypergeometric_probability',
    args: {
      total: 10_000,
      successes_in_population: 1200,
      sample_size: 500,
      successes_in_sample: 150
    },
    expected: { probability: 8.232147659177005e-29, atLeast: 1.1542335747956158e-28 },
    source: 'exact fractions of binomial coefficients (python3)'
  },
  {
    tool: 'exponential_distribution',
    args: { x: 0.2, lambda: 10 },
    expected: { cdf: 0.8646647167633873, pdf: 1.353352832366127 },
    source: '1 - e^-2, 10 e^-2; Excel documentation, EXPON.DIST: 0.86466472, 1.35335283'
  },
  {
    tool: 'lognormal_distribution',
    args: { x: 4, mean: 3.5, stddev: 1.2 },
    expected: { cdf: 0.03908355570680047, pdf: 0.017617596681819225 },
    source: `${exact}; Excel documentation, LOGNORM.DIST: 0.0390836, 0.0176176`
  }
]

const counts: readonly Golden[] = [
  {
    tool: 'calculate_combinations',
    args: { n: 8, r: 2 },
    expected: { value: 28, exact: '28' },
    source: 'Excel documentation, COMBIN, example'
  },
  {
    tool: 'calculate_combinations',
    args: { n: 1000, r: 500 },
    expected: { value: 2.7028824094543655e299 },
    source: 'exact integers (python3, math.comb)',
    accuracy: 1e-16
  },
  {
    tool: 'calculate_permutations',
    args: { n: 100, r: 3 },
    expected: { value: 970_200 },
    source: 'Excel documentation, PERMUT, example'
  },
  {
    tool: 'calculate_permutations',
    args: { n: 100, r: 50 },
    expected: { value: 3.068518756254966e93 },
    source: 'exact integers (python3, math.perm)',
    accuracy: 1e-16
  },
  {
    tool: 'calculate_factorial',
    args: { n: 170 },
    expected: { value: 7.257415615307999e306 },
    source: 'exact integers (python3, math.factorial)',
    accuracy: 1e-16
  },
  {
    tool: 'geometric_mean',
    args: { values: excelMeans },
    expected: { mean: 5.476986969656962, arithmeticMean: 6 },
    source: `Excel documentation, GEOMEAN, example: 5.476987; the digits by ${exact}`
  },
  {
    tool: 'harmonic_mean',
    args: { values: excelMeans },
    expected: { mean: 5.028375962061728 },
    source: `Excel documentation, HARMEAN, example: 5.028376; the digits by ${exact}`
  },
  {
    tool: 'weighted_average',
    args: { values: [20, 25, 35], weights: [500, 750, 200] },
    expected: { average: 24.655172413793103, totalWeight: 1450 },
    source: 'exact arithmetic: 35750 / 1450'
  },
  {
    tool: 'calculate_bayes_theorem',
    args: { priorProbability: 0.01, truePositiveRate: 0.99, falsePositiveRate: 0.05 },
    expected: { posterior: 1 / 6, likelihoodRatio: 19.8, posteriorIfNegative: 1 / 9406 },
    source: 'exact arithmetic: 99 / (99 + 495); 1 / (1 + 9405)'
  }
]

export const distributionGolden: readonly Golden[] = [...distributions, ...counts]
