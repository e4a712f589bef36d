import fc from 'fast-check'
import t from 'tap'
import { createSearch } from '../src/catalogue/search.ts'
import { source } from './helpers/finance-call.ts'

const search = createSearch(source.tools)
const firstNames = (query: string, count: number): readonly string[] =>
  search(query)
    .slice(0, count)
    .map(({ name }) => name)

t.test('the words of a task find its tool', async (t) => {
  const rows: readonly (readonly [query: string, name: string, within: number])[] = [
    ['calculate_irr', 'calculate_irr', 1],
    ['CALCULATE_IRR', 'calculate_irr', 1],
    ['internal rate of return', 'calculate_irr', 2],
    ['amortization', 'create_amortization_schedule', 1],
    ['level payments of a loan', 'calculate_payment', 1],
    ['integer program', 'solve_integer_program', 1],
    ['which projects to fund from a budget', 'optimize_capital_allocation', 2],
    ['what is the minimum of a function', 'minimize_function', 2]
  ]
  for (const [query, name, within] of rows) {
    t.ok(firstNames(query, within).includes(name), `${query}: ${firstNames(query, 5)}`)
  }
})

t.test('toolsets are words, and what nobody says finds nothing', async (t) => {
  const debt = source.tools.filter(({ toolset }) => toolset === 'finance.debt')
  for (const { name } of debt) t.ok(firstNames('debt', debt.length + 5).includes(name), name)
  t.strictSame(search('xyzzy'), [])
  t.strictSame(search('?! …'), [])
})

t.test('whatever is asked: each tool at most once', async () =>
  fc.assert(
    fc.property(fc.string({ maxLength: 500, unit: 'binary' }), (query) => {
      const found = search(query)
      return new Set(found).size === found.length
    })
  )
)
