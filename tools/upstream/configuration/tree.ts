import { isRecord } from '../../../src/json.ts'
import type { Report } from './issue.ts'
import { findRepeatedKeys } from './repeated-keys.ts'

const maxDepth = 32
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** Data of a configuration under null-prototype objects. */
export type Tree = Readonly<Record<string, unknown>>

/**
 * A checked copy of a configuration, given as JSON text or as an object: at most `maxBytes` of
 * JSON, no key twice, no prototype key, plain data only. Undefined when there is nothing to look at.
 */
export function readTree(config: unknown, report: Report, maxBytes = 51_200): Tree | undefined {
  const value = typeof config === 'string' ? parseText(config, maxBytes, report) : config
  if (value === undefined && typeof config === 'string') return undefined
  const budget = { nodes: maxBytes }
  const tree = copy(value, [], budget, report)
  if (budget.nodes < 0 || (typeof config !== 'string' && byteLength(tree) > maxBytes)) {
    report('too_large', [], `at most ${maxBytes} bytes`)
    return undefined
  }
  if (isRecord(tree)) return tree
  report('not_object', [])
  return undefined
}

function parseText(text: string, maxBytes: number, report: Report): unknown {
  if (Buffer.byteLength(text) > maxBytes) {
    report('too_large', [], `at most ${maxBytes} bytes`)
    return undefined
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and with it perhaps a secret.
    report('not_json', [])
    return undefined
  }
  for (const path of findRepeatedKeys(text, maxDepth)) report('repeated_key', path)
  return value
}

function byteLength(tree: unknown): number {
  return Buffer.byteLength(JSON.stringify(tree) ?? '')
}

type Path = readonly (string | number)[]

/** Reads every property once: a getter cannot answer the check and the use differently. */
function copy(value: unknown, path: Path, budget: { nodes: number }, report: Report): unknown {
  // Each node takes a byte of JSON at least. This also ends a walk in circles.
  budget.nodes -= 1
  if (budget.nodes < 0) return undefined
  if (typeof value !== 'object' || value === null) return copyScalar(value, path, report)
  if (path.length >= maxDepth) return void report('too_deep', path)
  const next = (item: unknown, key: string | number): unknown =>
    copy(item, [...path, key], budget, report)
  if (Array.isArray(value)) {
    // A list with holes is longer than what it holds.
    if (value.length > budget.nodes) budget.nodes = -1
    return budget.nodes < 0 ? undefined : Array.from(value, next)
  }
  if (!isPlain(value)) return void report('not_plain', path)
  return copyFields(value as Tree, path, next, report)
}

function copyFields(
  value: Tree,
  path: Path,
  next: (item: unknown, key: string) => unknown,
  report: Report
): Tree {
  const result: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value)) {
    if (forbiddenKeys.has(key)) {
      report('forbidden_key', [...path, key])
      continue
    }
    const item = next(value[key], key)
    if (item !== undefined) result[key] = item
  }
  return result
}

function copyScalar(value: unknown, path: Path, report: Report): unknown {
  const isData = ['string', 'number', 'boolean', 'undefined'].includes(typeof value)
  if (isData || value === null) return value
  report('not_plain', path)
  return undefined
}

/** True for `{}` of any realm and for objects without a prototype; inherited fields count as absent. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
