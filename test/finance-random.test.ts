import fc from 'fast-check'
import t from 'tap'
import { ToolError } from '../src/define-tool.ts'
import {
  createGenerator,
  createSplitMix64,
  createXoshiro256,
  maxSeed,
  randomSeed
} from '../tools/finance/numeric/random.ts'
import { createSampler, type DistributionType } from '../tools/finance/numeric/samplers.ts'

t.test('SplitMix64 gives the published numbers for seed 1234567', async (t) => {
  // Rosetta Code, "Pseudo-random numbers/Splitmix64", from Vigna's splitmix64.c.
  const next = createSplitMix64(1234567n)
  t.same(
    Array.from({ length: 5 }, () => next().toString()),
    [
      '6457827717110365317',
      '3203168211198807973',
      '9817491932198370423',
      '4593380528125082431',
      '16408922859458223821'
    ]
  )
})

t.test('xoshiro256** gives the published numbers from state 1, 2, 3, 4', async (t) => {
  // rand_xoshiro 0.6, from Blackman and Vigna's xoshiro256starstar.c.
  const advance = createXoshiro256([1n, 2n, 3n, 4n])
  const next = () => {
    const { high, low } = advance()
    return String(BigInt.asUintN(32, BigInt(high)) * 2n ** 32n + BigInt.asUintN(32, BigInt(low)))
  }
  t.same(Array.from({ length: 10 }, next), [
    '11520',
    '0',
    '1509978240',
    '1215971899390074240',
    '1216172134540287360',
    '607988272756665600',
    '16172922978634559625',
    '8476171486693032832',
    '10595114339597558777',
    '2904607092377533576'
  ])
})

const rotate = (x: bigint, by: bigint) => BigInt.asUintN(64, (x << by) | (x >> (64n - by)))

/** The generator once more, in whole 64-bit numbers. */
function* referenceNumbers(seed: number): Generator<number> {
  const splitMix = createSplitMix64(BigInt(seed))
  let [a, b, c, d] = [splitMix(), splitMix(), splitMix(), splitMix()]
  while (true) {
    const result = BigInt.asUintN(64, rotate(BigInt.asUintN(64, b * 5n), 7n) * 9n)
    const shifted = BigInt.asUintN(64, b << 17n)
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 45n)
    yield Number(result >> 11n) / 2 ** 53
  }
}

t.test('from any seed the halves compute what 64-bit arithmetic does', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: maxSeed }), (seed) => {
      const generator = createGenerator(seed)
      const reference = referenceNumbers(seed)
      return Array.from({ length: 200 }).every(() => generator.next() === reference.next().value)
    })
  )
})

t.test('a seed of our own is one that may be given back', async (t) => {
  const seeds = Array.from({ length: 1000 }, randomSeed)
  t.ok(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0 && seed <= maxSeed))
  t.ok(new Set(seeds).size > 990)
})

t.test('whole numbers below n, each as often', async (t) => {
  const generator = createGenerator(11)
  const counts = Array.from({ length: 7 }, () => 0)
  for (let i = 0; i < 70_000; i += 1) counts[generator.nextInt(7)]! += 1
  // Chi-square with 6 degrees of freedom: 22.46 is passed once in a thousand seeds.
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  t.ok(chiSquare < 22.46, String(chiSquare))
  t.equal(generator.nextInt(1), 0)
})

interface Case {
  readonly type: DistributionType
  readonly parameters: Record<string, number>
  readonly mean: number
  readonly variance: number
  /** The closed form, written down without any function of ours. */
  readonly cdf: (x: number) => number
  readonly discrete?: true
}

/** The normal distribution by Simpson's rule from 0. */
function phi(z: number): number {
  const steps = 200
  const width = z / steps
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  let sum = density(0) + density(z)
  for (let i = 1; i < steps; i += 1) sum += (i % 2 === 1 ? 4 : 2) * density(i * width)
  return 0.5 + (sum * width) / 3
}

const pi = Math.PI
const cases: readonly Case[] = [
  {
    type: 'normal',
    parameters: { mean: 3, stdDev: 2 },
    mean: 3,
    variance: 4,
    cdf: (x) => phi((x - 3) / 2)
  },
  {
    type: 'uniform',
    parameters: { min: -2, max: 6 },
    mean: 2,
    variance: 64 / 12,
    cdf: (x) => (x + 2) / 8
  },
  {
    type: 'triangular',
    parameters: { min: 0, max: 10, mode: 2 },
    mean: 4,
    variance: (100 + 4 - 20) / 18,
    cdf: (x) => (x < 2 ? (x * x) / 20 : 1 - (10 - x) ** 2 / 80)
  },
  {
    type: 'exponential',
    parameters: { rate: 4 },
    mean: 0.25,
    variance: 1 / 16,
    cdf: (x) => 1 - Math.exp(-4 * x)
  },
  {
    type: 'lognormal',
    // Of the logarithm: mean 0.5, deviation 0.4.
    parameters: { mean: Math.exp(0.58), stdDev: Math.exp(0.58) * Math.sqrt(Math.expm1(0.16)) },
    mean: Math.exp(0.58),
    variance: Math.expm1(0.16) * Math.exp(1.16),
    cdf: (x) => phi((Math.log(x) - 0.5) / 0.4)
  },
  {
    type: 'beta',
    parameters: { alpha: 2, beta: 3 },
    mean: 0.4,
    variance: 6 / 150,
    cdf: (x) => x * x * (6 - 8 * x + 3 * x * x)
  },
  {
    type: 'beta',
    parameters: { alpha: 0.5, beta: 0.5 },
    mean: 0.5,
    variance: 1 / 8,
    cdf: (x) => (2 / pi) * Math.asin(Math.sqrt(x))
  },
  {
    type: 'gamma',
    parameters: { shape: 3, scale: 2 },
    mean: 6,
    variance: 12,
    cdf: (x) => 1 - Math.exp(-x / 2) * (1 + x / 2 + (x * x) / 8)
  },
  {
    type: 'gamma',
    parameters: { shape: 0.5, scale: 2 },
    mean: 1,
    variance: 2,
    cdf: (x) => 2 * phi(Math.sqrt(x)) - 1
  },
  {
    type: 'weibull',
    parameters: { shape: 2, scale: 3 },
    mean: (3 * Math.sqrt(pi)) / 2,
    variance: 9 * (1 - pi / 4),
    cdf: (x) => 1 - Math.exp(-((x / 3) ** 2))
  },
  {
    type: 'chisquared',
    parameters: { degreesOfFreedom: 4 },
    mean: 4,
    variance: 8,
    cdf: (x) => 1 - Math.exp(-x / 2) * (1 + x / 2)
  },
  {
    type: 'f',
    parameters: { df1: 2, df2: 12 },
    mean: 1.2,
    variance: (2 * 144 * 12) / (2 * 100 * 8),
    cdf: (x) => 1 - (1 + x / 6) ** -6
  },
  {
    type: 't',
    parameters: { degreesOfFreedom: 4 },
    mean: 0,
    variance: 2,
    cdf: (x) => {
      const s = x / Math.sqrt(4 + x * x)
      return 0.5 + (3 * s - s ** 3) / 4
    }
  },
  {
    type: 'pareto',
    parameters: { scale: 2, shape: 5 },
    mean: 2.5,
    variance: 20 / 48,
    cdf: (x) => 1 - (2 / x) ** 5
  },
  {
    type: 'logistic',
    parameters: { mean: 10, stdDev: 3 },
    mean: 10,
    variance: 9,
    cdf: (x) => 1 / (1 + Math.exp((-pi * (x - 10)) / (3 * Math.sqrt(3))))
  },
  {
    type: 'geometric',
    parameters: { p: 0.3 },
    mean: 1 / 0.3,
    variance: 0.7 / 0.09,
    cdf: (x) => 1 - 0.7 ** x,
    discrete: true
  },
  {
    type: 'rayleigh',
    parameters: { mean: 5 },
    mean: 5,
    variance: 25 * (4 / pi - 1),
    cdf: (x) => 1 - Math.exp((-pi * x * x) / 100)
  }
]

t.test('the 15 distributions are all here', async (t) => {
  t.equal(new Set(cases.map(({ type }) => type)).size, 15)
})

const draws = Number(process.env.SAMPLER_DRAWS ?? 50_000)

for (const { type, parameters, mean, variance, cdf, discrete } of cases) {
  t.test(`${type} ${JSON.stringify(parameters)}: ${draws} draws`, async (t) => {
    const sample = createSampler(type, parameters)
    const generator = createGenerator(20_261_121)
    const values = Float64Array.from({ length: draws }, () => sample(generator)).sort()
    const average = values.reduce((sum, x) => sum + x, 0) / draws
    const moments = [2, 4].map(
      (power) => values.reduce((sum, x) => sum + (x - average) ** power, 0) / draws
    ) as [number, number]
    // Four standard errors, the ones of the variance from the sample's own fourth moment.
    t.ok(Math.abs(average - mean) < 4 * Math.sqrt(variance / draws), `mean ${average}`)
    const error = Math.sqrt((moments[1] - moments[0] ** 2) / draws)
    t.ok(Math.abs(moments[0] - variance) < 4 * error, `variance ${moments[0]}, error ${error}`)

    // Kolmogorov's distance; 1.95 / sqrt(n) is passed once in a thousand seeds.
    const distance = values.reduce((worst, x, index) => {
      const above = values[index + 1] === x ? 0 : Math.abs((index + 1) / draws - cdf(x))
      const below = discrete || values[index - 1] === x ? 0 : Math.abs(index / draws - cdf(x))
      return Math.max(worst, above, below)
    }, 0)
    t.ok(distance < 1.95 / Math.sqrt(draws), `distance ${distance}`)

    // Quantiles by the share of draws below them.
    for (const p of [0.01, 0.25, 0.5, 0.75, 0.99]) {
      const at = values[Math.floor(p * draws)] ?? 0
      const share = discrete ? Number(cdf(at) >= p && cdf(at - 1) <= p + 0.003) * p : cdf(at)
      t.ok(Math.abs(share - p) < 4 * Math.sqrt((p * (1 - p)) / draws), `${p} quantile ${at}`)
    }
  })
}

t.test('the same seed, the same draws; another seed, others', async (t) => {
  for (const { type, parameters } of cases) {
    const drawn = (seed: number) => {
      const generator = createGenerator(seed)
      const sample = createSampler(type, parameters)
      return Array.from({ length: 20 }, () => sample(generator))
    }
    t.strictSame(drawn(5), drawn(5), type)
    t.notSame(drawn(5), drawn(6), type)
  }
})

t.test('refused parameters name the field and what is expected', async (t) => {
  const refused: readonly [DistributionType, Record<string, number>, RegExp][] = [
    ['normal', { mean: 0 }, /^p\.stdDev: .*normal takes mean, stdDev/],
    ['normal', { mean: 0, stdDev: -1 }, /^p\.stdDev/],
    ['normal', { mean: 0, stdDev: 1, df: 1 }, /df/],
    ['uniform', { min: 1, max: 1 }, /^p\.min: 1 is not below max 1/],
    ['triangular', { min: 0, max: 1, mode: 2 }, /^p\.mode: 2 is not between/],
    ['exponential', { rate: 0 }, /^p\.rate/],
    ['gamma', { shape: 0, scale: 1 }, /^p\.shape/],
    ['geometric', { p: 1.5 }, /^p\.p: /],
    ['geometric', { p: 0 }, /^p\.p: /],
    ['t', { degreesOfFreedom: -1 }, /^p\.degreesOfFreedom/]
  ]
  for (const [type, parameters, message] of refused) {
    try {
      createSampler(type, parameters, 'p')
      t.fail(`${type} ${JSON.stringify(parameters)}`)
    } catch (error) {
      t.ok(error instanceof ToolError, type)
      t.match(String(error instanceof Error && error.message), message, type)
    }
  }
})

t.test('a certain event and a spread of 0 are no special case', async (t) => {
  const generator = createGenerator(1)
  t.equal(createSampler('geometric', { p: 1 })(generator), 1)
  t.equal(createSampler('normal', { mean: 7, stdDev: 0 })(generator), 7)
  t.equal(createSampler('logistic', { mean: 7, stdDev: 0 })(generator), 7)
})
