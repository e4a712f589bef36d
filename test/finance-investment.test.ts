import fc from 'fast-check'
import t from 'tap'
import { findPayback } from '../tools/finance/tvm/payback.ts'
import { numberBetween } from './helpers/finance-arbitraries.ts'
import {
  answerOf,
  checkInputs,
  endingOf,
  errorOf,
  isClose,
  numberOf
} from './helpers/finance-call.ts'

const inputs = new Map([
  ['calculate_profitability_index', 'discountRate cashFlows'],
  ['calculate_payback_period', 'cashFlows'],
  ['calculate_discounted_payback_period', 'discountRate cashFlows'],
  ['calculate_mirr', 'cashFlows financeRate reinvestmentRate'],
  ['calculate_growth_rate', 'fromValue toValue metricName?'],
  ['apply_growth_projection', 'baseValue annualGrowthRate periods compounding? metricName?']
])

t.test('the tools have the names and inputs of the catalogue', (t) => {
  checkInputs(t, 'finance.tvm', inputs)
  t.end()
})

t.test('payback: what has no answer', async (t) => {
  const errorFor = (cashFlows: readonly number[]) =>
    errorOf('calculate_payback_period', { cashFlows })
  t.match(
    await errorFor([-100, 30, 40]),
    /^cashFlows: never paid back; .* 30\.00 are still missing/
  )
  t.match(await errorFor([100, 30]), /^cashFlows: the running total is never below 0/)
  t.match(await errorFor([-1e308, -1e308]), /^cashFlows: /)
  t.match(
    await errorOf('calculate_discounted_payback_period', {
      discountRate: 0.5,
      cashFlows: [-100, 60, 60]
    }),
    /never paid back/
  )
  const falling = await answerOf('calculate_payback_period', { cashFlows: [-10, 20, -30] })
  t.equal(falling.paybackPeriod, 0.5)
  t.notOk('lastingPaybackPeriod' in JSON.parse(JSON.stringify(falling)), 'it ends below 0')
  t.equal(await numberOf('calculate_payback_period', { cashFlows: [0, -5, 5] }, 'paybackPeriod'), 2)
})

const amounts = fc.integer({ min: -1000, max: 1000 })
const rate = numberBetween(-0.5, 1)

t.test(
  'payback: before it the running total is below 0, after the lasting one never again',
  async () =>
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 30 }), (rest) => {
        const flows = [-1, ...rest]
        const balances = flows.map((_, i) => flows.slice(0, i + 1).reduce((sum, f) => sum + f, 0))
        if (balances.every((balance) => balance < 0)) return
        const { first, lasting } = findPayback(flows)
        const before = balances.slice(0, Math.ceil(first))
        if (before.some((balance) => balance >= 0)) throw new Error('sooner')
        // Linear within the period: the interpolated total is 0.
        const period = Math.ceil(first)
        const within = (balances[period - 1] ?? 0) + (first - period + 1) * (flows[period] ?? 0)
        if (Math.abs(within) > 1e-9) throw new Error(`${within} left`)
        if ((lasting === undefined) !== (balances.at(-1) ?? 0) < 0) throw new Error('end')
        if (lasting !== undefined && balances.slice(Math.ceil(lasting)).some((b) => b < 0))
          throw new Error('below 0 again')
      })
    )
)

const project = fc
  .tuple(fc.integer({ min: 1, max: 1e6 }), fc.array(amounts, { minLength: 1, maxLength: 20 }))
  .map(([cost, later]) => [-cost, ...later, 500])

t.test('MIRR: outflows today grow at it into the inflows at the end', () =>
  fc.assert(
    fc.asyncProperty(project, rate, rate, async (cashFlows, financeRate, reinvestmentRate) => {
      const value = await answerOf('calculate_mirr', { cashFlows, financeRate, reinvestmentRate })
      const { mirr, presentValueOfOutflows, futureValueOfInflows, periods } = value
      const grown = Number(presentValueOfOutflows) * (1 + Number(mirr)) ** Number(periods)
      return isClose(grown / Number(futureValueOfInflows), 1, 1e-10)
    })
  )
)

t.test('MIRR at the rate of return is that rate', () =>
  fc.assert(
    fc.asyncProperty(project, async (cashFlows) => {
      const ending = await endingOf('calculate_irr', { cashFlows })
      if (ending.kind !== 'value') return
      const irr = Number(ending.value.irr)
      if (irr < -0.9 || irr > 10) return
      const rates = { financeRate: irr, reinvestmentRate: irr }
      const mirr = await numberOf('calculate_mirr', { cashFlows, ...rates }, 'mirr')
      if (!isClose(mirr, irr, 1e-7)) throw new Error(`${mirr} is not ${irr}`)
    })
  )
)

t.test('profitability index: above 1 exactly when the net present value is above 0', () =>
  fc.assert(
    fc.asyncProperty(project, rate, async (cashFlows, discountRate) => {
      const args = { cashFlows, discountRate }
      const value = await answerOf('calculate_profitability_index', args)
      const cost = -(cashFlows[0] ?? 0)
      const npv = await numberOf('calculate_npv', { cashFlows, rate: discountRate }, 'npv')
      return (
        value.npv === npv &&
        isClose((Number(value.profitabilityIndex) - 1) * cost, npv, 1e-9 * cost + 1e-9)
      )
    })
  )
)

t.test('refusals name the field', async (t) => {
  const rates = { financeRate: 0.1, reinvestmentRate: 0.1 }
  t.match(await errorOf('calculate_mirr', { cashFlows: [1, 2], ...rates }), /^cashFlows: no rate/)
  t.match(await errorOf('calculate_mirr', { cashFlows: [-1, -2], ...rates }), /^cashFlows: no rate/)
  t.match(
    await errorOf('calculate_profitability_index', { cashFlows: [0, 2], discountRate: 0 }),
    /^cashFlows\[0\]: must be negative/
  )
  t.match(await errorOf('calculate_growth_rate', { fromValue: 0, toValue: 1 }), /^fromValue: /)
  t.match(
    await errorOf('apply_growth_projection', {
      baseValue: 1e300,
      annualGrowthRate: 1,
      periods: 1000
    }),
    /^annualGrowthRate: /
  )
  const fieldsOf = async (name: string, args: object) => {
    const ending = await endingOf(name, args)
    return ending.kind === 'invalid' && ending.fields.join()
  }
  t.equal(await fieldsOf('calculate_payback_period', { cashFlows: [-1] }), 'cashFlows')
  const projection = { baseValue: 1, annualGrowthRate: 0, periods: 1 }
  t.equal(await fieldsOf('apply_growth_projection', { ...projection, periods: 1001 }), 'periods')
  t.equal(
    await fieldsOf('apply_growth_projection', { ...projection, compounding: 'x' }),
    'compounding'
  )
  t.equal(
    await fieldsOf('apply_growth_projection', { ...projection, annualGrowthRate: -1 }),
    'annualGrowthRate'
  )
})

t.test('more frequent compounding grows more, and continuous most', () =>
  fc.assert(
    fc.asyncProperty(numberBetween(0.001, 1), async (annualGrowthRate) => {
      const valueAt = (compounding: string) =>
        numberOf(
          'apply_growth_projection',
          { baseValue: 100, annualGrowthRate, periods: 2, compounding },
          'finalValueIfPeriodsAreYears'
        )
      const kinds = ['annual', 'semiannual', 'quarterly', 'monthly', 'daily', 'continuous']
      const values = await Promise.all(kinds.map(valueAt))
      return values.every((value, i) => i === 0 || value > (values[i - 1] ?? 0))
    })
  )
)

t.test('a projection starts at the base and ends at the final value', async (t) => {
  const value = await answerOf('apply_growth_projection', {
    baseValue: -50,
    annualGrowthRate: -0.5,
    periods: 3,
    metricName: 'Loss'
  })
  t.same(value.values, [-50, -25, -12.5, -6.25])
  t.match(value, { finalValue: -6.25, totalGrowth: -0.875, metricName: 'Loss' })
  const growth = await answerOf('calculate_growth_rate', { fromValue: 1e9, toValue: 1e9 + 1 })
  t.ok(isClose(Number(growth.logGrowth) * 1e9, 1 - 5e-10, 1e-14), 'small growth keeps its digits')
})
