import type { ToolDefinition } from '../../../src/types.ts'
import { inventoryFormulaTools } from './inventory.ts'
import { inventoryAdviceTools } from './inventory-advice.ts'
import { inventorySimulationTools } from './inventory-simulation.ts'

/** Inventory: how much to order, when, and what to keep in reserve. */
export const inventoryTools: readonly ToolDefinition[] = [
  ...inventoryFormulaTools,
  ...inventorySimulationTools,
  ...inventoryAdviceTools
]
