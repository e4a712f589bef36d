import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatNumber, requireFiniteRecord } from '../numeric/numbers.ts'
import { computeGreeks, priceBlackScholes } from './black-scholes.ts'
import { moreModest, optionTerms } from './option-fields.ts'

const daysPerYear = 365

/** The tool of that name. */
export const calculateOptionGreeks: ToolDefinition = defineTool({
  name: 'calculate_option_greeks',
  title: 'Option Greeks',
  description:
    'Delta, gamma, theta, vega and rho of a European call or put by Black and Scholes: how its price moves with the underlying, time, volatility and rate. For the price alone use price_black_scholes_option.',
  toolset: 'finance.options',
  input: z.object(optionTerms),
  output: z.object({
    price: z.number().describe('By Black and Scholes'),
    delta: z.number().describe('Change of the price for 1.00 of the underlying'),
    gamma: z.number().describe('Change of delta for 1.00 of the underlying'),
    theta: z.number().describe('Change of the price per year that passes, all else equal'),
    thetaPerDay: z.number().describe('theta / 365, per calendar day'),
    vega: z.number().describe('Change of the price for 1.00 (100 points) of volatility'),
    vegaPerPoint: z.number().describe('vega / 100: for 0.01 of volatility'),
    rho: z.number().describe('Change of the price for 1.00 (100 points) of the rate'),
    rhoPerPoint: z.number().describe('rho / 100: for 0.01 of the rate')
  }),
  summary: ({ delta, gamma, thetaPerDay, vegaPerPoint, rhoPerPoint }) =>
    `Delta ${formatNumber(delta)}, gamma ${formatNumber(gamma)}, theta ${formatNumber(thetaPerDay)} per day, vega ${formatNumber(vegaPerPoint)} and rho ${formatNumber(rhoPerPoint)} per point.`,
  run: ({ optionType, ...terms }) => {
    const greeks = computeGreeks(terms, optionType)
    if (!greeks) {
      throw new ToolError(
        'timeToExpiry: without time or volatility, and exactly at the money, the price has a kink and no Greeks; use a value above 0'
      )
    }
    const { delta, gamma, theta, vega, rho } = greeks
    const results = {
      price: priceBlackScholes(terms)[optionType],
      delta,
      gamma,
      theta,
      thetaPerDay: theta / daysPerYear,
      vega,
      vegaPerPoint: vega / 100,
      rho,
      rhoPerPoint: rho / 100
    }
    return requireFiniteRecord(results, 'timeToExpiry', moreModest)
  }
})
