import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatNumber, requireFiniteRecord } from '../numeric/numbers.ts'
import { compensatedSum } from '../numeric/sums.ts'
import { fitNelsonSiegel, forwardOn, type NelsonSiegel, yieldOn } from './nelson-siegel.ts'

const maxPoints = 1000
const tooMany = `at most ${maxPoints}`
const smaller = 'use yields and maturities nearer to those of a market'

const years = z.number().gt(0).max(1000)
const forwardRate = z
  .number()
  .optional()
  .describe('Instantaneous forward rate; with includeForwardRates')

/** The tool of that name. */
export const fitNelsonSiegelTool: ToolDefinition = defineTool({
  name: 'fit_nelson_siegel',
  title: 'Nelson-Siegel yield curve',
  description:
    'Fits a smooth Nelson-Siegel curve to observed yields by linear least squares for a given decay time, and reads yields and forward rates off it. For default probabilities from CDS quotes use bootstrap_credit_curve, for a straight trend linear_regression.',
  toolset: 'finance.bonds',
  input: z.object({
    maturities: z.array(years).min(3).max(maxPoints, tooMany).describe('In years, in any order'),
    yields: z
      .array(z.number())
      .min(3)
      .max(maxPoints, tooMany)
      .describe('As fractions, one for each of maturities (0.045 = 4.5 %)'),
    interpolateAt: z
      .array(years)
      .max(maxPoints, tooMany)
      .default([])
      .describe('Further maturities in years at which the curve is read'),
    lambda: years
      .default(2.5)
      .describe(
        'Decay time tau in years; the hump lies near 1.8 tau. Its inverse is lambda elsewhere'
      ),
    includeForwardRates: z
      .boolean()
      .default(false)
      .describe('Also the instantaneous forward rate at each maturity')
  }),
  output: z.object({
    beta0: z.number().describe('Level: the yield of the longest maturities'),
    beta1: z.number().describe('Slope: short yield less long yield; negative when rising'),
    beta2: z.number().describe('Curvature: above 0 a hump, below 0 a trough'),
    lambda: z.number().describe('Decay time in years that was used'),
    shortRate: z.number().describe('beta0 + beta1: the yield at maturity 0'),
    rootMeanSquareError: z.number().describe('Of the yields, divided by n'),
    largestError: z.number().describe('Largest |residual|'),
    fitted: z.array(
      z.object({
        maturity: z.number(),
        observed: z.number(),
        fitted: z.number(),
        residual: z.number().describe('observed - fitted'),
        forwardRate
      })
    ),
    interpolated: z.array(z.object({ maturity: z.number(), yield: z.number(), forwardRate }))
  }),
  summary: ({ beta0, beta1, beta2, lambda, rootMeanSquareError }) =>
    `Level ${formatNumber(beta0)}, slope ${formatNumber(beta1)}, curvature ${formatNumber(beta2)} at decay time ${formatNumber(lambda)}; error ${formatNumber(rootMeanSquareError * 10_000)} basis points.`,
  run: ({ maturities, yields, interpolateAt, lambda, includeForwardRates }) => {
    if (yields.length !== maturities.length) {
      throw new ToolError(
        `yields: ${yields.length} for ${maturities.length} maturities; give one for each`
      )
    }
    const curve = fitNelsonSiegel(maturities, yields, lambda)
    const forward = (maturity: number) =>
      includeForwardRates ? { forwardRate: forwardOn(curve, maturity) } : {}
    const fitted = maturities.map((maturity, i) => {
      const observed = yields[i] ?? Number.NaN
      const value = yieldOn(curve, maturity)
      const row = { maturity, observed, fitted: value, residual: observed - value }
      return requireFiniteRecord({ ...row, ...forward(maturity) }, 'yields', smaller)
    })
    const interpolated = interpolateAt.map((maturity) =>
      requireFiniteRecord(
        { maturity, yield: yieldOn(curve, maturity), ...forward(maturity) },
        'interpolateAt',
        smaller
      )
    )
    const residuals = fitted.map(({ residual }) => residual)
    return {
      ...requireFiniteRecord(describeFit(curve, residuals), 'yields', smaller),
      fitted,
      interpolated
    }
  }
})

function describeFit(curve: NelsonSiegel, residuals: readonly number[]) {
  const squares = compensatedSum(residuals.map((residual) => residual ** 2))
  return {
    beta0: curve.level,
    beta1: curve.slope,
    beta2: curve.curvature,
    lambda: curve.decayYears,
    shortRate: curve.level + curve.slope,
    rootMeanSquareError: Math.sqrt(squares / residuals.length),
    largestError: residuals.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  }
}
