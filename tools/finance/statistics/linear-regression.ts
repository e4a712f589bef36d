import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { correlation } from '../numeric/moments.ts'
import { formatNumber } from '../numeric/numbers.ts'
import { fitLine, inferLine, type LineFit, predictAt } from './line-fit.ts'
import { requireAllFinite, requirePairs, requireVariation, series } from './series.ts'

/** The tool of that name. */
export const linearRegression: ToolDefinition = defineTool({
  name: 'linear_regression',
  title: 'Linear regression',
  description:
    'Least-squares line y = intercept + slope * x with its errors and fit, and predictions. For several predictors use multiple_linear_regression, for a trend over time fit_linear_trend.',
  toolset: 'finance.statistics',
  input: z.object({
    x: series.min(2).describe('Predictor'),
    y: series.min(2).describe('Response, one for each x'),
    predictFor: z
      .array(z.number())
      .max(1000, 'at most 1000 predictions')
      .optional()
      .describe('Values of x to predict y for')
  }),
  output: z.object({
    slope: z.number(),
    intercept: z.number(),
    rSquared: z
      .number()
      .optional()
      .describe('Share of variance explained; absent when y is constant'),
    adjustedRSquared: z.number().optional().describe('1 - (1 - R2)(n - 1) / (n - 2)'),
    correlation: z.number().optional().describe('Pearson, of x and y'),
    count: z.int(),
    residualStandardDeviation: z.number().optional().describe('With n - 2; absent for two points'),
    slopeStandardError: z.number().optional(),
    slopeT: z.number().optional().describe('Absent when the line passes through every point'),
    slopePValue: z.number().optional().describe("Two-sided, Student's t with n - 2"),
    interceptStandardError: z.number().optional(),
    interceptT: z.number().optional(),
    interceptPValue: z.number().optional(),
    predictions: z
      .array(
        z.object({
          x: z.number(),
          y: z.number(),
          lower: z.number().optional().describe('95 % interval of one new observation'),
          upper: z.number().optional()
        })
      )
      .describe('One for each of predictFor')
  }),
  summary: ({ slope, intercept, rSquared }) =>
    `y = ${formatNumber(intercept)} + ${formatNumber(slope)} x${rSquared === undefined ? '' : `, R2 ${formatNumber(rSquared)}`}.`,
  run: ({ x, y, predictFor = [] }) => {
    requirePairs(x, y)
    requireVariation(x, 'x')
    const n = x.length
    const fit = fitLine(x, y)
    const { slope, intercept } = requireAllFinite(
      {
        slope: fit.slope,
        intercept: fit.intercept,
        residual: fit.residualSum,
        total: fit.totalSum
      },
      'y'
    )
    return {
      slope,
      intercept,
      count: n,
      ...requireAllFinite({ ...qualityOf(fit, x, y), ...errorsOf(fit, n) }, 'y'),
      predictions: predictAt(fit, n, predictFor).map((at) => requireAllFinite(at, 'predictFor'))
    }
  }
})

function qualityOf(
  fit: LineFit,
  x: readonly number[],
  y: readonly number[]
): Record<string, number> {
  if (fit.totalSum === 0) return {}
  const unexplained = Math.min(1, fit.residualSum / fit.totalSum)
  const adjusted = 1 - (unexplained * (x.length - 1)) / (x.length - 2)
  return {
    rSquared: 1 - unexplained,
    ...(x.length > 2 && { adjustedRSquared: adjusted }),
    correlation: correlation(x, y)
  }
}

/** Without t and p when there is no residual, since t is then infinite. */
function errorsOf(fit: LineFit, n: number): Record<string, number> {
  if (n < 3) return {}
  const { residualStandardDeviation, slopeStandardError, interceptStandardError, ...tests } =
    inferLine(fit, n)
  const errors = { residualStandardDeviation, slopeStandardError, interceptStandardError }
  return slopeStandardError === 0 || interceptStandardError === 0 ? errors : { ...errors, ...tests }
}
