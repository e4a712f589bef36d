import t from 'tap'
import { allGolden } from './golden/all.ts'
import { answerOf, source } from './helpers/finance-call.ts'

t.test('every tool has a golden value with a named source', async (t) => {
  const covered = new Set(allGolden.map(({ tool }) => tool))
  t.same(
    source.tools.map(({ name }) => name).filter((name) => !covered.has(name)),
    []
  )
})

for (const { tool, args, expected, source: origin, accuracy = 1e-9 } of allGolden) {
  t.test(`${tool}: ${origin}`, async (t) => {
    const answer = await answerOf(tool, args)
    for (const [path, wanted] of Object.entries(expected)) {
      const actual = fieldAt(answer, path)
      if (typeof wanted !== 'number') t.equal(actual, wanted, path)
      else t.ok(isWithin(actual, wanted, accuracy), `${path}: ${actual} is not ${wanted}`)
    }
  })
}

function fieldAt(value: unknown, path: string): unknown {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  return steps.reduce((inner, step) => (inner as Record<string, unknown>)?.[step], value)
}

/** Relative accuracy; a golden 0 is compared as an absolute value. */
function isWithin(actual: unknown, wanted: number, accuracy: number): boolean {
  if (typeof actual !== 'number') return false
  return Math.abs(actual - wanted) <= accuracy * (wanted === 0 ? 1 : Math.abs(wanted))
}
