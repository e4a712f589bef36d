import { gamma } from '../numeric/gamma.ts'
import type { DistributionType } from '../numeric/samplers.ts'

/** Mean and variance; undefined where the integral does not exist or no double holds it. */
interface Theory {
  readonly mean: number | undefined
  readonly variance: number | undefined
}

type Formula = (p: Readonly<Record<string, number>>) => Theory

/**
 * Mean and variance of a distribution in closed form, from parameters that `createSampler` accepted
 * (Forbes, Evans, Hastings and Peacock, Statistical Distributions, 4th edition).
 */
export function theoryOf(
  type: DistributionType,
  parameters: Readonly<Record<string, number>>
): Theory {
  const { mean, variance } = formulas[type](parameters)
  return { mean: finiteOnly(mean), variance: finiteOnly(variance) }
}

function finiteOnly(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value + 0 : undefined
}

const given: Formula = ({ mean, stdDev = 0 }) => ({ mean, variance: stdDev ** 2 })

const formulas: Readonly<Record<DistributionType, Formula>> = {
  normal: given,
  logistic: given,
  uniform: ({ min = 0, max = 0 }) => ({
    mean: min / 2 + max / 2,
    variance: (max - min) ** 2 / 12
  }),
  triangular: ({ min = 0, max = 0, mode = 0 }) => ({
    mean: min / 3 + max / 3 + mode / 3,
    variance: ((max - min) ** 2 - (mode - min) * (max - mode)) / 18
  }),
  exponential: ({ rate = 0 }) => ({ mean: 1 / rate, variance: (1 / rate) ** 2 }),
  lognormal: ({ mean = 0, stdDev = 0 }) => ({ mean, variance: stdDev ** 2 }),
  beta: ({ alpha = 0, beta = 0 }) => {
    const sum = alpha + beta
    return { mean: alpha / sum, variance: (alpha / sum) * (beta / sum / (sum + 1)) }
  },
  gamma: ({ shape = 0, scale = 0 }) => ({ mean: shape * scale, variance: shape * scale ** 2 }),
  weibull: ({ shape = 0, scale = 0 }) => {
    const first = gamma(1 + 1 / shape)
    return { mean: scale * first, variance: scale ** 2 * (gamma(1 + 2 / shape) - first ** 2) }
  },
  chisquared: ({ degreesOfFreedom = 0 }) => ({
    mean: degreesOfFreedom,
    variance: 2 * degreesOfFreedom
  }),
  f: ({ df1 = 0, df2 = 0 }) => ({
    mean: df2 > 2 ? df2 / (df2 - 2) : undefined,
    variance:
      df2 > 4 ? (2 * (df2 / (df2 - 2)) ** 2 * ((df1 + df2 - 2) / df1)) / (df2 - 4) : undefined
  }),
  t: ({ degreesOfFreedom = 0 }) => ({
    mean: degreesOfFreedom > 1 ? 0 : undefined,
    variance: degreesOfFreedom > 2 ? degreesOfFreedom / (degreesOfFreedom - 2) : undefined
  }),
  pareto: ({ scale = 0, shape = 0 }) => ({
    mean: shape > 1 ? scale * (shape / (shape - 1)) : undefined,
    variance: shape > 2 ? (scale / (shape - 1)) ** 2 * (shape / (shape - 2)) : undefined
  }),
  geometric: ({ p = 1 }) => ({ mean: 1 / p, variance: (1 - p) / p ** 2 }),
  rayleigh: ({ mean = 0 }) => ({ mean, variance: mean ** 2 * (4 / Math.PI - 1) })
}
