import { bondsGolden } from './bonds.ts'
import { creditGolden } from './credit.ts'
import type { Golden } from './golden.ts'
import { optionsGolden } from './options.ts'
import { statisticsGolden } from './statistics.ts'
import { timeValueGolden } from './time-value.ts'

/** Every golden value of every family. */
export const allGolden: readonly Golden[] = [
  ...timeValueGolden,
  ...statisticsGolden,
  ...bondsGolden,
  ...creditGolden,
  ...optionsGolden
]
