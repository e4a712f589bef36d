import type { ToolDefinition } from '../../../src/types.ts'
import { compositeRatioTools } from './composite.ts'
import { multipleTools } from './multiples.ts'
import { simpleRatioTools } from './simple.ts'
import { workingCapitalTools } from './working-capital.ts'

/** Ratios and multiples beside the everyday ones. */
export const ratioTools: readonly ToolDefinition[] = [
  ...simpleRatioTools,
  ...workingCapitalTools,
  ...compositeRatioTools,
  ...multipleTools
]
