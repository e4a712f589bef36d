import { z } from 'zod'
import type { Matrix } from '../numeric/matrix.ts'
import { centred, mean, standardDeviation, sumOfProducts } from '../numeric/moments.ts'
import { requireFinite } from '../numeric/numbers.ts'
import type { Pace } from '../numeric/pace.ts'

/** Matrix times vector. */
export function applyMatrix(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => sumOfProducts(row, vector))
}

/** w S w, which rounding must not leave below 0. */
export function quadraticForm(matrix: Matrix, weights: readonly number[]): number {
  return Math.max(0, sumOfProducts(weights, applyMatrix(matrix, weights)))
}

/** Sample means, deviations and covariances (n - 1) of returns, one row for each asset. */
export async function estimate(returns: Matrix, pace: Pace) {
  const means = returns.map(mean)
  const rows = returns.map(centred)
  const covariances = returns.map(() => Array.from(returns, () => 0))
  for (const [i, row] of rows.entries()) {
    for (const [j, other] of rows.slice(0, i + 1).entries()) {
      const covariance = sumOfProducts(row, other) / (row.length - 1)
      covariances[i]?.splice(j, 1, covariance)
      covariances[j]?.splice(i, 1, covariance)
    }
    await pace(i, returns.length)
  }
  const deviations = returns.map((row) => standardDeviation(row, 1))
  return { means, deviations, covariances }
}

/** Output fields of one portfolio. */
export const portfolioFields = {
  weights: z.array(z.number()).describe('In the order of the assets, as fractions that sum to 1'),
  expectedReturn: z.number().describe('Per period, as a fraction'),
  volatility: z.number().describe('Standard deviation per period'),
  sharpeRatio: z
    .number()
    .optional()
    .describe('(expectedReturn - riskFreeRate) / volatility, per period; left out without risk')
}

/** Expected return, risk and Sharpe ratio of weights. */
export function describePortfolio(
  weights: readonly number[],
  means: readonly number[],
  covariances: Matrix,
  riskFreeRate: number
) {
  const expectedReturn = sumOfProducts(weights, means) + 0
  const volatility = Math.sqrt(quadraticForm(covariances, weights))
  const ratio = (expectedReturn - riskFreeRate) / volatility
  return {
    weights: weights.map((weight) => weight + 0),
    expectedReturn: requireFinite(expectedReturn, 'returns', 'use smaller ones'),
    volatility: requireFinite(volatility, 'returns', 'use smaller ones'),
    ...(Number.isFinite(ratio) && { sharpeRatio: ratio })
  }
}

/** Share of the variance that each weight carries; they sum to 1. Without risk all are 0. */
export function riskShares(weights: readonly number[], covariances: Matrix): number[] {
  const slopes = applyMatrix(covariances, weights)
  const variance = quadraticForm(covariances, weights)
  if (variance === 0) return weights.map(() => 0)
  return weights.map((weight, i) => (weight * Number(slopes[i])) / variance + 0)
}
