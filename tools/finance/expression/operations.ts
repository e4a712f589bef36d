import type { Fault } from './tokens.ts'

/** A compiled part of an expression: positional values in, a finite number out. */
export type Evaluate = (values: readonly number[]) => number

/** Combines compiled operands; `at` is where an error is reported. */
type Combine = (left: Evaluate, right: Evaluate, at: number, fault: Fault) => Evaluate

const tooLarge = 'the result is beyond the largest number (1.8e308)'

/** Operators between two values; a comparison is 1 when it holds, else 0. */
export const binary: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ['+', (a, b, at, fault) => (v) => bounded(a(v) + b(v), at, fault)],
  ['-', (a, b, at, fault) => (v) => bounded(a(v) - b(v), at, fault)],
  ['*', (a, b, at, fault) => (v) => bounded(a(v) * b(v), at, fault)],
  ['/', (a, b, at, fault) => (v) => divide(a(v), b(v), at, fault)],
  ['^', (a, b, at, fault) => (v) => power(a(v), b(v), at, fault)],
  ['<', (a, b) => (v) => (a(v) < b(v) ? 1 : 0)],
  ['>', (a, b) => (v) => (a(v) > b(v) ? 1 : 0)],
  ['<=', (a, b) => (v) => (a(v) <= b(v) ? 1 : 0)],
  ['>=', (a, b) => (v) => (a(v) >= b(v) ? 1 : 0)],
  ['=', (a, b) => (v) => (a(v) === b(v) ? 1 : 0)],
  ['==', (a, b) => (v) => (a(v) === b(v) ? 1 : 0)],
  ['!=', (a, b) => (v) => (a(v) !== b(v) ? 1 : 0)],
  ['<>', (a, b) => (v) => (a(v) !== b(v) ? 1 : 0)]
])

function bounded(value: number, at: number, fault: Fault): number {
  if (Number.isFinite(value)) return value
  throw fault(at, tooLarge)
}

function divide(dividend: number, divisor: number, at: number, fault: Fault): number {
  if (divisor === 0) throw fault(at, 'division by zero')
  return bounded(dividend / divisor, at, fault)
}

function power(base: number, exponent: number, at: number, fault: Fault): number {
  if (base === 0 && exponent < 0) throw fault(at, '0 to a negative power is a division by zero')
  const value = base ** exponent
  if (Number.isNaN(value)) throw fault(at, 'a negative number to a fractional power is not real')
  return bounded(value, at, fault)
}

/** A function of an expression. */
interface Call {
  readonly arity: readonly [min: number, max: number]
  compile(args: readonly Evaluate[], at: number, fault: Fault): Evaluate
}

const anyNumber = 100

/** Every function that an expression may call. */
export const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['abs', ofOne(Math.abs)],
  ['floor', ofOne(Math.floor)],
  ['ceil', ofOne(Math.ceil)],
  ['round', ofOne(roundHalfAway)],
  ['exp', ofOne(Math.exp)],
  ['sqrt', ofOne(Math.sqrt, (x) => x >= 0, 'sqrt needs a value of at least 0')],
  ['ln', ofOne(Math.log, (x) => x > 0, 'ln needs a value above 0')],
  ['log10', ofOne(Math.log10, (x) => x > 0, 'log10 needs a value above 0')],
  ['min', ofMany(Math.min)],
  ['max', ofMany(Math.max)],
  [
    'if',
    { arity: [3, 3], compile: ([test = zero, yes = zero, no = zero]) => choose(test, yes, no) }
  ]
])

const zero: Evaluate = () => 0

/** Only the chosen branch is evaluated: `if(x = 0, 0, 1 / x)` has a value everywhere. */
function choose(test: Evaluate, yes: Evaluate, no: Evaluate): Evaluate {
  return (v) => (test(v) === 0 ? no(v) : yes(v))
}

function ofOne(compute: (x: number) => number, accepts?: (x: number) => boolean, rule = ''): Call {
  return {
    arity: [1, 1],
    compile:
      ([argument = zero], at, fault) =>
      (v) => {
        const x = argument(v)
        if (accepts && !accepts(x)) throw fault(at, rule)
        return bounded(compute(x), at, fault)
      }
  }
}

function ofMany(pick: (a: number, b: number) => number): Call {
  const compile = (args: readonly Evaluate[]): Evaluate =>
    args.reduce((first, second) => (v) => pick(first(v), second(v)))
  return { arity: [1, anyNumber], compile }
}

/** Halves go away from 0, as in a spreadsheet. */
function roundHalfAway(x: number): number {
  return Math.sign(x) * Math.round(Math.abs(x))
}
