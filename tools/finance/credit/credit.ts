import type { ToolDefinition } from '../../../src/types.ts'
import { cdsTools } from './cds.ts'
import { creditLossTools } from './credit-loss.ts'
import { defaultModelTools } from './default-models.ts'
import { calculateRecoveryMetrics } from './recovery-metrics.ts'

/** The tools about credit and credit derivatives. */
export const creditTools: readonly ToolDefinition[] = [
  ...creditLossTools,
  ...cdsTools,
  ...defaultModelTools,
  calculateRecoveryMetrics
]
