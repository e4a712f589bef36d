import secureJsonParse from 'secure-json-parse'
import { Refusal } from './errors.ts'

/** Nesting that no honest message needs; `JSON.stringify` itself overflows at some thousands. */
const maxDepth = 64

/**
 * Parses a message from outside. Throws a Refusal: `parse` when it is not JSON (or names
 * `__proto__`), `too_deep` when it nests over 64 levels.
 */
export function parseJson(text: string): unknown {
  // Before JSON.parse: 1 MiB of brackets blocks the loop for half a second there.
  if (depthOf(text, maxDepth) > maxDepth) throw new Refusal('too_deep')
  try {
    return secureJsonParse(text, undefined, { protoAction: 'error', constructorAction: 'error' })
  } catch (cause) {
    throw new Refusal('parse', { cause })
  }
}

/** Greatest nesting of brackets outside strings; stops counting once `limit` is passed. */
function depthOf(text: string, limit: number): number {
  let depth = 0
  let deepest = 0
  for (let index = 0; index < text.length && deepest <= limit; index++) {
    const code = text.charCodeAt(index)
    if (code === quote) index = endOfString(text, index)
    else if (code === openBracket || code === openBrace) {
      depth++
      if (depth > deepest) deepest = depth
    } else if (code === closeBracket || code === closeBrace) depth--
  }
  return deepest
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(position - 1 - backslashes) === backslash) backslashes++
  return backslashes % 2 === 1
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** True for a plain object, the only shape a JSON-RPC message or its params may have. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
