import { isRecord } from '../../src/json.ts'
import { keywordsOf } from './schema/keywords.ts'

type Node = Record<string, unknown>

/** Data, which may hold `$ref` as a text of its own, and parts that no tool is made of. */
const notFollowed: ReadonlySet<string> = new Set([
  ...['example', 'examples', 'default', 'enum', 'const', 'callbacks', 'links', 'webhooks']
])

/** Schemas lie here; whatever else refers is a Reference Object, whose siblings are ignored. */
const schemaKeys = new Set(['schema', ...keywordsOf.schema, ...keywordsOf.list])
const schemaMaps = new Set([...keywordsOf.map, '$defs', 'definitions', 'schemas'])

/** Maps whose keys are names that somebody chose, not keywords of OpenAPI or JSON Schema. */
const nameMaps = new Set([
  ...schemaMaps,
  ...['paths', 'responses', 'content', 'encoding', 'headers', 'requestBodies', 'parameters'],
  ...['securitySchemes', 'pathItems']
])

/** Siblings of a `$ref` that say something to people and change no validation. */
const annotations: ReadonlySet<string> = new Set([
  ...['title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly'],
  ...['writeOnly', 'summary', '$comment']
])

interface Settling {
  readonly root: Node
  readonly is30: boolean
  readonly settled: Map<Node, Node>
  readonly open: Set<Node>
  /** Objects already put in place whose content is filled in at the end. */
  readonly unfilled: Map<Node, () => void>
}

/**
 * Replaces every local `$ref` of a parsed document, in place and in linear time, by the object it
 * points to: a recursive schema becomes a cyclic object. What points nowhere, in a circle of
 * references or outside the document keeps its `$ref`, so that only its users are refused.
 */
export function dereference(root: Node): Node {
  const settling: Settling = {
    root,
    is30: String(root.openapi).startsWith('3.0'),
    settled: new Map(),
    open: new Set(),
    unfilled: new Map()
  }
  walk(root, settling, plain)
  for (const fill of [...settling.unfilled.values()]) fill()
  return root
}

interface Place {
  readonly isNameMap: boolean
  readonly isSchemaMap: boolean
}

const plain: Place = { isNameMap: false, isSchemaMap: false }

function walk(node: object, settling: Settling, place: Place): void {
  for (const [key, child] of followedChildren(node, place)) {
    const isSchema = place.isSchemaMap || (!place.isNameMap && schemaKeys.has(key))
    if (isReference(child)) {
      ;(node as Node)[key] = settle(child, settling, isSchema)
      continue
    }
    const isList = Array.isArray(child)
    const isNameMap = !place.isNameMap && !isList && nameMaps.has(key)
    const isSchemaMap = isList ? isSchema : isNameMap && schemaMaps.has(key)
    walk(child, settling, { isNameMap, isSchemaMap })
  }
}

function followedChildren(node: object, { isNameMap }: Place): [string, object][] {
  return Object.entries(node).filter(
    ([key, child]) =>
      typeof child === 'object' &&
      child !== null &&
      (isNameMap || !(notFollowed.has(key) || key.startsWith('x-')))
  )
}

function isReference(node: unknown): node is Node {
  return isRecord(node) && typeof node.$ref === 'string'
}

/** The object that a reference stands for; the reference itself when there is none. */
function settle(reference: Node, settling: Settling, isSchema: boolean): Node {
  const known = settling.settled.get(reference)
  if (known) return known
  if (settling.open.has(reference)) return reference
  settling.open.add(reference)
  const target = lookUp(String(reference.$ref), settling, isSchema)
  settling.open.delete(reference)
  const result = target ? merge(reference, target, settling, isSchema) : reference
  settling.settled.set(reference, result)
  return result
}

/** OpenAPI 3.0 ignores siblings of `$ref`; in 3.1 those of a schema apply beside it. */
function merge(reference: Node, target: Node, settling: Settling, isSchema: boolean): Node {
  const { $ref: _, ...siblings } = reference
  const names = Object.keys(siblings)
  if (!isSchema || names.length === 0) return target
  if (!settling.is30 && names.some((name) => !annotations.has(name))) {
    walk(siblings, settling, plain)
    const { allOf } = siblings
    return { ...siblings, allOf: [target, ...(Array.isArray(allOf) ? allOf : [])] }
  }
  const kept = Object.fromEntries(
    Object.entries(siblings).filter(([name]) => annotations.has(name))
  )
  const merged: Node = {}
  settling.unfilled.set(merged, () => {
    settling.unfilled.delete(merged)
    settling.unfilled.get(target)?.()
    Object.assign(merged, target, kept)
    for (const [key, child] of followedChildren(merged, plain)) {
      if (isReference(child)) merged[key] = settle(child, settling, schemaKeys.has(key))
    }
  })
  return merged
}

/** RFC 6901, with references on the way followed. */
function lookUp(pointer: string, settling: Settling, isSchema: boolean): Node | undefined {
  if (pointer !== '#' && !pointer.startsWith('#/')) return undefined
  let node: unknown = settling.root
  for (const part of pointer.split('/').slice(1)) {
    const key = unescapePart(part)
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined
    node = (node as Node)[key]
    if (isReference(node)) node = settle(node, settling, isSchema)
    settling.unfilled.get(node as Node)?.()
  }
  return isRecord(node) && !isReference(node) ? node : undefined
}

function unescapePart(part: string): string {
  const text = part.replace(/~1/g, '/').replace(/~0/g, '~')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
