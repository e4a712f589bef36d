import type { ToolDefinition } from '../../../src/types.ts'
import { calculateAltmanZScore } from './altman.ts'
import { checkDebtCovenant } from './covenant.ts'
import { calculateCustomPaymentSchedule } from './custom-loan.ts'
import { compareFinancingOptions } from './financing.ts'
import { analyzeLeaseLiability } from './lease.ts'
import { loanComponentTools } from './loan-components.ts'

/** Tools about borrowing beside the everyday ones. */
export const loanTools: readonly ToolDefinition[] = [
  calculateAltmanZScore,
  compareFinancingOptions,
  analyzeLeaseLiability,
  checkDebtCovenant,
  calculateCustomPaymentSchedule,
  ...loanComponentTools
]
