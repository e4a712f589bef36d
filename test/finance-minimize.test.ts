import fc from 'fast-check'
import t from 'tap'
import { answerOf, ctx, errorOf, isClose, source } from './helpers/finance-call.ts'

const rosenbrock = '(1 - x)^2 + 100 * (y - x^2)^2'
const free = [
  { name: 'x', initial: -1.2 },
  { name: 'y', initial: 1 }
]
const bounded = [
  { name: 'x', lower: -5, upper: 5 },
  { name: 'y', lower: -5, upper: 5 }
]

interface Point {
  readonly name: string
  readonly value: number
  readonly atBound: string
}

async function minimise(objective: string, variables: readonly object[], rest: object = {}) {
  const answer = await answerOf('minimize_function', { objective, variables, ...rest })
  const solution = answer.solution as readonly Point[]
  const { agreeing, attempts, maxViolation } = answer as Record<string, number>
  return { value: answer.objectiveValue as number, solution, agreeing, attempts, maxViolation }
}

t.test('every method finds the minimum of Rosenbrock', async (t) => {
  for (const method of ['auto', 'gradient', 'nelder_mead', 'differential_evolution']) {
    const { value, solution } = await minimise(rosenbrock, bounded, { method })
    t.ok(value < 1e-10, `${method}: ${value}`)
    t.ok(solution.every((point) => isClose(point.value, 1, 1e-5) && point.atBound === 'none'))
  }
})

t.test('a function with many valleys: the deepest of them, agreed on', async (t) => {
  // Ackley and Rastrigin need a cosine; Himmelblau and a quartic have known minima without.
  const himmelblau = '(x^2 + y - 11)^2 + (x + y^2 - 7)^2'
  const { value, agreeing, attempts } = await minimise(himmelblau, bounded, { restarts: 5 })
  t.ok(value < 1e-12, 'all four valleys of Himmelblau 1972 reach 0')
  t.same([agreeing, attempts], [12, 12], 'a local search and a population, six times')
  const tilted = await minimise('x^4 - 16 * x^2 + 5 * x', [{ name: 'x', lower: -5, upper: 5 }])
  t.ok(isClose(tilted.value / 2, -39.16616570377142, 1e-9), 'Styblinski and Tang 1990')
  t.ok(isClose(tilted.solution[0]!.value, -2.903534027771177, 1e-6))
})

t.test('bounds, constraints and kinks', async (t) => {
  const corner = await minimise('x + 2 * y', [
    { name: 'x', lower: 1, upper: 3 },
    { name: 'y', lower: -2 }
  ])
  t.same(
    corner.solution.map(({ value, atBound }) => [value, atBound]),
    [
      [1, 'lower'],
      [-2, 'lower']
    ]
  )
  const circle = { expression: 'x^2 + y^2', relation: '<=', rhs: 2 }
  const touching = await minimise('x + y', [{ name: 'x' }, { name: 'y' }], {
    constraints: [circle]
  })
  t.ok(isClose(touching.value, -2, 1e-7))
  t.ok(touching.maxViolation! <= 2e-8, 'maxViolation')
  const largest = await minimise(
    'x * y',
    [
      { name: 'x', lower: 0 },
      { name: 'y', lower: 0 }
    ],
    {
      sense: 'maximize',
      constraints: [{ expression: 'x + y', relation: '=', rhs: 10 }]
    }
  )
  t.ok(isClose(largest.value, 25, 1e-7), 'the square is the largest rectangle')
  const kink = await minimise('abs(x - 3) + 2 * abs(y + 1)', [{ name: 'x' }, { name: 'y' }])
  t.ok(kink.value < 1e-7, 'a median')
  const halfLine = await minimise('x * ln(x)', [{ name: 'x', lower: 0 }])
  t.ok(isClose(halfLine.value, -1 / Math.E, 1e-12), 'no value at the bound')
})

t.test('equations and inequalities together, by every method', async (t) => {
  const variables = ['a', 'b', 'c', 'd'].map((name) => ({ name, lower: 1, upper: 5 }))
  const constraints = [
    { expression: 'a * b * c * d', relation: '>=', rhs: 25 },
    { expression: 'a^2 + b^2 + c^2 + d^2', relation: '=', rhs: 40 }
  ]
  for (const method of ['auto', 'gradient', 'nelder_mead', 'differential_evolution']) {
    const rest = { constraints, method }
    const { value, solution } = await minimise('a * d * (a + b + c) + c', variables, rest)
    t.ok(isClose(value, 17.0140173, 1e-7), `${method}: Hock and Schittkowski 1981, problem 71`)
    t.ok(isClose(solution[0]!.value, 1, 1e-7), 'at its bound')
  }
})

t.test('minima of random convex quadratics', () => {
  const entry = fc.integer({ min: -3, max: 3 })
  const system = fc.record({ b: fc.tuple(entry, entry, entry, entry), at: fc.tuple(entry, entry) })
  return fc.assert(
    fc.asyncProperty(
      system,
      fc.constantFrom('gradient', 'nelder_mead'),
      async ({ b, at }, method) => {
        const [p, q, r, s] = b
        const [x, y] = [`(x - (${at[0]}))`, `(y - (${at[1]}))`]
        const text = `(${p} * ${x} + (${q}) * ${y})^2 + ((${r}) * ${x} + (${s}) * ${y})^2 + ${x}^2 + ${y}^2`
        const { solution } = await minimise(text, [{ name: 'x' }, { name: 'y' }], { method })
        return solution.every(({ value }, index) => isClose(value, at[index]!, 1e-3))
      }
    ),
    { numRuns: 60 }
  )
})

t.test('the same seed gives the same answer, digit for digit', async (t) => {
  const run = (seed: number) =>
    answerOf('minimize_function', {
      objective: rosenbrock,
      variables: bounded,
      method: 'differential_evolution',
      seed
    })
  t.same(await run(7), await run(7))
  t.not((await run(7)).evaluations, (await run(8)).evaluations)
})

t.test('questions without an answer say why', async (t) => {
  const ask = (objective: string, variables: readonly object[], rest: object = {}) =>
    errorOf('minimize_function', { objective, variables, ...rest })
  const x = [{ name: 'x' }]
  t.match(await ask('x', x), /^objective: it seems unbounded/)
  const contradiction = [
    { expression: 'x', relation: '>=', rhs: 5 },
    { expression: 'x', relation: '<=', rhs: 4 }
  ]
  t.match(await ask('x^2', x, { constraints: contradiction }), /^constraints: no point was found/)
  t.match(
    await ask(rosenbrock, free, { maxEvaluations: 100, restarts: 0 }),
    /^objective: no attempt converged after \d+ evaluations.*raise maxEvaluations$/
  )
  t.match(
    await ask('ln(-1 - x^2)', x),
    /^objective: it has no value wherever the search started.*ln needs/
  )
  t.match(await ask('x + z', x), /^objective: unknown name z; the names are x/)
  t.match(
    await ask('x', [{ name: 'x', lower: 2, upper: 1 }]),
    /^variables\[0\]\.lower: x has lower above/
  )
  t.match(await ask('x^2', [{ name: 'x' }, { name: 'x' }]), /two of the names are the same/)
  t.match(await ask('x^2', x, { method: 'differential_evolution' }), /needs lower and upper/)
  const wrong = { constraints: [{ expression: 'y', relation: '=', rhs: 0 }] }
  t.match(await ask('x', x, wrong), /^constraints\[0\]\.expression: unknown name y/)
})

t.test('a cancelled search stops, and the event loop turns meanwhile', async (t) => {
  const tool = source.tools.find(({ name }) => name === 'minimize_function')!
  const stop = new AbortController()
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
    if (turns === 3) stop.abort(new Error('enough'))
  }, 1)
  const letters = 'abcdefghijklmnopqrst'.split('')
  const parsed = await tool.parse({
    objective: letters.map((letter) => `exp(${letter} / 9) * ${letter}^2`).join(' + '),
    variables: letters.map((name) => ({ name, lower: -9, upper: 9 })),
    method: 'differential_evolution',
    restarts: 50,
    maxEvaluations: 5_000_000
  })
  if (!parsed.ok) throw new Error('arguments')
  await t.rejects(async () => tool.run(parsed.value, { ...ctx, signal: stop.signal }), {
    message: 'enough'
  })
  clearInterval(timer)
})

t.test('an objective of tiny values is not taken for level', async (t) => {
  for (const unit of [1e-6, 1e-12, 1e-100]) {
    const one = await minimise(`${unit} * (x - 3)^2`, [{ name: 'x', initial: 0 }])
    t.ok(isClose(one.solution[0]?.value ?? 0, 3, 1e-6), `${unit}: ${one.solution[0]?.value}`)
    // Two variances: shares in inverse proportion, 2/7 and 5/7.
    const two = await minimise(`${unit} * (x^2 + 0.4 * y^2)`, [{ name: 'x' }, { name: 'y' }], {
      constraints: [{ expression: 'x + y', relation: '=', rhs: 1 }]
    })
    t.ok(isClose(two.solution[0]?.value ?? 0, 2 / 7, 1e-6), `${unit}: ${two.solution[0]?.value}`)
    t.ok(isClose(two.value / unit, 2 / 7, 1e-6))
  }
})

t.test('a point without a slope is an error that says so', async (t) => {
  const args = { formula: 'sqrt(-(x0 - 1)^2)', initialValues: [1], sense: 'minimize' }
  t.match(await errorOf('gradient_descent_optimize', args), /^formula: it has no slope at \(1\)/)
})
