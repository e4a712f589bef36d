import { isRecord } from '../../src/json.ts'
import type { JsonSchema } from '../../src/types.ts'
import { isSafePattern } from './pattern.ts'
import { cleanText } from './text.ts'

/** Why an operation, or a part of it, is not offered. The message is the reason. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'
}

const maxNodes = 5_000
const maxDepth = 40
const maxBytes = 32 * 1024
const maxDescriptionChars = 400

/** What a keyword's value holds. Keywords not listed are dropped: `$id`, `$async`, `xml`, `x-…`. */
const keywords: ReadonlyMap<string, 'value' | 'schema' | 'list' | 'map'> = new Map([
  ...values('type', 'enum', 'const', 'default', 'title', 'description', 'examples', 'deprecated'),
  ...values('format', 'pattern', 'minLength', 'maxLength', 'contentEncoding', 'contentMediaType'),
  ...values('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'),
  ...values('minItems', 'maxItems', 'uniqueItems', 'minContains', 'maxContains'),
  ...values('required', 'minProperties', 'maxProperties', 'dependentRequired'),
  ...values('readOnly', 'writeOnly'),
  ...kinds('schema', 'items', 'additionalProperties', 'propertyNames', 'contains', 'not'),
  ...kinds('schema', 'if', 'then', 'else', 'unevaluatedItems', 'unevaluatedProperties'),
  ...kinds('list', 'allOf', 'anyOf', 'oneOf', 'prefixItems'),
  ...kinds('map', 'properties', 'patternProperties', 'dependentSchemas')
])

function values(...names: string[]): [string, 'value'][] {
  return names.map((name) => [name, 'value'])
}

function kinds<Kind extends 'schema' | 'list' | 'map'>(
  kind: Kind,
  ...names: string[]
): [string, Kind][] {
  return names.map((name) => [name, kind])
}

interface Conversion {
  readonly direction: 'input' | 'output'
  /** Schemas that contain themselves, with the name they get in `$defs`. */
  readonly recursive: ReadonlyMap<object, string>
  readonly defs: Map<string, unknown>
  nodes: number
}

/**
 * A dereferenced OpenAPI schema as a self-contained JSON Schema 2020-12; what contains itself goes
 * to `$defs`. Throws Unsupported when it is too large, too deep or refers to another document.
 */
export function toJsonSchema(schema: unknown, direction: 'input' | 'output'): JsonSchema {
  const recursive = findRecursive(schema)
  const conversion: Conversion = { direction, recursive, defs: new Map(), nodes: 0 }
  const body = convertBody(schema, conversion, 0)
  if (!isRecord(body)) throw new Unsupported('its schema is not an object.')
  const { defs } = conversion
  const whole = defs.size === 0 ? body : { ...body, $defs: Object.fromEntries(defs) }
  if (JSON.stringify(whole).length > maxBytes) throw new Unsupported('its schema is too large.')
  return whole
}

function findRecursive(root: unknown): ReadonlyMap<object, string> {
  const found = new Map<object, string>()
  const open = new Set<object>()
  const done = new Set<object>()
  const visit = (schema: unknown, depth: number): void => {
    if (!isRecord(schema) || done.has(schema)) return
    if (open.has(schema)) {
      if (!found.has(schema)) found.set(schema, `schema${found.size + 1}`)
      return
    }
    if (depth > maxDepth) throw new Unsupported('its schema is nested too deeply.')
    open.add(schema)
    for (const child of childrenOf(schema)) visit(child, depth + 1)
    open.delete(schema)
    done.add(schema)
  }
  visit(root, 0)
  return found
}

function childrenOf(schema: Record<string, unknown>): unknown[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const kind = keywords.get(keyword)
    if (kind === 'schema') return [value]
    if (kind === 'list' && Array.isArray(value)) return value
    return kind === 'map' && isRecord(value) ? Object.values(value) : []
  })
}

function convert(schema: unknown, conversion: Conversion, depth: number): unknown {
  const name = isRecord(schema) ? conversion.recursive.get(schema) : undefined
  if (name === undefined) return convertBody(schema, conversion, depth)
  const { defs } = conversion
  if (!defs.has(name)) {
    defs.set(name, true)
    defs.set(name, convertBody(schema, conversion, depth))
  }
  return { $ref: `#/$defs/${name}` }
}

function convertBody(schema: unknown, conversion: Conversion, depth: number): unknown {
  if (typeof schema === 'boolean') return schema
  if (!isRecord(schema)) throw new Unsupported('one of its schemas is not a schema.')
  if (typeof schema.$ref === 'string' || typeof schema.$dynamicRef === 'string') {
    throw new Unsupported('it refers to another document, or to itself only.')
  }
  // Shared parts are written out at each use: a small document can stand for a huge tree.
  conversion.nodes++
  if (conversion.nodes > maxNodes || depth > maxDepth) {
    throw new Unsupported('its schema is too large.')
  }
  const converted: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    const kind = keywords.get(keyword)
    if (kind === undefined || !isPublished(keyword, value, conversion)) continue
    converted[keyword] = convertValue(kind, keyword, value, conversion, depth)
  }
  return adaptOpenApi(converted, schema, conversion.direction)
}

function isPublished(keyword: string, value: unknown, { direction }: Conversion): boolean {
  if (keyword === 'pattern') return isSafePattern(value)
  // ajv compares items pairwise: an answer of 5 MiB would hang the process.
  return keyword !== 'uniqueItems' || direction === 'input'
}

function convertValue(
  kind: 'value' | 'schema' | 'list' | 'map',
  keyword: string,
  value: unknown,
  conversion: Conversion,
  depth: number
): unknown {
  if (kind === 'schema') return convert(value, conversion, depth + 1)
  if (kind === 'list' && Array.isArray(value)) {
    return value.map((item) => convert(item, conversion, depth + 1))
  }
  if (kind === 'map' && isRecord(value)) {
    const entries = Object.entries(value).filter(
      ([key, child]) =>
        (keyword !== 'patternProperties' || isSafePattern(key)) &&
        !(keyword === 'properties' && isHidden(child, conversion.direction))
    )
    return Object.fromEntries(
      entries.map(([key, child]) => [key, convert(child, conversion, depth + 1)])
    )
  }
  if (keyword === 'description' || keyword === 'title') return cleanText(value, maxDescriptionChars)
  return value
}

/** OpenAPI 3.1: write-only properties are not in answers, read-only ones not in requests. */
function isHidden(schema: unknown, direction: 'input' | 'output'): boolean {
  if (!isRecord(schema)) return false
  return direction === 'output' ? schema.writeOnly === true : schema.readOnly === true
}

/** What OpenAPI writes otherwise than JSON Schema 2020-12 (3.0: nullable, boolean exclusive bounds). */
function adaptOpenApi(
  converted: Record<string, unknown>,
  schema: Record<string, unknown>,
  direction: 'input' | 'output'
): Record<string, unknown> {
  if (schema.nullable === true && converted.type !== undefined) {
    converted.type = [...new Set([converted.type, 'null'].flat())]
    if (Array.isArray(converted.enum)) converted.enum = [...new Set([...converted.enum, null])]
  }
  adaptBound(converted, 'exclusiveMinimum', 'minimum')
  adaptBound(converted, 'exclusiveMaximum', 'maximum')
  const { properties } = schema
  if (Array.isArray(converted.required) && isRecord(properties)) {
    converted.required = converted.required.filter(
      (name) => !isHidden(Object.hasOwn(properties, name) ? properties[name] : undefined, direction)
    )
  }
  return converted
}

function adaptBound(schema: Record<string, unknown>, exclusive: string, bound: string): void {
  if (typeof schema[exclusive] !== 'boolean') return
  if (schema[exclusive] && schema[bound] !== undefined) {
    schema[exclusive] = schema[bound]
    delete schema[bound]
  } else delete schema[exclusive]
}
