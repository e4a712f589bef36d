import { z } from 'zod'
import { ToolError } from '../../../src/define-tool.ts'
import type { Matrix } from '../numeric/matrix.ts'
import type { Pace } from '../numeric/pace.ts'
import { estimate } from './figures.ts'

export const maxAssets = 50
const maxPeriods = 2500

export const assetNames = z.array(z.string().min(1).max(100)).max(maxAssets)

export const assetReturns = z
  .array(
    z
      .array(z.number().min(-1).max(1e3))
      .min(2)
      .max(maxPeriods, `at most ${maxPeriods} periods; use the latest`)
  )
  .min(1)
  .max(maxAssets, `at most ${maxAssets} assets`)
  .describe(
    'Past returns as fractions (0.08 = 8 %): one list for each asset, all of the same periods. With fewer periods than assets, 1e-8 of the largest variance is added to each, so that there is one answer'
  )

export const riskFreeRate = z
  .number()
  .min(-1)
  .max(1e6)
  .describe('Per period of the returns, as a fraction')

export const assetFigures = z
  .array(
    z.object({
      asset: z.string(),
      mean: z.number().describe('Sample mean per period'),
      standardError: z.number().describe('Of the mean: how little the past tells of it'),
      standardDeviation: z.number().describe('Sample (n - 1)')
    })
  )
  .describe('Estimates from the returns, in their order')

/** Sample moments of returns whose shape fits the names, or a ToolError naming the field. */
export async function estimateAssets(assets: readonly string[], returns: Matrix, pace: Pace) {
  requireNames(assets, returns.length, 'assets')
  const periods = returns[0]?.length ?? 0
  const odd = returns.findIndex((row) => row.length !== periods)
  if (odd !== -1) {
    throw new ToolError(
      `returns[${odd}]: ${returns[odd]?.length} periods, but ${periods} of the first asset; give all assets the same periods`
    )
  }
  const estimates = await estimate(returns, pace)
  const figures = assets.map((asset, i) => ({
    asset,
    mean: Number(estimates.means[i]) + 0,
    standardError: Number(estimates.deviations[i]) / Math.sqrt(periods),
    standardDeviation: Number(estimates.deviations[i])
  }))
  return { ...estimates, figures }
}

/** Throws unless there is one name for each asset, all different. */
export function requireNames(names: readonly string[], size: number, field: string): void {
  if (names.length !== size) {
    throw new ToolError(`${field}: ${names.length} names for ${size} assets; give one for each`)
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new ToolError(`${field}: "${twice}" stands for two assets; give each its own name`)
  }
}
