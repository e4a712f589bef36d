import { isRecord } from '../../../src/json.ts'
import { Unsupported } from '../../outside/schema/schema.ts'

export interface ObjectShape {
  readonly properties: ReadonlyMap<string, unknown>
  readonly required: ReadonlySet<string>
  /** `additionalProperties`, where the schema says something about it. */
  readonly rest: unknown
}

/**
 * Every property of an object schema, those of its branches included, without the read-only ones,
 * which a request must not hold. Throws Unsupported when it is not an object.
 */
export function flattenObject(schema: unknown, what: string): ObjectShape {
  const parts = partsOf(schema, true, new Set())
  const properties = new Map<string, unknown>()
  for (const { part } of parts) {
    checkObject(part, what)
    for (const [name, property] of Object.entries(
      isRecord(part.properties) ? part.properties : {}
    )) {
      const isReadOnly = isRecord(property) && property.readOnly === true
      if (!isReadOnly && !properties.has(name)) properties.set(name, property)
    }
  }
  const required = parts
    .flatMap(({ part, isSure }) => (isSure ? listOf(part.required).map(String) : []))
    .filter((name) => properties.has(name))
  const rest = parts.map(({ part }) => part.additionalProperties).find((each) => each !== undefined)
  return { properties, required: new Set(required), rest }
}

const maxParts = 1_000

interface Part {
  readonly part: Record<string, unknown>
  /** False within alternatives. */
  readonly isSure: boolean
}

function partsOf(schema: unknown, isSure: boolean, seen: Set<object>): readonly Part[] {
  if (!isRecord(schema) || seen.has(schema)) return []
  if (seen.size >= maxParts) throw new Unsupported('its schema is too large.')
  seen.add(schema)
  const alternatives = [...listOf(schema.anyOf), ...listOf(schema.oneOf)]
  return [
    { part: schema, isSure },
    ...listOf(schema.allOf).flatMap((each) => partsOf(each, isSure, seen)),
    ...alternatives.flatMap((each) => partsOf(each, false, seen))
  ]
}

function checkObject({ $ref, type }: Record<string, unknown>, what: string): void {
  if (typeof $ref === 'string') throw new Unsupported(`${what} refers to something missing.`)
  if (type === undefined || [type].flat().includes('object')) return
  throw new Unsupported(`${what} is not an object.`)
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
