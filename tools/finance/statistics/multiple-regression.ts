import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { fSurvival } from '../numeric/f-distribution.ts'
import { formatNumber } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { studentQuantile, studentSurvival } from '../numeric/student.ts'
import { fitMultiple, type MultipleFit } from './multiple-fit.ts'
import { confidenceLevel, requireAllFinite, requireVariation } from './series.ts'

const maxRows = 10_000
const maxPredictors = 50
const maxPredictions = 1000
const row = z.array(z.number()).min(1).max(maxPredictors, `at most ${maxPredictors} predictors`)

const coefficient = z.object({
  name: z.string(),
  coefficient: z.number(),
  standardError: z.number(),
  t: z.number().optional().describe('Absent when the fit is exact'),
  pValue: z.number().optional().describe("Two-sided, Student's t with residual degrees of freedom"),
  lower: z.number().describe('Interval at confidenceLevel'),
  upper: z.number(),
  vif: z
    .number()
    .optional()
    .describe('Variance inflation 1 / (1 - R2 on the other predictors); above 10 is much')
})

const prediction = z.object({
  value: z.number(),
  meanLower: z.number().describe('Interval of the mean response at confidenceLevel'),
  meanUpper: z.number(),
  lower: z.number().describe('Interval of one new observation'),
  upper: z.number()
})

/** The tool of that name. */
export const multipleLinearRegression: ToolDefinition = defineTool({
  name: 'multiple_linear_regression',
  title: 'Multiple linear regression',
  description:
    'Least squares of y on several predictors with an intercept: coefficients with errors and tests, fit, collinearity, predictions. For one predictor use linear_regression. By QR, so that nearly collinear data stay right; exact collinearity is an error that names the columns.',
  toolset: 'finance.statistics',
  input: z.object({
    X: z
      .array(row)
      .min(3)
      .max(maxRows, `at most ${maxRows} rows`)
      .describe('One row per observation, one column per predictor, without a column of ones'),
    y: z
      .array(z.number())
      .min(3)
      .max(maxRows, `at most ${maxRows} values`)
      .describe('Response, one for each row'),
    confidenceLevel: confidenceLevel
      .default(0.95)
      .describe('Of all intervals, as a fraction (0.95 = 95 %)'),
    predictorNames: z
      .array(z.string().min(1).max(100))
      .max(maxPredictors)
      .optional()
      .describe('Names of the columns; otherwise X1, X2, ...'),
    predictFor: z
      .array(row)
      .max(maxPredictions, `at most ${maxPredictions} predictions`)
      .optional()
      .describe('Rows of predictors to predict y for')
  }),
  output: z.object({
    coefficients: z.array(coefficient).describe('The intercept first, then the predictors'),
    rSquared: z.number().describe('Share of variance explained'),
    adjustedRSquared: z.number().describe('1 - (1 - R2)(n - 1) / (n - p - 1)'),
    f: z.number().optional().describe('Of all predictors together; absent when the fit is exact'),
    fPValue: z.number().optional().describe('With p and n - p - 1 degrees of freedom'),
    residualStandardDeviation: z.number().describe('With n - p - 1'),
    degreesOfFreedom: z.int().describe('n - p - 1'),
    count: z.int(),
    predictions: z.array(prediction).describe('One for each of predictFor')
  }),
  summary: ({ coefficients, rSquared }) =>
    `R2 ${formatNumber(rSquared)}; ${coefficients.map(({ name, coefficient }) => `${name} ${formatNumber(coefficient)}`).join(', ')}.`,
  run: async ({ X, y, confidenceLevel, predictorNames, predictFor = [] }, ctx) => {
    const size = requireShape(X, y, predictFor)
    const names = namesOf(size, predictorNames)
    requireVariation(y, 'y')
    const pace = createPace(ctx)
    const fit = await fitMultiple(X, y, pace)
    requireIndependence(fit, names)
    const df = X.length - size - 1
    const sigma = Math.sqrt(fit.residualSum / df)
    const critical = -studentQuantile((1 - confidenceLevel) / 2, df)
    const predictions: z.output<typeof prediction>[] = []
    for (const at of predictFor) {
      predictions.push(predictWithin(fit, at, sigma, critical))
      await pace(predictions.length, predictFor.length)
    }
    return {
      coefficients: names.map((name, j) => ({
        name,
        ...inferCoefficient(fit, j, { sigma, df, critical })
      })),
      ...qualityOf(fit, size, df),
      residualStandardDeviation: sigma,
      degreesOfFreedom: df,
      count: X.length,
      predictions
    }
  }
})

function requireShape(
  X: readonly number[][],
  y: readonly number[],
  predictFor: readonly number[][]
): number {
  const size = X[0]?.length ?? 0
  const ragged = X.findIndex(({ length }) => length !== size)
  if (ragged >= 0)
    throw new ToolError(`X[${ragged}]: every row must have ${size} values like the first`)
  if (y.length !== X.length)
    throw new ToolError(`y: ${y.length} values for ${X.length} rows of X; give one for each row`)
  if (X.length < size + 2) {
    throw new ToolError(
      `X: ${size} predictors need at least ${size + 2} rows; add observations or leave predictors out`
    )
  }
  const odd = predictFor.findIndex(({ length }) => length !== size)
  if (odd >= 0)
    throw new ToolError(`predictFor[${odd}]: needs ${size} values, one for each predictor`)
  return size
}

function namesOf(size: number, given: readonly string[] | undefined): string[] {
  if (given && given.length !== size) {
    throw new ToolError(
      `predictorNames: ${given.length} names for ${size} columns of X; give one for each`
    )
  }
  return ['intercept', ...(given ?? Array.from({ length: size }, (_, j) => `X${j + 1}`))]
}

function requireIndependence({ collinear }: MultipleFit, names: readonly string[]): void {
  if (collinear.length === 0) return
  const involved = collinear.map((index) => names[index]).join(', ')
  const cause = collinear.length === 1 ? 'is always 0' : 'depend on each other linearly'
  throw new ToolError(`X: ${involved} ${cause}, so no single solution exists; leave one out`)
}

interface Scale {
  readonly sigma: number
  readonly df: number
  readonly critical: number
}

function inferCoefficient(fit: MultipleFit, j: number, { sigma, df, critical }: Scale) {
  const value = fit.coefficients[j] ?? Number.NaN
  const standardError = sigma * Math.sqrt(fit.variances[j] ?? Number.NaN)
  const t = value / standardError
  const vif = fit.inflation[j - 1]
  const results = {
    coefficient: value,
    standardError,
    ...(sigma > 0 && { t, pValue: 2 * studentSurvival(Math.abs(t), df) }),
    lower: value - critical * standardError,
    upper: value + critical * standardError,
    ...(vif !== undefined && { vif })
  }
  return requireAllFinite(results, 'X')
}

function qualityOf(fit: MultipleFit, size: number, df: number) {
  const unexplained = Math.min(1, fit.residualSum / fit.totalSum)
  const explainedMean = (fit.totalSum - fit.residualSum) / size
  const f = Math.max(0, explainedMean / (fit.residualSum / df))
  const results = {
    rSquared: 1 - unexplained,
    adjustedRSquared: 1 - (unexplained * (size + df)) / df,
    ...(fit.residualSum > 0 && { f, fPValue: fSurvival(f, size, df) })
  }
  return requireAllFinite(results, 'y')
}

function predictWithin(fit: MultipleFit, at: readonly number[], sigma: number, critical: number) {
  const { value, leverage } = fit.predict(at)
  const meanMargin = critical * sigma * Math.sqrt(leverage)
  const margin = critical * sigma * Math.sqrt(1 + leverage)
  const results = {
    value,
    meanLower: value - meanMargin,
    meanUpper: value + meanMargin,
    lower: value - margin,
    upper: value + margin
  }
  return requireAllFinite(results, 'predictFor')
}
