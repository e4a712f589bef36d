import type { Golden } from './golden.ts'
import { ratiosGolden } from './ratios.ts'
import { statementsGolden } from './statements.ts'
import { timeValueGolden } from './time-value.ts'

/** Every golden value of every family. */
export const allGolden: readonly Golden[] = [
  ...timeValueGolden,
  ...ratiosGolden,
  ...statementsGolden
]
