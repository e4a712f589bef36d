import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { isOneLine, run } from './helpers/executable.ts'
import { documentOf, getOf } from './helpers/openapi.ts'

const shiftWork = fileURLToPath(new URL('../../examples/shiftwork/openapi.yaml', import.meta.url))

/** The specification gives arrays no form in this style. */
const inexact = {
  parameters: [
    {
      name: 'filter',
      in: 'query',
      required: true,
      style: 'deepObject',
      schema: { type: 'array', items: { type: 'string' } }
    }
  ]
}
const half = documentOf({
  '/full': { get: getOf('full') },
  '/refused': { get: getOf('refused', undefined, inexact) }
})

t.test('the scorecard of a document whose operations are all full', async (t) => {
  const shown = await run(['openapi', 'check', shiftWork])
  t.strictSame([shown.code, shown.stderr], [0, ''])
  t.match(
    shown.stdout,
    /^ShiftWork.*\n(\d+) operations: \1 full \(100 %\), 0 degraded, 0 refused\n/
  )
  t.match(shown.stdout, /tools\/list with all of them: \d+ bytes\n/)

  const strict = await run(['openapi', 'check', shiftWork, '--json', '--strict'])
  t.strictSame([strict.code, strict.stderr], [0, ''])
  const { totals, operations, toolsListBytes } = JSON.parse(strict.stdout)
  t.equal(totals.operations, operations.length)
  t.equal(totals.full, totals.operations)
  t.ok(toolsListBytes > 0)
})

t.test('an operation that is not full fails with --strict only', async (t) => {
  const file = join(t.testdir({ 'half.json': JSON.stringify(half) }), 'half.json')
  const lenient = await run(['openapi', 'check', file])
  t.equal(lenient.code, 0)
  t.match(lenient.stdout, /^2 operations: 1 full \(50 %\), 0 degraded, 1 refused$/m)
  t.match(lenient.stdout, /^refused +refused \(GET \/refused\)\n +- .*filter/m)

  const strict = await run(['openapi', 'check', file, '--strict', '--json'])
  t.equal(strict.code, 1)
  t.match(JSON.parse(strict.stdout), {
    totals: { operations: 2, full: 1, degraded: 0, refused: 1 },
    operations: [
      { id: 'full', grade: 'full', tool: 'full' },
      { id: 'refused', grade: 'refused', reasons: [/filter/] }
    ]
  })
})

t.test('wrong usage and what cannot be read: exit 2 with one line', async (t) => {
  const directory = t.testdir({ 'broken.json': '{"openapi":', 'other.json': '{"a": 1}' })
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /use openapi check FILE\|URL/],
    [['check'], /use openapi check FILE\|URL/],
    [['lint', shiftWork], /use openapi check FILE\|URL/],
    [['check', shiftWork, shiftWork], /use openapi check FILE\|URL/],
    [['check', shiftWork, '--loud'], /--loud/],
    [['check', join(directory, 'absent.json')], /absent\.json/],
    [['check', join(directory, 'broken.json')], /broken\.json/],
    [['check', join(directory, 'other.json')], /other\.json/],
    [['check', 'http://api.example.com/openapi.json'], /https/]
  ]
  for (const [words, place] of table) {
    const ended = await run(['openapi', ...words])
    t.equal(ended.code, 2, words.join(' '))
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, place)
  }
})
