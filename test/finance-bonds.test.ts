import fc from 'fast-check'
import t from 'tap'
import type { Bond } from '../tools/finance/bonds/bond.ts'
import { valueOnLattice } from '../tools/finance/bonds/callable.ts'
import { createRateLattice } from '../tools/finance/bonds/rate-lattice.ts'
import { answerOf, endingOf, errorOf, isClose, numberOf } from './helpers/finance-call.ts'

const perYear = { annual: 1, semiAnnual: 2, quarterly: 4, monthly: 12 } as const

const terms = fc
  .record({
    faceValue: fc.double({ min: 1, max: 1e6, noNaN: true }),
    couponRate: fc.double({ min: 0, max: 0.2, noNaN: true }),
    paymentFrequency: fc.constantFrom(...(Object.keys(perYear) as (keyof typeof perYear)[])),
    periods: fc.integer({ min: 1, max: 120 })
  })
  .map(({ periods, ...rest }) => {
    const yearsToMaturity = periods / perYear[rest.paymentFrequency]
    return { ...rest, yearsToMaturity: Math.min(100, yearsToMaturity) }
  })

t.test('the yield of the price of a yield is that yield', () =>
  fc.assert(
    fc.asyncProperty(
      terms,
      fc.double({ min: -0.15, max: 3, noNaN: true }),
      async (terms, yieldToMaturity) => {
        const marketPrice = await numberOf('price_bond', { ...terms, yieldToMaturity }, 'price')
        const found = await numberOf(
          'calculate_bond_ytm',
          { ...terms, marketPrice },
          'yieldToMaturity'
        )
        return isClose(found, yieldToMaturity, 1e-11)
      }
    )
  )
)

t.test('the price at the yield of a price is that price, however odd the price', () =>
  fc.assert(
    fc.asyncProperty(
      terms,
      fc.double({ min: -8, max: 8, noNaN: true }),
      async (terms, magnitude) => {
        const marketPrice = terms.faceValue * 10 ** magnitude
        const ending = await endingOf('calculate_bond_ytm', { ...terms, marketPrice })
        // The yield may be too close to -100 % per period for a double, never merely wrong.
        if (ending.kind === 'error') return ending.message.startsWith('marketPrice: no yield')
        const { yieldToMaturity } = ending.kind === 'value' ? ending.value : {}
        const price = await numberOf('price_bond', { ...terms, yieldToMaturity }, 'price')
        return Math.abs(price / marketPrice - 1) < 1e-7
      }
    )
  )
)

t.test('a bond at its coupon rate is worth par, a premium yields less', async (t) => {
  const bond = { couponRate: 0.05, yearsToMaturity: 7 }
  t.ok(
    isClose(await numberOf('price_bond', { ...bond, yieldToMaturity: 0.05 }, 'price'), 1000, 1e-12)
  )
  t.equal(await numberOf('price_bond', { ...bond, yieldToMaturity: 0 }, 'price'), 1350)
  t.ok(
    (await numberOf('calculate_bond_ytm', { ...bond, marketPrice: 1001 }, 'yieldToMaturity')) < 0.05
  )
})

t.test('duration and convexity are the derivatives of the price', () =>
  fc.assert(
    fc.asyncProperty(
      terms,
      fc.double({ min: -0.05, max: 0.3, noNaN: true }),
      async (terms, yieldToMaturity) => {
        const h = 1e-4
        const at = (y: number) => numberOf('price_bond', { ...terms, yieldToMaturity: y }, 'price')
        const [down, here, up] = await Promise.all([
          at(yieldToMaturity - h),
          at(yieldToMaturity),
          at(yieldToMaturity + h)
        ])
        const args = { ...terms, yieldToMaturity }
        const duration = await numberOf('calculate_bond_duration', args, 'modifiedDuration')
        const convexity = await numberOf('calculate_bond_duration', args, 'convexity')
        return (
          isClose((down - up) / (2 * h * here), duration, 1e-3) &&
          isClose((up + down - 2 * here) / (h * h * here), convexity, 1e-2)
        )
      }
    )
  )
)

t.test('the duration of a zero-coupon bond is its maturity', async (t) => {
  const zero = { couponRate: 0, yearsToMaturity: 12, yieldToMaturity: 0.07 }
  const duration = await numberOf('calculate_bond_duration', zero, 'macaulayDuration')
  t.ok(isClose(duration, 12, 1e-14))
})

/** One-year forward rates of annual par yields. */
function forwardsOfPars(pars: readonly number[]): number[] {
  const discounts: number[] = []
  for (const par of pars) {
    const annuity = discounts.reduce((sum, discount) => sum + discount, 0)
    discounts.push((1 - par * annuity) / (1 + par))
  }
  return discounts.map((discount, year) => (discounts[year - 1] ?? 1) / discount - 1)
}

t.test('Kalotay, Williams and Fabozzi (1993): 6.5 % for four years, callable at par', async (t) => {
  const forwards = forwardsOfPars([0.035, 0.042, 0.047, 0.052])
  const lattice = createRateLattice({ forwards, volatility: 0.1, periodYears: 1 })
  const bond: Bond = { faceValue: 100, coupon: 6.5, periods: 4, perYear: 1 }
  t.ok(Math.abs(valueOnLattice(bond, lattice, 0) - 104.643) < 5e-4)
  const call = { fromPeriod: 1, price: 100 }
  t.ok(Math.abs(valueOnLattice(bond, lattice, 0, call) - 102.899) < 5e-4)
  t.ok(Math.abs((lattice[1]?.[0] ?? 0) - 0.044448) < 5e-6, 'lower rate after a year')
})

t.test('a lattice reprices the curve it was made from', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-4, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (forwards, volatility) => {
        const lattice = createRateLattice({ forwards, volatility, periodYears: 0.5 })
        const discount = forwards.reduce((product, rate) => product / (1 + rate / 2), 1)
        const zero = { faceValue: 1, coupon: 0, periods: forwards.length, perYear: 2 }
        return Math.abs(valueOnLattice(zero, lattice, 0) / discount - 1) < 1e-12
      }
    )
  )
})

const callable = fc
  .record({
    couponRate: fc.double({ min: 0, max: 0.2, noNaN: true }),
    periods: fc.integer({ min: 2, max: 60 }),
    share: fc.double({ min: 0, max: 0.99, noNaN: true }),
    callPrice: fc.double({ min: 800, max: 1200, noNaN: true }),
    riskFreeRate: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
    volatility: fc.double({ min: 0, max: 0.6, noNaN: true })
  })
  .map(({ periods, share, ...rest }) => ({
    ...rest,
    yearsToMaturity: periods / 2,
    callYears: Math.floor((periods - 1) * share) / 2
  }))
const spread = fc.double({ min: -0.02, max: 0.2, noNaN: true })

t.test('a call never helps the holder, and the spread of a price is the spread', () =>
  fc.assert(
    fc.asyncProperty(callable, spread, async (terms, creditSpread) => {
      const answer = await answerOf('price_callable_bond', { ...terms, creditSpread })
      const [price, straight] = [Number(answer.price), Number(answer.straightPrice)]
      if (price > straight * (1 + 1e-14)) return false
      const args = { ...terms, marketPrice: price }
      const ending = await endingOf('calculate_oas', args)
      // Callable today and worth calling: many spreads give the call price.
      if (ending.kind === 'error') return terms.callYears === 0 && price >= terms.callPrice
      return ending.kind === 'value' && isClose(Number(ending.value.oas), creditSpread, 1e-9)
    })
  )
)

t.test('without volatility the straight bond has the price of its yield', () =>
  fc.assert(
    fc.asyncProperty(callable, spread, async (terms, creditSpread) => {
      const args = { ...terms, volatility: 0, creditSpread }
      const { straightPrice, priceAtFlatYield } = await answerOf('price_callable_bond', args)
      return Math.abs(Number(straightPrice) / Number(priceAtFlatYield) - 1) < 1e-11
    })
  )
)

t.test('a Nelson-Siegel curve is found again from its own yields', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(...[0.2, 0.1, 0.1].map((max) => fc.double({ min: -max, max, noNaN: true }))),
      fc.double({ min: 0.5, max: 10, noNaN: true }),
      async ([beta0 = 0, beta1 = 0, beta2 = 0], lambda) => {
        const maturities = [0.25, 1, 2, 3, 5, 7, 10, 20, 30]
        const yields = maturities.map((years) => {
          const x = years / lambda
          const slope = (1 - Math.exp(-x)) / x
          return beta0 + beta1 * slope + beta2 * (slope - Math.exp(-x))
        })
        const found = await answerOf('fit_nelson_siegel', { maturities, yields, lambda })
        return [beta0, beta1, beta2].every((beta, i) =>
          isClose(Number(found[`beta${i}`]), beta, 1e-12)
        )
      }
    )
  )
)

t.test('questions without an answer say why', async (t) => {
  const bond = { couponRate: 0.05, yearsToMaturity: 5 }
  const issue = { ...bond, callYears: 1, callPrice: 1020, riskFreeRate: 0.03, volatility: 0.1 }
  const cases: [string, object, RegExp][] = [
    [
      'price_bond',
      { ...bond, yearsToMaturity: 4.9, yieldToMaturity: 0.05 },
      /^yearsToMaturity: .*1\/2/
    ],
    ['price_bond', { ...bond, yieldToMaturity: -2 }, /^yieldToMaturity: must be above -2/],
    ['price_callable_bond', { ...issue, callYears: 5, creditSpread: 0 }, /^callYears: /],
    ['calculate_oas', { ...issue, callYears: 0, marketPrice: 1020 }, /^marketPrice: .*call today/],
    ['calculate_oas', { ...issue, marketPrice: 1e9 }, /^marketPrice: no spread/],
    ['fit_nelson_siegel', { maturities: [1, 2, 3], yields: [0.1, 0.2] }, /^yields|invalid/],
    ['fit_nelson_siegel', { maturities: [1, 2, 2], yields: [1, 2, 3] }, /^lambda: /],
    ['fit_nelson_siegel', { maturities: [1, 2, 3, 4], yields: [1, 2, 3] }, /^yields: 3 for 4/]
  ]
  for (const [tool, args, message] of cases) {
    const ending = await endingOf(tool, args)
    t.match(ending.kind === 'error' ? ending.message : ending.kind, message)
  }
  t.match(
    await errorOf('price_bond', { ...bond, yieldToMaturity: -1.9999999, yearsToMaturity: 100 }),
    /^yieldToMaturity/
  )
  const refused = await endingOf('price_callable_bond', {
    ...issue,
    riskFreeRate: 0,
    creditSpread: 0
  })
  t.same(refused, { kind: 'invalid', fields: ['riskFreeRate'] })
})
