import type { ToolDefinition } from '../../../src/types.ts'
import { optimizeCapitalAllocation } from './capital.ts'
import { solveIntegerProgram } from './linear/integer-program.ts'
import { solveLinearProgram } from './linear/linear-program.ts'
import { gradientDescentOptimize } from './nonlinear/gradient-descent.ts'
import { minimizeFunction } from './nonlinear/minimize-function.ts'
import { dataTable } from './seek/data-table.ts'
import { seekTools } from './seek/goal-seek.ts'

/** Tools that search: for an input, an optimum, an allocation. */
export const optimisationTools: readonly ToolDefinition[] = [
  ...seekTools,
  dataTable,
  gradientDescentOptimize,
  optimizeCapitalAllocation,
  solveLinearProgram,
  minimizeFunction,
  solveIntegerProgram
]
