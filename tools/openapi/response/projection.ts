import { isRecord } from '../../../src/json.ts'
import type { JsonSchema } from '../../../src/types.ts'
import { keywordsOf } from '../../outside/schema/keywords.ts'
import { cleanLine } from '../../outside/text.ts'

const maxFields = 50
const maxShownNames = 8

/**
 * The schema of an argument `fields` for answers of this (dereferenced) schema: objects or arrays
 * of objects. Undefined for anything else.
 */
export function projectionArgument(schema: unknown): JsonSchema | undefined {
  const names = fieldNames(schema, '', 0)
  if (names.length < 2) return undefined
  const shown = names
    .map((name) => cleanLine(name, 64))
    .filter((name) => name !== '')
    .slice(0, maxShownNames)
  return Object.freeze({
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 200 },
    minItems: 1,
    maxItems: maxFields,
    description: `Return only these fields; dots lead into objects and lists. For example: ${shown.join(', ')}.`
  })
}

function fieldNames(schema: unknown, prefix: string, depth: number): readonly string[] {
  if (!isRecord(schema) || depth > 4) return []
  const { allOf, items, properties } = schema
  if (Array.isArray(allOf)) return allOf.flatMap((each) => fieldNames(each, prefix, depth + 1))
  if (isRecord(items) && !isRecord(properties)) return fieldNames(items, prefix, depth + 1)
  if (!isRecord(properties)) return []
  const entries = Object.entries(properties)
  return entries.flatMap(([name, child]) => {
    // An envelope such as { items: […] }: its entries are what is worth choosing from.
    const inner =
      isList(child) && depth < 2 ? fieldNames(child, `${prefix}${name}.`, depth + 1) : []
    return inner.length > 0 ? inner : [`${prefix}${name}`]
  })
}

function isList(schema: unknown): boolean {
  return isRecord(schema) && isRecord(schema.items)
}

export interface Projected {
  readonly value: unknown
  /** Fields that are nowhere in the value. */
  readonly missing: readonly string[]
}

interface Node {
  /** The whole value is wanted, not only parts of it. */
  isLeaf: boolean
  readonly children: Map<string, Node>
  isFound: boolean
}

/** Keeps the named fields; arrays on the way are passed through, entry by entry. */
export function project(value: unknown, fields: readonly string[]): Projected {
  const root = createNode()
  for (const field of fields) {
    let node = root
    for (const part of field.split('.')) {
      const next = node.children.get(part) ?? createNode()
      node.children.set(part, next)
      node = next
    }
    node.isLeaf = true
  }
  const picked = pick(value, root)
  return { value: picked, missing: fields.filter((field) => !isFound(root, field)) }
}

function createNode(): Node {
  return { isLeaf: false, isFound: false, children: new Map() }
}

function pick(value: unknown, node: Node): unknown {
  if (node.isLeaf) return value
  if (Array.isArray(value)) return value.map((item) => pick(item, node))
  if (!isRecord(value)) return value
  const kept = [...node.children].flatMap(([name, child]): [string, unknown][] => {
    if (!Object.hasOwn(value, name)) return []
    child.isFound = true
    return [[name, pick(value[name], child)]]
  })
  return Object.fromEntries(kept)
}

function isFound(root: Node, field: string): boolean {
  let node: Node | undefined = root
  for (const part of field.split('.')) {
    if (node?.isLeaf && node !== root) return node.isFound
    node = node?.children.get(part)
  }
  return node?.isFound === true
}

const dropped: ReadonlySet<string> = new Set([
  'required',
  'minProperties',
  'dependentRequired',
  'dependentSchemas',
  'minItems',
  'contains',
  'minContains',
  'maxContains',
  'not',
  'if',
  'then',
  'else'
])
const lists: ReadonlySet<string> = new Set(keywordsOf.list)
const maps: ReadonlySet<string> = new Set([...keywordsOf.map, '$defs'])
const singles: ReadonlySet<string> = new Set(['items', 'additionalProperties'])

/** A schema that every projection of a valid value meets: nothing is required any more. */
export function loosenSchema(schema: unknown): unknown {
  if (!isRecord(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) => {
      if (dropped.has(keyword) || holdsObjects(keyword, value)) return []
      // Without `required` several alternatives may match.
      const name = keyword === 'oneOf' && schema.anyOf === undefined ? 'anyOf' : keyword
      if (keyword === 'oneOf' && name === 'oneOf') return []
      return [[name, loosenValue(keyword, value)]]
    })
  )
}

function loosenValue(keyword: string, value: unknown): unknown {
  if (singles.has(keyword)) return loosenSchema(value)
  if (lists.has(keyword) && Array.isArray(value)) return value.map(loosenSchema)
  if (maps.has(keyword) && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, child]) => [name, loosenSchema(child)])
    )
  }
  return value
}

function holdsObjects(keyword: string, value: unknown): boolean {
  if (keyword !== 'const' && keyword !== 'enum') return false
  return [value].flat().some((each) => typeof each === 'object' && each !== null)
}
