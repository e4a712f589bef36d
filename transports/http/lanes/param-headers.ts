import { ConfigError } from '../../../src/config-error.ts'
import { Refusal } from '../../../src/errors.ts'
import { isRecord } from '../../../src/json.ts'
import type { JsonSchema } from '../../../src/types.ts'

/** An argument that a 2026-07-28 client repeats in an `Mcp-Param-*` header. */
interface Declaration {
  readonly path: readonly string[]
  readonly header: string
  readonly isNumber: boolean
}

/** The headers that a tool declares, and their comparison with its arguments. */
export interface ParamCheck {
  readonly headers: readonly string[]
  /** Throws a Refusal when a header is missing or differs. */
  check(args: unknown, read: ReadHeader): void
}

type ReadHeader = (name: string) => string | undefined

const token = /^[!#$%&'*+.^_`|~\w-]+$/
const base64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/
const decimal = /^-?\d+(?:\.\d+)?$/

/**
 * Compiles the check of a tool's `x-mcp-header` properties (SEP-2243): the header must be there
 * whenever the argument is, and say the same. Throws on a declaration that the specification
 * forbids; returns undefined when the schema declares none.
 */
export function compileParamHeaders(schema: JsonSchema): ParamCheck | undefined {
  const declarations = [...findDeclarations(schema, [])]
  if (countAnnotations(schema) > declarations.length) {
    throw new ConfigError(
      'x-mcp-header: only on properties of properties, not under other keywords'
    )
  }
  if (declarations.length === 0) return undefined
  const names = new Set(declarations.map(({ header }) => header.toLowerCase()))
  if (names.size < declarations.length) throw new ConfigError('x-mcp-header: each name once only')
  return {
    headers: declarations.map(({ header }) => `Mcp-Param-${header}`),
    check(args, read) {
      for (const declaration of declarations) check(declaration, args, read)
    }
  }
}

function* findDeclarations(schema: JsonSchema, path: readonly string[]): Generator<Declaration> {
  const header = schema['x-mcp-header']
  if (header !== undefined) {
    const isName = typeof header === 'string' && token.test(header)
    const isPrimitive = ['string', 'integer', 'boolean'].includes(String(schema.type))
    if (!isName || !isPrimitive || path.length === 0) {
      const place = path.join('.')
      throw new ConfigError(
        `x-mcp-header of ${place}: must name a header for a text, integer or flag`
      )
    }
    yield { path, header, isNumber: schema.type === 'integer' }
  }
  if (!isRecord(schema.properties)) return
  for (const [key, child] of Object.entries(schema.properties)) {
    if (isRecord(child)) yield* findDeclarations(child, [...path, key])
  }
}

const schemaMaps = new Set([
  'properties',
  '$defs',
  'definitions',
  'patternProperties',
  'dependentSchemas'
])
const plainValues = new Set(['const', 'enum', 'default', 'examples'])

/** Every annotation in a schema, also where the specification does not let one stand. */
function countAnnotations(schema: unknown): number {
  if (Array.isArray(schema)) return sum(schema.map(countAnnotations))
  if (!isRecord(schema)) return 0
  const own = 'x-mcp-header' in schema ? 1 : 0
  const children = Object.entries(schema)
    .filter(([keyword]) => !plainValues.has(keyword))
    .map(([keyword, child]) =>
      schemaMaps.has(keyword) && isRecord(child)
        ? countAnnotations(Object.values(child))
        : countAnnotations(child)
    )
  return own + sum(children)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function check({ path, header, isNumber }: Declaration, args: unknown, read: ReadHeader): void {
  const value = path.reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), args)
  const isPrimitive = ['string', 'number', 'boolean'].includes(typeof value)
  // Absent and null need no header; a wrong type is the argument check's business.
  if (!isPrimitive) return
  const name = `Mcp-Param-${header}`
  const sent = read(name.toLowerCase())
  if (sent === undefined) throw mismatch(name, 'is missing')
  const decoded = decode(sent)
  if (decoded === undefined) throw mismatch(name, 'is not valid Base64')
  const isSame =
    isNumber && typeof value === 'number'
      ? decimal.test(decoded) && Number(decoded) === value
      : decoded === String(value)
  if (!isSame) throw mismatch(name, `differs from the argument ${path.join('.')}`)
}

function mismatch(name: string, fault: string): Refusal {
  return new Refusal('header_mismatch', { detail: `${name} ${fault}.` })
}

/** `=?base64?…?=` carries what a header cannot; anything else stands for itself. */
function decode(text: string): string | undefined {
  if (!text.startsWith('=?base64?') || !text.endsWith('?=')) return text
  const encoded = text.slice('=?base64?'.length, -'?='.length)
  return base64.test(encoded) ? Buffer.from(encoded, 'base64').toString() : undefined
}
