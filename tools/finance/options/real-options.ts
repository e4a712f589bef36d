import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { normalCdf } from '../numeric/normal.ts'
import { formatAmount, requireFiniteRecord } from '../numeric/numbers.ts'
import { priceBlackScholes } from './black-scholes.ts'
import { moreModest, riskFreeRate, timeToExpiry, volatility } from './option-fields.ts'

const timeToDecision = timeToExpiry.describe('Years until the decision, which falls on that day')
const projectVolatility = volatility.describe(
  'Annual standard deviation of the log value, as a fraction (0.35 = 35 %)'
)
const exerciseProbability = z.number().describe('Risk-neutral probability that the option is used')
const flexibilityValue = z
  .number()
  .describe(
    'totalValue - valueWithoutFlexibility: what the right to wait adds; below 0 where deciding now is better'
  )

const valueExpansionOption = defineTool({
  name: 'value_expansion_option',
  title: 'Option to expand',
  description:
    'Value of a project with the right to expand later: a European Black-Scholes call on what the expansion would bring. For the right to stop use value_abandonment_option, for traded options price_black_scholes_option.',
  toolset: 'finance.options',
  input: z.object({
    baseNPV: z.number().describe('Net present value of the project without the expansion'),
    expansionCost: z.number().gt(0).describe('Cost of expanding, paid on the day of the decision'),
    expansionNPV: z
      .number()
      .gt(0)
      .describe('Present value today of what the expansion would bring, before its cost'),
    volatility: projectVolatility,
    timeToDecision,
    riskFreeRate
  }),
  output: z.object({
    optionValue: z.number().describe('Value today of the right to expand'),
    totalValue: z.number().describe('baseNPV + optionValue'),
    valueWithoutFlexibility: z
      .number()
      .describe('baseNPV, plus expansionNPV - expansionCost if that is positive today'),
    flexibilityValue,
    exerciseProbability
  }),
  summary: ({ optionValue, totalValue }) =>
    `The option to expand is worth ${formatAmount(optionValue)}, the project with it ${formatAmount(totalValue)}.`,
  run: ({ baseNPV, expansionCost, expansionNPV, timeToDecision, ...rest }) => {
    const terms = { spotPrice: expansionNPV, strikePrice: expansionCost, ...rest }
    const { call, d2 } = priceBlackScholes({ ...terms, timeToExpiry: timeToDecision })
    const now = Math.max(0, expansionNPV - expansionCost)
    const results = {
      optionValue: call,
      totalValue: baseNPV + call,
      valueWithoutFlexibility: baseNPV + now,
      flexibilityValue: call - now,
      exerciseProbability: normalCdf(d2)
    }
    return requireFiniteRecord(results, 'baseNPV', moreModest)
  }
})

const valueAbandonmentOption = defineTool({
  name: 'value_abandonment_option',
  title: 'Option to abandon',
  description:
    'Value of a project with the right to give it up later for its salvage value: a European Black-Scholes put on the project. For the right to grow use value_expansion_option, for traded options price_black_scholes_option.',
  toolset: 'finance.options',
  input: z.object({
    projectNPV: z
      .number()
      .gt(0)
      .describe('Present value today of the remaining cash flows, which abandoning gives up'),
    salvageValue: z.number().gt(0).describe('What abandoning brings on the day of the decision'),
    volatility: projectVolatility,
    timeToDecision,
    riskFreeRate
  }),
  output: z.object({
    optionValue: z.number().describe('Value today of the right to abandon'),
    totalValue: z.number().describe('projectNPV + optionValue'),
    valueWithoutFlexibility: z.number().describe('The larger of projectNPV and salvageValue today'),
    flexibilityValue,
    exerciseProbability
  }),
  summary: ({ optionValue, totalValue }) =>
    `The option to abandon is worth ${formatAmount(optionValue)}, the project with it ${formatAmount(totalValue)}.`,
  run: ({ projectNPV, salvageValue, timeToDecision, ...rest }) => {
    const terms = { spotPrice: projectNPV, strikePrice: salvageValue, ...rest }
    const { put, d2 } = priceBlackScholes({ ...terms, timeToExpiry: timeToDecision })
    const now = Math.max(0, salvageValue - projectNPV)
    const results = {
      optionValue: put,
      totalValue: projectNPV + put,
      valueWithoutFlexibility: projectNPV + now,
      flexibilityValue: put - now,
      exerciseProbability: normalCdf(-d2)
    }
    return requireFiniteRecord(results, 'projectNPV', moreModest)
  }
})

/** Options on projects: the growth and abandonment of an investment. */
export const realOptionTools: readonly ToolDefinition[] = [
  valueExpansionOption,
  valueAbandonmentOption
]
