import fc from 'fast-check'
import t from 'tap'
import { numberBetween } from './helpers/finance-arbitraries.ts'
import {
  answerOf,
  checkInputs,
  endingOf,
  errorOf,
  isClose,
  numberOf
} from './helpers/finance-call.ts'

const parts = 'interestRate period totalPeriods loanAmount balloonPayment? paymentTiming?'
const sums =
  'interestRate startPeriod endPeriod totalPeriods loanAmount balloonPayment? paymentTiming?'
const inputs = new Map([
  ['calculate_dscr', 'netOperatingIncome totalDebtService'],
  [
    'calculate_altman_z_score',
    'workingCapital retainedEarnings ebit marketValueEquity totalLiabilities totalAssets sales'
  ],
  [
    'compare_financing_options',
    'amount option1Rate option1Years option1Name option2Rate option2Years option2Name option3Rate? option3Years? option3Name?'
  ],
  [
    'analyze_lease_liability',
    'monthlyPayment leaseTerm discountRate initialDirectCosts? prepayments? leaseIncentives?'
  ],
  ['check_debt_covenant', 'covenantType actualValue covenantThreshold comparisonType'],
  ['calculate_custom_payment_schedule', 'principal annualRate term paymentType balloonPayment?'],
  ['calculate_principal_payment', parts],
  ['calculate_interest_payment', parts],
  ['calculate_cumulative_interest', sums],
  ['calculate_cumulative_principal', sums]
])

t.test('the tools have the names and inputs of the catalogue', (t) => {
  checkInputs(t, 'finance.debt', inputs)
  t.end()
})

const loans = fc.record({
  interestRate: fc.oneof(fc.constant(0), numberBetween(-0.01, 0.05)),
  totalPeriods: fc.integer({ min: 1, max: 480 }),
  loanAmount: numberBetween(1, 1e7),
  balloon: fc.constantFrom(0, 0.25, 1, 1.5),
  paymentTiming: fc.constantFrom('ordinary', 'due')
})
const toArgs = ({ balloon, ...loan }: { balloon: number; loanAmount: number }) => ({
  ...loan,
  balloonPayment: balloon * loan.loanAmount
})
const wholeOf = (range: object, totalPeriods: number) =>
  answerOf('calculate_cumulative_interest', { ...range, startPeriod: 1, endPeriod: totalPeriods })

t.test('interest and principal make the payment, and interest is rate times balance', () =>
  fc.assert(
    fc.asyncProperty(loans, fc.nat(1000), async (loan, where) => {
      const period = 1 + (where % loan.totalPeriods)
      const args = { ...toArgs(loan), period }
      const value = await answerOf('calculate_principal_payment', args)
      t.same(await answerOf('calculate_interest_payment', args), value)
      const of = (field: string) => Number(value[field])
      const size = loan.loanAmount * (1 + loan.balloon)
      const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-10 * size
      const free = loan.paymentTiming === 'due' && period === 1
      return (
        isNear(of('interestPayment') + of('principalPayment'), of('payment')) &&
        isNear(of('balanceBefore') - of('principalPayment'), of('balanceAfter')) &&
        isNear(of('interestPayment'), free ? 0 : of('balanceBefore') * loan.interestRate)
      )
    })
  )
)

t.test('over the whole term the parts sum to the loan less the balloon', () =>
  fc.assert(
    fc.asyncProperty(loans, async (loan) => {
      const args = toArgs(loan)
      const value = await wholeOf(args, loan.totalPeriods)
      const growth = loan.paymentTiming === 'due' ? 1 + loan.interestRate : 1
      const left = args.balloonPayment / growth
      const size = loan.loanAmount * (1 + loan.balloon)
      const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * size
      return (
        isNear(Number(value.cumulativePrincipal), loan.loanAmount - left) &&
        isNear(Number(value.balanceAfter), left) &&
        isNear(
          Number(value.cumulativeInterest) + Number(value.cumulativePrincipal),
          Number(value.totalPaid)
        )
      )
    }),
    { numRuns: 50 }
  )
)

t.test('two ranges that meet sum to the whole', () =>
  fc.assert(
    fc.asyncProperty(loans, fc.nat(1000), async (loan, where) => {
      if (loan.totalPeriods < 2) return
      const cut = 1 + (where % (loan.totalPeriods - 1))
      const args = toArgs(loan)
      const sumOf = (startPeriod: number, endPeriod: number) =>
        numberOf(
          'calculate_cumulative_principal',
          { ...args, startPeriod, endPeriod },
          'cumulativePrincipal'
        )
      const whole = await sumOf(1, loan.totalPeriods)
      const both = (await sumOf(1, cut)) + (await sumOf(cut + 1, loan.totalPeriods))
      if (Math.abs(both - whole) > 1e-9 * loan.loanAmount) throw new Error(`${both} ${whole}`)
    }),
    { numRuns: 50 }
  )
)

t.test('the payment is that of calculate_payment with the sign of the balloon turned', () =>
  fc.assert(
    fc.asyncProperty(loans, async (loan) => {
      const args = toArgs(loan)
      const payment = await numberOf(
        'calculate_payment',
        {
          presentValue: loan.loanAmount,
          rate: loan.interestRate,
          periods: loan.totalPeriods,
          futureValue: -args.balloonPayment,
          type: loan.paymentTiming
        },
        'payment'
      )
      const own = await numberOf('calculate_interest_payment', { ...args, period: 1 }, 'payment')
      return Math.abs(own - payment) <= 1e-12 * loan.loanAmount
    })
  )
)

t.test('a rate of nothing, and one that overflows on the way', async (t) => {
  const tiny = { interestRate: 1e-12, period: 7, totalPeriods: 12, loanAmount: 1200 }
  t.ok(isClose(await numberOf('calculate_principal_payment', tiny, 'principalPayment'), 100, 1e-10))
  const interest = await numberOf('calculate_interest_payment', tiny, 'interestPayment')
  t.ok(isClose(interest / 600e-12, 1, 1e-9), 'interest keeps its digits')
  const huge = { interestRate: 1, period: 4999, totalPeriods: 5000, loanAmount: 1 }
  t.match(await answerOf('calculate_principal_payment', huge), { balanceBefore: 0.75, payment: 1 })
})

t.test('refusals name the field', async (t) => {
  const loan = { interestRate: 0.01, totalPeriods: 12, loanAmount: 1000 }
  const cases: readonly [string, object, RegExp][] = [
    ['calculate_principal_payment', { ...loan, period: 13 }, /^period: must not exceed/],
    ['calculate_cumulative_interest', { ...loan, startPeriod: 3, endPeriod: 2 }, /^startPeriod: /],
    ['calculate_cumulative_interest', { ...loan, startPeriod: 3, endPeriod: 13 }, /^endPeriod: /]
  ]
  for (const [name, args, message] of cases) t.match(await errorOf(name, args), message)
  const custom = { principal: 1000, annualRate: 0.05, term: 1, paymentType: 'balloon' }
  const schedule = 'calculate_custom_payment_schedule'
  t.match(await errorOf(schedule, custom), /^balloonPayment: needed/)
  t.match(await errorOf(schedule, { ...custom, balloonPayment: 1001 }), /^balloonPayment: must not/)
  t.match(await errorOf(schedule, { ...custom, balloonPayment: 5, term: 0.3 }), /^term: .*whole/)
  t.match(
    await errorOf(schedule, { ...custom, paymentType: 'bullet', balloonPayment: 5 }),
    /^balloonPayment: belongs to/
  )
  const lease = { monthlyPayment: 100, leaseTerm: 12, discountRate: 0 }
  t.match(
    await errorOf('analyze_lease_liability', { ...lease, leaseIncentives: 1201 }),
    /^leaseIncentives: exceed/
  )
  t.match(await answerOf('analyze_lease_liability', lease), {
    leaseLiability: 1200,
    totalInterest: 0
  })
  t.same(await endingOf('calculate_dscr', { netOperatingIncome: 1, totalDebtService: 0 }), {
    kind: 'invalid',
    fields: ['totalDebtService']
  })
})

t.test('custom schedules end at 0.00 and their parts add up', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1000, max: 1e10 }),
      numberBetween(0, 0.3),
      fc.integer({ min: 1, max: 360 }),
      fc.constantFrom('bullet', 'interest_only', 'balloon'),
      async (cents, annualRate, months, paymentType) => {
        const balloonPayment = paymentType === 'balloon' ? cents / 300 : undefined
        const loan = { principal: cents / 100, annualRate, term: months / 12, paymentType }
        const value = await answerOf('calculate_custom_payment_schedule', {
          ...loan,
          ...(balloonPayment !== undefined && { balloonPayment })
        })
        const rows = value.schedule as { balance: number }[]
        const toCents = (field: string) => Math.round(Number(value[field]) * 100)
        return (
          rows.at(-1)?.balance === 0 &&
          toCents('totalPrincipal') === cents &&
          toCents('totalPaid') === cents + toCents('totalInterest')
        )
      }
    )
  )
)
