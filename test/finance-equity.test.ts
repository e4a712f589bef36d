import fc from 'fast-check'
import t from 'tap'
import { numberBetween } from './helpers/finance-arbitraries.ts'
import { answerOf, endingOf, isClose, numberOf } from './helpers/finance-call.ts'

const rate = numberBetween(-0.2, 0.3)
const growthAndReturn = fc.oneof(
  fc.tuple(rate, rate),
  rate.map((same) => [same, same] as const)
)

t.test('growth for ever at the return or above it is refused in every model', () =>
  fc.assert(
    fc.asyncProperty(growthAndReturn, async ([growth, required]) => {
      const models: readonly [string, object][] = [
        [
          'value_equity_gordon_growth',
          { dividendPerShare: 1, growthRate: growth, requiredReturn: required }
        ],
        [
          'value_equity_two_stage_ddm',
          {
            currentDividend: 1,
            highGrowthRate: 0.2,
            highGrowthPeriods: 5,
            stableGrowthRate: growth,
            requiredReturn: required
          }
        ],
        [
          'value_equity_h_model',
          {
            currentDividend: 1,
            initialGrowthRate: 0.2,
            terminalGrowthRate: growth,
            halfLife: 3,
            requiredReturn: required
          }
        ],
        [
          'value_equity_fcfe',
          {
            currentFCFE: 1,
            highGrowthRate: 0.2,
            highGrowthPeriods: 5,
            terminalGrowthRate: growth,
            costOfEquity: required
          }
        ],
        [
          'value_equity_residual_income',
          {
            currentBookValue: 1,
            netIncome: 1,
            futureBookValue: 1,
            costOfEquity: required,
            terminalGrowthRate: growth
          }
        ]
      ]
      for (const [name, args] of models) {
        const ending = await endingOf(name, args)
        const refused = ending.kind === 'error' && /must be below/.test(ending.message)
        if (refused !== growth >= required) throw new Error(`${name}: ${JSON.stringify(ending)}`)
      }
    })
  )
)

t.test('with one rate of growth every dividend model is Gordon', () =>
  fc.assert(
    fc.asyncProperty(
      numberBetween(-0.3, 0.1),
      numberBetween(0.101, 0.3),
      fc.integer({ min: 1, max: 200 }),
      async (g, requiredReturn, years) => {
        const gordon = await numberOf(
          'value_equity_gordon_growth',
          { dividendPerShare: 3, growthRate: g, requiredReturn },
          'valuePerShare'
        )
        const dividend = { currentDividend: 3, requiredReturn }
        const stages = {
          ...dividend,
          highGrowthRate: g,
          highGrowthPeriods: years,
          stableGrowthRate: g
        }
        const fading = {
          ...dividend,
          initialGrowthRate: g,
          terminalGrowthRate: g,
          halfLife: years
        }
        return (
          isClose(
            await numberOf('value_equity_two_stage_ddm', stages, 'valuePerShare'),
            gordon,
            1e-12
          ) &&
          isClose(await numberOf('value_equity_h_model', fading, 'valuePerShare'), gordon, 1e-12)
        )
      }
    )
  )
)

t.test('first stages that grow as fast as they are discounted, or faster', async (t) => {
  const model = {
    currentDividend: 1,
    highGrowthPeriods: 10,
    stableGrowthRate: 0,
    requiredReturn: 0.1
  }
  const at = (highGrowthRate: number) =>
    numberOf('value_equity_two_stage_ddm', { ...model, highGrowthRate }, 'presentValueHighGrowth')
  t.equal(await at(0.1), 10)
  t.ok(isClose(await at(0.21), (1.1 * (1.1 ** 10 - 1)) / 0.1, 1e-13))
  t.ok(isClose(await at(0.1 + 1e-9), 10 + 55 * (1e-9 / 1.1), 1e-15))
})

t.test('residual income agrees with the dividends it implies', async (t) => {
  // Book value grows at g as well, so that clean surplus gives a Gordon dividend.
  const [book, income, cost, g] = [200, 30, 0.1, 0.04]
  const value = await answerOf('value_equity_residual_income', {
    currentBookValue: book,
    netIncome: income,
    futureBookValue: book * (1 + g),
    costOfEquity: cost,
    terminalGrowthRate: g
  })
  const dividends = Number(value.impliedDividend) / (cost - g)
  t.ok(isClose(Number(value.equityValue), dividends, 1e-13))
  t.ok(isClose(Number(value.valueAtConstantReturn), dividends, 1e-13))
  t.notOk('valuePerShare' in JSON.parse(JSON.stringify(value)))
})
