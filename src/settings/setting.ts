import { z } from 'zod'

/** Where a setting may come from besides the file, highest rank first, and how its text reads. */
export interface SettingSources {
  readonly from: readonly string[]
  /** The environment counts seconds, the key milliseconds. */
  readonly unit?: 'seconds'
  /** Never printed; in a file it may be `{ file: PATH }` or `{ env: NAME }`. */
  readonly secret?: true
  /** Never printed either, because secrets stand somewhere in it. */
  readonly hidden?: true
}

const sources = new WeakMap<z.ZodType, SettingSources>()

/** The sources of one leaf of the schema. */
export function sourcesOf(schema: z.ZodType): SettingSources {
  return sources.get(schema) ?? { from: [] }
}

/** A leaf of the schema with its sources. */
export function setting<T extends z.ZodType>(
  schema: T,
  from: readonly string[] = [],
  rest: Omit<SettingSources, 'from'> = {}
): T {
  sources.set(schema, { from, ...rest })
  return schema
}

/** A whole number. */
export const count = (min: number, max: number): z.ZodNumber => z.number().int().min(min).max(max)
export const list = (): z.ZodArray<z.ZodString> => z.array(z.string().min(1))
export const credential = z.string().min(1)
