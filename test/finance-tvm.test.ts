import fc from 'fast-check'
import t from 'tap'
import {
  type Answer,
  answerOf,
  checkExamples,
  checkInputs,
  endingOf,
  errorOf,
  isClose,
  numberOf,
  source
} from './helpers/finance-call.ts'

// Behind each number stands its source. "exact" was computed with 40 digits (mpmath 1.3).
const golden = `
calculate_payment {"presentValue":10000,"rate":0.006666666666666667,"periods":10} -> payment 1037.03 Excel PMT
calculate_payment {"presentValue":10000,"rate":0.006666666666666667,"periods":10,"type":"due"} -> payment 1030.16 Excel PMT, type 1
calculate_payment {"presentValue":10000,"rate":0.006666666666666667,"periods":10} -> payment 1037.032089359152 exact
calculate_payment {"presentValue":0,"rate":0.005,"periods":216,"futureValue":50000} -> payment 129.08 Excel PMT, saving up
calculate_payment {"presentValue":200000,"rate":0.005,"periods":360,"futureValue":50000} -> payment 1248.876312881881 exact
calculate_payment {"presentValue":200000,"rate":0.005,"periods":360,"futureValue":50000} -> paymentWithBalloon 1149.3257877291 exact
calculate_payment {"presentValue":1200,"rate":0,"periods":12,"futureValue":600} -> payment 150 rate 0
calculate_payment {"presentValue":1200,"rate":0,"periods":12,"futureValue":600} -> totalInterest 0 rate 0
calculate_annuity_pv {"payment":500,"rate":0.006666666666666667,"periods":240} -> presentValue 59777.15 Excel PV
calculate_annuity_pv {"payment":1,"rate":1e-12,"periods":360} -> presentValue 359.99999993502 exact
calculate_annuity_pv {"payment":1,"rate":-0.99,"periods":5} -> presentValue 10101010099.99995 exact
calculate_annuity_pv {"payment":100,"rate":0,"periods":7} -> presentValue 700 rate 0
calculate_annuity_pv {"payment":100,"rate":0.1,"periods":0} -> presentValue 0 no payments
calculate_annuity_fv {"payment":1000,"rate":0.01,"periods":12} -> futureValue 12682.50 Excel FV
calculate_annuity_fv {"payment":2000,"rate":0.009166666666666667,"periods":35,"type":"due"} -> futureValue 82846.25 Excel FV, type 1
calculate_annuity_fv {"payment":1,"rate":1e-12,"periods":360} -> futureValue 360.00000006462 exact
calculate_annuity_fv {"payment":1,"rate":-0.99,"periods":5} -> futureValue 1.01010101000000 exact
calculate_present_value {"futureValue":1000,"rate":-0.99,"periods":3} -> presentValue 999999999.999997 exact
calculate_present_value {"futureValue":1000,"rate":0,"periods":1e300} -> presentValue 1000 rate 0
calculate_present_value {"futureValue":1000,"rate":0.05,"periods":10} -> discount 386.0867464592 exact
calculate_future_value {"presentValue":1000,"rate":1e-12,"periods":1e6} -> futureValue 1000.001000000500 exact
calculate_future_value {"presentValue":1,"rate":1e-9,"periods":1e9} -> futureValue 2.71828182709990 exact
calculate_future_value {"presentValue":1000,"rate":0.05,"periods":10} -> futureValue 1628.894626777441 exact
calculate_npv {"rate":0.1,"cashFlows":[-10000,3000,4200,6800]} -> excelNpv 1188.44 Excel NPV
calculate_npv {"rate":0.08,"cashFlows":[-40000,8000,9200,10000,12000,14500]} -> npv 1922.06 Excel NPV, cost outside
calculate_npv {"rate":0.08,"cashFlows":[-40000,8000,9200,10000,12000,14500,-9000]} -> npv -3749.47 Excel NPV, loss in year six
calculate_npv {"rate":0.5,"cashFlows":[1e17,1.5,-1e17,2.25]} -> undiscountedTotal 3.75 compensated sum
`

t.test('golden values hold to their last digit', (t) => checkExamples(t, golden))

t.test('the nine tools have the names and inputs of the catalogue', (t) => {
  const inputs = new Map([
    ['calculate_present_value', 'futureValue rate periods'],
    ['calculate_future_value', 'presentValue rate periods'],
    ['calculate_npv', 'rate cashFlows'],
    ['calculate_irr', 'cashFlows guess?'],
    ['calculate_payment', 'presentValue rate periods futureValue? type?'],
    ['calculate_annuity_pv', 'payment rate periods type?'],
    ['calculate_annuity_fv', 'payment rate periods type?'],
    ['calculate_xnpv', 'rate cashFlows'],
    ['calculate_xirr', 'cashFlows guess?']
  ])
  checkInputs(t, 'finance.tvm', inputs)
  for (const { outputSchema, annotations } of source.tools.filter(({ name }) => inputs.has(name))) {
    t.equal(outputSchema?.type, 'object')
    t.equal(annotations.readOnlyHint, true)
  }
  t.end()
})

t.test('invalid arguments are refused and named', async (t) => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['calculate_present_value', { futureValue: 1, rate: -1, periods: 1 }, 'rate'],
    ['calculate_present_value', { futureValue: 1 / 0, rate: 0, periods: 1 }, 'futureValue'],
    ['calculate_present_value', { futureValue: 1, rate: 0, periods: -1 }, 'periods'],
    ['calculate_payment', { presentValue: 1, rate: 0, periods: 0 }, 'periods'],
    ['calculate_annuity_pv', { payment: 1, rate: 0, periods: 1.5 }, 'periods'],
    ['calculate_annuity_pv', { payment: 1, rate: 0, periods: 1, type: 'begin' }, 'type'],
    ['calculate_npv', { rate: 0.1, cashFlows: [] }, 'cashFlows'],
    ['calculate_npv', { rate: 0.1, cashFlows: [1, Number.NaN] }, 'cashFlows[1]'],
    ['calculate_npv', { rate: 0.1, cashFlows: Array(10_001).fill(1) }, 'cashFlows'],
    ['calculate_npv', { rate: 0.1, cashFlows: [1], extra: 1 }, '']
  ]
  for (const [name, args, field] of cases) {
    t.same(await endingOf(name, args), { kind: 'invalid', fields: [field] }, `${name} ${field}`)
  }
})

t.test('results beyond a double are errors that name a field', async (t) => {
  const cases: readonly (readonly [string, Answer, RegExp])[] = [
    ['calculate_future_value', { presentValue: 1, rate: 1, periods: 2000 }, /^periods: .*fewer/],
    ['calculate_future_value', { presentValue: 1, rate: 1e-3, periods: 1e300 }, /^periods: /],
    ['calculate_present_value', { futureValue: 1, rate: -0.5, periods: 2000 }, /^periods: /],
    ['calculate_annuity_fv', { payment: 1, rate: 0.1, periods: 1e5 }, /^periods: /],
    ['calculate_annuity_pv', { payment: 1e308, rate: 0, periods: 10 }, /^periods: /],
    ['calculate_payment', { presentValue: 1e308, rate: 1e5, periods: 3 }, /^presentValue: /],
    ['calculate_npv', { rate: -0.999, cashFlows: Array(1000).fill(1) }, /^cashFlows: /],
    ['calculate_npv', { rate: 0, cashFlows: [1.7e308, 1.7e308] }, /^cashFlows: /]
  ]
  for (const [name, args, pattern] of cases) t.match(await errorOf(name, args), pattern, name)
})

t.test('results that a double holds survive factors that it does not', async (t) => {
  const grown = { presentValue: 2 ** -1000, rate: 1, periods: 1100 }
  t.equal(await numberOf('calculate_future_value', grown, 'futureValue'), 2 ** 100)
  const sunk = { payment: 2 ** -1000, rate: -0.5, periods: 1100 }
  t.equal(await numberOf('calculate_annuity_pv', sunk, 'presentValue'), 2 ** 101)
  const saved = { payment: 2 ** -1000, rate: 1, periods: 1100 }
  t.equal(await numberOf('calculate_annuity_fv', saved, 'futureValue'), 2 ** 100)
  const nothing = { futureValue: 0, rate: -0.5, periods: 1e6 }
  t.equal(await numberOf('calculate_present_value', nothing, 'presentValue'), 0)
  const perpetual = { presentValue: 1000, rate: 0.01, periods: 1e6 }
  t.equal(await numberOf('calculate_payment', perpetual, 'payment'), 10)
  const shrinking = { presentValue: 0, rate: -0.5, periods: 1e6, futureValue: 3 }
  t.equal(await numberOf('calculate_payment', shrinking, 'payment'), 1.5)
})

const rate = fc.double({ min: -0.8, max: 3, noNaN: true })
const periods = fc.integer({ min: 1, max: 400 })
const amount = fc.double({ min: 0.01, max: 1e9, noNaN: true })

t.test('present and future value undo each other', () =>
  fc.assert(
    fc.asyncProperty(
      amount,
      rate,
      fc.double({ min: 0, max: 200, noNaN: true }),
      async (pv, r, n) => {
        const there = { presentValue: pv, rate: r, periods: n }
        const futureValue = await numberOf('calculate_future_value', there, 'futureValue')
        const back = { futureValue, rate: r, periods: n }
        return isClose(
          (await numberOf('calculate_present_value', back, 'presentValue')) / pv,
          1,
          1e-12
        )
      }
    )
  )
)

t.test('payments buy back the loan; due is ordinary times or divided by 1 + rate', () =>
  fc.assert(
    fc.asyncProperty(amount, rate, periods, async (presentValue, r, n) => {
      const loan = { presentValue, rate: r, periods: n }
      const payment = await numberOf('calculate_payment', loan, 'payment')
      const due = await numberOf('calculate_payment', { ...loan, type: 'due' }, 'payment')
      const annuity = { payment, rate: r, periods: n }
      const worth = await answerOf('calculate_annuity_pv', { ...annuity, type: 'due' })
      const saved = await answerOf('calculate_annuity_fv', { ...annuity, type: 'due' })
      const grown = await numberOf('calculate_future_value', loan, 'futureValue')
      return (
        isClose(Number(worth.ordinary) / presentValue, 1, 1e-11) &&
        isClose(Number(saved.ordinary) / grown, 1, 1e-10) &&
        isClose(Number(worth.presentValue) / (Number(worth.ordinary) * (1 + r)), 1, 1e-14) &&
        isClose(Number(saved.futureValue) / (Number(saved.ordinary) * (1 + r)), 1, 1e-14) &&
        isClose((due * (1 + r)) / payment, 1, 1e-12)
      )
    })
  )
)

t.test('futureValue: a balance wanted raises the payment as much as a balloon lowers it', () =>
  fc.assert(
    fc.asyncProperty(amount, amount, rate, periods, async (presentValue, futureValue, r, n) => {
      const loan = { presentValue, rate: r, periods: n }
      const plain = await numberOf('calculate_payment', loan, 'payment')
      const value = await answerOf('calculate_payment', { ...loan, futureValue })
      const raise = Number(value.payment) - plain
      const relief = plain - Number(value.paymentWithBalloon)
      return raise >= 0 && Math.abs(raise - relief) <= 1e-12 * (Math.abs(raise) + plain)
    })
  )
)
