import fc from 'fast-check'
import t from 'tap'
import { scheduleInCents } from '../tools/finance/debt/schedule.ts'
import { answerOf, endingOf, errorOf, isClose, source } from './helpers/finance-call.ts'

const name = 'create_amortization_schedule'
const mortgage = { principal: 200_000, annualRate: 0.06, years: 30, frequency: 'monthly' }

interface Row {
  readonly period: number
  readonly payment: number
  readonly principal: number
  readonly interest: number
  readonly balance: number
}
const rowsOf = (value: Readonly<Record<string, unknown>>) => value.schedule as Row[]

t.test('the name and inputs of the catalogue', (t) => {
  const tool = source.tools.find((each) => each.name === name)
  t.equal(tool?.toolset, 'finance.debt')
  const inputs = ['principal', 'annualRate', 'years', 'frequency', 'showFullSchedule']
  t.same(Object.keys(tool?.inputSchema.properties as object), inputs)
  t.same(tool?.inputSchema.required, inputs.slice(0, 4))
  t.end()
})

t.test('a mortgage has the textbook payment and ends at 0', async (t) => {
  const value = await answerOf(name, mortgage)
  // 1,199.10 is the textbook payment; mpmath with 40 digits: 1199.1010503055047606.
  t.match(value, { payment: 1199.1, periods: 360, ratePerPeriod: 0.005, totalPrincipal: 200_000 })
  const { payment, totalPaid } = value.unrounded as Record<string, number>
  t.ok(isClose(payment ?? 0, 1199.1010503055047, 1e-14))
  t.ok(isClose(totalPaid ?? 0, 360 * 1199.1010503055047, 1e-14))
  const rows = rowsOf(value)
  t.same(
    rows.map(({ period }) => period),
    [1, 2, 3, 358, 359, 360]
  )
  t.equal(value.omittedRows, 354)
  t.same(rows[0], {
    period: 1,
    payment: 1199.1,
    principal: 199.1,
    interest: 1000,
    balance: 199800.9
  })
  t.match(rows.at(-1), { payment: value.finalPayment, balance: 0 })
})

t.test('a short loan, by hand', async (t) => {
  const loan = { principal: 1000, annualRate: 0.1, years: 3, frequency: 'annual' }
  // 1000 * 0.1 / (1 - 1.1^-3) = 402.1148; interest 100.00, 69.79 and 36.56 after rounding.
  t.same(rowsOf(await answerOf(name, loan)), [
    { period: 1, payment: 402.11, principal: 302.11, interest: 100, balance: 697.89 },
    { period: 2, payment: 402.11, principal: 332.32, interest: 69.79, balance: 365.57 },
    { period: 3, payment: 402.13, principal: 365.57, interest: 36.56, balance: 0 }
  ])
})

t.test('rate 0 and the rounding of a third', async (t) => {
  const value = await answerOf(name, {
    principal: 100,
    annualRate: 0,
    years: 3,
    frequency: 'annual'
  })
  t.same(
    rowsOf(value).map(({ payment }) => payment),
    [33.33, 33.33, 33.34]
  )
  t.equal(value.totalInterest, 0)
})

t.test('showFullSchedule lists every row', async (t) => {
  const value = await answerOf(name, { ...mortgage, showFullSchedule: true })
  t.equal(rowsOf(value).length, 360)
  t.equal(value.omittedRows, 0)
  t.match(await answerOf(name, { ...mortgage, frequency: 'quarterly' }), { periods: 120 })
  t.match(await answerOf(name, { ...mortgage, years: 2.25 }), { periods: 27 })
})

t.test('terms that make no schedule', async (t) => {
  t.match(await errorOf(name, { ...mortgage, years: 2.3 }), /^years: .*whole number/)
  t.match(await errorOf(name, { ...mortgage, years: 0.5, frequency: 'annual' }), /^years: /)
  t.match(await errorOf(name, { ...mortgage, annualRate: 1e300 }), /^(annualRate|principal): /)
  const fields = async (change: object) => {
    const ending = await endingOf(name, { ...mortgage, ...change })
    return ending.kind === 'invalid' && ending.fields.join()
  }
  t.equal(await fields({ years: 101 }), 'years')
  t.equal(await fields({ years: 0 }), 'years')
  t.equal(await fields({ principal: 0 }), 'principal')
  t.equal(await fields({ principal: 1e13 }), 'principal')
  t.equal(await fields({ annualRate: -1 }), 'annualRate')
  t.equal(await fields({ frequency: 'weekly' }), 'frequency')
})

const loans = fc.record({
  principal: fc.integer({ min: 1, max: 1e11 }).map((cents) => cents / 100),
  annualRate: fc.double({ min: -0.5, max: 2, noNaN: true }),
  years: fc.integer({ min: 1, max: 40 }),
  frequency: fc.constantFrom('monthly', 'quarterly', 'annual'),
  showFullSchedule: fc.constant(true)
})
const toCents = (amount: number) => Math.round(amount * 100)

function follows(row: Row, before: number, ratePerPeriod: number): boolean {
  const [payment, principal, interest, balance] = [
    toCents(row.payment),
    toCents(row.principal),
    toCents(row.interest),
    toCents(row.balance)
  ]
  const exact = before * ratePerPeriod
  const isRounded = Math.abs(interest - exact) <= 0.5 + 1e-9 * Math.abs(exact)
  const addsUp = payment === principal + interest && balance === before - principal
  return isRounded && addsUp && balance >= 0 && row.balance === balance / 100
}

const sumCents = (amounts: readonly number[]) =>
  amounts.map(toCents).reduce((sum, cents) => sum + cents, 0)

t.test('schedules end at 0.00, their parts add up, and every row follows from the one before', () =>
  fc.assert(
    fc.asyncProperty(loans, async (loan) => {
      const value = await answerOf(name, loan)
      const rows = rowsOf(value)
      const opening = [loan.principal, ...rows.map(({ balance }) => balance)].map(toCents)
      const rate = Number(value.ratePerPeriod)
      const totals = {
        totalPrincipal: sumCents(rows.map(({ principal }) => principal)),
        totalPaid: sumCents(rows.map(({ payment }) => payment)),
        totalInterest: sumCents(rows.map(({ interest }) => interest))
      }
      const shown = [value.totalPrincipal, value.totalPaid, value.totalInterest]
      return (
        rows.every((row, index) => follows(row, opening[index] ?? 0, rate)) &&
        rows.at(-1)?.balance === 0 &&
        totals.totalPrincipal === toCents(loan.principal) &&
        totals.totalPaid === totals.totalPrincipal + totals.totalInterest &&
        Object.values(totals).every((total, index) => total === toCents(Number(shown[index])))
      )
    })
  )
)

t.test('only the last payment differs, by no more than the rounding that has piled up', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 100_000, max: 1e10 }),
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      fc.integer({ min: 2, max: 30 }),
      async (cents, rate, periods) => {
        const exact =
          rate === 0 ? cents / periods : (cents * rate) / -Math.expm1(-periods * Math.log1p(rate))
        const payment = Math.round(exact)
        const rows = scheduleInCents(cents, rate, periods, payment)
        const level = rows.slice(0, -1).every((row) => row.payment === payment)
        const piledUp = periods * (1 + rate) ** periods
        return level && Math.abs((rows.at(-1)?.payment ?? 0) - payment) <= piledUp + 1
      }
    )
  )
)
