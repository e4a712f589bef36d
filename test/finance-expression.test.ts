import fc from 'fast-check'
import t from 'tap'
import { ToolError } from '../src/define-tool.ts'
import { compileExpression } from '../tools/finance/expression/expression.ts'
import { hostileExpressions } from './fixtures/hostile-expressions.ts'

const names = ['x', 'y', 'rate_1', 'größe']
const values = [2, -3, 0.5, 7]

function evaluate(text: string): number {
  return compileExpression(text, names).evaluate(values)
}

function messageOf(text: string): string {
  try {
    return `no error but ${evaluate(text)}`
  } catch (error) {
    if (error instanceof ToolError) return error.message
    throw error
  }
}

const valid: readonly (readonly [string, number])[] = [
  ['-x^2', -4],
  ['(-x)^2', 4],
  ['2^3^2', 512],
  ['2^-1', 0.5],
  ['-2^-2', -0.25],
  ['- - 3', 3],
  ['+3', 3],
  ['8/4/2', 1],
  ['8-4-2', 2],
  ['1 + 2 * 3', 7],
  ['6 / 2 * 3', 9],
  ['2 \u2212 5', -3],
  ['\u2212x^2', -4],
  ['{0} * {1} + {3}', 1],
  ['{00}', 2],
  ['{ 1 }', -3],
  ['größe + rate_1', 7.5],
  ['.5 + 1. + 1e-1 + 2E+1', 21.6],
  ['x > y', 1],
  ['x <= y', 0],
  ['x = 2', 1],
  ['x == 2', 1],
  ['x <> 2', 0],
  ['x != 2', 0],
  ['(1 < 2) + (2 >= 2)', 2],
  ['if(x = 0, 1 / 0, 1 / x)', 0.5],
  ['IF(y < 0, MAX(1, x), 0)', 2],
  ['min(3, 1, 2) + max(3, 1, 2) + min(5)', 9],
  ['abs(y) + sqrt(16) + exp(0) + ln(1) + log10(1000)', 11],
  ['round(2.5) + 10 * round(-2.5) + 100 * round(0.49999999999999994)', -27],
  ['floor(-1.5) + 10 * ceil(-1.5)', -12],
  ['0 * y', 0],
  ['0 ^ 0', 1],
  ['(-8) ^ 3', -512],
  [`${'('.repeat(60)}x${')'.repeat(60)}`, 2],
  [`0${'+1'.repeat(999)}`, 999]
]

const invalid: readonly (readonly [string, RegExp])[] = [
  ['', /expected a value instead of the end \(character 1\)/],
  ['1 +', /expected a value instead of the end \(character 4\)/],
  ['(1', /expected \) instead of the end \(character 3\)/],
  ['1)', /an operator is missing before \) \(character 2\)/],
  ['2 x', /an operator is missing before x \(character 3\)/],
  ['1.2.3', /an operator is missing before \.3/],
  ['x * * y', /expected a value instead of \* \(character 5\)/],
  ['1 < 2 < 3', /comparisons cannot be chained; use parentheses \(character 7\)/],
  ['z + 1', /unknown name z; the names are x, y, rate_1, größe \(character 1\)/],
  ['X', /unknown name X/],
  ['constructor', /unknown name constructor/],
  ['__proto__ + 1', /unknown name __proto__/],
  ['toString()', /unknown function toString; use one of abs/],
  ['{4}', /\{4\} is no value; the indexes are 0 to 3 \(character 2\)/],
  ['{-1}', /\{-\} is no value/],
  ['{1.5}', /\{1\.5\} is no value/],
  ['{x}', /\{x\} is no value/],
  ['{1', /expected \} instead of the end/],
  ['50 %', /"%" has no meaning in an expression \(character 4\)/],
  ['x; y', /";" has no meaning/],
  ['1 / (x - 2)', /division by zero \(character 3\)/],
  ['1 / (0 * y)', /division by zero/],
  ['0 ^ -1', /0 to a negative power is a division by zero \(character 3\)/],
  ['(-8) ^ (1 / 3)', /a negative number to a fractional power is not real \(character 6\)/],
  ['sqrt(y)', /sqrt needs a value of at least 0 \(character 1\)/],
  ['ln(0)', /ln needs a value above 0/],
  ['log10(y)', /log10 needs a value above 0/],
  ['1e308 * 10', /beyond the largest number \(1\.8e308\) \(character 7\)/],
  ['min(1e308 + 1e308, 1)', /beyond the largest number/],
  ['exp(1000)', /beyond the largest number/],
  ['9 ^ 9 ^ 9', /beyond the largest number/],
  ['1e999', /the number is beyond 1\.8e308 \(character 1\)/],
  ['max()', /max takes 1 to 100 arguments, not 0/],
  ['sqrt(1, 2)', /sqrt takes 1 arguments, not 2/],
  ['if(1, 2)', /if takes 3 arguments, not 2/],
  ['sqrt', /unknown name sqrt/],
  [`${'('.repeat(65)}1${')'.repeat(65)}`, /nested deeper than 64 levels \(character 65\)/],
  [`${'-'.repeat(100)}1`, /nested deeper than 64 levels/],
  [`2${'^1'.repeat(100)}`, /nested deeper than 64 levels/],
  [`${'abs('.repeat(100)}1`, /nested deeper than 64 levels/],
  ['('.repeat(10_000), /at most 2000 characters \(character 2001\)/]
]

t.test('values of valid expressions', async (t) => {
  for (const [text, expected] of valid) t.equal(evaluate(text), expected, text.slice(0, 40))
  t.ok(Object.is(evaluate('0 * y'), 0), 'never -0')
})

t.test('errors name the place and the rule', async (t) => {
  for (const [text, expected] of invalid) t.match(messageOf(text), expected)
  t.throws(() => compileExpression('1', ['a', 'a']), { message: /two of the names are the same/ })
  t.throws(() => compileExpression('q', [], 'objective'), { message: /^objective: unknown name q/ })
  t.throws(() => compileExpression('x', ['x']).evaluate([Number.NaN]), { name: 'ToolError' })
  t.throws(() => compileExpression('x', ['x']).evaluate([]), { name: 'ToolError' })
})

t.test('10,000 hostile expressions run nothing', async (t) => {
  const globals = Object.getOwnPropertyNames(globalThis)
  const endings = { value: 0, error: 0 }
  let slowestMs = 0
  for (const text of hostileExpressions(10_000)) {
    const startedMs = performance.now()
    const message = messageOf(text)
    slowestMs = Math.max(slowestMs, performance.now() - startedMs)
    if (message.startsWith('no error')) {
      endings.value += 1
      if (!Number.isFinite(Number(message.slice('no error but '.length)))) t.fail(text)
    } else {
      endings.error += 1
      if (!/\(character \d+\)$/.test(message)) t.fail(message)
      if (message.length > 500) t.fail(`${message.length} characters of message`)
    }
  }
  t.same(Object.getOwnPropertyNames(globalThis), globals, 'no new global')
  t.equal(process.exitCode, undefined)
  t.equal(({} as Record<string, unknown>).polluted, undefined)
  t.ok(endings.error > 9000 && endings.value > 0, 'both endings', endings)
  t.comment(`slowest ${slowestMs.toFixed(2)} ms of 10,000`)
})

/** An expression as a tree, evaluated here without the parser. */
interface Tree {
  readonly text: string
  /** How tightly it binds: 1 comparison, 2 sum, 3 product, 4 sign, 5 power, 6 alone. */
  readonly level: number
  /** Undefined where the expression has no value. */
  value(): number | undefined
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined)
const wrap = (tree: Tree, level: number): string =>
  tree.level < level ? `(${tree.text})` : tree.text

function both(a: Tree, b: Tree, compute: (x: number, y: number) => number): number | undefined {
  const x = a.value()
  const y = x === undefined ? undefined : b.value()
  return x === undefined || y === undefined ? undefined : finite(compute(x, y))
}

const operators: Readonly<Record<string, readonly [number, (x: number, y: number) => number]>> = {
  '+': [2, (x, y) => x + y],
  '-': [2, (x, y) => x - y],
  '*': [3, (x, y) => x * y],
  '/': [3, (x, y) => x / y],
  '<': [1, (x, y) => Number(x < y)],
  '>=': [1, (x, y) => Number(x >= y)]
}

function joined(operator: string, a: Tree, b: Tree): Tree {
  const [level, compute] = operators[operator]!
  const left = wrap(a, level === 1 ? 2 : level)
  return {
    text: `${left} ${operator} ${wrap(b, level + 1)}`,
    level,
    value: () => both(a, b, compute)
  }
}

const functions: Readonly<Record<string, (x: number) => number>> = {
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: (x) => (x > 0 ? Math.log(x) : Number.NaN),
  floor: Math.floor,
  ceil: Math.ceil
}

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }).map((x) => ({
    text: String(x),
    level: 6,
    value: () => x
  })),
  fc.nat({ max: 3 }).map((index) => ({
    text: index % 2 === 0 ? `{${index}}` : names[index]!,
    level: 6,
    value: () => values[index]!
  }))
)

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    leaf,
    fc
      .tuple(fc.constantFrom(...Object.keys(operators)), tie('tree'), tie('tree'))
      .map(([operator, a, b]) => joined(operator, a, b)),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
      text: `${wrap(a, 6)}^${wrap(b, 4)}`,
      level: 5,
      value: () => both(a, b, (x, y) => x ** y)
    })),
    tie('tree').map((a) => ({
      text: `-${wrap(a, 4)}`,
      level: 4,
      value: () => both(a, a, (x) => -x)
    })),
    fc.tuple(fc.constantFrom(...Object.keys(functions)), tie('tree')).map(([name, a]) => ({
      text: `${name}(${a.text})`,
      level: 6,
      value: () => both(a, a, (x) => functions[name]!(x))
    })),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([test, yes, no]) => ({
      text: `if(${test.text}, ${yes.text}, ${no.text})`,
      level: 6,
      value: () => {
        const decided = test.value()
        if (decided === undefined) return undefined
        return decided === 0 ? no.value() : yes.value()
      }
    }))
  )
}))

t.test('agrees with trees that are evaluated without the parser', async (t) => {
  const seen = { value: 0, error: 0 }
  fc.assert(
    fc.property(tree, ({ text, value }) => {
      fc.pre(text.length <= 2000)
      const expected = value()
      if (expected === undefined) {
        seen.error += 1
        return !messageOf(text).startsWith('no error')
      }
      seen.value += 1
      return evaluate(text) === expected
    }),
    { numRuns: 3000 }
  )
  t.ok(seen.value > 500 && seen.error > 100, 'both endings', seen)
})
