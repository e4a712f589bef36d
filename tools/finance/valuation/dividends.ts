import { z } from 'zod'
import type { ToolDefinition } from '../../../src/types.ts'
import { atLeast0, createRatio } from '../ratios/ratio.ts'
import { growth, growthYears, refuseGrowth, requiredReturn } from './growth-guard.ts'
import {
  presentValueOfGrowth,
  presentValueOfTerminal,
  type Stages,
  terminalValue,
  valueOfStages
} from './stages.ts'

interface TwoStage {
  readonly currentDividend: number
  readonly highGrowthRate: number
  readonly highGrowthPeriods: number
  readonly stableGrowthRate: number
  readonly requiredReturn: number
}

const stagesOf = (given: TwoStage): Stages => ({
  flow: given.currentDividend,
  highGrowth: given.highGrowthRate,
  years: given.highGrowthPeriods,
  stableGrowth: given.stableGrowthRate,
  required: given.requiredReturn
})

interface Fading {
  readonly currentDividend: number
  readonly initialGrowthRate: number
  readonly terminalGrowthRate: number
  readonly halfLife: number
  readonly requiredReturn: number
}

/** H-model of Fuller and Hsia (1984), with H the half of the transition. */
const valueOfFading = (given: Fading, half: number) =>
  (given.currentDividend *
    (1 + given.terminalGrowthRate + half * (given.initialGrowthRate - given.terminalGrowthRate))) /
  (given.requiredReturn - given.terminalGrowthRate)

/** Values of a share from its dividends. */
export const dividendTools: readonly ToolDefinition[] = [
  createRatio({
    name: 'value_equity_gordon_growth',
    title: 'Gordon growth model',
    description:
      'Value of a share whose dividends grow at one rate for ever: steady, mature payers. With a phase of higher growth use value_equity_two_stage_ddm, with growth that fades value_equity_h_model.',
    toolset: 'finance.valuation',
    inputs: {
      dividendPerShare: atLeast0(
        'D0: dividend of the last year, already paid; if yours is the next one, read valueIfNextDividend'
      ),
      growthRate: growth('Growth of the dividend per year, for ever'),
      requiredReturn
    },
    outputs: {
      valuePerShare: [
        'D0 (1 + g)/(r - g)',
        ({ dividendPerShare, growthRate, requiredReturn }) =>
          (dividendPerShare * (1 + growthRate)) / (requiredReturn - growthRate)
      ],
      valueIfNextDividend: [
        'dividendPerShare/(r - g), if it is D1, the dividend of the coming year',
        ({ dividendPerShare, growthRate, requiredReturn }) =>
          dividendPerShare / (requiredReturn - growthRate)
      ],
      nextDividend: [
        'D1 = D0 (1 + g)',
        ({ dividendPerShare, growthRate }) => dividendPerShare * (1 + growthRate)
      ],
      dividendYield: [
        'nextDividend / valuePerShare = r - g, a fraction',
        ({ growthRate, requiredReturn }) => requiredReturn - growthRate
      ]
    },
    unit: 'amount',
    reading: (value) => `Value per share ${value}.`,
    contradiction: ({ growthRate, requiredReturn }) =>
      refuseGrowth(growthRate, requiredReturn, 'growthRate', 'requiredReturn')
  }),
  createRatio({
    name: 'value_equity_two_stage_ddm',
    title: 'Two-stage dividend discount model',
    description:
      'Value of a share whose dividends grow fast for some years and steadily ever after. With one rate use value_equity_gordon_growth, with growth that fades evenly value_equity_h_model, from cash flow instead of dividends value_equity_fcfe.',
    toolset: 'finance.valuation',
    inputs: {
      currentDividend: atLeast0('D0: dividend per share of the last year, already paid'),
      highGrowthRate: growth('Growth per year in the first stage'),
      highGrowthPeriods: growthYears.describe('Years of the first stage, 1 to 1000'),
      stableGrowthRate: growth('Growth per year ever after'),
      requiredReturn
    },
    outputs: {
      valuePerShare: ['Both stages today', (given) => valueOfStages(stagesOf(given))],
      presentValueHighGrowth: [
        'Dividends of the first stage today, the first one a year from now',
        (given) => presentValueOfGrowth(stagesOf(given))
      ],
      presentValueTerminal: [
        'terminalValue today',
        (given) => presentValueOfTerminal(stagesOf(given))
      ],
      terminalValue: [
        'Value at the end of the first stage of all later dividends (Gordon)',
        (given) => terminalValue(stagesOf(given))
      ]
    },
    unit: 'amount',
    reading: (value) => `Value per share ${value}.`,
    contradiction: ({ stableGrowthRate, requiredReturn }) =>
      refuseGrowth(stableGrowthRate, requiredReturn, 'stableGrowthRate', 'requiredReturn')
  }),
  createRatio({
    name: 'value_equity_h_model',
    title: 'H-model',
    description:
      'Value of a share whose dividend growth fades evenly from a high to a steady rate (Fuller and Hsia 1984, an approximation). With a sudden change use value_equity_two_stage_ddm.',
    toolset: 'finance.valuation',
    inputs: {
      currentDividend: atLeast0('D0: dividend per share of the last year, already paid'),
      initialGrowthRate: growth('Growth per year at the start'),
      terminalGrowthRate: growth('Growth per year once the transition is over, for ever'),
      halfLife: z
        .int()
        .min(0)
        .max(1000)
        .describe('H: half of the years the transition takes; 4 for a transition of 8 years'),
      requiredReturn
    },
    outputs: {
      valuePerShare: [
        'D0 ((1 + gL) + H (gS - gL))/(r - gL)',
        (given) => valueOfFading(given, given.halfLife)
      ],
      valueAtTerminalGrowth: [
        'D0 (1 + gL)/(r - gL): without the transition',
        (given) => valueOfFading(given, 0)
      ],
      valueOfTransition: [
        'D0 H (gS - gL)/(r - gL)',
        (given) => valueOfFading(given, given.halfLife) - valueOfFading(given, 0)
      ],
      valueIfHalfLifeIsTransition: [
        'If halfLife were the years of the whole transition, so that H is half of it',
        (given) => valueOfFading(given, given.halfLife / 2)
      ]
    },
    unit: 'amount',
    reading: (value) => `Value per share ${value}.`,
    contradiction: ({ terminalGrowthRate, requiredReturn }) =>
      refuseGrowth(terminalGrowthRate, requiredReturn, 'terminalGrowthRate', 'requiredReturn'),
    note: (given) =>
      valueOfFading(given, given.halfLife) < 0
        ? 'The value is negative: the fall in growth is too deep or too long for this approximation.'
        : undefined
  })
]
