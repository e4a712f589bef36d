import { z } from 'zod'

/** A setting that is a secret: itself, or where it stands. */
export const secret = z
  .union([
    z.string().min(1),
    z.strictObject({ env: z.string().min(1) }),
    z.strictObject({ file: z.string().min(1) })
  ])
  .describe('the value, or { env: NAME } or { file: PATH } that leads to it')

export type Secret = z.output<typeof secret>

/** Where a secret stands: `{ env: NAME }` or `{ file: PATH }`. */
export type SecretReference = Exclude<Secret, string>

/** The value behind a reference; throws when there is none. */
export type ReadSecret = (reference: SecretReference) => string
