import { z } from 'zod'

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false]
])

/**
 * Turns the text of a flag or an environment variable into what the schema checks. Text that
 * cannot be turned stays text, so that the schema names the setting in its error.
 */
export function readSettingText(schema: z.ZodType, text: string, unit?: 'seconds'): unknown {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodBoolean) return booleans.get(text.trim().toLowerCase()) ?? text
  if (inner instanceof z.ZodNumber) return readNumber(text, unit)
  if (inner instanceof z.ZodArray) {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  }
  return text.trim()
}

/** True for a setting that is on or off. */
export function isBoolean(schema: z.ZodType): boolean {
  return unwrap(schema) instanceof z.ZodBoolean
}

function readNumber(text: string, unit: 'seconds' | undefined): unknown {
  if (!/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return text
  // Rounded: 0.1 s is 100 ms, not 100.00000000000001.
  return unit === 'seconds' ? Math.round(Number(text) * 1000) : Number(text)
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap() as z.ZodType)
  }
  return schema
}
