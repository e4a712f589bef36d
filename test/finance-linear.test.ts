import fc from 'fast-check'
import t from 'tap'
import { optimise } from '../tools/finance/optimisation/linear/simplex.ts'
import { answerOf, endingOf, errorOf, isClose } from './helpers/finance-call.ts'
import {
  dot,
  enumerateIntegers,
  enumerateVertices,
  isFeasible,
  numbersOf,
  type Row
} from './helpers/linear-oracle.ts'

const small = fc.integer({ min: -5, max: 5 })
const relation = fc.constantFrom('<=', '<=', '>=', '=') as fc.Arbitrary<Row['relation']>
const program = fc.integer({ min: 1, max: 3 }).chain((size) => {
  const coefficients = fc.array(small, { minLength: size, maxLength: size })
  const row = fc.record({ coefficients, relation, rhs: fc.integer({ min: -8, max: 12 }) })
  return fc.record({ objective: coefficients, constraints: fc.array(row, { maxLength: 4 }) })
})

function solve(objective: readonly number[], constraints: readonly Row[], sense = 'minimize') {
  return endingOf('solve_linear_program', { objective, constraints, sense })
}

t.test('the simplex method agrees with the enumeration of vertices', async (t) => {
  const seen = { optimal: 0, infeasible: 0, unbounded: 0 }
  await fc.assert(
    fc.asyncProperty(program, async ({ objective, constraints }) => {
      const verdict = enumerateVertices(objective, constraints)
      const ending = await solve(objective, constraints)
      seen[verdict.kind] += 1
      if (verdict.kind !== 'optimal') {
        return ending.kind === 'error' && ending.message.includes(verdict.kind)
      }
      if (ending.kind !== 'value') return false
      const x = numbersOf(ending.value, 'solution')
      return isFeasible(x, constraints) && isClose(dot(objective, x), verdict.value, 1e-7)
    }),
    { numRuns: 1500 }
  )
  t.ok(Math.min(seen.optimal, seen.infeasible, seen.unbounded) > 50, 'every ending', seen)
})

t.test('strong duality, signs of duals, complementary slackness', () =>
  fc.assert(
    fc.asyncProperty(program, fc.boolean(), async ({ objective, constraints }, isMaximum) => {
      const ending = await solve(objective, constraints, isMaximum ? 'maximize' : 'minimize')
      if (ending.kind !== 'value') return true
      const sign = isMaximum ? -1 : 1
      const { objectiveValue, dualValue } = ending.value as Record<string, number>
      const duals = numbersOf(ending.value, 'shadowPrices')
      const slacks = numbersOf(ending.value, 'slacks')
      const costs = numbersOf(ending.value, 'reducedCosts')
      const x = numbersOf(ending.value, 'solution')
      return (
        isClose(dualValue!, objectiveValue!, 1e-8) &&
        costs.every((cost) => sign * cost >= -1e-8) &&
        costs.every((cost, index) => Math.abs(cost * x[index]!) < 1e-7) &&
        duals.every((dual, index) => Math.abs(dual * slacks[index]!) < 1e-7) &&
        duals.every((dual, index) => {
          const { relation } = constraints[index]!
          if (relation === '=') return true
          return relation === '<=' ? sign * dual <= 1e-8 : sign * dual >= -1e-8
        })
      )
    }),
    { numRuns: 1500 }
  )
)

t.test("Beale's cycle ends", async (t) => {
  const { objectiveValue } = await answerOf('solve_linear_program', {
    objective: [-0.75, 150, -0.02, 6],
    constraints: [
      { coefficients: [0.25, -60, -0.04, 9], relation: '<=', rhs: 0 },
      { coefficients: [0.5, -90, -0.02, 3], relation: '<=', rhs: 0 },
      { coefficients: [0, 0, 1, 0], relation: '<=', rhs: 1 }
    ],
    sense: 'minimize'
  })
  t.ok(isClose(objectiveValue as number, -0.05, 1e-12), 'Beale 1955: -1/20')
})

t.test("Chvatal's cycle ends", async (t) => {
  // As a tableau: scaling would choose other columns, and those do not cycle.
  const tableau = {
    rows: [
      Float64Array.of(0.5, -5.5, -2.5, 9, 1, 0, 0, 0),
      Float64Array.of(0.5, -1.5, -0.5, 1, 0, 1, 0, 0),
      Float64Array.of(1, 0, 0, 0, 0, 0, 1, 1)
    ],
    costs: Float64Array.of(-10, 57, 9, 24, 0, 0, 0, 0),
    basis: [4, 5, 6]
  }
  t.equal(await optimise(tableau, 7, () => undefined), -1)
  t.ok(isClose(tableau.costs[7]!, 1, 1e-12), 'Chvatal 1983, page 31: the maximum is 1')
})

t.test("Klee and Minty's cubes", async (t) => {
  for (const size of [3, 6, 7]) {
    const constraints = Array.from({ length: size }, (_, row) => ({
      coefficients: Array.from({ length: size }, (_, column) => {
        if (column > row) return 0
        return column === row ? 1 : 2 * 10 ** (row - column)
      }),
      relation: '<=',
      rhs: 100 ** row
    }))
    const objective = Array.from({ length: size }, (_, column) => 10 ** (size - 1 - column))
    const args = { objective, constraints, sense: 'maximize' }
    const { objectiveValue } = await answerOf('solve_linear_program', args)
    t.equal(objectiveValue, 100 ** (size - 1), `${size} dimensions`)
  }
})

t.test('programs without an answer say why', async (t) => {
  const args = { objective: [1, 1], sense: 'minimize' }
  const atLeast = { coefficients: [1, 1], relation: '>=', rhs: 3 }
  const atMost = { coefficients: [1, 1], relation: '<=', rhs: 2 }
  const other = { coefficients: [1, 0], relation: '<=', rhs: 9 }
  t.match(
    await errorOf('solve_linear_program', { ...args, constraints: [atLeast, other, atMost] }),
    /^constraints: infeasible.*contradict each other \(indexes from 0\): 0, 2$/
  )
  t.match(
    await errorOf('solve_linear_program', { objective: [1], constraints: [], sense: 'maximize' }),
    /^objective: unbounded, variable 0 can grow/
  )
  t.match(
    await errorOf('solve_linear_program', {
      ...args,
      constraints: [{ coefficients: [1], relation: '<=', rhs: 1 }]
    }),
    /^constraints\[0\]\.coefficients: has 1 numbers, but objective has 2/
  )
})

t.test('redundant rows, rows of zeros and widely different units', async (t) => {
  const { solution, shadowPrices } = await answerOf('solve_linear_program', {
    objective: [1, 1],
    constraints: [
      { coefficients: [1, 1], relation: '=', rhs: 3 },
      { coefficients: [2, 2], relation: '=', rhs: 6 },
      { coefficients: [0, 0], relation: '=', rhs: 0 },
      { coefficients: [1, -1], relation: '=', rhs: 1 }
    ],
    sense: 'minimize'
  })
  t.same(solution, [2, 1])
  t.equal((shadowPrices as number[]).length, 4)
  const { objectiveValue } = await answerOf('solve_linear_program', {
    objective: [3e6, 5e-3],
    constraints: [
      { coefficients: [1e6, 0], relation: '<=', rhs: 4e6 },
      { coefficients: [0, 2e-9], relation: '<=', rhs: 12e-3 },
      { coefficients: [3e3, 2e-6], relation: '<=', rhs: 18e3 }
    ],
    sense: 'maximize'
  })
  t.ok(
    isClose((objectiveValue as number) / 3.6e7, 1.2e7 / 3.6e7 + (2e4 * 1.5) / 3.6e7, 1),
    'answers'
  )
})

const integerProgram = fc.integer({ min: 1, max: 4 }).chain((size) => {
  const coefficients = fc.array(small, { minLength: size, maxLength: size })
  const row = fc.record({ coefficients, relation, rhs: fc.integer({ min: -4, max: 15 }) })
  return fc.record({ objective: coefficients, constraints: fc.array(row, { maxLength: 3 }) })
})

t.test('branch and bound agrees with trying every point', async (t) => {
  const seen = { optimal: 0, infeasible: 0 }
  await fc.assert(
    fc.asyncProperty(integerProgram, fc.boolean(), async ({ objective, constraints }, isBinary) => {
      const most = isBinary ? 1 : 4
      const expected = enumerateIntegers(objective, constraints, most)
      const all = objective.map((_, index) => index)
      const limits = all.map((variable) => ({
        coefficients: all.map((index) => (index === variable ? 1 : 0)),
        relation: '<=' as const,
        rhs: most
      }))
      const args = isBinary
        ? { objective, constraints, binaryVariables: all }
        : { objective, constraints: [...constraints, ...limits] }
      const ending = await endingOf('solve_integer_program', { ...args, sense: 'minimize' })
      seen[expected === undefined ? 'infeasible' : 'optimal'] += 1
      if (expected === undefined)
        return ending.kind === 'error' && /infeasible/.test(ending.message)
      if (ending.kind !== 'value') return false
      const x = numbersOf(ending.value, 'solution')
      const isWhole = x.every((value) => Number.isInteger(value) && value >= 0 && value <= most)
      const { objectiveValue, provedOptimal } = ending.value
      return (
        isWhole &&
        isFeasible(x, constraints) &&
        objectiveValue === expected &&
        provedOptimal === true
      )
    }),
    { numRuns: 800 }
  )
  t.ok(Math.min(seen.optimal, seen.infeasible) > 50, 'both endings', seen)
})

t.test('mixed programs: only the variables named are whole', async (t) => {
  const args = {
    objective: [1, 1],
    constraints: [
      { coefficients: [2, 0], relation: '<=', rhs: 3 },
      { coefficients: [0, 2], relation: '<=', rhs: 3 }
    ],
    sense: 'maximize'
  }
  const solutionOf = async (rest: object) =>
    (await answerOf('solve_integer_program', { ...args, ...rest })).solution
  t.same(await solutionOf({ integerVariables: [0] }), [1, 1.5])
  t.same(await solutionOf({ binaryVariables: [1] }), [1.5, 1])
  t.same(await solutionOf({}), [1, 1])
  t.match(
    await errorOf('solve_integer_program', { ...args, integerVariables: [2] }),
    /^integerVariables: there is no variable 2; the indexes are 0 to 1$/
  )
})

t.test('a limit that is reached is said, with the gap', async (t) => {
  const size = 30
  // Even weights and an odd capacity: the relaxation is always half a unit better.
  const args = {
    objective: Array.from({ length: size }, () => 2),
    constraints: [
      { coefficients: Array.from({ length: size }, () => 2), relation: '<=', rhs: size + 1 },
      {
        coefficients: Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 3 : 5)),
        relation: '<=',
        rhs: 61.5
      }
    ],
    sense: 'maximize',
    binaryVariables: Array.from({ length: size }, (_, index) => index)
  }
  const few = await answerOf('solve_integer_program', { ...args, maxNodes: 40 })
  const { objectiveValue, bestBound, gap } = few as Record<string, number>
  t.equal(few.provedOptimal, false)
  t.ok(gap! > 0 && isClose(bestBound! - objectiveValue!, gap!, 1e-12), 'gap')
  t.match(
    await errorOf('solve_integer_program', { ...args, maxNodes: 1 }),
    /^maxNodes: no whole-number solution was found within 1 nodes/
  )
})
