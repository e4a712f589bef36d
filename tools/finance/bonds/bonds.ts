import type { ToolDefinition } from '../../../src/types.ts'
import { calculateBondDuration } from './bond-duration.ts'
import { callableBondTools } from './callable-bond.ts'
import { fitNelsonSiegelTool } from './yield-curve.ts'

/** The bond tools beside those of everyday use. */
export const bondTools: readonly ToolDefinition[] = [
  calculateBondDuration,
  ...callableBondTools,
  fitNelsonSiegelTool
]
