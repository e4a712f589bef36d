import fc from 'fast-check'
import t from 'tap'
import { answerOf, endingOf, errorOf, isClose, numberOf } from './helpers/finance-call.ts'

t.test('goal seek and Newton', async (t) => {
  const seek = (calculation: string, target: number, initialGuess: number) => ({
    calculation,
    target,
    initialGuess
  })
  t.equal(await numberOf('goal_seek', seek('50 * x - 12000', 0, 1), 'x'), 240)
  t.equal(await numberOf('goal_seek', seek('{0}^2', 9, 1), 'x'), 3)
  t.ok(
    isClose(
      await numberOf('goal_seek', seek('1000 * (1 + x)^10', 2000, 0.1), 'x'),
      2 ** 0.1 - 1,
      1e-14
    )
  )
  t.ok(isClose(await numberOf('goal_seek', seek('if(x < 1, x - 5, x^3 - 8)', 0, 0), 'x'), 2, 1e-12))
  t.match(
    await errorOf('goal_seek', seek('x^2', -1, 2)),
    /^target: the calculation does not reach -1/
  )
  t.match(await errorOf('goal_seek', seek('1 / x', 0, 2)), /^target: the calculation jumps across/)
  t.match(await errorOf('goal_seek', seek('if(x > 3, 1, 0)', 0.5, 0)), /jumps across it near 3\.0/)
  t.match(
    await errorOf('goal_seek', seek('1 / (1 + x^2)', 0, 1)),
    /^target: the calculation does not reach 0/
  )
  t.match(
    await errorOf('goal_seek', seek('ln(x)', 0, -1)),
    /^calculation: ln needs a value above 0/
  )
  t.match(
    await errorOf('newton_raphson_optimize', { formula: 'x^2 + 2', initialGuess: 1 }),
    /^formula: Newton's method did not reach 0 from 1/
  )
})

t.test('a root of a random cubic is one, and near to it the sign changes', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: -30, max: 30 }),
      async (a, b, guess) => {
        const calculation = `x^3 + (${a}) * x + (${b})`
        const x = await numberOf('goal_seek', { calculation, target: 0, initialGuess: guess }, 'x')
        const size = Math.abs(x) ** 3 + Math.abs(a * x) + Math.abs(b) + 1
        return Math.abs(x ** 3 + a * x + b) <= 1e-6 * size
      }
    ),
    { numRuns: 300 }
  )
)

t.test('gradient descent', async (t) => {
  const bowl = { formula: '-(x0 - 3)^2 - (x1 + 1)^2', initialValues: [0, 0], sense: 'maximize' }
  const { solution, gradient } = await answerOf('gradient_descent_optimize', bowl)
  t.ok((solution as number[]).every((value, index) => isClose(value, [3, -1][index]!, 1e-4)))
  t.ok((gradient as number[]).every((slope) => Math.abs(slope) <= 1e-4))
  const ask = (formula: string, initialValues: number[], rest = {}) =>
    errorOf('gradient_descent_optimize', { formula, initialValues, sense: 'minimize', ...rest })
  t.match(await ask('-x0^2', [1]), /^formula: it seems unbounded/)
  t.match(
    await ask('(1 - x0)^2 + 100 * (x1 - x0^2)^2', [-1.2, 1]),
    /^maxIterations: the search is not level after 1000 steps/
  )
  t.match(await ask('ln(x0)', [-1]), /^formula: ln needs a value above 0/)
})

t.test('capital rationing agrees with trying every set', () => {
  const project = fc.record({
    npv: fc.integer({ min: -5, max: 30 }),
    cost: fc.integer({ min: 0, max: 15 })
  })
  return fc.assert(
    fc.asyncProperty(
      fc.array(project, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 0, max: 50 }),
      async (plain, budget) => {
        // Tenths, so that sums are no exact doubles.
        const projects = plain.map(({ npv, cost }, i) => ({ name: `p${i}`, npv, cost: cost / 10 }))
        let best = 0
        for (let set = 0; set < 2 ** plain.length; set += 1) {
          const chosen = plain.filter((_, index) => set & (1 << index))
          const cost = chosen.reduce((sum, each) => sum + each.cost, 0)
          if (cost <= budget)
            best = Math.max(
              best,
              chosen.reduce((sum, each) => sum + each.npv, 0)
            )
        }
        const args = { projects, budget: budget / 10 }
        const answer = await answerOf('optimize_capital_allocation', args)
        return answer.totalNpv === best && (answer.greedyNpv as number) <= best
      }
    ),
    { numRuns: 300 }
  )
})

t.test('data tables name what is wrong', async (t) => {
  const loan = { formula_type: 'loan_payment', fixed_params: { principal: 1, rate: 0.1 } }
  const ask = (rest: object) => errorOf('data_table', { ...loan, ...rest })
  t.match(await ask({}), /^variable_param: give variable_param/)
  t.match(await ask({ variable_param: 'periods' }), /^variable_param: .* go together/)
  t.match(
    await ask({ variable_param: 'years', variable_values: [1] }),
    /loan_payment has no parameter years/
  )
  t.match(
    await ask({ variable_param: 'rate', variable_values: [1] }),
    /^fixed_params\.rate: it varies/
  )
  t.match(
    await ask({ variable_param: 'periods', variable_values: [5, 0] }),
    /^variable_values\[1\]: must be above 0/
  )
  const bare = { ...loan, fixed_params: { principal: 1 } }
  t.match(
    await errorOf('data_table', { ...bare, variable_param: 'periods', variable_values: [1] }),
    /^fixed_params\.rate: is missing/
  )
  const odd = JSON.parse('{"principal": 1, "rate": 0.1, "__proto__": 5, "constructor": 3}')
  const ending = await endingOf('data_table', {
    ...loan,
    fixed_params: odd,
    variable_param: 'periods',
    variable_values: [1]
  })
  t.not(ending.kind, 'value')
})
