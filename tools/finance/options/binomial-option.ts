import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, requireFiniteRecord } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { createTreeMoves, type TreeMoves, type TreeValues, valueTree } from './binomial-tree.ts'
import { priceBlackScholes } from './black-scholes.ts'
import { moreModest, optionTerms, timeToExpiry, volatility } from './option-fields.ts'

const maxSteps = 10_000

/** The tool of that name. */
export const calculateBinomialTreeOption: ToolDefinition = defineTool({
  name: 'calculate_binomial_tree_option',
  title: 'Binomial tree option price',
  description:
    'Price of an American or European call or put without dividends on a Cox-Ross-Rubinstein tree. Use it for early exercise; for European options price_black_scholes_option is exact and calculate_option_greeks gives sensitivities.',
  toolset: 'finance.options',
  input: z.object({
    ...optionTerms,
    timeToExpiry: timeToExpiry.gt(0),
    volatility: volatility.gt(0),
    americanStyle: z
      .boolean()
      .describe('true: may be exercised at every step; false: only at expiry'),
    steps: z
      .int()
      .min(1)
      .max(maxSteps)
      .default(100)
      .describe('Steps of the tree; the error falls about as 1 / steps')
  }),
  output: z.object({
    price: z.number(),
    europeanPrice: z.number().describe('On the same tree, without early exercise'),
    earlyExercisePremium: z.number().describe('price - europeanPrice, at least 0'),
    blackScholesPrice: z.number().describe('Of the European option, to which europeanPrice tends'),
    upFactor: z.number().describe('u = e^(volatility sqrt(dt)); the move down is 1 / u'),
    upProbability: z.number().describe('Risk-neutral: (e^(rate dt) - 1/u) / (u - 1/u)'),
    delta: z.number().describe('From the two nodes after the first step'),
    gamma: z.number().optional().describe('From the three nodes after two steps'),
    theta: z.number().optional().describe('Per year, from the middle node after two steps')
  }),
  summary: ({ price, europeanPrice, blackScholesPrice }) =>
    `Option price ${formatAmount(price)} on the tree; European ${formatAmount(europeanPrice)}, Black-Scholes ${formatAmount(blackScholesPrice)}.`,
  run: async ({ optionType: type, americanStyle, steps, ...terms }, ctx) => {
    const moves = createTreeMoves(terms, steps)
    const pace = createPace(ctx)
    const runs = americanStyle ? 2 : 1
    const european = await valueTree({ ...terms, type, american: false }, moves, steps, (done) =>
      pace(done, runs * steps)
    )
    const chosen = americanStyle
      ? await valueTree({ ...terms, type, american: true }, moves, steps, (done) =>
          pace(steps + done, runs * steps)
        )
      : european
    const results = {
      price: chosen.price,
      europeanPrice: european.price,
      earlyExercisePremium: Math.max(0, chosen.price - european.price),
      blackScholesPrice: priceBlackScholes(terms)[type],
      upFactor: Math.exp(moves.logMove),
      upProbability: moves.probability,
      ...treeGreeks(terms.spotPrice, moves, chosen)
    }
    return requireFiniteRecord(results, 'volatility', moreModest)
  }
})

/** Delta, gamma and theta as in Hull, Options, Futures and Other Derivatives, 21.1. */
function treeGreeks(spot: number, moves: TreeMoves, { price, afterOne, afterTwo }: TreeValues) {
  const at = (moved: number) => spot * Math.exp(moved * moves.logMove)
  const [low = 0, high = 0] = afterOne
  const delta = (high - low) / (at(1) - at(-1))
  const [lowest, middle, highest] = afterTwo
  if (lowest === undefined || middle === undefined || highest === undefined) return { delta }
  const upper = (highest - middle) / (at(2) - spot)
  const lower = (middle - lowest) / (spot - at(-2))
  return {
    delta,
    gamma: (upper - lower) / ((at(2) - at(-2)) / 2),
    theta: (middle - price) / (2 * moves.stepYears)
  }
}
