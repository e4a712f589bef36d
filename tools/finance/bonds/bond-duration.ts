import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatNumber, requireFiniteRecord } from '../numeric/numbers.ts'
import { createBond, yieldPerPeriod } from './bond.ts'
import {
  couponRate,
  faceValue,
  paymentFrequency,
  tooExtreme,
  yearsToMaturity,
  yieldToMaturity
} from './bond-fields.ts'
import { measureSensitivity } from './sensitivity.ts'

const change = z.number().describe('Relative change of the price when the yield rises by 0.01')

/** The tool of that name. */
export const calculateBondDuration: ToolDefinition = defineTool({
  name: 'calculate_bond_duration',
  title: 'Duration and convexity',
  description:
    'Macaulay and modified duration and convexity of a fixed-coupon bond on a coupon date (Excel DURATION, MDURATION): how far its price moves when yields do. For the price alone use price_bond, for a callable bond the effective duration of price_callable_bond.',
  toolset: 'finance.bonds',
  input: z.object({ faceValue, couponRate, yearsToMaturity, yieldToMaturity, paymentFrequency }),
  output: z.object({
    macaulayDuration: z.number().describe('Mean time to the payments by present value, in years'),
    modifiedDuration: z.number().describe('macaulayDuration / (1 + y/m): -dP/dy / P, in years'),
    convexity: z.number().describe('d2P/dy2 / P, in years squared'),
    price: z.number(),
    dollarDuration: z.number().describe('modifiedDuration * price: -dP/dy, in money'),
    basisPointValue: z.number().describe('Money lost when the yield rises by 0.0001'),
    changeByDuration: change.describe('-modifiedDuration * 0.01: for a yield 0.01 higher'),
    changeWithConvexity: change.describe('The same with convexity / 2 * 0.01^2 added'),
    actualChange: change.describe('Repriced: (P(y + 0.01) - P(y)) / P(y)')
  }),
  summary: ({ macaulayDuration, modifiedDuration, convexity }) =>
    `Macaulay duration ${formatNumber(macaulayDuration)} years, modified ${formatNumber(modifiedDuration)}, convexity ${formatNumber(convexity)}.`,
  run: (terms) => {
    const bond = createBond(terms)
    const rate = yieldPerPeriod(terms.yieldToMaturity, bond.perYear)
    const { price, macaulayDuration, modifiedDuration, convexity, change } = measureSensitivity(
      bond,
      rate
    )
    const results = {
      macaulayDuration,
      modifiedDuration,
      convexity,
      price,
      dollarDuration: modifiedDuration * price,
      basisPointValue: modifiedDuration * price * 0.0001,
      changeByDuration: -modifiedDuration * 0.01,
      changeWithConvexity: -modifiedDuration * 0.01 + (convexity / 2) * 0.0001,
      actualChange: change
    }
    return requireFiniteRecord(results, 'yieldToMaturity', tooExtreme)
  }
})
