import type { ToolDefinition } from '../../../src/types.ts'
import { calculateBinomialTreeOption } from './binomial-option.ts'
import { calculateOptionGreeks } from './option-greeks.ts'
import { realOptionTools } from './real-options.ts'

/** The option tools beside that of everyday use. */
export const optionTools: readonly ToolDefinition[] = [
  ...realOptionTools,
  calculateOptionGreeks,
  calculateBinomialTreeOption
]
