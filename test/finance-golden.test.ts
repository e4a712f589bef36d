import t from 'tap'
import { answerOf, source } from './finance-call.ts'
import type { Golden } from './golden/golden.ts'
import { inventoryGolden } from './golden/inventory.ts'
import { portfolioGolden } from './golden/portfolio.ts'
import { riskGolden } from './golden/risk.ts'
import { simulationGolden } from './golden/simulation.ts'
import { timeValueGolden } from './golden/time-value.ts'

const all: readonly Golden[] = [
  ...timeValueGolden,
  ...simulationGolden,
  ...inventoryGolden,
  ...riskGolden,
  ...portfolioGolden
]

t.test('every tool has a golden value with a named source', async (t) => {
  const covered = new Set(all.map(({ tool }) => tool))
  t.same(
    source.tools.map(({ name }) => name).filter((name) => !covered.has(name)),
    []
  )
})

for (const { tool, args, expected, source: origin, accuracy = 1e-9 } of all) {
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
