import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { normalCdf } from '../numeric/normal.ts'
import { formatAmount, formatPercent, requireFiniteRecord } from '../numeric/numbers.ts'
import { priceBlackScholes } from './black-scholes.ts'
import { moreModest, optionTerms } from './option-fields.ts'

const priceBlackScholesOption = defineTool({
  name: 'price_black_scholes_option',
  title: 'Black-Scholes option price',
  description:
    'Price of a European call or put on an asset without dividends by Black and Scholes. For sensitivities use calculate_option_greeks, for American exercise calculate_binomial_tree_option, for options on projects value_expansion_option and value_abandonment_option.',
  toolset: 'finance.options',
  input: z.object(optionTerms),
  output: z.object({
    price: z.number().describe('At expiry its intrinsic value'),
    intrinsicValue: z.number().describe('What exercise now would bring, at least 0'),
    timeValue: z.number().describe('price - intrinsicValue; may be negative for European puts'),
    exerciseProbability: z
      .number()
      .describe(
        'Risk-neutral probability of exercise: N(d2) for a call, N(-d2) for a put; 0.5 where price and strike meet without time or volatility'
      ),
    otherPrice: z.number().describe('Price of the put beside a call, of the call beside a put'),
    presentStrike: z.number().describe('strikePrice discounted to today'),
    d1: z.number().optional().describe('Absent without time or volatility'),
    d2: z.number().optional().describe('d1 - volatility sqrt(timeToExpiry)')
  }),
  summary: ({ price, exerciseProbability }) =>
    `Option price ${formatAmount(price)}; exercised with a risk-neutral probability of ${formatPercent(exerciseProbability)}.`,
  run: ({ optionType, ...terms }) => {
    const { call, put, d1, d2, presentStrike } = priceBlackScholes(terms)
    const isCall = optionType === 'call'
    const price = isCall ? call : put
    const deviation = terms.volatility * Math.sqrt(terms.timeToExpiry)
    const gain = terms.spotPrice - terms.strikePrice
    const intrinsicValue = Math.max(0, isCall ? gain : -gain)
    const results = {
      price,
      intrinsicValue,
      timeValue: price - intrinsicValue,
      exerciseProbability: normalCdf(isCall ? d2 : -d2),
      otherPrice: isCall ? put : call,
      presentStrike,
      ...(deviation > 0 && Number.isFinite(d1) && Number.isFinite(d2) && { d1, d2 })
    }
    return requireFiniteRecord(results, 'strikePrice', moreModest)
  }
})

/** The option tool of everyday use: that of `finance.core`. */
export const everydayOptionTools: readonly ToolDefinition[] = [priceBlackScholesOption]
