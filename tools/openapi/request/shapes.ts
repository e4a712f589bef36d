import { isRecord } from '../../../src/json.ts'
import { Unsupported } from '../../outside/schema/schema.ts'

export type Kind = 'scalar' | 'array' | 'object'

type Schema = Readonly<Record<string, unknown>>

/** What is left of a schema: undefined when no value of it can be sent. */
export interface Narrowed {
  readonly schema: unknown
  /** True when something of the schema had to be left out. */
  readonly isCut: boolean
}

const whole = (schema: unknown): Narrowed => ({ schema, isCut: false })

const kindOfType: ReadonlyMap<unknown, Kind> = new Map([
  ['string', 'scalar'],
  ['number', 'scalar'],
  ['integer', 'scalar'],
  ['boolean', 'scalar'],
  ['array', 'array'],
  ['object', 'object']
])

/**
 * Cuts a schema down to the kinds of values that a style can write. Members of lists and objects
 * must be scalars: "the representation of array or object properties is not defined" (OpenAPI
 * 3.1.1, "Style Values"). A schema that leaves the kind open stays; the call then decides.
 * Throws Unsupported, with `what` it is of, for one that is too large.
 */
export function narrow(
  schema: unknown,
  kinds: ReadonlySet<Kind>,
  what: string
): Narrowed | undefined {
  return narrowWithin(schema, kinds, { what, open: new Set(), steps: 0 })
}

/** Shared parts are looked at once for each use: thirty schemas can stand for a billion. */
const maxSteps = 2_000
const maxDepth = 40

interface Walk {
  readonly what: string
  /** The schemas that the present one lies in. */
  readonly open: Set<object>
  steps: number
}

function narrowWithin(schema: unknown, kinds: ReadonlySet<Kind>, walk: Walk): Narrowed | undefined {
  if (!isRecord(schema)) return schema === false ? undefined : whole(schema)
  if (walk.open.has(schema)) return undefined
  if (++walk.steps > maxSteps || walk.open.size >= maxDepth) {
    throw new Unsupported(`${walk.what} has a schema that is too large.`)
  }
  walk.open.add(schema)
  const narrowed = narrowRecord(schema, kinds, walk)
  walk.open.delete(schema)
  return narrowed
}

function narrowRecord(schema: Schema, kinds: ReadonlySet<Kind>, walk: Walk): Narrowed | undefined {
  const branches = ['anyOf', 'oneOf'].find((key) => Array.isArray(schema[key]))
  const narrowed = narrowTypes(schema, kinds, walk)
  if (!narrowed) return undefined
  if (branches) return narrowBranches(narrowed, branches, kinds, walk)
  if (Array.isArray(schema.allOf)) return narrowAll(narrowed, schema.allOf, kinds, walk)
  return narrowed
}

function narrowBranches(
  { schema, isCut }: Narrowed,
  keyword: string,
  kinds: ReadonlySet<Kind>,
  walk: Walk
): Narrowed | undefined {
  const given = (schema as Schema)[keyword] as readonly unknown[]
  // Null is sent as nothing by every style, but alone it is no value.
  const left = given.map((branch) =>
    isNull(branch) ? whole(branch) : narrowWithin(branch, kinds, walk)
  )
  const kept = left.filter((each) => each !== undefined)
  if (kept.every((each) => isNull(each.schema))) return undefined
  if (kept.length === given.length && !kept.some((each) => each.isCut)) return { schema, isCut }
  const branches = kept.map((each) => each.schema)
  return { schema: { ...(schema as Schema), [keyword]: branches }, isCut: true }
}

function isNull(schema: unknown): boolean {
  return isRecord(schema) && schema.type === 'null'
}

function narrowAll(
  { schema, isCut }: Narrowed,
  given: readonly unknown[],
  kinds: ReadonlySet<Kind>,
  walk: Walk
): Narrowed | undefined {
  const left = given.map((part) => narrowWithin(part, kinds, walk))
  const allOf: unknown[] = []
  for (const each of left) {
    if (!each) return undefined
    allOf.push(each.schema)
  }
  if (!left.some((each) => each?.isCut)) return { schema, isCut }
  return { schema: { ...(schema as Schema), allOf }, isCut: true }
}

function narrowTypes(schema: Schema, kinds: ReadonlySet<Kind>, walk: Walk): Narrowed | undefined {
  const declared = typesOf(schema)
  if (declared === undefined) return whole(schema)
  const members = new Map<Kind, Narrowed | undefined>()
  const kept = declared.filter((type) => {
    const kind = kindOfType.get(type)
    if (kind === undefined) return type === 'null'
    if (!kinds.has(kind)) return false
    if (!members.has(kind)) members.set(kind, narrowMembers(schema, kind, walk))
    return members.get(kind) !== undefined
  })
  if (!kept.some((type) => type !== 'null')) return undefined
  const parts = [...members.values()].filter((each) => each !== undefined)
  const isCut = kept.length < declared.length || parts.some((each) => each.isCut)
  if (!isCut) return whole(schema)
  const merged = Object.assign({}, schema, ...parts.map((each) => each.schema))
  const isOneType = kept.length === 1
  return { schema: { ...merged, type: isOneType ? kept[0] : kept }, isCut }
}

/** The types that a schema names or implies, without its branches. */
function typesOf(schema: Schema): readonly unknown[] | undefined {
  const { type, enum: options, const: only } = schema
  if (type !== undefined) return [type].flat()
  if (Array.isArray(options)) return [...new Set(options.map(typeOf))]
  if (only !== undefined) return [typeOf(only)]
  if (isRecord(schema.properties)) return ['object']
  return schema.items === undefined ? undefined : ['array']
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

const scalarsOnly: ReadonlySet<Kind> = new Set(['scalar'])

/** The keywords about members, cut to scalar members; undefined when that leaves nothing. */
function narrowMembers(schema: Schema, kind: Kind, walk: Walk): Narrowed | undefined {
  if (kind === 'scalar') return whole({})
  if (kind === 'object') return narrowProperties(schema, walk)
  const { items, prefixItems } = schema
  if (prefixItems !== undefined) return undefined
  if (items === undefined) return whole({})
  const narrowed = narrowWithin(items, scalarsOnly, walk)
  return narrowed && { schema: { items: narrowed.schema }, isCut: narrowed.isCut }
}

function narrowProperties(schema: Schema, walk: Walk): Narrowed | undefined {
  const { properties, additionalProperties: rest, required } = schema
  const all = Object.entries(isRecord(properties) ? properties : {}).map(([name, property]) => {
    return { name, narrowed: narrowWithin(property, scalarsOnly, walk) }
  })
  const lost = all.filter(({ narrowed }) => narrowed === undefined)
  if (Array.isArray(required) && lost.some(({ name }) => required.includes(name))) return undefined
  const others = isRecord(rest) ? narrowWithin(rest, scalarsOnly, walk) : whole(rest)
  const isCut = all.some(({ narrowed }) => !narrowed || narrowed.isCut) || !others || others.isCut
  if (!isCut) return whole({})
  if (lost.length === all.length && others?.schema === undefined) return undefined
  const kept = all.flatMap(({ name, narrowed }) => (narrowed ? [[name, narrowed.schema]] : []))
  const additionalProperties = others ? others.schema : false
  return {
    schema: {
      properties: Object.fromEntries(kept),
      ...(additionalProperties !== undefined && { additionalProperties })
    },
    isCut: true
  }
}
