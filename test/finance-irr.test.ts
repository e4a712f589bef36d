import fc from 'fast-check'
import t from 'tap'
import {
  type Answer,
  answerOf,
  checkExamples,
  endingOf,
  errorOf,
  isClose,
  numberOf
} from './helpers/finance-call.ts'

const dated = (...flows: readonly (readonly [date: string, amount: number])[]) =>
  flows.map(([date, amount]) => ({ date, amount }))

const excelDated = dated(
  ['2008-01-01', -10000],
  ['2008-03-01', 2750],
  ['2008-10-30', 4250],
  ['2009-02-15', 3250],
  ['2009-04-01', 2750]
)

// Behind each number stands its source. "exact" was computed with 40 digits (mpmath 1.3).
const golden = `
calculate_irr {"cashFlows":[-70000,12000,15000,18000,21000,26000]} -> irr 0.0866 Excel IRR 8.66 %
calculate_irr {"cashFlows":[-70000,12000,15000,18000,21000,26000]} -> irr 0.08663094803653161 exact
calculate_irr {"cashFlows":[-70000,12000,15000,18000,21000]} -> irr -0.021 Excel IRR -2.1 %
calculate_irr {"cashFlows":[-70000,12000,15000,18000,21000]} -> irr -0.02124484827341099 exact
calculate_irr {"cashFlows":[-70000,12000,15000],"guess":-0.1} -> irr -0.4435 Excel IRR -44.35 %
calculate_irr {"cashFlows":[-70000,12000,15000],"guess":-0.1} -> irr -0.4435069413347405 exact
calculate_xnpv {"rate":0.09,"cashFlows":${JSON.stringify(excelDated)}} -> xnpv 2086.6476 Excel XNPV
calculate_xnpv {"rate":0.09,"cashFlows":${JSON.stringify(excelDated)}} -> xnpv 2086.647602031537 exact
calculate_xirr {"cashFlows":${JSON.stringify(excelDated)}} -> xirr 0.37336253 Excel XIRR 0.373362535, solved to 1e-8
calculate_xirr {"cashFlows":${JSON.stringify(excelDated)}} -> xirr 0.3733625335188315 exact
calculate_xirr {"cashFlows":${JSON.stringify(dated(['2024-02-28', -1000], ['2024-03-01', 1001]))}} -> xirr 0.200104709361 exact, 2 days
calculate_xirr {"cashFlows":${JSON.stringify(dated(['2023-02-28', -1000], ['2023-03-01', 1001]))}} -> xirr 0.440251313430 exact, 1 day
calculate_xirr {"cashFlows":${JSON.stringify(dated(['2024-01-01', -1], ['2024-01-11', 2]))}} -> xirr 97184015998.234 exact, 2^36.5 - 1
`

t.test('golden values hold to their last digit', (t) => checkExamples(t, golden))

const ratesOf = async (cashFlows: readonly number[]) =>
  (await answerOf('calculate_irr', { cashFlows })).rates as number[]

function areClose(actual: readonly number[], expected: readonly number[], accuracy: number) {
  const pairs = actual.map((rate, index) => isClose(rate, expected[index] ?? 0, accuracy))
  return actual.length === expected.length && pairs.every(Boolean)
}

t.test('every internal rate is reported', async (t) => {
  const cases: readonly (readonly [string, readonly number[], readonly number[], number])[] = [
    ['two rates', [-1600, 10000, -10000], [0.25, 4], 1e-14],
    ['three rates', [-1000, 3600, -4310, 1716], [0.1, 0.2, 0.3], 1e-10],
    ['two rates a millionth apart', [-1e12, 2200001e6, -1210001100000], [0.1, 0.100001], 1e-8],
    ['a double root, where the sign does not change', [-1000, 2200, -1210], [0.1], 1e-14],
    ['a triple root', [-1000, 3300, -3630, 1331], [0.1], 1e-14],
    ['a double and a simple root', [-1000, 3400, -3850, 1452], [0.1, 0.2], 1e-12],
    ['a double root at rate 0', [-100, 200, -100], [0], 0],
    ['leading zeros', [0, 0, 0, -100, 110], [0.1], 1e-14],
    ['trailing zeros', [-100, 110, 0, 0], [0.1], 1e-14],
    ['flows that add up to 0', [-100, 50, 50], [0], 0],
    ['a nearly total loss, exactly', [-1000, 1], [-0.999], 0],
    ['flows of 1e-300', [-1e-300, 1.1e-300], [0.1], 1e-14],
    ['flows of 1e300', [-1e300, 1.1e300], [0.1], 1e-14]
  ]
  for (const [title, cashFlows, expected, accuracy] of cases) {
    const rates = await ratesOf(cashFlows)
    t.ok(areClose(rates, expected, accuracy), title, { rates, expected })
  }
})

t.test('guess picks among several rates and does nothing else', async (t) => {
  const cashFlows = [-1600, 10000, -10000]
  const at = (guess: number) => numberOf('calculate_irr', { cashFlows, guess }, 'irr')
  t.ok(isClose(await at(0.1), 0.25, 1e-14))
  t.ok(isClose(await at(3), 4, 1e-14))
  t.match(await answerOf('calculate_irr', { cashFlows }), { signChanges: 2, complete: true })
  const ending = await endingOf('calculate_irr', { cashFlows })
  t.match(ending.kind === 'value' && ending.text, /25 % per period; .* also 0 at 400 %/)
  t.equal(await numberOf('calculate_irr', { cashFlows: [-5, 5], guess: 1e9 }, 'irr'), 0)
})

t.test('rates that do not exist are errors with the reason', async (t) => {
  const oneDay = dated(['2024-01-01', -5], ['2024-01-01', 7])
  const nextDay = dated(['2024-01-01', -1], ['2024-01-02', 1000])
  const cases: readonly (readonly [string, Answer, RegExp])[] = [
    ['calculate_irr', { cashFlows: [1, 2, 3] }, /same sign/],
    ['calculate_irr', { cashFlows: [0, -3, 0] }, /same sign/],
    ['calculate_irr', { cashFlows: [0, 0] }, /every flow is 0/],
    ['calculate_irr', { cashFlows: [100, -150, 100] }, /never 0/],
    ['calculate_irr', { cashFlows: [1, -3, 2.5] }, /never 0/],
    ['calculate_irr', { cashFlows: [-1e-300, 1e300] }, /no rate exists between/],
    ['calculate_irr', { cashFlows: [-1e300, 1e-300] }, /no rate exists between/],
    ['calculate_xirr', { cashFlows: oneDay }, /same date/],
    ['calculate_xirr', { cashFlows: nextDay }, /no rate exists between/]
  ]
  for (const [name, args, pattern] of cases) t.match(await errorOf(name, args), pattern)
})

t.test('a rate beside others that no double can hold', async (t) => {
  const value = await answerOf('calculate_irr', { cashFlows: [1e308, -1e308, 1e307, -1] })
  // Without the last flow: x^2 - x + 0.1 = 0 with x = 1 + rate.
  const expected = [(1 - Math.sqrt(0.6)) / 2 - 1, (1 + Math.sqrt(0.6)) / 2 - 1]
  t.ok(areClose(value.rates as number[], expected, 1e-14))
  t.match(value, { signChanges: 3, complete: false })
})

t.test('10,000 flows have their rates, and so have flows with long gaps', async (t) => {
  const annuity = [-1e6, ...Array<number>(9_999).fill(1000)]
  const rate = await numberOf('calculate_irr', { cashFlows: annuity }, 'irr')
  const bought = { payment: 1000, rate, periods: 9_999 }
  t.ok(isClose(await numberOf('calculate_annuity_pv', bought, 'presentValue'), 1e6, 1e-12))
  const alternating = Array.from({ length: 10_000 }, (_, index) => (index % 2 === 0 ? -1 : 1))
  t.match(await answerOf('calculate_irr', { cashFlows: alternating }), {
    rates: [0],
    complete: true
  })
  // A quadratic in (1 + rate)^600.
  const sparse = Array<number>(1201).fill(0)
  sparse[0] = 1
  sparse[600] = -3
  sparse[1200] = 1
  const roots = [(3 - Math.sqrt(5)) / 2, (3 + Math.sqrt(5)) / 2].map((x) => x ** (1 / 600) - 1)
  t.ok(areClose(await ratesOf(sparse), roots, 1e-14))
})

t.test('sizes whose ratio no double holds', async (t) => {
  const cashFlows = Array<number>(1001).fill(0)
  cashFlows[0] = -1e-200
  cashFlows[1000] = 1e200
  t.ok(isClose(await numberOf('calculate_irr', { cashFlows }, 'irr'), 10 ** 0.4 - 1, 1e-13))
})

t.test('flows of one date count as one', async (t) => {
  const parts = dated(
    ['2024-05-01', 1],
    ['2023-05-02', -600],
    ['2024-05-01', 1099],
    ['2023-05-02', -400]
  )
  t.ok(isClose(await numberOf('calculate_xirr', { cashFlows: parts }, 'xirr'), 0.1, 1e-14))
})

t.test('dates: days that exist, nothing else', async (t) => {
  const isAccepted = async (date: string) => {
    const cashFlows = dated([date, 1])
    return (await endingOf('calculate_xnpv', { rate: 0.1, cashFlows })).kind === 'value'
  }
  const good = '2024-02-29 2000-02-29 0001-01-01 9999-12-31 2024-01-31T00:00:00Z'
  for (const date of good.split(' ')) t.ok(await isAccepted(date), date)
  const bad =
    '2023-02-29 2023-02-30 1900-02-29 2024-13-01 2024-00-10 2024-04-31 2024-01-32 2024-1-1 01/02/2024 20240101 +012024-01-01 2024-01-01T10:00:00Z 2024-01-01T00:00:00+02:00 today'
  for (const date of ['', ' 2024-01-01', ...bad.split(' ')]) t.notOk(await isAccepted(date), date)
  const flows = dated(['2024-01-01', -1], ['2023-02-30', 1])
  t.same(await endingOf('calculate_xirr', { cashFlows: flows }), {
    kind: 'invalid',
    fields: ['cashFlows[1].date']
  })
})

t.test('XIRR: -1000 and +1 a year later are -99.9 % exactly', async (t) => {
  const cashFlows = dated(['2022-06-01', -1000], ['2023-06-01', 1])
  t.equal(await numberOf('calculate_xirr', { cashFlows }, 'xirr'), -0.999)
})

t.test('the earliest date counts, in whatever order the flows come', async (t) => {
  const turned = excelDated.toReversed()
  const ordered = await answerOf('calculate_xirr', { cashFlows: excelDated })
  t.same(await answerOf('calculate_xirr', { cashFlows: turned }), ordered)
  const value = await answerOf('calculate_xnpv', { rate: 0.09, cashFlows: turned })
  t.equal(value.valuationDate, '2008-01-01')
  t.ok(isClose(Number(value.xnpv), 2086.647602031537, 1e-14))
  const days = (Date.UTC(2009, 3, 1) - Date.UTC(2008, 0, 1)) / 86_400_000
  const later = 2086.647602031537 * 1.09 ** (days / 365)
  t.ok(isClose(Number(value.npvAtFirstListed), later, 1e-13))
})

// Written apart from the product: plain powers, exact enough for the sizes below.
function isZero(rate: number, cashFlows: readonly number[]): boolean {
  const terms = cashFlows.map((flow, index) => flow * (1 + rate) ** -index)
  const total = terms.reduce((sum, term) => sum + term, 0)
  return Math.abs(total) <= 1e-9 * terms.reduce((sum, term) => sum + Math.abs(term), 0)
}

const mixedFlows = fc
  .array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 2, maxLength: 14 })
  .filter((flows) => flows.some((flow) => flow > 0) && flows.some((flow) => flow < 0))

t.test('the net present value is 0 at every rate, and an odd number of changes has one', () =>
  fc.assert(
    fc.asyncProperty(mixedFlows, async (cashFlows) => {
      const ending = await endingOf('calculate_irr', { cashFlows })
      const nonZero = cashFlows.filter((flow) => flow !== 0)
      const isOdd = (nonZero[0] ?? 0) > 0 !== (nonZero.at(-1) ?? 0) > 0
      if (ending.kind !== 'value') return ending.kind === 'error' && !isOdd
      const rates = ending.value.rates as number[]
      const changes = Number(ending.value.signChanges)
      const count = rates.length >= 1 && rates.length <= changes && changes % 2 === Number(isOdd)
      return (
        count && ending.value.complete === true && rates.every((rate) => isZero(rate, cashFlows))
      )
    }),
    { numRuns: 500 }
  )
)

/** Multiplies a polynomial in 1 + rate, highest power first, by (1 + rate) - (1 + root). */
function timesFactor(flows: readonly number[], root: number): number[] {
  return [...flows, 0].map((flow, index) => flow - (flows[index - 1] ?? 0) * (1 + root))
}

t.test('rates put into a polynomial come out again', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: -16, max: 40 }), { minLength: 1, maxLength: 4 }),
      async (twentieths) => {
        const planted = twentieths.map((each) => each / 20).sort((a, b) => a - b)
        return areClose(await ratesOf(planted.reduce(timesFactor, [-1000])), planted, 1e-8)
      }
    ),
    { numRuns: 300 }
  )
)

/** Multiplies a polynomial in 1 + rate by (1 + rate)^power - constant, which has one positive root. */
function timesBinomial(flows: readonly number[], [power, constant]: readonly [number, number]) {
  const longer = [...flows, ...Array<number>(power).fill(0)]
  return longer.map((flow, index) => flow - (flows[index - power] ?? 0) * constant)
}

t.test('rates put into a long polynomial come out again, the first one put in twice', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 2, max: 40 })), {
        minLength: 2,
        maxLength: 4,
        selector: ([power, constant]) => Math.round(200 * (constant ** (1 / power) - 1))
      }),
      async (factors) => {
        const flows = [...factors.slice(0, 1), ...factors].reduce(timesBinomial, [-1])
        const planted = factors.map(([power, constant]) => constant ** (1 / power) - 1)
        return areClose(
          await ratesOf(flows),
          planted.sort((a, b) => a - b),
          1e-9
        )
      }
    ),
    { numRuns: 200 }
  )
)

t.test('XIRR of flows 365 days apart is their IRR, and XNPV their NPV', () =>
  fc.assert(
    fc.asyncProperty(
      mixedFlows,
      fc.double({ min: -0.9, max: 3, noNaN: true }),
      async (flows, rate) => {
        const yearly = flows.map((amount, index) => ({
          date: new Date(Date.UTC(2001, 0, 1 + 365 * index)).toISOString().slice(0, 10),
          amount
        }))
        const npv = await numberOf('calculate_npv', { rate, cashFlows: flows }, 'npv')
        const xnpv = await numberOf('calculate_xnpv', { rate, cashFlows: yearly }, 'xnpv')
        const irr = await endingOf('calculate_irr', { cashFlows: flows })
        const xirr = await endingOf('calculate_xirr', { cashFlows: yearly })
        if (irr.kind !== 'value' || xirr.kind !== 'value') return irr.kind === xirr.kind
        return npv === xnpv && JSON.stringify(irr.value.rates) === JSON.stringify(xirr.value.rates)
      }
    )
  )
)
