import type { ToolDefinition } from '../../../src/types.ts'
import { createBalanceSheet } from './accounts/balance-sheet.ts'
import { createCashFlowStatement } from './accounts/cash-flow.ts'
import { createIncomeStatement } from './accounts/income-statement.ts'
import { validateFinancialStatements } from './accounts/validation.ts'
import { modelCapTable } from './cap-table/cap-table.ts'
import { monitorDebtCovenants } from './covenants.ts'
import { calculateEcommerceMetrics } from './kpi/ecommerce.ts'
import { calculateSaasMetrics } from './kpi/saas.ts'
import { analyzeLeaseVsBuy } from './lease-vs-buy.ts'
import { calculateRatioSummary } from './ratio-summary.ts'
import { scenarioFinancialStatements } from './scenarios.ts'
import { performanceTools } from './series/performance.ts'
import { windowTools } from './series/windows.ts'
import { analyzeFinancialTrends } from './trends.ts'

/** Statements, budgets, trends, key figures and the cap table. */
export const statementTools: readonly ToolDefinition[] = [
  ...windowTools,
  ...performanceTools,
  createIncomeStatement,
  createBalanceSheet,
  createCashFlowStatement,
  validateFinancialStatements,
  analyzeLeaseVsBuy,
  calculateRatioSummary,
  modelCapTable,
  calculateSaasMetrics,
  calculateEcommerceMetrics,
  monitorDebtCovenants,
  analyzeFinancialTrends,
  scenarioFinancialStatements
]
