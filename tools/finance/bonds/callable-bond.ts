import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import {
  formatAmount,
  formatNumber,
  formatPercent,
  requireFiniteRecord
} from '../numeric/numbers.ts'
import { type Bond, createBond, presentValue, solveYield, yieldPerPeriod } from './bond.ts'
import { couponRate, faceValue, marketPrice, tooExtreme, yearsToMaturity } from './bond-fields.ts'
import { type Call, solveSpread, valueOnLattice } from './callable.ts'
import { createRateLattice, type RateLattice } from './rate-lattice.ts'

const shift = 0.001

const callYears = z
  .number()
  .min(0)
  .max(100)
  .describe('Years of protection: callable on every half-yearly coupon date from then on')
const callPrice = z
  .number()
  .gt(0)
  .max(1e15)
  .describe('What the issuer pays when calling, in money like faceValue, beside the coupon due')
const riskFreeRate = z
  .number()
  .gt(0)
  .max(1)
  .describe(
    'Flat benchmark yield as a fraction above 0, compounded half-yearly (0.04 = 4 %); a lognormal rate cannot be 0 or negative'
  )
const creditSpread = z
  .number()
  .gt(-1)
  .max(10)
  .describe('Added to every rate, per year as a fraction (0.015 = 150 basis points)')
const volatility = z
  .number()
  .min(0)
  .max(2)
  .describe('Of the logarithm of the short rate, per year as a fraction (0.15 = 15 %)')

const model =
  'Lattice of lognormal short rates on half-yearly coupon dates, calibrated to a flat curve (Kalotay, Williams, Fabozzi 1993), with the spread added to every rate.'

interface CallableTerms {
  readonly faceValue: number
  readonly couponRate: number
  readonly yearsToMaturity: number
  readonly callYears: number
  readonly callPrice: number
}

function createCallable(terms: CallableTerms): { bond: Bond; call: Call } {
  const bond = createBond({ ...terms, paymentFrequency: 'semiAnnual' })
  const fromPeriod = Math.ceil(terms.callYears * bond.perYear - 1e-9)
  if (fromPeriod >= bond.periods) {
    throw new ToolError(
      'callYears: must end at least one coupon date before yearsToMaturity; for a bond that cannot be called use price_bond'
    )
  }
  return { bond, call: { fromPeriod, price: terms.callPrice } }
}

function createFlatLattice(bond: Bond, rate: number, volatility: number): RateLattice {
  const forwards = Array.from({ length: bond.periods }, () => rate)
  return createRateLattice({ forwards, volatility, periodYears: 1 / bond.perYear })
}

const priceCallableBond = defineTool({
  name: 'price_callable_bond',
  title: 'Price of a callable bond',
  description: `Price of a half-yearly bond that its issuer may call, value of that call, and effective duration. ${model} For the spread from a market price use calculate_oas, without a call price_bond.`,
  toolset: 'finance.bonds',
  input: z.object({
    faceValue,
    couponRate,
    yearsToMaturity,
    callYears,
    callPrice,
    riskFreeRate,
    creditSpread,
    volatility
  }),
  output: z.object({
    price: z.number().describe('Of the callable bond, in money'),
    straightPrice: z.number().describe('Of the same bond without the call, on the same lattice'),
    callOptionValue: z.number().describe('straightPrice - price: what the call costs the holder'),
    priceAtFlatYield: z
      .number()
      .describe('Without the call, by price_bond at the yield riskFreeRate + creditSpread'),
    effectiveDuration: z
      .number()
      .describe(
        'In years, from prices at a riskFreeRate 0.001 (at most half of it) higher and lower'
      ),
    effectiveConvexity: z
      .number()
      .describe('In years squared, from the same prices; negative where a call caps the price'),
    firstCallPeriod: z.int().describe('Half-years until the first call date')
  }),
  summary: ({ price, callOptionValue, effectiveDuration }) =>
    `Callable bond ${formatAmount(price)}; the call is worth ${formatAmount(callOptionValue)}, effective duration ${formatNumber(effectiveDuration)} years.`,
  run: ({ riskFreeRate, creditSpread, volatility, ...terms }) => {
    const { bond, call } = createCallable(terms)
    const step = Math.min(shift, riskFreeRate / 2)
    const latticeAt = (rate: number) => createFlatLattice(bond, rate, volatility)
    const valueOn = (lattice: RateLattice, withCall?: Call) =>
      valueOnLattice(bond, lattice, creditSpread, withCall)
    const lattice = latticeAt(riskFreeRate)
    const price = valueOn(lattice, call)
    const straightPrice = valueOn(lattice)
    const up = valueOn(latticeAt(riskFreeRate + step), call)
    const down = valueOn(latticeAt(riskFreeRate - step), call)
    const flat = yieldPerPeriod(riskFreeRate + creditSpread, bond.perYear)
    const results = {
      price,
      straightPrice,
      callOptionValue: straightPrice - price,
      priceAtFlatYield: presentValue(bond, flat),
      effectiveDuration: (down - up) / (2 * price * step),
      effectiveConvexity: (up + down - 2 * price) / (price * step ** 2)
    }
    return {
      ...requireFiniteRecord(results, 'creditSpread', tooExtreme),
      firstCallPeriod: call.fromPeriod
    }
  }
})

const calculateOas = defineTool({
  name: 'calculate_oas',
  title: 'Option-adjusted spread',
  description: `Option-adjusted spread of a half-yearly callable bond: the spread over the benchmark that is left once the call is paid for. ${model} At most one exists, because the value falls as the spread rises. For the price from a spread use price_callable_bond.`,
  toolset: 'finance.bonds',
  input: z.object({
    faceValue,
    couponRate,
    yearsToMaturity,
    callYears,
    callPrice,
    marketPrice,
    riskFreeRate,
    volatility
  }),
  output: z.object({
    oas: z.number().describe('Per year as a fraction, compounded half-yearly (0.012 = 1.2 %)'),
    oasBasisPoints: z.number().describe('10,000 oas'),
    nominalSpread: z
      .number()
      .describe('Yield to maturity less riskFreeRate, as if the bond could not be called'),
    optionCost: z.number().describe('nominalSpread - oas: the part of the spread the call costs'),
    yieldToMaturity: z.number().describe('Nominal annual yield of marketPrice, half-yearly'),
    straightPrice: z.number().describe('Value without the call, at the same spread'),
    callOptionValue: z.number().describe('straightPrice - marketPrice'),
    residual: z.number().describe('How far the model is off marketPrice at oas, relative to it')
  }),
  summary: ({ oasBasisPoints, optionCost, nominalSpread }) =>
    `Option-adjusted spread ${formatNumber(oasBasisPoints)} basis points; the call costs ${formatPercent(optionCost)} of the nominal spread of ${formatPercent(nominalSpread)}.`,
  run: ({ marketPrice, riskFreeRate, volatility, ...terms }) => {
    const { bond, call } = createCallable(terms)
    const lattice = createFlatLattice(bond, riskFreeRate, volatility)
    const { spread, residual } = solveSpread(bond, lattice, call, marketPrice)
    const yieldToMaturity = solveYield(bond, marketPrice).rate * bond.perYear
    const straightPrice = valueOnLattice(bond, lattice, spread)
    const results = {
      oas: spread,
      oasBasisPoints: spread * 10_000,
      nominalSpread: yieldToMaturity - riskFreeRate,
      optionCost: yieldToMaturity - riskFreeRate - spread,
      yieldToMaturity,
      straightPrice,
      callOptionValue: straightPrice - marketPrice,
      residual
    }
    return requireFiniteRecord(results, 'marketPrice', tooExtreme)
  }
})

/** Bonds that the issuer may call. */
export const callableBondTools: readonly ToolDefinition[] = [priceCallableBond, calculateOas]
