import { isRecord } from '../../../../src/json.ts'
import type { JsonSchema } from '../../../../src/types.ts'
import { dereference } from '../../../outside/references.ts'
import { toInputSchema, toJsonSchema, Unsupported } from '../../../outside/schema/schema.ts'

const maxDepth = 40
const maxNodes = 20_000
const maxChars = 262_144

/**
 * A tool's input schema as it may be shown: within bounds of size and depth, with its local
 * references resolved (others are never fetched), without patterns that can hang and without
 * `x-mcp-header`, by which a server would choose what of a call shows in its headers. Throws
 * Unsupported with the reason.
 */
export function readInputSchema(raw: unknown): JsonSchema {
  const { schema } = toInputSchema(prepare(raw))
  return Object.freeze({ ...schema, type: 'object' })
}

/** The same for what a tool answers; undefined when it cannot be shown. */
export function readOutputSchema(raw: unknown): JsonSchema | undefined {
  if (raw === undefined) return undefined
  try {
    return Object.freeze({ ...toJsonSchema(prepare(raw), 'output'), type: 'object' })
  } catch (error) {
    if (error instanceof Unsupported) return undefined
    throw error
  }
}

function prepare(raw: unknown): Record<string, unknown> {
  if (!isRecord(raw)) throw new Unsupported('its schema is not an object.')
  if (raw.type !== 'object') throw new Unsupported('its schema is not one of an object.')
  checkBounds(raw)
  const own = modernize(structuredClone(raw)) as Record<string, unknown>
  const { $ref, ...rest } = own
  return dereference(typeof $ref === 'string' ? { ...rest, allOf: [{ $ref }] } : own)
}

/** Step by step: what nests by the thousand would overflow any function that calls itself. */
function checkBounds(root: object): void {
  const open: { readonly node: object; readonly depth: number }[] = [{ node: root, depth: 0 }]
  const size = { nodes: 0, chars: 0 }
  for (let place = open.pop(); place; place = open.pop()) {
    const { node, depth } = place
    if (depth > maxDepth) throw new Unsupported('its schema is too deep.')
    for (const [key, value] of Object.entries(node)) {
      countEntry(size, key, value)
      if (isNode(value)) open.push({ node: value, depth: depth + 1 })
    }
  }
}

function countEntry(size: { nodes: number; chars: number }, key: string, value: unknown): void {
  if (!isPlainName(key)) throw new Unsupported('its schema has names that nobody can send.')
  size.nodes++
  size.chars += key.length + (typeof value === 'string' ? value.length : 0)
  if (size.nodes > maxNodes || size.chars > maxChars) {
    throw new Unsupported('its schema is too large.')
  }
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Invisible characters hide from a person what a model reads; `__proto__` no request may hold. */
function isPlainName(name: string): boolean {
  return name !== '__proto__' && !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u.test(name)
}

const data = new Set(['enum', 'const', 'default', 'examples'])

/** JSON Schema before 2020-12: `items` as a list. */
function modernize(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(modernize)
  if (!isRecord(node)) return node
  const own = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, data.has(key) ? value : modernize(value)])
  )
  if (!Array.isArray(own.items)) return own
  const { items, additionalItems, ...rest } = own
  const more = additionalItems === undefined ? {} : { items: additionalItems }
  return { ...rest, prefixItems: items, ...more }
}
