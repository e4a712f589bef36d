import { isRecord } from '../../../src/json.ts'
import type { JsonSchema } from '../../../src/types.ts'

const faults: ReadonlyMap<number, string> = new Map([
  [400, 'The body is not JSON, or the arguments do not match the schema.'],
  [401, 'No API key, or a wrong one.'],
  [404, 'No such tool for this caller.'],
  [429, 'Too many calls: wait as Retry-After says.'],
  [500, 'Something unforeseen; X-Request-Id leads to it in the log.'],
  [502, 'The tool failed, or its result is too large.'],
  [503, 'Busy or shutting down: retry later.'],
  [504, 'The call ran into its deadline.']
])

export const time = { type: 'string', format: 'date-time' }
export const text = { type: 'string' }

/** Under these, keys are names and values are schemas. */
const namedSchemas = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions'
])
/** Under these are values, whatever they look like. */
const plainValues = new Set(['enum', 'const', 'default', 'example', 'examples', 'required'])

/** Makes a schema's references to itself hold at `base`, where it lies in the document. */
export function rebase(schema: unknown, base: string): unknown {
  if (Array.isArray(schema)) return schema.map((each) => rebase(each, base))
  // With an id of its own a schema is its own document.
  if (!isRecord(schema) || '$id' in schema) return schema
  return mapValues(schema, (value, keyword) => {
    if (plainValues.has(keyword)) return value
    if (keyword === '$ref' && typeof value === 'string') {
      return /^#(?:\/|$)/.test(value) ? base + value.slice(1) : value
    }
    if (!namedSchemas.has(keyword) || !isRecord(value)) return rebase(value, base)
    return mapValues(value, (each) => rebase(each, base))
  })
}

function mapValues(
  values: Record<string, unknown>,
  map: (value: unknown, key: string) => unknown
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]))
}

/** Where a named schema lies in the document. */
export function pointer(name: string): string {
  return `#/components/schemas/${name}`
}

export function refer(name: string): { readonly $ref: string } {
  return { $ref: pointer(name) }
}

export function json(schema: unknown): object {
  return { content: { 'application/json': { schema } } }
}

/** An object with all of these properties. */
export function object(properties: Readonly<Record<string, unknown>>): object {
  return { type: 'object', properties, required: Object.keys(properties) }
}

/** The responses of an operation: its success and the faults that it may have. */
export function answer(
  description: string,
  schema: unknown,
  statuses: readonly number[] = [...faults.keys()]
): object {
  const refused = statuses.map((status) => [status, { $ref: `#/components/responses/${status}` }])
  return { responses: { 200: { description, ...json(schema) }, ...Object.fromEntries(refused) } }
}

/** Every fault once, for `components.responses`. */
export function describeFaults(): object {
  const retryAfter = { description: 'Seconds to wait.', schema: { type: 'integer' } }
  const entries = [...faults].map(([status, description]) => {
    const headers = [429, 503].includes(status) && { headers: { 'Retry-After': retryAfter } }
    return [status, { description, ...headers, ...json(refer('error')) }]
  })
  return Object.fromEntries(entries)
}

/** Each parameter in words, such as `string (required)`. */
export function describeParameters({ properties, required }: JsonSchema): Record<string, string> {
  const names = Array.isArray(required) ? required : []
  const entries = Object.entries(isRecord(properties) ? properties : {})
  return Object.fromEntries(
    entries.map(([name, schema]) => [
      name,
      `${typeName(schema)} (${names.includes(name) ? 'required' : 'optional'})`
    ])
  )
}

function typeName(schema: unknown): string {
  const { type, anyOf, oneOf } = isRecord(schema) ? schema : {}
  if (typeof type === 'string') return type
  const choices = [type, anyOf, oneOf].find(Array.isArray) as readonly unknown[] | undefined
  const names = choices?.map((each) => (typeof each === 'string' ? each : typeName(each)))
  return names ? [...new Set(names)].join('|') : 'any'
}
