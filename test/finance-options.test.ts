import fc from 'fast-check'
import t from 'tap'
import type { CallContext } from '../src/types.ts'
import {
  answerOf,
  ctx,
  endingOf,
  errorOf,
  isClose,
  numberOf,
  source
} from './helpers/finance-call.ts'

const terms = fc.record({
  spotPrice: fc.double({ min: 1, max: 1000, noNaN: true }),
  strikePrice: fc.double({ min: 1, max: 1000, noNaN: true }),
  timeToExpiry: fc.double({ min: 0, max: 10, noNaN: true }),
  riskFreeRate: fc.double({ min: -0.05, max: 0.3, noNaN: true }),
  volatility: fc.double({ min: 0, max: 2, noNaN: true })
})
const nearMoney = fc.record({
  spotPrice: fc.double({ min: 80, max: 120, noNaN: true }),
  strikePrice: fc.constant(100),
  timeToExpiry: fc.double({ min: 0.1, max: 3, noNaN: true }),
  riskFreeRate: fc.double({ min: -0.02, max: 0.15, noNaN: true }),
  volatility: fc.double({ min: 0.1, max: 0.8, noNaN: true })
})
const optionType = fc.constantFrom('call', 'put')

t.test('put-call parity, and the bounds of arbitrage', () =>
  fc.assert(
    fc.asyncProperty(terms, async (terms) => {
      const args = { ...terms, optionType: 'call' }
      const answer = await answerOf('price_black_scholes_option', args)
      const [call, put] = [Number(answer.price), Number(answer.otherPrice)]
      const presentStrike = Number(answer.presentStrike)
      const size = terms.spotPrice + presentStrike
      return (
        Math.abs(call - put - (terms.spotPrice - presentStrike)) <= 1e-14 * size &&
        call >= Math.max(0, terms.spotPrice - presentStrike) &&
        call <= terms.spotPrice &&
        put <= presentStrike
      )
    })
  )
)

t.test('without time the intrinsic value, without volatility the certain gain', async (t) => {
  const option = { spotPrice: 110, strikePrice: 100, riskFreeRate: 0.05 }
  const price = (rest: object) =>
    numberOf('price_black_scholes_option', { ...option, ...rest }, 'price')
  t.equal(await price({ optionType: 'call', timeToExpiry: 0, volatility: 0.2 }), 10)
  t.equal(await price({ optionType: 'put', timeToExpiry: 0, volatility: 0.2 }), 0)
  const certain = await price({ optionType: 'call', timeToExpiry: 2, volatility: 0 })
  t.ok(isClose(certain, 110 - 100 * Math.exp(-0.1), 1e-15))
  const atTheEdge = { optionType: 'call', spotPrice: 100, timeToExpiry: 0, volatility: 0.2 }
  t.equal(await price(atTheEdge), 0)
  t.match(await errorOf('calculate_option_greeks', { ...option, ...atTheEdge }), /^timeToExpiry: /)
  const expired = { ...option, optionType: 'call', timeToExpiry: 0, volatility: 0.2 }
  const { delta, gamma, vega } = await answerOf('calculate_option_greeks', expired)
  t.same({ delta, gamma, vega }, { delta: 1, gamma: 0, vega: 0 })
})

t.test('the Greeks are the derivatives of the price', () =>
  fc.assert(
    fc.asyncProperty(nearMoney, optionType, async (terms, optionType) => {
      const at = (field: string, change: number) =>
        numberOf(
          'price_black_scholes_option',
          { ...terms, optionType, [field]: Number(terms[field as keyof typeof terms]) + change },
          'price'
        )
      const slope = async (field: string, h: number) =>
        ((await at(field, h)) - (await at(field, -h))) / (2 * h)
      const greeks = await answerOf('calculate_option_greeks', { ...terms, optionType })
      const curvature =
        ((await at('spotPrice', 0.05)) +
          (await at('spotPrice', -0.05)) -
          2 * (await at('spotPrice', 0))) /
        0.05 ** 2
      const pairs: [unknown, number][] = [
        [greeks.delta, await slope('spotPrice', 1e-3)],
        [greeks.gamma, curvature],
        [greeks.theta, -(await slope('timeToExpiry', 1e-4))],
        [greeks.vega, await slope('volatility', 1e-4)],
        [greeks.rho, await slope('riskFreeRate', 1e-5)]
      ]
      return pairs.every(([greek, difference]) => isClose(Number(greek), difference, 1e-4))
    })
  )
)

t.test('the tree tends to Black-Scholes, and early exercise is worth something at most', () =>
  fc.assert(
    fc.asyncProperty(nearMoney, optionType, async (terms, optionType) => {
      const args = { ...terms, optionType, americanStyle: true, steps: 500 }
      const answer = await answerOf('calculate_binomial_tree_option', args)
      const [american, european] = [Number(answer.price), Number(answer.europeanPrice)]
      const free = terms.riskFreeRate >= 0 && optionType === 'call'
      return (
        Math.abs(european - Number(answer.blackScholesPrice)) < 0.1 &&
        american >= european &&
        american >= Math.max(0, (terms.spotPrice - 100) * (optionType === 'call' ? 1 : -1)) &&
        // A call without dividends is not exercised early at a rate of 0 and above.
        (!free || isClose(american, european, 1e-11))
      )
    }),
    { numRuns: 50 }
  )
)

t.test('ten times the steps, a tenth of the error', async (t) => {
  const option = { optionType: 'put', spotPrice: 100, strikePrice: 100, timeToExpiry: 1 }
  const market = { riskFreeRate: 0.05, volatility: 0.2, americanStyle: false }
  const errorAt = async (steps: number) => {
    const args = { ...option, ...market, steps }
    const { price, blackScholesPrice } = await answerOf('calculate_binomial_tree_option', args)
    return Math.abs(Number(price) - Number(blackScholesPrice))
  }
  const [coarse, fine] = [await errorAt(100), await errorAt(1000)]
  t.ok(fine > 0 && Math.abs(coarse / fine - 10) < 0.5, `${coarse} and ${fine}`)
})

const longTree = {
  optionType: 'put',
  americanStyle: true,
  spotPrice: 50,
  strikePrice: 50,
  timeToExpiry: 1,
  riskFreeRate: 0.1,
  volatility: 0.4,
  steps: 10_000
}

t.test('a long tree gives way, reports and stops when cancelled', async (t) => {
  const tool = source.tools.find(({ name }) => name === 'calculate_binomial_tree_option')
  const parsed = await tool?.parse(longTree)
  if (!tool || !parsed?.ok) throw new Error('no tree')
  const cancel = new AbortController()
  const reports: number[] = []
  const watched: CallContext = {
    ...ctx,
    signal: cancel.signal,
    progress: (done, total) => {
      t.equal(total, 20_000)
      reports.push(done)
      if (reports.length === 3) cancel.abort(new Error('enough'))
    }
  }
  await t.rejects(async () => tool.run(parsed.value, watched), /enough/)
  t.equal(reports.length, 3)
})

t.test('questions without an answer, and what exceeds the caps', async (t) => {
  const coarse = { ...longTree, riskFreeRate: 0.5, volatility: 0.05 }
  t.match(
    await errorOf('calculate_binomial_tree_option', { ...coarse, steps: 99 }),
    /^steps: .* at least 100 steps/
  )
  await answerOf('calculate_binomial_tree_option', { ...coarse, steps: 101 })
  const invalid = async (change: object) => {
    const ending = await endingOf('calculate_binomial_tree_option', { ...longTree, ...change })
    return ending.kind === 'invalid' ? ending.fields : [ending.kind]
  }
  t.same(await invalid({ steps: 10_001 }), ['steps'])
  t.same(await invalid({ volatility: 0 }), ['volatility'])
  t.same(await invalid({ optionType: 'straddle' }), ['optionType'])
})

t.test('real options are options: waiting costs nothing, and is worth more with volatility', () =>
  fc.assert(
    fc.asyncProperty(nearMoney, async (terms) => {
      const common = { riskFreeRate: Math.max(0, terms.riskFreeRate) }
      const expansion = { baseNPV: 10, expansionCost: 100, expansionNPV: terms.spotPrice }
      const timing = { ...common, timeToDecision: terms.timeToExpiry }
      const value = (volatility: number) =>
        answerOf('value_expansion_option', { ...expansion, ...timing, volatility })
      const [calm, wild] = [await value(terms.volatility), await value(terms.volatility + 0.1)]
      const put = await numberOf(
        'value_abandonment_option',
        { projectNPV: terms.spotPrice, salvageValue: 100, ...timing, volatility: terms.volatility },
        'optionValue'
      )
      const presentCost = 100 * Math.exp(-common.riskFreeRate * terms.timeToExpiry)
      return (
        Number(calm.flexibilityValue) >= -1e-12 &&
        Number(wild.optionValue) > Number(calm.optionValue) &&
        isClose(Number(calm.optionValue) - put, terms.spotPrice - presentCost, 1e-12)
      )
    })
  )
)

t.test('d1 and d2 are absent without time or volatility, also on the edge', async (t) => {
  const edge = { optionType: 'call', spotPrice: 100, strikePrice: 100, riskFreeRate: 0 }
  for (const rest of [
    { timeToExpiry: 0, volatility: 0.2 },
    { timeToExpiry: 1, volatility: 0 }
  ]) {
    const answer = await answerOf('price_black_scholes_option', { ...edge, ...rest })
    t.notOk('d1' in answer || 'd2' in answer)
    t.equal(answer.exerciseProbability, 0.5)
  }
})
