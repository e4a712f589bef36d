import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import {
  formatAmount,
  formatNumber,
  formatPercent,
  requireFiniteRecord
} from '../numeric/numbers.ts'
import {
  claimFields,
  exposure,
  lossFields,
  moreModest,
  probability,
  seniority,
  years,
  zScore
} from './credit-fields.ts'
import {
  defaultProbability,
  describeLoss,
  hazardOfZScore,
  recoveryRates,
  zoneOfZScore
} from './default-risk.ts'

const standardSeniority = seniority.default('seniorUnsecured')
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
    ...claimFields,
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
    ...lossFields,
    defaultProbability: z.number(),
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

/** Losses of loans and bonds that may default. */
export const creditLossTools: readonly ToolDefinition[] = [
  analyzeCreditSpread,
  calculateExpectedLoss
]
