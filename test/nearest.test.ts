import fc from 'fast-check'
import t from 'tap'
import { findNearest, hintAt } from '../src/catalogue/nearest.ts'

const names = ['calculate_npv', 'calculate_irr', 'list_people', 'finance.core', 'finance']

/** Levenshtein by its definition. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const rest = distance(a.slice(1), b.slice(1))
  if (a[0] === b[0]) return rest
  return 1 + Math.min(rest, distance(a.slice(1), b), distance(a, b.slice(1)))
}

t.test('finds what was probably meant', async (t) => {
  const rows: readonly [string, string | undefined][] = [
    ['calculate_npw', 'calculate_npv'],
    ['calculat_irr', 'calculate_irr'],
    ['list_poeple', 'list_people'],
    ['finance.cor', 'finance.core'],
    ['financ', 'finance'],
    ['list_people', 'list_people'],
    ['zzzzzzzzzz', undefined],
    ['', undefined]
  ]
  for (const [typed, expected] of rows) t.equal(findNearest(typed, names), expected, typed)
  t.equal(findNearest('anything', []), undefined)
})

t.test('an error names it, or says nothing', async (t) => {
  t.equal(hintAt('calculate_npw', names), '; did you mean calculate_npv?')
  t.equal(hintAt('zzzzzzzzzz', names), '')
})

t.test('no candidate is nearer, and the nearest is near', async () => {
  const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
  const property = fc.property(short, fc.array(short, { maxLength: 5 }), (typed, candidates) => {
    const nearest = findNearest(typed, candidates)
    const least = Math.min(...candidates.map((candidate) => distance(typed, candidate)))
    const isClose = least <= Math.max(2, Math.ceil(typed.length / 3))
    return isClose
      ? nearest !== undefined && distance(typed, nearest) === least
      : nearest === undefined
  })
  fc.assert(property, { numRuns: 500 })
})
