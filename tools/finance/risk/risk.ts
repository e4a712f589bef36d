import type { ToolDefinition } from '../../../src/types.ts'
import { aggregateRiskTools } from './aggregate.ts'
import { comprehensiveRiskTools } from './comprehensive.ts'
import { stressTools } from './stress.ts'

/** Risk tools besides calculate_value_at_risk. */
export const riskTools: readonly ToolDefinition[] = [
  ...stressTools,
  ...aggregateRiskTools,
  ...comprehensiveRiskTools
]
