import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatNumber, formatPercent, requireFiniteRecord } from '../numeric/numbers.ts'
import {
  hazardRate,
  moreModest,
  recoveryRate,
  riskFreeRate,
  spreadBasisPoints,
  years
} from './credit-fields.ts'
import { defaultProbability } from './default-risk.ts'
import { valueFirm } from './merton.ts'

const mertonDefaultModel = defineTool({
  name: 'merton_default_model',
  title: 'Merton default model',
  description:
    'Default probability, equity and debt values and credit spread of a firm by Merton (1974): its equity is a call on its assets, struck at one zero-coupon debt. For probabilities from market spreads use analyze_hazard_rate, from a Z-score analyze_credit_spread.',
  toolset: 'finance.credit',
  input: z.object({
    assetValue: z.number().gt(0).describe('Market value of the assets of the firm today'),
    assetVolatility: z
      .number()
      .gt(0)
      .max(100)
      .describe('Annual standard deviation of log asset returns, as a fraction (0.25 = 25 %)'),
    debtFaceValue: z.number().gt(0).describe('Amount due at maturity, as one zero-coupon debt'),
    riskFreeRate,
    maturity: years.default(1).describe('Years until the debt is due')
  }),
  output: z.object({
    defaultProbability: z.number().describe('Risk-neutral, at maturity: N(-d2)'),
    distanceToDefault: z.number().describe('d2, in standard deviations, with the risk-free drift'),
    equityValue: z.number().describe('V N(d1) - D e^(-rT) N(d2)'),
    debtValue: z.number().describe('assetValue - equityValue, by its own formula'),
    creditSpread: z
      .number()
      .describe('Yield of the debt less riskFreeRate, continuous, as a fraction'),
    spreadBasisPoints: z.number().describe('10,000 creditSpread'),
    expectedLossRate: z
      .number()
      .describe('Share of the risk-free value of the debt that is expected to be lost'),
    recoveryRate: z
      .number()
      .optional()
      .describe('Expected share of the debt paid after default; absent when that cannot happen'),
    leverage: z.number().describe('D e^(-rT) / assetValue'),
    equityVolatility: z
      .number()
      .optional()
      .describe('assetVolatility V N(d1) / equityValue; absent when equity is worth nothing'),
    d1: z.number()
  }),
  summary: ({ defaultProbability, distanceToDefault, spreadBasisPoints }) =>
    `Default probability ${formatPercent(defaultProbability)} (distance ${formatNumber(distanceToDefault)}), spread ${formatNumber(spreadBasisPoints)} basis points.`,
  run: (terms) =>
    requireFiniteRecord(
      valueFirm(terms),
      'assetVolatility',
      'use a larger volatility, or assets and debt of more similar size'
    )
})

const horizons = [1, 3, 5, 7, 10] as const

const analyzeHazardRate = defineTool({
  name: 'analyze_hazard_rate',
  title: 'Hazard rate',
  description:
    'Survival and default probabilities at a constant hazard rate, the spread it means and the hazard rate a spread implies (credit triangle). For exact swap values use price_cds, for a term structure bootstrap_credit_curve.',
  toolset: 'finance.credit',
  input: z.object({
    hazardRate,
    timeHorizon: years.default(5).describe('In years'),
    creditSpread: spreadBasisPoints
      .optional()
      .describe('Market spread in basis points, for the implied hazard rate (150 = 1.5 %)'),
    recoveryRate
  }),
  output: z.object({
    survivalProbability: z.number().describe('e^(-hazardRate timeHorizon)'),
    defaultProbability: z.number().describe('1 - survivalProbability'),
    defaultDensity: z.number().describe('hazardRate survivalProbability: per year, at the horizon'),
    expectedLossRate: z.number().describe('defaultProbability (1 - recoveryRate)'),
    triangleSpread: z.number().describe('10,000 hazardRate (1 - recoveryRate), in basis points'),
    meanYearsToDefault: z.number().optional().describe('1 / hazardRate; absent at 0'),
    halfLifeYears: z.number().optional().describe('ln 2 / hazardRate; absent at 0'),
    impliedHazardRate: z
      .number()
      .optional()
      .describe('creditSpread / 10,000 / (1 - recoveryRate); with creditSpread'),
    hazardRateGap: z.number().optional().describe('impliedHazardRate - hazardRate'),
    horizons: z
      .array(
        z.object({
          years: z.number(),
          survivalProbability: z.number(),
          defaultProbability: z.number()
        })
      )
      .describe('At 1, 3, 5, 7 and 10 years')
  }),
  summary: ({ survivalProbability, defaultProbability, triangleSpread }) =>
    `Survival ${formatPercent(survivalProbability)}, default ${formatPercent(defaultProbability)}; the hazard rate means about ${formatNumber(triangleSpread)} basis points.`,
  run: ({ hazardRate, timeHorizon, creditSpread, recoveryRate }) => {
    const lossGivenDefault = 1 - recoveryRate
    const survivalProbability = Math.exp(-hazardRate * timeHorizon)
    const results = {
      survivalProbability,
      defaultProbability: defaultProbability(hazardRate, timeHorizon),
      defaultDensity: hazardRate * survivalProbability,
      expectedLossRate: defaultProbability(hazardRate, timeHorizon) * lossGivenDefault,
      triangleSpread: hazardRate * lossGivenDefault * 10_000,
      ...(hazardRate > 0 && {
        meanYearsToDefault: 1 / hazardRate,
        halfLifeYears: Math.LN2 / hazardRate
      }),
      ...(creditSpread !== undefined && implyHazard(creditSpread, lossGivenDefault, hazardRate))
    }
    return {
      ...requireFiniteRecord(results, 'hazardRate', moreModest),
      horizons: horizons.map((years) => ({
        years,
        survivalProbability: Math.exp(-hazardRate * years),
        defaultProbability: defaultProbability(hazardRate, years)
      }))
    }
  }
})

function implyHazard(basisPoints: number, lossGivenDefault: number, hazardRate: number) {
  const impliedHazardRate = basisPoints / 10_000 / lossGivenDefault
  return { impliedHazardRate, hazardRateGap: impliedHazardRate - hazardRate }
}

/** Models of default: structural and by intensity. */
export const defaultModelTools: readonly ToolDefinition[] = [mertonDefaultModel, analyzeHazardRate]
