import { z } from 'zod'

/** The same two tools are served by every contender that has tools. */
export const echoInput = z.object({ text: z.string() })
export const addInput = z.object({ a: z.number(), b: z.number() })
