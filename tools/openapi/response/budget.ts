import { isRecord } from '../../../src/json.ts'
import { cleanLine } from '../../outside/text.ts'

/** Entries of one array, or of all arrays under the same path, that were left out. */
export interface Cut {
  /** Dotted, without indices; empty for the whole. */
  readonly path: string
  readonly left: number
  readonly total: number
}

export interface Fitted {
  readonly value: unknown
  readonly cuts: readonly Cut[]
}

interface Work {
  readonly sizes: Map<object, number>
  readonly flexible: Map<object, boolean>
  readonly cuts: Map<string, { left: number; total: number }>
}

class DoesNotFit extends Error {
  override readonly name = 'DoesNotFit'
}

/**
 * Cuts the tail of the largest arrays until the JSON text of the value has at most `maxBytes`.
 * Undefined when it is large without arrays, so that nothing can be left out.
 */
export function fitJson(value: unknown, maxBytes: number): Fitted | undefined {
  const work: Work = { sizes: new Map(), flexible: new Map(), cuts: new Map() }
  try {
    const fitted = fit(value, maxBytes, '', work)
    return { value: fitted, cuts: [...work.cuts].map(([path, cut]) => ({ path, ...cut })) }
  } catch (error) {
    if (error instanceof DoesNotFit) return undefined
    throw error
  }
}

function fit(value: unknown, maxBytes: number, path: string, work: Work): unknown {
  if (sizeOf(value, work) <= maxBytes) return value
  if (Array.isArray(value)) return fitArray(value, maxBytes, path, work)
  if (isRecord(value)) return fitObject(value, maxBytes, path, work)
  throw new DoesNotFit()
}

function fitArray(array: readonly unknown[], maxBytes: number, path: string, work: Work) {
  const kept: unknown[] = []
  let bytes = 1
  for (const item of array) {
    bytes += sizeOf(item, work) + 1
    if (bytes > maxBytes) break
    kept.push(item)
  }
  // One entry that is too large alone is more use in part than not at all.
  if (kept.length === 0 && isFlexible(array[0], work) && maxBytes > 2) {
    kept.push(fit(array[0], maxBytes - 2, path, work))
  }
  if (maxBytes < 2) throw new DoesNotFit()
  const left = array.length - kept.length
  if (left > 0) {
    const cut = work.cuts.get(path) ?? { left: 0, total: 0 }
    work.cuts.set(path, { left: cut.left + left, total: cut.total + array.length })
  }
  return kept
}

/** Shares the room among the fields that can shrink: small ones stay whole, large ones are cut. */
function fitObject(
  object: Readonly<Record<string, unknown>>,
  maxBytes: number,
  path: string,
  work: Work
) {
  const entries = Object.entries(object)
  const shrinking = entries
    .filter(([, value]) => isFlexible(value, work))
    .sort(([, one], [, other]) => sizeOf(one, work) - sizeOf(other, work))
  const shrinkingBytes = shrinking.reduce((sum, [, value]) => sum + sizeOf(value, work), 0)
  let room = maxBytes - (sizeOf(object, work) - shrinkingBytes)
  const fitted = new Map<string, unknown>()
  for (const [index, [key, value]] of shrinking.entries()) {
    const share = Math.floor(room / (shrinking.length - index))
    const name = cleanLine(key, 64)
    const part = fit(value, share, path === '' ? name : `${path}.${name}`, work)
    fitted.set(key, part)
    room -= sizeOf(part, work)
  }
  if (room < 0) throw new DoesNotFit()
  return Object.fromEntries(
    entries.map(([key, value]) => [key, fitted.has(key) ? fitted.get(key) : value])
  )
}

function isFlexible(value: unknown, work: Work): boolean {
  if (typeof value !== 'object' || value === null) return false
  const known = work.flexible.get(value)
  if (known !== undefined) return known
  const answer = Array.isArray(value)
    ? value.length > 0
    : Object.values(value).some((item) => isFlexible(item, work))
  work.flexible.set(value, answer)
  return answer
}

/** Bytes of the JSON text. */
function sizeOf(value: unknown, work: Work): number {
  if (typeof value !== 'object' || value === null) return textBytes(value)
  const known = work.sizes.get(value)
  if (known !== undefined) return known
  const parts = Array.isArray(value)
    ? value.map((item) => sizeOf(item, work))
    : Object.entries(value).map(([key, item]) => textBytes(key) + 1 + sizeOf(item, work))
  const bytes = parts.reduce((sum, part) => sum + part, 2 + Math.max(0, parts.length - 1))
  work.sizes.set(value, bytes)
  return bytes
}

function textBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? 'null')
}

const lessArguments =
  /^(?:fields|select|page|page_?(?:size|number|token)|per_?page|limit|offset|cursor|count|size|first|last|top|skip|max(?:_?(?:results|items))?|filters?|q|query|search|since|until|before|after|from|to|start(?:_?date)?|end(?:_?date)?|date|status|type)$/i

/** Says what was left out and which of the tool's arguments ask for less. */
export function describeCuts(cuts: readonly Cut[], argumentNames: readonly string[]): string {
  const parts = cuts
    .slice(0, 5)
    .map(({ path, left, total }) => `${left} of ${total} entries${path && ` of "${path}"`}`)
  return `Not complete: ${parts.join(', ')} were left out. ${describeLess(argumentNames)}`
}

export function describeLess(argumentNames: readonly string[]): string {
  const names = argumentNames.filter((name) => lessArguments.test(name)).slice(0, 6)
  return names.length === 0
    ? 'No argument of this tool asks for less.'
    : `Ask for less with ${names.length === 1 ? 'the argument' : 'the arguments'} ${names.join(', ')}.`
}
