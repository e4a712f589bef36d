import { distributionGolden } from './distributions.ts'
import type { Golden } from './golden.ts'
import { statisticsGolden } from './statistics.ts'
import { timeValueGolden } from './time-value.ts'

/** Every golden value of every family. */
export const allGolden: readonly Golden[] = [
  ...timeValueGolden,
  ...statisticsGolden,
  ...distributionGolden
]
