import { z } from 'zod'
import { ToolError } from '../../../src/define-tool.ts'
import type { Generator } from './random.ts'

/** Draws one number of a distribution. */
export type Sampler = (generator: Generator) => number

const largest = 1e300
const smallest = 1e-300
const real = z.number().min(-largest).max(largest)
const positive = z.number().min(smallest).max(largest)
const spread = z.number().min(0).max(largest)
/** Shapes and degrees of freedom: below, every draw is 0 or beyond a double. */
const shape = z.number().min(1e-3).max(1e9)

/** The 15 distributions and their parameters. */
const parameterSchemas = {
  normal: z.strictObject({ mean: real, stdDev: spread }),
  uniform: z.strictObject({ min: real, max: real }),
  triangular: z.strictObject({ min: real, max: real, mode: real }),
  exponential: z.strictObject({ rate: positive }),
  lognormal: z.strictObject({ mean: positive, stdDev: spread }),
  beta: z.strictObject({ alpha: shape, beta: shape }),
  gamma: z.strictObject({ shape, scale: positive }),
  weibull: z.strictObject({ shape, scale: positive }),
  chisquared: z.strictObject({ degreesOfFreedom: shape }),
  f: z.strictObject({ df1: shape, df2: shape }),
  t: z.strictObject({ degreesOfFreedom: shape }),
  pareto: z.strictObject({ scale: positive, shape }),
  logistic: z.strictObject({ mean: real, stdDev: spread }),
  geometric: z.strictObject({ p: z.number().min(1e-12).max(1) }),
  rayleigh: z.strictObject({ mean: positive })
} as const

export type DistributionType = keyof typeof parameterSchemas
type Parameters<Type extends DistributionType> = z.output<(typeof parameterSchemas)[Type]>

const types = Object.keys(parameterSchemas) as [DistributionType, ...DistributionType[]]

/** The name of a distribution. */
export const distributionType = z
  .enum(types)
  .describe('Distribution; each has its own parameters, see parameters')

/** The parameters by name; `createSampler` checks them against the type. */
export const distributionParameters = z
  .record(z.string().max(32), z.number())
  .describe(
    'By type. normal: mean, stdDev. uniform: min, max. triangular: min, max, mode. exponential: rate (mean 1/rate). lognormal: mean above 0, stdDev (of the value itself, not of its logarithm). beta: alpha, beta. gamma: shape, scale. weibull: shape, scale. chisquared: degreesOfFreedom. f: df1, df2. t: degreesOfFreedom. pareto: scale (the minimum), shape. logistic: mean, stdDev. geometric: p (trials up to the first success, 1 or more). rayleigh: mean.'
  )

/** A distribution with its parameters beside its type, such as `{ type: 'normal', mean: 0, stdDev: 1 }`. */
export const distributionSchema = z.object({ type: distributionType }).catchall(z.number())

/**
 * The sampler of a distribution. Parameters that are missing, unknown or contradictory are a
 * ToolError naming `field`. A draw beyond the doubles is not finite: the caller checks.
 */
export function createSampler(
  type: DistributionType,
  parameters: Readonly<Record<string, number>>,
  field = 'parameters'
): Sampler {
  const parsed = parameterSchemas[type].safeParse(parameters)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = [field, ...(issue?.path ?? [])].join('.')
    const expected = Object.keys(parameterSchemas[type].shape).join(', ')
    throw new ToolError(`${name}: ${issue?.message}; ${type} takes ${expected}`)
  }
  const make = samplers[type] as (parameters: unknown, field: string) => Sampler
  return make(parsed.data, field)
}

const samplers: {
  readonly [Type in DistributionType]: (parameters: Parameters<Type>, field: string) => Sampler
} = {
  normal:
    ({ mean, stdDev }) =>
    (generator) =>
      mean + stdDev * drawNormal(generator),
  uniform: ({ min, max }, field) => {
    requireOrder(min, max, field)
    return (generator) => between(min, max, generator.next())
  },
  triangular: ({ min, max, mode }, field) => {
    requireOrder(min, max, field)
    if (mode < min || mode > max) {
      throw new ToolError(`${field}.mode: ${mode} is not between min ${min} and max ${max}`)
    }
    return (generator) => triangularQuantile(generator.next(), min, mode, max)
  },
  exponential:
    ({ rate }) =>
    (generator) =>
      -Math.log(generator.next()) / rate,
  lognormal: ({ mean, stdDev }) => {
    // Of the logarithm, from those of the value.
    const variance = Math.log1p((stdDev / mean) ** 2)
    const center = Math.log(mean) - variance / 2
    return (generator) => Math.exp(center + Math.sqrt(variance) * drawNormal(generator))
  },
  beta:
    ({ alpha, beta }) =>
    (generator) => {
      const difference = drawLogGamma(beta, generator) - drawLogGamma(alpha, generator)
      return 1 / (1 + Math.exp(difference))
    },
  gamma:
    ({ shape, scale }) =>
    (generator) =>
      scale * drawGamma(shape, generator),
  weibull:
    ({ shape, scale }) =>
    (generator) =>
      scale * (-Math.log(generator.next())) ** (1 / shape),
  chisquared:
    ({ degreesOfFreedom }) =>
    (generator) =>
      2 * drawGamma(degreesOfFreedom / 2, generator),
  f:
    ({ df1, df2 }) =>
    (generator) => {
      const difference = drawLogGamma(df1 / 2, generator) - drawLogGamma(df2 / 2, generator)
      return (df2 / df1) * Math.exp(difference)
    },
  t:
    ({ degreesOfFreedom }) =>
    (generator) => {
      const halfLog = drawLogGamma(degreesOfFreedom / 2, generator) / 2
      return drawNormal(generator) * Math.sqrt(degreesOfFreedom / 2) * Math.exp(-halfLog)
    },
  pareto:
    ({ scale, shape }) =>
    (generator) =>
      scale * generator.next() ** (-1 / shape),
  logistic: ({ mean, stdDev }) => {
    const scale = (stdDev * Math.sqrt(3)) / Math.PI
    return (generator) => {
      const u = generator.next()
      return mean + scale * Math.log(u / (1 - u))
    }
  },
  geometric: ({ p }) => {
    const logFailure = Math.log1p(-p)
    return (generator) => Math.max(1, Math.ceil(Math.log(generator.next()) / logFailure))
  },
  rayleigh: ({ mean }) => {
    const scale = mean / Math.sqrt(Math.PI / 2)
    return (generator) => scale * Math.sqrt(-2 * Math.log(generator.next()))
  }
}

function requireOrder(min: number, max: number, field: string): void {
  if (min >= max) throw new ToolError(`${field}.min: ${min} is not below max ${max}`)
}

function between(min: number, max: number, u: number): number {
  return min * (1 - u) + max * u
}

function triangularQuantile(u: number, min: number, mode: number, max: number): number {
  const width = max - min
  const rising = (mode - min) / width
  if (u < rising) return min + width * Math.sqrt(u * rising)
  return max - width * Math.sqrt((1 - u) * (1 - rising))
}

/** Standard normal by Marsaglia's polar method (1964), the first of the two numbers. */
export function drawNormal(generator: Generator): number {
  while (true) {
    const x = 2 * generator.next() - 1
    const y = 2 * generator.next() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
  }
}

/** Gamma of scale 1 by Marsaglia and Tsang (2000). */
function drawGamma(shape: number, generator: Generator): number {
  return shape < 1 ? Math.exp(drawLogGamma(shape, generator)) : drawLargeGamma(shape, generator)
}

/** Its logarithm: with a small shape the number itself is often below every double. */
function drawLogGamma(shape: number, generator: Generator): number {
  if (shape >= 1) return Math.log(drawLargeGamma(shape, generator))
  return Math.log(drawLargeGamma(shape + 1, generator)) + Math.log(generator.next()) / shape
}

function drawLargeGamma(shape: number, generator: Generator): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  while (true) {
    const x = drawNormal(generator)
    const root = 1 + c * x
    const v = root * root * root
    if (v <= 0) continue
    const u = generator.next()
    if (Math.log(u) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}
