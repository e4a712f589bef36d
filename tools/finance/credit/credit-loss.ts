import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import {
  formatAmount,
  formatNumber,
  formatPercent,
  requireFiniteRecord
} from '../numeric/numbers.ts'
import { exposure, moreModest, seniority, years, zScore } from './credit-fields.ts'
import { defaultProbability, hazardOfZScore, recoveryRates, zoneOfZScore } from './default-risk.ts'

const standardSeniority = seniority.default('seniorUnsecured')
const probability = z.number().min(0).max(1)
const recovered = z.number().describe('Share recovered after default')
const lossGivenDefault = z.number().describe('1 - recoveryRate')
const expectedLoss = z.number().describe('defaultProbability * lossGivenDefault * exposure')
const lossRate = z.number().describe('expectedLoss / exposure')
const lossIfDefault = z.number().describe('lossGivenDefault * exposure')
const logistic =
  'The default probability per year is the logistic rule 1 / (1 + e^(4 (Z - 1.5))): an assumption about the level, not a result of Altman.'

const analyzeCreditSpread = defineTool({
  name: 'analyze_credit_spread',
  title: 'Credit spread from a Z-score',
  description: `Spread that a bond of an issuer with this Altman Z-score should pay for its expected loss. ${logistic} For the loss in money use calculate_expected_loss, for a default model from market values merton_default_model.`,
  toolset: 'finance.credit',
  input: z.object({
    zScore,
    maturityYears: years.describe('Years to maturity'),
    seniority: standardSeniority,
    riskFreeRate: z
      .number()
      .gt(-1)
      .max(10)
      .default(0.03)
      .describe('Annual rate as a fraction, continuously compounded')
  }),
  output: z.object({
    zone: z.enum(['safe', 'grey', 'distress']).describe('Above 2.99, between, below 1.81'),
    annualDefaultProbability: z.number(),
    cumulativeDefaultProbability: z.number().describe('Until maturity: 1 - (1 - annual)^years'),
    hazardRate: z.number().describe('-ln(1 - annualDefaultProbability)'),
    recoveryRate: recovered,
    lossGivenDefault,
    creditSpread: z
      .number()
      .describe('-ln(1 - cumulative * lossGivenDefault) / years, per year as a fraction'),
    spreadBasisPoints: z.number().describe('10,000 creditSpread'),
    triangleSpread: z.number().describe('hazardRate * lossGivenDefault: the credit triangle'),
    corporateYield: z.number().describe('riskFreeRate + creditSpread')
  }),
  summary: ({ zone, spreadBasisPoints, corporateYield }) =>
    `Spread ${formatNumber(spreadBasisPoints)} basis points (${zone} zone), yield ${formatPercent(corporateYield)}.`,
  run: ({ zScore, maturityYears, seniority, riskFreeRate }) => {
    const hazardRate = hazardOfZScore(zScore)
    const recoveryRate = recoveryRates[seniority]
    const lossGivenDefault = 1 - recoveryRate
    const cumulative = defaultProbability(hazardRate, maturityYears)
    const creditSpread = -Math.log1p(-cumulative * lossGivenDefault) / maturityYears
    const results = {
      annualDefaultProbability: defaultProbability(hazardRate, 1),
      cumulativeDefaultProbability: cumulative,
      hazardRate,
      recoveryRate,
      lossGivenDefault,
      creditSpread,
      spreadBasisPoints: creditSpread * 10_000,
      triangleSpread: hazardRate * lossGivenDefault,
      corporateYield: riskFreeRate + creditSpread
    }
    const checked = requireFiniteRecord(results, 'maturityYears', 'use more years')
    return { zone: zoneOfZScore(zScore), ...checked }
  }
})

const calculateExpectedLoss = defineTool({
  name: 'calculate_expected_loss',
  title: 'Expected credit loss',
  description: `Expected loss of a loan or bond, PD * LGD * EAD, from a default probability or an Altman Z-score. ${logistic} With a recovery rate of your own or a market spread use calculate_recovery_metrics.`,
  toolset: 'finance.credit',
  input: z.object({
    exposure,
    defaultProbability: probability
      .optional()
      .describe('Over the horizon you mean, as a fraction; or else give zScore'),
    zScore: zScore.optional().describe('Altman Z-score, instead of defaultProbability: one year'),
    seniority: standardSeniority
  }),
  output: z.object({
    expectedLoss,
    lossRate,
    defaultProbability: z.number(),
    recoveryRate: recovered,
    lossGivenDefault,
    lossIfDefault,
    unexpectedLoss: z
      .number()
      .describe('Standard deviation of the loss: lossIfDefault sqrt(PD (1 - PD))')
  }),
  summary: ({ expectedLoss, lossRate }) =>
    `Expected loss ${formatAmount(expectedLoss)}, ${formatPercent(lossRate)} of the exposure.`,
  run: ({ exposure, defaultProbability: given, zScore, seniority }) => {
    const pd = chooseProbability(given, zScore)
    const recoveryRate = recoveryRates[seniority]
    const results = {
      ...describeLoss(pd, recoveryRate, exposure),
      defaultProbability: pd,
      unexpectedLoss: (1 - recoveryRate) * exposure * Math.sqrt(pd * (1 - pd))
    }
    return requireFiniteRecord(results, 'exposure', moreModest)
  }
})

function chooseProbability(given: number | undefined, zScore: number | undefined): number {
  if (given !== undefined && zScore !== undefined) {
    throw new ToolError('zScore: stands for defaultProbability; give one or the other')
  }
  if (given !== undefined) return given
  if (zScore !== undefined) return defaultProbability(hazardOfZScore(zScore), 1)
  throw new ToolError('defaultProbability: give defaultProbability or zScore')
}

function describeLoss(pd: number, recoveryRate: number, exposure: number) {
  const lossGivenDefault = 1 - recoveryRate
  return {
    expectedLoss: pd * lossGivenDefault * exposure,
    lossRate: pd * lossGivenDefault,
    recoveryRate,
    lossGivenDefault,
    lossIfDefault: lossGivenDefault * exposure
  }
}

const calculateRecoveryMetrics = defineTool({
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
    recoveryRate: recovered,
    lossGivenDefault,
    expectedLoss,
    lossRate,
    lossIfDefault,
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

/** Losses of loans and bonds that may default. */
export const creditLossTools: readonly ToolDefinition[] = [
  analyzeCreditSpread,
  calculateExpectedLoss,
  calculateRecoveryMetrics
]
