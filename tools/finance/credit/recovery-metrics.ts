import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import {
  formatAmount,
  formatNumber,
  formatPercent,
  requireFiniteRecord
} from '../numeric/numbers.ts'
import { exposure, lossFields, moreModest, probability, seniority, years } from './credit-fields.ts'
import { describeLoss, recoveryRates } from './default-risk.ts'

/** The tool of that name. */
export const calculateRecoveryMetrics: ToolDefinition = defineTool({
  name: 'calculate_recovery_metrics',
  title: 'Recovery and loss given default',
  description:
    'Loss given default and expected loss from a recovery rate or seniority, and the recovery rate that a market spread implies. For the loss from a Z-score use calculate_expected_loss, for intensities analyze_hazard_rate.',
  toolset: 'finance.credit',
  input: z.object({
    defaultProbability: probability.describe(
      'As a fraction; cumulative until maturity when marketSpread is given'
    ),
    exposure,
    recoveryRate: probability
      .optional()
      .describe('Share recovered after default, as a fraction; or else seniority'),
    seniority: seniority
      .optional()
      .describe(
        'Rank of the claim, instead of recoveryRate: 0.7, 0.5, 0.3 or 0.1; seniorUnsecured if neither is given'
      ),
    marketSpread: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe(
        'Spread per year as a fraction (0.015 = 150 basis points), for the implied recovery'
      ),
    maturity: years.optional().describe('In years; needed with marketSpread, and only then')
  }),
  output: z.object({
    ...lossFields,
    recoveryIfDefault: z.number().describe('recoveryRate * exposure'),
    impliedRecoveryRate: z
      .number()
      .optional()
      .describe('1 - marketSpread / hazard rate, with hazard rate -ln(1 - PD) / maturity'),
    impliedHazardRate: z.number().optional().describe('-ln(1 - defaultProbability) / maturity'),
    simpleImpliedRecoveryRate: z
      .number()
      .optional()
      .describe('1 - marketSpread * maturity / PD: the same for small probabilities')
  }),
  summary: ({ expectedLoss, lossGivenDefault, impliedRecoveryRate }) =>
    `Expected loss ${formatAmount(expectedLoss)} at a loss given default of ${formatPercent(lossGivenDefault)}${impliedRecoveryRate === undefined ? '' : `; the spread implies a recovery of ${formatPercent(impliedRecoveryRate)}`}.`,
  run: ({ defaultProbability: pd, exposure, marketSpread, maturity, ...claim }) => {
    const recoveryRate = chooseRecovery(claim.recoveryRate, claim.seniority)
    const results = {
      ...describeLoss(pd, recoveryRate, exposure),
      recoveryIfDefault: recoveryRate * exposure,
      ...implyRecovery(pd, marketSpread, maturity)
    }
    return requireFiniteRecord(results, 'exposure', moreModest)
  }
})

function chooseRecovery(
  given: number | undefined,
  rank: keyof typeof recoveryRates | undefined
): number {
  if (given !== undefined && rank !== undefined) {
    throw new ToolError('seniority: stands for recoveryRate; give one or the other')
  }
  return given ?? recoveryRates[rank ?? 'seniorUnsecured']
}

function implyRecovery(pd: number, spread: number | undefined, maturity: number | undefined) {
  if (spread === undefined && maturity === undefined) return undefined
  if (spread === undefined || maturity === undefined) {
    throw new ToolError(
      'maturity: is needed with marketSpread, and only then; give both or neither'
    )
  }
  if (pd === 0 || pd === 1) {
    throw new ToolError(
      'defaultProbability: must lie strictly between 0 and 1 to imply a recovery rate; leave out marketSpread and maturity otherwise'
    )
  }
  const impliedHazardRate = -Math.log1p(-pd) / maturity
  const impliedRecoveryRate = 1 - spread / impliedHazardRate
  if (impliedRecoveryRate < 0) {
    throw new ToolError(
      `marketSpread: no recovery rate explains ${spread} per year at a default probability of ${pd} until maturity; even without any recovery it would be ${formatNumber(impliedHazardRate)}`
    )
  }
  return {
    impliedRecoveryRate,
    impliedHazardRate,
    simpleImpliedRecoveryRate: 1 - (spread * maturity) / pd
  }
}
