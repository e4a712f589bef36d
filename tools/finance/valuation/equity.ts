import { z } from 'zod'
import type { ToolDefinition } from '../../../src/types.ts'
import { above0, anyAmount, atLeast0, createRatio } from '../ratios/ratio.ts'
import { growth, growthYears, refuseGrowth, requiredReturn } from './growth-guard.ts'
import {
  presentValueOfGrowth,
  presentValueOfTerminal,
  type Stages,
  terminalValue,
  valueOfStages
} from './stages.ts'

const optionalAmount = (meaning: string) => z.number().min(0).default(0).describe(meaning)
const sharesOutstanding = above0('Shares outstanding, for values per share').optional()
const perShare = (value: number, shares: number | undefined) =>
  shares === undefined ? undefined : value / shares

interface Fcfe {
  readonly currentFCFE: number
  readonly highGrowthRate: number
  readonly highGrowthPeriods: number
  readonly terminalGrowthRate: number
  readonly costOfEquity: number
}

const stagesOf = (given: Fcfe): Stages => ({
  flow: given.currentFCFE,
  highGrowth: given.highGrowthRate,
  years: given.highGrowthPeriods,
  stableGrowth: given.terminalGrowthRate,
  required: given.costOfEquity
})

interface Bridge {
  readonly enterpriseValue: number
  readonly totalDebt: number
  readonly cash: number
  readonly nonOperatingAssets: number
  readonly minorityInterest: number
  readonly preferredStock: number
}

const equityOf = (given: Bridge) =>
  given.enterpriseValue -
  (given.totalDebt - given.cash) +
  given.nonOperatingAssets -
  given.minorityInterest -
  given.preferredStock

interface Residual {
  readonly currentBookValue: number
  readonly netIncome: number
  readonly futureBookValue: number
  readonly costOfEquity: number
  readonly terminalGrowthRate: number
}

const residualIncome = ({ netIncome, costOfEquity, currentBookValue }: Residual) =>
  netIncome - costOfEquity * currentBookValue

const residualValue = (given: Residual) =>
  given.currentBookValue + residualIncome(given) / (given.costOfEquity - given.terminalGrowthRate)

/** The second year earns on futureBookValue what the first earns on currentBookValue. */
function valueAtConstantReturn(given: Residual): number {
  const { currentBookValue, netIncome, futureBookValue, costOfEquity, terminalGrowthRate } = given
  const excess = netIncome / currentBookValue - costOfEquity
  const later = (excess * futureBookValue) / (costOfEquity - terminalGrowthRate)
  return currentBookValue + (residualIncome(given) + later) / (1 + costOfEquity)
}

/** Values of all shares together, from cash flow, enterprise value and book value. */
export const equityTools: readonly ToolDefinition[] = [
  createRatio({
    name: 'value_equity_fcfe',
    title: 'Free cash flow to equity, two stages',
    description:
      'Value of all shares from the cash that is free for their holders, growing fast for some years and steadily ever after. From dividends use value_equity_two_stage_ddm, from an enterprise value value_equity_ev_bridge.',
    toolset: 'finance.valuation',
    inputs: {
      currentFCFE: anyAmount(
        'Free cash flow to equity of the last year; the first that counts is currentFCFE (1 + highGrowthRate), a year from now'
      ),
      highGrowthRate: growth('Growth per year in the first stage'),
      highGrowthPeriods: growthYears.describe('Years of the first stage, 1 to 1000'),
      terminalGrowthRate: growth('Growth per year ever after'),
      costOfEquity: requiredReturn
    },
    outputs: {
      equityValue: ['Both stages today', (given) => valueOfStages(stagesOf(given))],
      presentValueHighGrowth: [
        'Flows of the first stage today',
        (given) => presentValueOfGrowth(stagesOf(given))
      ],
      presentValueTerminal: [
        'terminalValue today',
        (given) => presentValueOfTerminal(stagesOf(given))
      ],
      terminalValue: [
        'Value at the end of the first stage of all later flows (Gordon)',
        (given) => terminalValue(stagesOf(given))
      ]
    },
    unit: 'amount',
    reading: (value) => `Equity value ${value}.`,
    contradiction: ({ terminalGrowthRate, costOfEquity }) =>
      refuseGrowth(terminalGrowthRate, costOfEquity, 'terminalGrowthRate', 'costOfEquity'),
    note: ({ currentFCFE }) =>
      currentFCFE < 0
        ? 'currentFCFE is negative and grows more so; value such a company from a year with cash to spare.'
        : undefined
  }),
  createRatio({
    name: 'value_equity_ev_bridge',
    title: 'From enterprise value to equity value',
    description:
      'Enterprise value less net debt and what belongs to others, plus assets outside the business. The other way: calculate_enterprise_value.',
    toolset: 'finance.valuation',
    inputs: {
      enterpriseValue: anyAmount(
        'Value of the operations, from a multiple or discounted cash flow'
      ),
      totalDebt: atLeast0('Interest-bearing debt'),
      cash: atLeast0('Cash and equivalents'),
      nonOperatingAssets: optionalAmount('Investments and other assets outside the operations'),
      minorityInterest: optionalAmount('Value of what others own of subsidiaries'),
      preferredStock: optionalAmount('Value of preferred shares'),
      sharesOutstanding
    },
    outputs: {
      equityValue: [
        'enterpriseValue - netDebt + nonOperatingAssets - minorityInterest - preferredStock',
        equityOf
      ],
      netDebt: [
        'totalDebt - cash; negative for net cash',
        ({ totalDebt, cash }) => totalDebt - cash
      ],
      valuePerShare: [
        'equityValue / sharesOutstanding, when given',
        (given) => perShare(equityOf(given), given.sharesOutstanding),
        'optional'
      ]
    },
    unit: 'amount',
    reading: (value) => `Equity value ${value}.`,
    note: (given) =>
      equityOf(given) < 0
        ? 'The claims of others exceed the enterprise value: nothing is left for the shares.'
        : undefined
  }),
  createRatio({
    name: 'value_equity_residual_income',
    title: 'Residual income model',
    description:
      'Book value + what a company earns above the cost of its equity, growing for ever: banks, insurers and others whose book value means something. From dividends use value_equity_gordon_growth, from cash flow value_equity_fcfe.',
    toolset: 'finance.valuation',
    inputs: {
      currentBookValue: above0('Book value of equity today'),
      netIncome: anyAmount('Net income expected for the coming year'),
      futureBookValue: atLeast0('Book value of equity expected a year from now'),
      costOfEquity: requiredReturn,
      terminalGrowthRate: growth('Growth per year of residual income, for ever'),
      sharesOutstanding
    },
    outputs: {
      equityValue: [
        'currentBookValue + residualIncome/(costOfEquity - terminalGrowthRate)',
        residualValue
      ],
      residualIncome: ['netIncome - costOfEquity * currentBookValue', residualIncome],
      presentValueResidual: [
        'equityValue - currentBookValue',
        (given) => residualIncome(given) / (given.costOfEquity - given.terminalGrowthRate)
      ],
      valueAtConstantReturn: [
        'Equity value if the second year earns on futureBookValue the return of the first, and residual income grows from there',
        valueAtConstantReturn
      ],
      impliedDividend: [
        'currentBookValue + netIncome - futureBookValue (clean surplus); negative is new capital',
        ({ currentBookValue, netIncome, futureBookValue }) =>
          currentBookValue + netIncome - futureBookValue
      ],
      returnOnEquity: [
        'netIncome / currentBookValue, a fraction',
        ({ netIncome, currentBookValue }) => netIncome / currentBookValue
      ],
      priceToBook: [
        'equityValue / currentBookValue',
        (given) => residualValue(given) / given.currentBookValue
      ],
      valuePerShare: [
        'equityValue / sharesOutstanding, when given',
        (given) => perShare(residualValue(given), given.sharesOutstanding),
        'optional'
      ]
    },
    unit: 'amount',
    reading: (value) => `Equity value ${value}.`,
    contradiction: ({ terminalGrowthRate, costOfEquity }) =>
      refuseGrowth(terminalGrowthRate, costOfEquity, 'terminalGrowthRate', 'costOfEquity')
  })
]
