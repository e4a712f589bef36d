import fc from 'fast-check'
import t from 'tap'
import { allGolden } from './golden/all.ts'
import { endingOf, source } from './helpers/finance-call.ts'

const runs = Number(process.env.FINANCE_RUNS ?? 60)

const number = fc.oneof(
  fc.double(),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.integer({ min: -5, max: 400 }),
  fc.constantFrom(0, -0, 1e-320, 1e308, -1e308, 5e-324, -0.999999999999, Number.MAX_SAFE_INTEGER)
)
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('', '2023-02-30', '2024-02-29', '{0} / 0', 'constructor', '__proto__', '(', 'NaN')
)
const odd = fc.oneof(number, text, fc.boolean(), fc.constantFrom(null, [], {}, [[]], 'due'))

/** A change of one place: `where` picks it, `kind` says what happens there. */
interface Change {
  readonly where: number
  readonly kind: 'number' | 'odd' | 'remove' | 'repeat' | 'shorten'
  readonly number: number
  readonly odd: unknown
}

const change: fc.Arbitrary<Change> = fc.record({
  where: fc.nat(10_000),
  kind: fc.constantFrom('number', 'number', 'number', 'odd', 'remove', 'repeat', 'shorten'),
  number,
  odd
})

type Container = Record<string | number, unknown>

/** Every place in arguments that holds something, as container and key. */
function placesIn(value: unknown): [Container, string][] {
  if (typeof value !== 'object' || value === null) return []
  const container = value as Container
  return Object.keys(container).flatMap((key): [Container, string][] => [
    [container, key],
    ...placesIn(container[key])
  ])
}

/** Good arguments with some places changed. */
function alter(args: unknown, changes: readonly Change[]): unknown {
  const altered = structuredClone(args)
  for (const change of changes) {
    const places = placesIn(altered)
    const place = places[change.where % Math.max(1, places.length)]
    if (place) apply(change, place)
  }
  return altered
}

function apply({ where, kind, number, odd }: Change, [container, key]: [Container, string]): void {
  const old = container[key]
  if (kind === 'odd') container[key] = structuredClone(odd)
  if (kind === 'number' && typeof old === 'number') container[key] = number
  if (kind === 'repeat' && Array.isArray(old)) container[key] = [...old, ...old]
  if (kind === 'shorten' && Array.isArray(old)) container[key] = old.slice(0, where % 3)
  if (kind === 'remove' && !Array.isArray(container)) delete container[key]
}

const good = new Map(source.tools.map(({ name }) => [name, [] as unknown[]]))
for (const { tool, args } of allGolden) good.get(tool)?.push(args)

t.test(
  'whatever comes in, out comes a value of its schema, a ToolError or a refusal',
  async (t) => {
    for (const [name, samples] of good) {
      const kinds = { value: 0, error: 0, invalid: 0 }
      const args = fc
        .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 4 }))
        .map(([sample, changes]) => alter(sample, changes))
      // endingOf throws on any other error, on a broken schema and on NaN or Infinity.
      const property = fc.asyncProperty(args, async (altered) => {
        const { kind } = await endingOf(name, altered)
        kinds[kind] += 1
      })
      await fc.assert(property, { numRuns: runs })
      t.ok(kinds.value > 0, `${name} answers too`, kinds)
    }
  }
)

t.test('anything instead of arguments', () =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom(...source.tools), fc.anything(), async ({ name }, args) => {
      await endingOf(name, args)
    }),
    { numRuns: 20 * runs }
  )
)
