import { isRecord } from '../../src/json.ts'
import { Unsupported } from './schema.ts'
import { cleanText } from './text.ts'

const maxDescriptionChars = 400

export interface Parameter {
  /** Name among the tool's arguments. */
  readonly argument: string
  /** Name on the wire. */
  readonly name: string
  readonly location: 'path' | 'query'
  readonly required: boolean
  readonly description: string
  /** The dereferenced schema of the document. */
  readonly schema: Readonly<Record<string, unknown>>
}

type RawParameter = Readonly<Record<string, unknown>> & {
  readonly name: string
  readonly in: string
}

/** OpenAPI 3.1, section 4.8.12.2.1: header parameters of these names are to be ignored. */
const ignoredHeaders: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization'])

/**
 * The parameters a call can give, path before query. Throws Unsupported when one of them is
 * required or offered in a form that cannot be sent exactly as the document says.
 */
export function readParameters(
  pathItem: Readonly<Record<string, unknown>>,
  operation: Readonly<Record<string, unknown>>
): readonly Parameter[] {
  const merged = new Map<string, RawParameter>()
  for (const raw of [...listOf(pathItem.parameters), ...listOf(operation.parameters)]) {
    merged.set(`${raw.in} ${raw.name}`, raw)
  }
  const sendable = [...merged.values()].filter(isOffered)
  const ordered = [...sendable].sort((a, b) => a.in.localeCompare(b.in))
  const taken = new Set<string>()
  return ordered.map((raw) => toParameter(raw, taken))
}

function listOf(parameters: unknown): readonly RawParameter[] {
  if (parameters === undefined) return []
  if (!Array.isArray(parameters)) throw new Unsupported('its parameters are not a list.')
  return parameters.map((raw: unknown) => {
    if (!isRecord(raw) || typeof raw.name !== 'string' || typeof raw.in !== 'string') {
      throw new Unsupported(
        'one of its parameters has no name or location (or is in another file).'
      )
    }
    return raw as RawParameter
  })
}

function isOffered(raw: RawParameter): boolean {
  if (raw.in === 'path' || raw.in === 'query') return true
  if (raw.in === 'header' && ignoredHeaders.has(raw.name.toLowerCase())) return false
  if (raw.required !== true && (raw.in === 'header' || raw.in === 'cookie')) return false
  throw new Unsupported(`it needs ${describe(raw)}: only path and query are supported.`)
}

function toParameter(raw: RawParameter, taken: Set<string>): Parameter {
  const location = raw.in === 'path' ? 'path' : 'query'
  checkStyle(raw)
  if (raw.name === '__proto__') throw new Unsupported(`${describe(raw)} has a reserved name.`)
  let argument = raw.name
  while (taken.has(argument)) argument = `${location}_${argument}`
  taken.add(argument)
  return Object.freeze({
    argument,
    name: raw.name,
    location,
    required: location === 'path' || raw.required === true,
    description: cleanText(raw.description, maxDescriptionChars),
    schema: raw.schema as Record<string, unknown>
  })
}

function checkStyle(raw: RawParameter): void {
  const what = describe(raw)
  if (!isRecord(raw.schema)) throw new Unsupported(`${what} has no schema.`)
  const style = raw.style ?? (raw.in === 'path' ? 'simple' : 'form')
  if (style !== (raw.in === 'path' ? 'simple' : 'form')) {
    throw new Unsupported(`${what} has the style "${cleanText(style, 20)}".`)
  }
  if (raw.allowReserved === true) throw new Unsupported(`${what} has allowReserved.`)
  const leaves = leavesOf(raw.schema, new Set())
  const hasArray = leaves.some(({ type }) => type === 'array')
  if (hasArray && raw.in === 'query' && raw.explode === false) {
    throw new Unsupported(`${what} is an array with explode: false.`)
  }
  for (const leaf of leaves) checkLeaf(leaf, what)
}

function checkLeaf({ type, schema }: Leaf, what: string): void {
  if (scalars.has(type)) return
  const items = type === 'array' ? leavesOf(schema.items, new Set()) : []
  if (items.length > 0 && items.every((item) => scalars.has(item.type) && item.type !== 'null')) {
    return
  }
  throw new Unsupported(`${what} is not a text, number, boolean or a list of these.`)
}

const scalars: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean', 'null'])

interface Leaf {
  /** A JSON Schema type, or undefined where the schema leaves it open. */
  readonly type: unknown
  readonly schema: Readonly<Record<string, unknown>>
}

/** Every type that a value may have, with the schema that says so. */
function leavesOf(schema: unknown, seen: Set<object>): readonly Leaf[] {
  if (!isRecord(schema)) return [{ type: undefined, schema: {} }]
  if (seen.has(schema)) return []
  seen.add(schema)
  const { type, enum: options, const: only, anyOf, oneOf, allOf } = schema
  if (type !== undefined) return [type].flat().map((each) => ({ type: each, schema }))
  if (Array.isArray(options)) return options.map((each) => ({ type: typeOf(each), schema }))
  if (only !== undefined) return [{ type: typeOf(only), schema }]
  const branches = anyOf ?? oneOf
  if (Array.isArray(branches)) return branches.flatMap((branch) => leavesOf(branch, seen))
  const parts = Array.isArray(allOf) ? allOf.flatMap((part) => leavesOf(part, seen)) : []
  const typed = parts.filter((part) => part.type !== undefined)
  return typed.length > 0 ? typed : [{ type: undefined, schema }]
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function describe(raw: RawParameter): string {
  return `the ${cleanText(raw.in, 20)} parameter "${cleanText(raw.name, 64)}"`
}
