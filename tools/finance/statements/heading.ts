import { z } from 'zod'

/** Whose figures, of when. */
export const heading = {
  entity: z.string().min(1).max(200).describe('Company or entity name'),
  period: z.string().min(1).max(100).describe('Reporting period, such as 2024-Q1 or FY2024')
}

export const currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'must be a code of three letters, such as USD')
  .default('USD')
  .describe('Currency code of three letters; nothing is converted')
