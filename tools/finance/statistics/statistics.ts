import type { ToolDefinition } from '../../../src/types.ts'
import { associationTools } from './association.ts'
import { calculateBayesTheorem } from './bayes.ts'
import { countingTools } from './counting.ts'
import { distributionTools } from './distributions.ts'
import { hypothesisTools } from './hypothesis.ts'
import { meanTools } from './means.ts'
import { multipleLinearRegression } from './multiple-regression.ts'
import { proportionTools } from './proportions.ts'

/** The statistics tools beside those of everyday use. */
export const statisticsTools: readonly ToolDefinition[] = [
  multipleLinearRegression,
  ...associationTools,
  ...hypothesisTools,
  ...proportionTools,
  ...distributionTools,
  ...countingTools,
  ...meanTools,
  calculateBayesTheorem
]
