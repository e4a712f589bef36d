import type { ToolError } from '../../../src/define-tool.ts'

/** A piece of an expression; `at` counts characters from 1. */
export interface Token {
  readonly kind: 'number' | 'name' | 'symbol' | 'end'
  readonly text: string
  readonly at: number
}

/** Makes the error for a place in the text and the rule that it breaks. */
export type Fault = (at: number, rule: string) => ToolError

const piece =
  /\s+|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<symbol><=|>=|==|!=|<>|[-+*/^(){},<>=])/uy

/** Splits a text into tokens, an end token last. Throws on a character that has no meaning. */
export function splitTokens(text: string, fault: Fault): readonly Token[] {
  const ascii = text.replaceAll('\u2212', '-')
  const tokens: Token[] = []
  for (let start = 0; start < ascii.length; ) {
    piece.lastIndex = start
    const groups = piece.exec(ascii)?.groups
    if (!groups) throw fault(start + 1, `${quoteAt(ascii, start)} has no meaning in an expression`)
    const { number, name, symbol } = groups
    const token = number ?? name ?? symbol
    if (token !== undefined) tokens.push({ kind: kindOf(number, name), text: token, at: start + 1 })
    start = piece.lastIndex
  }
  tokens.push({ kind: 'end', text: 'the end', at: ascii.length + 1 })
  return tokens
}

function kindOf(number: string | undefined, name: string | undefined): Token['kind'] {
  if (number !== undefined) return 'number'
  return name === undefined ? 'symbol' : 'name'
}

/** JSON escapes control characters and halves of surrogate pairs. */
function quoteAt(text: string, index: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(index) ?? 0))
}
