import type { ToolDefinition } from '../../../src/types.ts'
import { above0, atLeast0, createRatio } from '../ratios/ratio.ts'

/** Arithmetic of a priced round. */
export const roundTools: readonly ToolDefinition[] = [
  createRatio({
    name: 'calculate_post_money_valuation',
    title: 'Post-money valuation',
    description:
      'Pre-money valuation + investment, and the share the new investor gets. In shares: calculate_dilution_percentage; with option pool and all holders: model_cap_table.',
    toolset: 'finance.valuation',
    inputs: {
      preMoneyValuation: above0('Value of the company before the money comes in'),
      investmentAmount: atLeast0('New money of the round')
    },
    outputs: {
      postMoneyValuation: [
        'preMoneyValuation + investmentAmount',
        ({ preMoneyValuation, investmentAmount }) => preMoneyValuation + investmentAmount
      ],
      investorOwnership: [
        'investmentAmount / postMoneyValuation, a fraction',
        ({ preMoneyValuation, investmentAmount }) =>
          investmentAmount / (preMoneyValuation + investmentAmount)
      ],
      existingOwnership: [
        'preMoneyValuation / postMoneyValuation, a fraction',
        ({ preMoneyValuation, investmentAmount }) =>
          preMoneyValuation / (preMoneyValuation + investmentAmount)
      ]
    },
    unit: 'amount',
    reading: (amount) => `Post-money valuation ${amount}.`
  }),
  createRatio({
    name: 'calculate_dilution_percentage',
    title: 'Dilution',
    description:
      'Share of the company that new shares take from the existing holders. From amounts of money instead of shares: calculate_post_money_valuation.',
    toolset: 'finance.valuation',
    inputs: {
      existingShares: above0('Shares before, options and other rights included'),
      newShares: atLeast0('Shares issued now')
    },
    outputs: {
      dilution: [
        'newShares / (existingShares + newShares), a fraction: 0.2 is 20 %',
        ({ existingShares, newShares }) => newShares / (existingShares + newShares)
      ],
      ownershipKept: [
        'existingShares / (existingShares + newShares): what a former share of 1 becomes',
        ({ existingShares, newShares }) => existingShares / (existingShares + newShares)
      ],
      totalShares: [
        'existingShares + newShares',
        ({ existingShares, newShares }) => existingShares + newShares
      ],
      shareIncrease: [
        'newShares / existingShares, a fraction; not the dilution',
        ({ existingShares, newShares }) => newShares / existingShares
      ]
    },
    unit: 'fraction',
    reading: (fraction) => `Existing holders are diluted by ${fraction}.`
  })
]
