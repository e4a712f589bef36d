import { isRecord } from '../../../src/json.ts'
import type { JsonSchema } from '../../../src/types.ts'
import { cleanText } from '../text.ts'
import { childrenOf, type KeywordKind, keywords } from './keywords.ts'
import { isSafePattern } from './pattern.ts'

/** Why an operation, or a part of it, is not offered. The message is the reason. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'
}

class TooLarge extends Unsupported {
  constructor() {
    super('its schema is too large.')
  }
}

/** More than fit into `maxBytes`; it bounds the work that a hostile document can ask for. */
const maxNodes = 2_000
const maxDepth = 40
const maxBytes = 32 * 1024
const maxDescriptionChars = 400

interface Conversion {
  readonly direction: 'input' | 'output'
  /** Schemas that contain themselves, with the name they get in `$defs`. */
  readonly recursive: ReadonlyMap<object, string>
  readonly defs: Map<string, unknown>
  readonly detail: Detail
  nodes: number
  chars: number
}

/** How much of a schema is written out. */
interface Detail {
  /** Deeper schemas are reduced to their type. */
  readonly depth: number
  /** Deeper texts are left out. */
  readonly textDepth: number
}

const everything: Detail = { depth: Number.POSITIVE_INFINITY, textDepth: Number.POSITIVE_INFINITY }

/** From losing nothing that validates to an outline. */
const shorter: readonly Detail[] = [
  { depth: Number.POSITIVE_INFINITY, textDepth: 2 },
  ...[8, 6, 5, 4, 3].map((depth) => ({ depth, textDepth: 2 })),
  ...[3, 2, 1].map((depth) => ({ depth, textDepth: 1 }))
]

/**
 * A dereferenced OpenAPI schema as a self-contained JSON Schema 2020-12; what contains itself goes
 * to `$defs`. Throws Unsupported when it is too large, too deep or refers to another document.
 */
export function toJsonSchema(schema: unknown, direction: 'input' | 'output'): JsonSchema {
  return convertAll(schema, direction, everything)
}

/**
 * The same for arguments, but a schema that is too large is shortened instead of refused: first
 * its inner texts go, then the schemas deep inside, whose values the API judges alone.
 */
export function toInputSchema(schema: unknown): { schema: JsonSchema; isShortened: boolean } {
  for (const detail of [everything, ...shorter]) {
    try {
      const isShortened = detail.depth !== Number.POSITIVE_INFINITY
      return { schema: convertAll(schema, 'input', detail), isShortened }
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
    }
  }
  throw new Unsupported('its schema is too large.')
}

function convertAll(schema: unknown, direction: 'input' | 'output', detail: Detail): JsonSchema {
  const recursive = findRecursive(schema, detail.depth)
  const conversion: Conversion = {
    direction,
    recursive,
    defs: new Map(),
    detail,
    nodes: 0,
    chars: 0
  }
  const body = convertBody(schema, conversion, 0)
  if (!isRecord(body)) throw new Unsupported('its schema is not an object.')
  const { defs } = conversion
  const whole = defs.size === 0 ? body : { ...body, $defs: Object.fromEntries(defs) }
  if (JSON.stringify(whole).length > maxBytes) throw new TooLarge()
  return whole
}

/** Looks no deeper than `maxWalked`: what lies below is not written out. */
function findRecursive(root: unknown, maxWalked: number): ReadonlyMap<object, string> {
  const found = new Map<object, string>()
  const open = new Set<object>()
  const done = new Set<object>()
  const visit = (schema: unknown, depth: number): void => {
    if (!isRecord(schema) || done.has(schema) || depth > maxWalked) return
    if (open.has(schema)) {
      if (!found.has(schema)) found.set(schema, `schema${found.size + 1}`)
      return
    }
    // Every schema within reach is written out at least once.
    if (open.size + done.size > maxNodes) throw new TooLarge()
    open.add(schema)
    for (const child of childrenOf(schema)) visit(child, depth + 1)
    open.delete(schema)
    done.add(schema)
  }
  visit(root, 0)
  return found
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
    const target = cleanText(schema.$ref ?? schema.$dynamicRef, 80)
    throw new Unsupported(`it refers to "${target}", which is not in the document.`)
  }
  if (depth > conversion.detail.depth) return outline(schema)
  // Shared parts are written out at each use: a small document can stand for a huge tree.
  conversion.nodes++
  if (conversion.nodes > maxNodes || depth > maxDepth) {
    throw new TooLarge()
  }
  const converted: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    const kind = keywords.get(keyword)
    if (kind === undefined || !isPublished(keyword, value, conversion)) continue
    if (isText(keyword) && depth > conversion.detail.textDepth) continue
    converted[keyword] = convertValue(kind, keyword, value, conversion, depth)
  }
  return adaptOpenApi(converted, schema, conversion.direction)
}

function outline({ type }: Record<string, unknown>): unknown {
  return typeof type === 'string' || Array.isArray(type) ? { type } : true
}

function isPublished(keyword: string, value: unknown, { direction }: Conversion): boolean {
  if (keyword === 'pattern') return isSafePattern(value)
  // A boolean there is the notation of Swagger 1 and a frequent slip.
  if (keyword === 'required') return Array.isArray(value)
  // Not worth the time of an answer of megabytes.
  return keyword !== 'uniqueItems' || direction === 'input'
}

function convertValue(
  kind: KeywordKind,
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
  if (isText(keyword)) return countText(cleanText(value, maxDescriptionChars), conversion)
  return value
}

/** Stops early: texts alone fill most of what is too large. */
function countText(text: string, conversion: Conversion): string {
  conversion.chars += text.length
  if (conversion.chars > maxBytes) throw new TooLarge()
  return text
}

function isText(keyword: string): boolean {
  return keyword === 'description' || keyword === 'title'
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
  // ajv compares items pairwise unless they are scalars: a long list would hang the process.
  if (!isScalar(converted.items)) delete converted.uniqueItems
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

function isScalar(schema: unknown): boolean {
  return isRecord(schema) && /^(string|number|integer|boolean)$/.test(String(schema.type))
}

function adaptBound(schema: Record<string, unknown>, exclusive: string, bound: string): void {
  if (typeof schema[exclusive] !== 'boolean') return
  if (schema[exclusive] && schema[bound] !== undefined) {
    schema[exclusive] = schema[bound]
    delete schema[bound]
  } else delete schema[exclusive]
}
