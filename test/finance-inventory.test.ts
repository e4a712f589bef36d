import fc from 'fast-check'
import t from 'tap'
import { type Answer, answerOf, errorOf, isClose, numberOf } from './helpers/finance-call.ts'

const positive = fc.double({ min: 0.01, max: 1e6, noNaN: true })

t.test('at the economic order quantity both costs are equal, and other quantities cost more', () =>
  fc.assert(
    fc.asyncProperty(positive, positive, positive, async (demand, order, holding) => {
      const answer = (await answerOf('calculate_eoq', {
        annual_demand: demand,
        ordering_cost: order,
        holding_cost_per_unit: holding
      })) as Record<string, number>
      const quantity = answer.orderQuantity!
      const cost = (q: number) => (demand / q) * order + (q / 2) * holding
      return (
        isClose(answer.annualOrderingCost! / answer.annualHoldingCost!, 1, 1e-12) &&
        isClose(answer.totalAnnualCost! / cost(quantity), 1, 1e-12) &&
        cost(quantity) <= cost(quantity * 1.01) &&
        cost(quantity) <= cost(quantity * 0.99)
      )
    })
  )
)

const level = fc.double({ min: 0.01, max: 0.98, noNaN: true })

t.test('more service never needs less stock, and a varying lead time needs more', () =>
  fc.assert(
    fc.asyncProperty(positive, positive, level, async (deviation, leadTime, serviceLevel) => {
      const at = (service_level: number, method: string) =>
        numberOf(
          'calculate_safety_stock',
          {
            method,
            service_level,
            average_demand: 100,
            demand_std_dev: deviation,
            lead_time: leadTime,
            lead_time_std_dev: 2
          },
          'safetyStock'
        )
      const one = await at(serviceLevel, 'demand_only')
      const both = await at(serviceLevel, 'demand_and_lead_time')
      return (
        one <= (await at(serviceLevel + 0.01, 'demand_only')) && Math.abs(both) >= Math.abs(one)
      )
    })
  )
)

t.test('the newsvendor balances: units short and left over differ by the quantity', () =>
  fc.assert(
    fc.asyncProperty(positive, positive, positive, async (deviation, underage, overage) => {
      const answer = (await answerOf('calculate_newsvendor', {
        mean_demand: 500,
        demand_std_dev: deviation,
        underage_cost: underage,
        overage_cost: overage
      })) as Record<string, number>
      const { optimalQuantity, expectedUnderstock, expectedOverstock, expectedCost } = answer
      const cost = underage * expectedUnderstock! + overage * expectedOverstock!
      return (
        expectedUnderstock! >= 0 &&
        expectedOverstock! >= 0 &&
        isClose(expectedOverstock! - expectedUnderstock!, optimalQuantity! - 500, 1e-9) &&
        Math.abs(cost - expectedCost!) <= 1e-9 * (underage + overage) * deviation
      )
    })
  )
)

const history = [12, 15, 9, 14, 10, 11, 13, 8, 16, 12, 14, 10]

const normalPaths = { strategy: 'normal', service_level: 0.95, iterations: 100_000, seed: 4 }

t.test('with normal demand the simulation agrees with the formula', async (t) => {
  const { reorderPointInterval95, formula } = (await answerOf('run_inventory_simulation', {
    demand_history: history,
    mean_lead_time: 4,
    ...normalPaths
  })) as {
    reorderPointInterval95: { low: number; high: number }
    formula: { reorderPoint: number }
  }
  const { low, high } = reorderPointInterval95
  t.ok(
    formula.reorderPoint > 1.5 * low - 0.5 * high && formula.reorderPoint < 1.5 * high - 0.5 * low
  )
})

t.test('varying and broken lead times keep mean and variance', async (t) => {
  const { demandDuringLeadTime } = (await answerOf('run_inventory_simulation', {
    demand_history: history,
    mean_lead_time: 2.5,
    lead_time_std_dev: 0.4,
    ...normalPaths
  })) as { demandDuringLeadTime: Record<'mean' | 'standardError' | 'standardDeviation', number> }
  const { mean, standardError, standardDeviation } = demandDuringLeadTime
  // The history has mean 12 and sample variance 68 / 11.
  t.ok(Math.abs(mean - 30) < 4 * standardError)
  t.ok(isClose(standardDeviation / Math.sqrt((2.5 * 68) / 11 + (12 * 0.4) ** 2), 1, 0.01))
})

t.test('a seed repeats a simulation', async (t) => {
  const args = { demand_history: history, mean_lead_time: 4, service_level: 0.95 }
  const first = await answerOf('run_inventory_simulation', args)
  t.strictSame(await answerOf('run_inventory_simulation', { ...args, seed: first.seed }), first)
})

t.test('advice follows the data', async (t) => {
  const base = { demand_history: history, lead_time_mean: 4 }
  const advise = (extra: Answer) => answerOf('recommend_inventory_model', { ...base, ...extra })
  t.match(await advise({}), {
    recommendedModel: 'reorder_point',
    safetyStockMethod: 'demand_only',
    demandPattern: 'smooth',
    simulationRecommended: false,
    samplingStrategy: 'normal',
    tools: ['calculate_reorder_point'],
    missing: ['service_level']
  })
  t.match(await advise({ lead_time_std_dev: 1 }), { safetyStockMethod: 'demand_and_lead_time' })
  t.match(await advise({ forecast_rmse: 1, lead_time_std_dev: 1 }), {
    safetyStockMethod: 'forecast_error',
    tools: ['calculate_safety_stock']
  })
  t.match(await advise({ is_perishable: true, underage_cost: 3 }), {
    recommendedModel: 'newsvendor',
    missing: ['overage_cost'],
    tools: ['calculate_newsvendor'],
    eoqApplicable: false
  })
  t.match(await advise({ annual_demand: 1, ordering_cost: 1, holding_cost_per_unit: 1 }), {
    eoqApplicable: true,
    tools: ['calculate_reorder_point', 'calculate_eoq']
  })
  const many = Array.from({ length: 40 }, (_, i) => (i % 5 === 0 ? 10 : 0))
  t.match(await advise({ demand_history: many }), {
    demandPattern: 'intermittent',
    samplingStrategy: 'empirical'
  })
  const wild = [1, 1, 1, 1, 1, 1, 20]
  t.match(await advise({ demand_history: wild }), { demandPattern: 'erratic' })
})

const safety = { service_level: 0.9, average_demand: 1, demand_std_dev: 1, lead_time: 1 }
const season = { mean_demand: 1, demand_std_dev: 1, underage_cost: 1, overage_cost: 1 }
const refused: readonly (readonly [string, Answer, RegExp])[] = [
  [
    'calculate_safety_stock',
    { ...safety, method: 'demand_and_lead_time' },
    /^lead_time_std_dev: is needed/
  ],
  ['calculate_safety_stock', { ...safety, method: 'forecast_error' }, /^forecast_rmse: is needed/],
  [
    'calculate_reorder_point',
    {
      demand_history: [1, 2],
      lead_time: 1,
      service_level: 0.9,
      method: 'demand_and_lead_time'
    },
    /^lead_time_std_dev: is needed/
  ],
  ['calculate_newsvendor', { ...season, selling_price: 2 }, /^selling_price: .*needs both/],
  ['calculate_newsvendor', { ...season, salvage_value: 2 }, /^salvage_value: .*needs both/],
  [
    'calculate_newsvendor',
    { ...season, selling_price: 2, unit_cost: 1, salvage_value: 1 },
    /^salvage_value: must be below unit_cost/
  ],
  [
    'run_inventory_simulation',
    { demand_history: [1, 2], mean_lead_time: 1000, service_level: 0.9, iterations: 1_000_000 },
    /^iterations: .*more than/
  ],
  [
    'recommend_inventory_model',
    { demand_history: [0, 0], lead_time_mean: 1 },
    /^demand_history: holds no demand/
  ]
]

for (const [name, args, message] of refused) {
  t.test(`${name} refuses ${JSON.stringify(args).slice(0, 80)}`, async (t) => {
    t.match(await errorOf(name, args), message)
  })
}
