import type { ToolDefinition } from '../../../src/types.ts'
import { distributionTools } from './distribution.ts'
import { resultTools } from './results.ts'
import { scenarioTools } from './scenarios.ts'
import { sensitivityTools } from './sensitivity.ts'

/** Simulation and what-if tools besides run_monte_carlo. */
export const simulationTools: readonly ToolDefinition[] = [
  ...distributionTools,
  ...resultTools,
  ...sensitivityTools,
  ...scenarioTools
]
