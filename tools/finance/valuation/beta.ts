import { z } from 'zod'
import type { ToolDefinition } from '../../../src/types.ts'
import { anyAmount, atLeast0, createRatio } from '../ratios/ratio.ts'
import { leverageFactor } from './hamada.ts'

const leverage = {
  debtToEquityRatio: atLeast0('Debt / equity at market values'),
  taxRate: z.number().min(0).max(1).describe('Tax rate on profits, a fraction from 0 to 1')
}

/** Hamada's formula both ways. */
export const betaTools: readonly ToolDefinition[] = [
  createRatio({
    name: 'calculate_beta_levering',
    title: 'Lever a beta',
    description:
      'Beta of the shares from that of the business, by Hamada: debt is taken as free of market risk. The other way: calculate_beta_unlevering; the return that follows: calculate_cost_of_equity.',
    toolset: 'finance.valuation',
    inputs: { unleveredBeta: anyAmount('Beta of the business without debt'), ...leverage },
    outputs: {
      leveredBeta: [
        'unleveredBeta (1 + (1 - taxRate) debtToEquityRatio)',
        ({ unleveredBeta, debtToEquityRatio, taxRate }) =>
          unleveredBeta * leverageFactor(debtToEquityRatio, taxRate)
      ],
      withoutTaxes: [
        'unleveredBeta (1 + debtToEquityRatio), for debt that moves with the company value (Harris and Pringle)',
        ({ unleveredBeta, debtToEquityRatio }) =>
          unleveredBeta * leverageFactor(debtToEquityRatio, 0)
      ]
    },
    unit: 'number',
    reading: (beta) => `Levered beta ${beta}.`
  }),
  createRatio({
    name: 'calculate_beta_unlevering',
    title: 'Unlever a beta',
    description:
      'Beta of the business from that of its shares, by Hamada: to compare companies with unlike debt. Lever it again with calculate_beta_levering.',
    toolset: 'finance.valuation',
    inputs: { leveredBeta: anyAmount('Beta of the shares, as observed'), ...leverage },
    outputs: {
      unleveredBeta: [
        'leveredBeta / (1 + (1 - taxRate) debtToEquityRatio)',
        ({ leveredBeta, debtToEquityRatio, taxRate }) =>
          leveredBeta / leverageFactor(debtToEquityRatio, taxRate)
      ],
      withoutTaxes: [
        'leveredBeta / (1 + debtToEquityRatio), for debt that moves with the company value (Harris and Pringle)',
        ({ leveredBeta, debtToEquityRatio }) => leveredBeta / leverageFactor(debtToEquityRatio, 0)
      ]
    },
    unit: 'number',
    reading: (beta) => `Unlevered beta ${beta}.`
  })
]
