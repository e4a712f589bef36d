import { z } from 'zod'
import type { Matrix } from '../numeric/matrix.ts'
import { covariance, mean, standardDeviation } from '../numeric/moments.ts'
import { requireFinite } from '../numeric/numbers.ts'
import { compensatedSum } from '../numeric/sums.ts'

/** Sum over i of weights[i] * values[i]. */
export function weightedSum(weights: readonly number[], values: readonly number[]): number {
  return compensatedSum(weights.map((weight, i) => weight * Number(values[i])))
}

/** Matrix times vector. */
export function applyMatrix(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => weightedSum(row, vector))
}

/** w S w, which rounding must not leave below 0. */
export function quadraticForm(matrix: Matrix, weights: readonly number[]): number {
  return Math.max(0, weightedSum(weights, applyMatrix(matrix, weights)))
}

/** Sample means, deviations and covariances (n - 1) of returns, one row for each asset. */
export function estimate(returns: Matrix) {
  const means = returns.map(mean)
  const deviations = returns.map((row) => standardDeviation(row, 1))
  const covariances = returns.map((row, i) =>
    returns.map((other, j) => covariance(j < i ? other : row, j < i ? row : other, 1))
  )
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
  const expectedReturn = weightedSum(weights, means) + 0
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
