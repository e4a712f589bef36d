import { distributionGolden } from './distributions.ts'
import type { Golden } from './golden.ts'
import { inventoryGolden } from './inventory.ts'
import { portfolioGolden } from './portfolio.ts'
import { riskGolden } from './risk.ts'
import { simulationGolden } from './simulation.ts'
import { statisticsGolden } from './statistics.ts'
import { timeValueGolden } from './time-value.ts'

/** Every golden value of every family. */
export const allGolden: readonly Golden[] = [
  ...timeValueGolden,
  ...statisticsGolden,
  ...distributionGolden,
  ...simulationGolden,
  ...inventoryGolden,
  ...portfolioGolden,
  ...riskGolden
]
