import fc from 'fast-check'
import t from 'tap'
import { endingOf, source } from './finance-call.ts'

const odd = fc.oneof(
  fc.double(),
  fc.double({ min: -1, max: 1 }),
  fc.integer({ min: -5, max: 400 }),
  fc.constantFrom(0, -0, 1e-320, 1e308, -1e308, 5e-324, -0.999999999999, Number.MAX_SAFE_INTEGER),
  fc.constantFrom('1', null, true)
)
const usual = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const number = fc.oneof({ arbitrary: odd, weight: 1 }, { arbitrary: usual, weight: 3 })
const date = fc.oneof(
  fc
    .integer({ min: Date.UTC(-1), max: Date.UTC(9999, 11, 31) })
    .map((ms) => new Date(ms).toISOString().slice(0, 10)),
  fc.constantFrom('2024-01-01', '2024-01-02', '2025-01-01', '2023-02-30', '')
)
const periodic = fc.array(number, { maxLength: 8 })
const byDate = fc.array(fc.record({ date, amount: number }), { maxLength: 6 })
const special = new Map<string, fc.Arbitrary<unknown>>([
  ['type', fc.constantFrom('ordinary', 'due', 'end', undefined)],
  ['frequency', fc.constantFrom('monthly', 'quarterly', 'annual', 'weekly')],
  ['years', fc.oneof(odd, fc.integer({ min: 1, max: 100 }))],
  ['principal', fc.oneof(odd, fc.double({ min: 0, max: 1e12, noNaN: true }))],
  ['showFullSchedule', fc.boolean()]
])

t.test(
  'whatever comes in, out comes a value of its schema, a ToolError or a refusal',
  async (t) => {
    for (const { name, inputSchema } of source.tools) {
      const flows = name.startsWith('calculate_x') ? byDate : periodic
      const shape = Object.keys(inputSchema.properties as object).map((input) => {
        const arbitrary = input === 'cashFlows' ? flows : (special.get(input) ?? odd)
        return [input, arbitrary] as const
      })
      const kinds = { value: 0, error: 0, invalid: 0 }
      // endingOf throws on any other error, on a broken schema and on NaN or Infinity.
      await fc.assert(
        fc.asyncProperty(fc.record(Object.fromEntries(shape)), async (args: unknown) => {
          const { kind } = await endingOf(name, args)
          kinds[kind] += 1
        }),
        { numRuns: 500 }
      )
      t.ok(kinds.value > 5, `${name} answers too`, kinds)
    }
  }
)

t.test('anything instead of arguments', () =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom(...source.tools), fc.anything(), async ({ name }, args) => {
      await endingOf(name, args)
    })
  )
)
