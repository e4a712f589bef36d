import { ToolError } from '../../../src/define-tool.ts'
import { type Matrix, solveCholesky } from '../numeric/matrix.ts'
import type { Pace } from '../numeric/pace.ts'
import { applyMatrix, riskShares } from './figures.ts'

const maxSteps = 200
const accuracy = 1e-9

/**
 * Long-only weights that carry equal shares of the variance: x / sum x at the minimum of
 * n x C x / 2 - sum ln x, which is convex (Maillard, Roncalli and Teiletche 2010; damped Newton steps
 * of Spinu 2013). C are the correlations, so that assets of any volatility weigh alike.
 */
export async function equalRiskWeights(
  covariances: Matrix,
  deviations: readonly number[],
  pace: Pace
): Promise<number[]> {
  const correlations = covariances.map((row, i) =>
    row.map((value, j) => value / Number(deviations[i]) / Number(deviations[j]))
  )
  const exposures = await minimize(correlations, pace)
  const raw = exposures.map((exposure, i) => exposure / Number(deviations[i]))
  const total = raw.reduce((sum, weight) => sum + weight, 0)
  const weights = raw.map((weight) => weight / total)
  const worst = riskShares(weights, covariances).reduce(
    (most, share) => Math.max(most, Math.abs(share * weights.length - 1)),
    0
  )
  if (worst <= accuracy) return weights
  throw new ToolError(
    'returns: no weights carry equal shares of the risk, since some assets cancel each other out; leave one of them out'
  )
}

async function minimize(correlations: Matrix, pace: Pace): Promise<readonly number[]> {
  const size = correlations.length
  let x = correlations.map(() => 1 / Math.sqrt(size))
  for (let step = 0; step < maxSteps; step += 1) {
    const slopes = applyMatrix(correlations, x).map((value, i) => size * value - 1 / Number(x[i]))
    const curvatures = correlations.map((row, i) =>
      row.map((value, j) => size * value + (i === j ? 1 / Number(x[i]) ** 2 : 0))
    )
    const direction = solveCholesky(curvatures, slopes)
    if (!direction) return x
    const decrement = Math.sqrt(
      direction.reduce((sum, value, i) => sum + value * Number(slopes[i]), 0)
    )
    // Within 1 / 4 of the optimum full steps converge quadratically and keep x positive.
    const length = decrement > 0.25 ? 1 / (1 + decrement) : 1
    x = x.map((value, i) => value - length * Number(direction[i]))
    if (!(decrement > 1e-14)) return x
    await pace(step, maxSteps)
  }
  return x
}
