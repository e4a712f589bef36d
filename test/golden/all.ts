import { bondsGolden } from './bonds.ts'
import { creditGolden } from './credit.ts'
import { debtGolden } from './debt.ts'
import { distributionGolden } from './distributions.ts'
import { forecastGolden } from './forecast.ts'
import type { Golden } from './golden.ts'
import { inventoryGolden } from './inventory.ts'
import { investmentGolden } from './investment.ts'
import { optimisationGolden } from './optimisation.ts'
import { optionsGolden } from './options.ts'
import { portfolioGolden } from './portfolio.ts'
import { ratiosGolden } from './ratios.ts'
import { riskGolden } from './risk.ts'
import { simulationGolden } from './simulation.ts'
import { statementsGolden } from './statements.ts'
import { statisticsGolden } from './statistics.ts'
import { timeValueGolden } from './time-value.ts'
import { valuationGolden } from './valuation.ts'

/** Every golden value of every family. */
export const allGolden: readonly Golden[] = [
  ...timeValueGolden,
  ...simulationGolden,
  ...forecastGolden,
  ...ratiosGolden,
  ...riskGolden,
  ...statementsGolden,
  ...inventoryGolden,
  ...optimisationGolden,
  ...statisticsGolden,
  ...distributionGolden,
  ...portfolioGolden,
  ...bondsGolden,
  ...creditGolden,
  ...optionsGolden,
  ...investmentGolden,
  ...debtGolden,
  ...valuationGolden
]
