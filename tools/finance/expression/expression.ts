import { z } from 'zod'
import { ToolError } from '../../../src/define-tool.ts'
import { binary, calls, type Evaluate } from './operations.ts'
import { type Fault, splitTokens, type Token } from './tokens.ts'

/** A compiled expression. */
export interface Expression {
  /** Value for positional values, in the order of the names. Throws a ToolError, never NaN. */
  evaluate(values: readonly number[]): number
}

const maxExpressionLength = 2000
const maxDepth = 64
/** Steps over all evaluations of one expression: some ten seconds of work. */
const maxSteps = 1e9
const maxShownLength = 40
const rules =
  'Operators + - * / ^ (^ groups to the right, -x^2 is -(x^2)), parentheses, comparisons (1 or 0), if(condition, a, b), abs, sqrt, exp, ln, log10, min, max, round, floor, ceil'

/** The schema of an expression field; `what` says what it computes and which names it knows. */
export function expressionInput(what: string): z.ZodString {
  return z.string().min(1).max(maxExpressionLength).describe(`${what}. ${rules}`)
}

/**
 * Compiles an expression over named values; `{i}` is the value at index i. Throws a ToolError that
 * names the field, the place (characters from 1) and the rule.
 */
export function compileExpression(
  text: string,
  names: readonly string[],
  field = 'expression'
): Expression {
  const fault: Fault = (at, rule) => new ToolError(`${field}: ${rule} (character ${at})`)
  if (text.length > maxExpressionLength) {
    throw fault(
      maxExpressionLength + 1,
      `an expression has at most ${maxExpressionLength} characters`
    )
  }
  const tokens = splitTokens(text, fault)
  const reading: Reading = { tokens, next: 0, depth: 0, names: indexNames(names, field), fault }
  const evaluate = parseComparison(reading)
  const rest = peek(reading)
  if (rest.kind !== 'end') throw fault(rest.at, `an operator is missing before ${show(rest)}`)
  let evaluationsLeft = Math.floor(maxSteps / tokens.length)
  return Object.freeze({
    evaluate(values: readonly number[]) {
      evaluationsLeft -= 1
      if (evaluationsLeft < 0) throw new ToolError(`${field}: too many evaluations; ask for fewer`)
      // Adding 0 turns -0 into 0.
      return evaluate(values) + 0
    }
  })
}

/** Where a parser stands. */
interface Reading {
  readonly tokens: readonly Token[]
  next: number
  depth: number
  readonly names: ReadonlyMap<string, number>
  readonly fault: Fault
}

function indexNames(names: readonly string[], field: string): ReadonlyMap<string, number> {
  const indexed = new Map(names.map((name, index) => [name, index]))
  if (indexed.size === names.length) return indexed
  throw new ToolError(`${field}: two of the names are the same; give each value its own name`)
}

function peek({ tokens, next }: Reading): Token {
  return tokens[next] as Token
}

/** Takes the next token when it is one of these symbols. */
function takeSymbol(reading: Reading, symbols: readonly string[]): Token | undefined {
  const token = peek(reading)
  if (token.kind !== 'symbol' || !symbols.includes(token.text)) return undefined
  reading.next += 1
  return token
}

function expectSymbol(reading: Reading, symbol: string): void {
  const found = peek(reading)
  if (!takeSymbol(reading, [symbol])) {
    throw reading.fault(found.at, `expected ${symbol} instead of ${show(found)}`)
  }
}

/** Bounded, and without half of a surrogate pair at the end. */
function show({ text }: { readonly text: string }): string {
  return text.slice(0, maxShownLength).replaceAll(/\p{Surrogate}/gu, '')
}

const comparisons = ['<', '>', '<=', '>=', '=', '==', '!=', '<>']

/** `a < b < c` means something else in every language, so it is refused. */
function parseComparison(reading: Reading): Evaluate {
  const left = parseSum(reading)
  const operator = takeSymbol(reading, comparisons)
  if (!operator) return left
  const compared = combine(reading, operator, left, parseSum(reading))
  const second = takeSymbol(reading, comparisons)
  if (second) throw reading.fault(second.at, 'comparisons cannot be chained; use parentheses')
  return compared
}

function parseSum(reading: Reading): Evaluate {
  return parseChain(reading, ['+', '-'], parseProduct)
}

function parseProduct(reading: Reading): Evaluate {
  return parseChain(reading, ['*', '/'], parseSigned)
}

/** Operands joined by operators that group to the left. */
function parseChain(
  reading: Reading,
  operators: readonly string[],
  parseOperand: (reading: Reading) => Evaluate
): Evaluate {
  let left = parseOperand(reading)
  for (;;) {
    const operator = takeSymbol(reading, operators)
    if (!operator) return left
    left = combine(reading, operator, left, parseOperand(reading))
  }
}

/** Every way in which an expression can nest passes here, so here its depth is counted. */
function parseSigned(reading: Reading): Evaluate {
  reading.depth += 1
  if (reading.depth > maxDepth) {
    throw reading.fault(peek(reading).at, `nested deeper than ${maxDepth} levels`)
  }
  const sign = takeSymbol(reading, ['-', '+'])
  const operand = sign ? parseSigned(reading) : parsePower(reading)
  reading.depth -= 1
  return sign?.text === '-' ? (v) => -operand(v) : operand
}

function parsePower(reading: Reading): Evaluate {
  const base = parsePrimary(reading)
  const operator = takeSymbol(reading, ['^'])
  return operator ? combine(reading, operator, base, parseSigned(reading)) : base
}

function combine({ fault }: Reading, operator: Token, left: Evaluate, right: Evaluate): Evaluate {
  const make = binary.get(operator.text)
  if (!make) throw fault(operator.at, `${operator.text} is no operator`)
  return make(left, right, operator.at, fault)
}

function parsePrimary(reading: Reading): Evaluate {
  const token = peek(reading)
  if (token.kind === 'number') return parseNumber(reading, token)
  if (token.kind === 'name') return parseName(reading, token)
  if (takeSymbol(reading, ['{'])) return parsePlaceholder(reading)
  if (takeSymbol(reading, ['('])) {
    const inner = parseComparison(reading)
    expectSymbol(reading, ')')
    return inner
  }
  throw reading.fault(token.at, `expected a value instead of ${show(token)}`)
}

function parseNumber(reading: Reading, token: Token): Evaluate {
  const value = Number(token.text)
  if (!Number.isFinite(value)) throw reading.fault(token.at, 'the number is beyond 1.8e308')
  reading.next += 1
  return () => value
}

function parsePlaceholder(reading: Reading): Evaluate {
  const token = peek(reading)
  const count = reading.names.size
  if (token.kind !== 'number' || !/^\d+$/.test(token.text) || Number(token.text) >= count) {
    const range = count === 0 ? 'no values are given' : `the indexes are 0 to ${count - 1}`
    throw reading.fault(token.at, `{${show(token)}} is no value; ${range}`)
  }
  reading.next += 1
  expectSymbol(reading, '}')
  return readValue(Number(token.text), token.at, reading.fault)
}

function parseName(reading: Reading, token: Token): Evaluate {
  reading.next += 1
  if (takeSymbol(reading, ['('])) return parseCall(reading, token)
  const index = reading.names.get(token.text)
  if (index !== undefined) return readValue(index, token.at, reading.fault)
  const known = [...reading.names.keys()].slice(0, 10).map((text) => show({ text }))
  const hint = known.length === 0 ? 'there are no names' : `the names are ${known.join(', ')}`
  throw reading.fault(token.at, `unknown name ${show(token)}; ${hint}`)
}

function readValue(index: number, at: number, fault: Fault): Evaluate {
  return (values) => {
    const value = values[index]
    if (value !== undefined && Number.isFinite(value)) return value
    throw fault(at, 'the value is not a finite number')
  }
}

/** Function names in capitals are those of spreadsheets. */
function parseCall(reading: Reading, token: Token): Evaluate {
  const call = calls.get(token.text.toLowerCase())
  if (!call) {
    const known = [...calls.keys()].join(', ')
    throw reading.fault(token.at, `unknown function ${show(token)}; use one of ${known}`)
  }
  const args = takeSymbol(reading, [')']) ? [] : parseArguments(reading)
  const [min, max] = call.arity
  if (args.length < min || args.length > max) {
    const wanted = min === max ? `${min}` : `${min} to ${max}`
    throw reading.fault(token.at, `${token.text} takes ${wanted} arguments, not ${args.length}`)
  }
  return call.compile(args, token.at, reading.fault)
}

function parseArguments(reading: Reading): readonly Evaluate[] {
  const args: Evaluate[] = []
  do args.push(parseComparison(reading))
  while (takeSymbol(reading, [',']))
  expectSymbol(reading, ')')
  return args
}
