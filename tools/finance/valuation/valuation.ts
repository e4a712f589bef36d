import type { ToolDefinition } from '../../../src/types.ts'
import { betaTools } from './beta.ts'
import { optimizeCapitalStructure } from './capital-structure.ts'
import { dividendTools } from './dividends.ts'
import { equityTools } from './equity.ts'
import { roundTools } from './financing-round.ts'
import { runLiquidationWaterfall } from './liquidation.ts'
import { modelSafeConversion } from './safe.ts'

/** Valuation tools beside those of the cost of capital. */
export const valuationTools: readonly ToolDefinition[] = [
  ...betaTools,
  optimizeCapitalStructure,
  ...roundTools,
  modelSafeConversion,
  runLiquidationWaterfall,
  ...equityTools,
  ...dividendTools
]
