import secureJsonParse from 'secure-json-parse'
import { Refusal } from './errors.ts'

/** More than any honest message needs: `JSON.stringify` itself overflows at some thousand levels. */
const maxDepth = 64
const maxKeys = 10_000
const maxElements = 100_000

/**
 * Parses a client's message. Throws as `parseJson` does, and a Refusal `too_many` when it holds over
 * 10,000 keys or 100,000 elements.
 */
export function parseMessage(text: string): unknown {
  return parse(text, findExcess(text))
}

/**
 * Parses what an API or a file holds, whose bytes are capped elsewhere. Throws a Refusal: `parse` when
 * it is not JSON (or names `__proto__`), `too_deep` when it nests over 64 levels.
 */
export function parseJson(text: string): unknown {
  const fault = findExcess(text)
  return parse(text, fault === 'too_deep' ? fault : undefined)
}

/** The scan comes before JSON.parse, where 1 MiB of brackets blocks the loop for half a second. */
function parse(text: string, fault: 'too_deep' | 'too_many' | undefined): unknown {
  if (fault) throw new Refusal(fault)
  try {
    return secureJsonParse(text, undefined, { protoAction: 'error', constructorAction: 'error' })
  } catch (cause) {
    throw new Refusal('parse', { cause })
  }
}

/** One pass over what stands outside strings: brackets, colons and commas. */
function findExcess(text: string): 'too_deep' | 'too_many' | undefined {
  let depth = 0
  let keys = 0
  let separators = 0
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case quote:
        index = endOfString(text, index)
        break
      case openBracket:
      case openBrace:
        if (++depth > maxDepth) return 'too_deep'
        break
      case closeBracket:
      case closeBrace:
        depth--
        break
      case comma:
        separators++
        break
      case colon:
        keys++
    }
  }
  // Commas stand between keys as well as between elements.
  return keys > maxKeys || separators - keys > maxElements ? 'too_many' : undefined
}

/** Position of the quote that ends the string whose opening quote is at `start`. */
export function endOfString(text: string, start: number): number {
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
const comma = 0x2c
const colon = 0x3a

/** True for a plain object, the only shape a JSON-RPC message or its params may have. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
