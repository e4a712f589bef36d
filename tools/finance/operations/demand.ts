import { z } from 'zod'

const largest = 1e15
const maxPeriods = 10_000

/** Amounts, costs and deviations: finite, never below 0. */
export const amount = z.number().min(0).max(largest)
export const positiveAmount = z.number().gt(0).max(largest)

export const demandHistory = z
  .array(amount)
  .min(2)
  .max(maxPeriods, `at most ${maxPeriods} periods; use the latest`)
  .describe('Demand of each past period, in units; at least two')

export const serviceLevel = z
  .number()
  .gt(0)
  .lt(1)
  .describe(
    'Cycle service level: probability of no stockout during a lead time, as a fraction between 0 and 1; below 0.5 the safety stock is negative'
  )

export const leadTime = positiveAmount.describe('Replenishment lead time, in the same periods')
export const leadTimeStdDev = amount.optional().describe('Standard deviation of the lead time')
