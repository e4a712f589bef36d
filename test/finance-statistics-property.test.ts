import fc from 'fast-check'
import t from 'tap'
import { answerOf, endingOf, isClose, numberOf } from './helpers/finance-call.ts'

type Row = Readonly<Record<string, number>>

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const list = fc.array(value, { minLength: 4, maxLength: 40 })
const pairs = fc.array(fc.tuple(value, value), { minLength: 4, maxLength: 40 })

t.test('correlations are within [-1, 1] and do not mind the order or the unit', () =>
  fc.assert(
    fc.asyncProperty(pairs, async (points) => {
      const x = points.map(([a]) => a)
      const y = points.map(([, b]) => b)
      const ending = await endingOf('calculate_correlation', { x, y })
      if (ending.kind !== 'value') return new Set(x).size === 1 || new Set(y).size === 1
      const r = Number(ending.value.correlation)
      const back = await numberOf('calculate_correlation', { x: y, y: x }, 'correlation')
      const half = y.map((b) => -b / 2)
      const turned = await numberOf('calculate_correlation', { x, y: half }, 'correlation')
      const rank = await numberOf('spearmans_correlation', { x, y }, 'correlation')
      return Math.abs(r) <= 1 && Math.abs(rank) <= 1 && r === back && r === -turned
    })
  )
)

t.test('geometric lies between harmonic and arithmetic mean', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 }),
      async (values) => {
        const geometric = await numberOf('geometric_mean', { values }, 'mean')
        const harmonic = await numberOf('harmonic_mean', { values }, 'mean')
        const arithmetic = await numberOf('harmonic_mean', { values }, 'arithmeticMean')
        return harmonic <= geometric * (1 + 1e-13) && geometric <= arithmetic * (1 + 1e-13)
      }
    )
  )
)

t.test('quartiles are ordered and the interval covers the mean', () =>
  fc.assert(
    fc.asyncProperty(list, async (values) => {
      const d = await answerOf('descriptive_stats_extended', { values })
      const order = [d.min, d.p5, d.p10, d.q1, d.median, d.q3, d.p90, d.p95, d.max].map(Number)
      const interval = await answerOf('calculate_confidence_interval', { values })
      const sorted = order.every((at, i) => i === 0 || at >= (order[i - 1] ?? 0))
      const mean = Number(d.mean)
      return sorted && Number(interval.lower) <= mean && mean <= Number(interval.upper)
    })
  )
)

/** Sum of the probabilities of 0 to k, beside what the tool says. */
async function cumulate(name: string, argsOf: (k: number) => unknown, k: number) {
  let sum = 0
  for (let at = 0; at <= k; at += 1) sum += await numberOf(name, argsOf(at), 'probability')
  return { sum, answer: await answerOf(name, argsOf(k)) }
}

function agrees({ sum, answer }: Awaited<ReturnType<typeof cumulate>>): boolean {
  const { atMost, moreThan, atLeast, lessThan, probability } = answer as Row
  return (
    isClose(atMost ?? 0, sum, 1e-12) &&
    isClose((atMost ?? 0) + (moreThan ?? 0), 1, 1e-12) &&
    isClose((atLeast ?? 0) + (lessThan ?? 0), 1, 1e-12) &&
    isClose((atMost ?? 0) - (lessThan ?? 0), probability ?? 0, 1e-12)
  )
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

t.test('cumulative probabilities are the sums of the single ones', async () => {
  const numRuns = 40
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.nat(40), share, async (n, k, p) =>
      agrees(await cumulate('binomial_probability', (at) => ({ n, k: at, p }), Math.min(n, k)))
    ),
    { numRuns }
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.double({ min: 0, max: 30, noNaN: true }), async (x, mu) =>
      agrees(await cumulate('poisson_probability', (at) => ({ x: at, mu }), x))
    ),
    { numRuns }
  )
  const urn = fc
    .integer({ min: 1, max: 60 })
    .chain((total) => fc.tuple(fc.constant(total), fc.nat(total), fc.nat(total), fc.nat(total)))
  await fc.assert(
    fc.asyncProperty(urn, async ([total, successes_in_population, sample_size, k]) =>
      agrees(
        await cumulate(
          'hypergeometric_probability',
          (at) => ({ total, successes_in_population, sample_size, successes_in_sample: at }),
          Math.min(k, sample_size)
        )
      )
    ),
    { numRuns }
  )
})

t.test('a shift of both samples changes no test; swapping them turns the sign', () =>
  fc.assert(
    fc.asyncProperty(list, list, async (sample1, sample2) => {
      const ending = await endingOf('hypothesis_t_test', { sample1, sample2 })
      if (ending.kind !== 'value') return true
      const swapped = await answerOf('hypothesis_t_test', { sample1: sample2, sample2: sample1 })
      const { t, pValue, pValueGreater, pValueLess, lower, upper, difference } = ending.value as Row
      return (
        isClose(Number(swapped.t), -(t ?? 0), 1e-12) &&
        isClose((pValueGreater ?? 0) + (pValueLess ?? 0), 1, 1e-12) &&
        isClose(2 * Math.min(pValueGreater ?? 0, pValueLess ?? 0), pValue ?? 0, 1e-12) &&
        (lower ?? 0) <= (difference ?? 0) &&
        (difference ?? 0) <= (upper ?? 0)
      )
    })
  )
)

t.test('100,000 values are answered', async (t) => {
  const values = Array.from({ length: 100_000 }, (_, i) => Math.sin(i) + i / 1e5)
  const other = values.map((value, i) => value * 2 + Math.cos(3 * i))
  const calls: readonly (readonly [string, unknown])[] = [
    ['descriptive_stats_extended', { values }],
    ['calculate_correlation', { x: values, y: other }],
    ['spearmans_correlation', { x: values, y: other }],
    ['linear_regression', { x: values, y: other }],
    ['hypothesis_t_test', { sample1: values, sample2: other }],
    ['weighted_average', { values: other, weights: values.map((v) => v * v) }],
    [
      'multiple_linear_regression',
      {
        X: other
          .slice(0, 10_000)
          .map((v, i) => Array.from({ length: 50 }, (_, j) => Math.sin(v * (j + 1) + i * j))),
        y: values.slice(0, 10_000)
      }
    ]
  ]
  for (const [name, args] of calls) {
    const startMs = performance.now()
    await answerOf(name, args)
    t.comment(`${name}: ${Math.round(performance.now() - startMs)} ms`)
  }
})
