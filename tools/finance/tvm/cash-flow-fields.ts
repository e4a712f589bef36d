import { z } from 'zod'

export const maxFlows = 10_000
export const tooManyFlows = `at most ${maxFlows} cash flows; add up flows of the same period first`

/** Equally spaced flows, as every tool takes them. */
export const periodicFlows = z.array(z.number()).max(maxFlows, tooManyFlows)

/** The same for a project: something happens after time 0. */
export const projectFlows = periodicFlows
  .min(2)
  .describe('One flow per period, the first one now; negative when paid, positive when received')

/** Rate per period. */
export const discountRate = z
  .number()
  .gt(-1)
  .describe('Discount rate per period as a decimal fraction above -1 (0.08 = 8 %)')
