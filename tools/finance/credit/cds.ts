import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, formatNumber, requireFiniteRecord } from '../numeric/numbers.ts'
import { type HazardCurve, parSpread, survivalAt, valueCdsLegs } from './cds-legs.ts'
import { bootstrapHazards, type CdsQuote } from './credit-curve.ts'
import {
  hazardRate,
  moreModest,
  recoveryRate,
  riskFreeRate,
  spreadBasisPoints,
  years
} from './credit-fields.ts'

const maxTenors = 50
const tooMany = `at most ${maxTenors} tenors`
const convention =
  'Premiums quarterly in arrears with accrual at default, loss paid at default, continuous flat rate.'

const priceCds = defineTool({
  name: 'price_cds',
  title: 'Credit default swap',
  description: `Value of both legs of a credit default swap at a constant hazard rate, and its fair spread. ${convention} For hazard rates from several quotes use bootstrap_credit_curve, from one spread analyze_hazard_rate.`,
  toolset: 'finance.credit',
  input: z.object({
    notional: z.number().gt(0).max(1e15).default(10_000_000).describe('Amount insured'),
    spread: spreadBasisPoints.describe('Contract spread per year in basis points (150 = 1.5 %)'),
    maturity: years.describe('Years to maturity; the last period is shorter if not whole quarters'),
    recoveryRate,
    hazardRate,
    riskFreeRate
  }),
  output: z.object({
    fairSpread: z.number().describe('In basis points: the spread at which the swap is worth 0'),
    presentValue: z.number().describe('To the buyer of protection; the seller has its opposite'),
    protectionLeg: z.number().describe('Present value of the loss paid at default'),
    premiumLeg: z.number().describe('Present value of the spread, accrual at default included'),
    accrualOnDefault: z.number().describe('Part of premiumLeg that is paid at default'),
    riskyAnnuity: z
      .number()
      .describe('Present value of 1 a year on a notional of 1, accrual at default included'),
    upfront: z.number().describe('presentValue / notional: what the buyer pays to enter'),
    triangleSpread: z
      .number()
      .describe('10,000 hazardRate (1 - recoveryRate): the credit triangle, in basis points'),
    survivalProbability: z.number().describe('Until maturity')
  }),
  summary: ({ fairSpread, presentValue }) =>
    `Fair spread ${formatNumber(fairSpread)} basis points; worth ${formatAmount(presentValue)} to the buyer of protection.`,
  run: ({ notional, spread, maturity, recoveryRate, hazardRate, riskFreeRate }) => {
    const curve = [{ untilYears: maturity, hazardRate }]
    const legs = valueCdsLegs(curve, riskFreeRate, maturity)
    const perYear = spread / 10_000
    const protection = (1 - recoveryRate) * legs.default
    const premium = perYear * (legs.annuity + legs.accrual)
    const results = {
      fairSpread: parSpread(legs, recoveryRate) * 10_000,
      presentValue: (protection - premium) * notional,
      protectionLeg: protection * notional,
      premiumLeg: premium * notional,
      accrualOnDefault: perYear * legs.accrual * notional,
      riskyAnnuity: legs.annuity + legs.accrual,
      upfront: protection - premium,
      triangleSpread: hazardRate * (1 - recoveryRate) * 10_000,
      survivalProbability: survivalAt(curve, maturity)
    }
    return requireFiniteRecord(results, 'maturity', moreModest)
  }
})

const point = z.object({
  tenor: z.number().describe('In years'),
  spread: z.number().describe('The quote, in basis points'),
  hazardRate: z.number().describe('Constant from the tenor before until this one'),
  averageHazardRate: z.number().describe('-ln(survivalProbability) / tenor'),
  survivalProbability: z.number(),
  defaultProbability: z.number().describe('1 - survivalProbability'),
  repricedSpread: z.number().describe('Fair spread on the curve, in basis points')
})

const bootstrapCreditCurve = defineTool({
  name: 'bootstrap_credit_curve',
  title: 'Credit curve from CDS quotes',
  description: `Piecewise constant hazard rates that reprice every quoted credit default swap, and the survival probabilities they mean. ${convention} For a swap at a known hazard rate use price_cds, for one spread analyze_hazard_rate.`,
  toolset: 'finance.credit',
  input: z.object({
    cdsSpreads: z
      .array(spreadBasisPoints)
      .min(1)
      .max(maxTenors, tooMany)
      .describe('Quotes per year in basis points, one for each of tenors'),
    tenors: z
      .array(years)
      .min(1)
      .max(maxTenors, tooMany)
      .describe('Maturities in years, all different, in any order'),
    recoveryRate,
    riskFreeRate
  }),
  output: z.object({
    curve: z.array(point).describe('By ascending tenor'),
    recoveryRate: z.number(),
    riskFreeRate: z.number(),
    largestError: z.number().describe('Largest |repricedSpread - spread|, in basis points')
  }),
  summary: ({ curve }) =>
    curve
      .map(
        ({ tenor, hazardRate, survivalProbability }) =>
          `${formatNumber(tenor)} years: hazard ${formatNumber(hazardRate)}, survival ${formatNumber(survivalProbability)}`
      )
      .join('\n'),
  run: ({ cdsSpreads, tenors, recoveryRate, riskFreeRate }) => {
    const quotes = toQuotes(cdsSpreads, tenors)
    const hazards = bootstrapHazards(quotes, recoveryRate, riskFreeRate)
    const curve = quotes.map((quote, index) => {
      const hazardRate = hazards[index]?.hazardRate ?? Number.NaN
      const row = { hazardRate, ...describePoint(quote, hazards, recoveryRate, riskFreeRate) }
      return requireFiniteRecord(row, 'cdsSpreads', moreModest)
    })
    const errors = curve.map(({ repricedSpread, spread }) => Math.abs(repricedSpread - spread))
    return { curve, recoveryRate, riskFreeRate, largestError: Math.max(...errors) }
  }
})

function toQuotes(cdsSpreads: readonly number[], tenors: readonly number[]): CdsQuote[] {
  if (cdsSpreads.length !== tenors.length) {
    throw new ToolError(
      `tenors: ${tenors.length} for ${cdsSpreads.length} cdsSpreads; give one for each`
    )
  }
  if (new Set(tenors).size < tenors.length) {
    throw new ToolError('tenors: two are the same; give one quote for each tenor')
  }
  return tenors
    .map((tenor, index) => ({ tenor, basisPoints: cdsSpreads[index] ?? Number.NaN }))
    .sort((a, b) => a.tenor - b.tenor)
}

function describePoint(
  { tenor, basisPoints }: CdsQuote,
  hazards: HazardCurve,
  recoveryRate: number,
  rate: number
) {
  const survivalProbability = survivalAt(hazards, tenor)
  return {
    tenor,
    spread: basisPoints,
    averageHazardRate: -Math.log(survivalProbability) / tenor,
    survivalProbability,
    defaultProbability: 1 - survivalProbability,
    repricedSpread: parSpread(valueCdsLegs(hazards, rate, tenor), recoveryRate) * 10_000
  }
}

/** Credit default swaps, and the curve their quotes imply. */
export const cdsTools: readonly ToolDefinition[] = [priceCds, bootstrapCreditCurve]
