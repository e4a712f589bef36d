import fc from 'fast-check'
import t from 'tap'
import { compensatedSum } from '../tools/finance/numeric/sums.ts'
import { splitProceeds } from '../tools/finance/statements/cap-table/waterfall.ts'
import { sumWindows } from '../tools/finance/statements/series/rolling.ts'
import {
  answerOf,
  checkToolset,
  endingOf,
  errorOf,
  isClose,
  numberOf
} from './helpers/finance-call.ts'

const inputs = new Map([
  ['calculate_rolling_sum', 'values windowSize'],
  ['calculate_rolling_min', 'values windowSize'],
  ['calculate_rolling_max', 'values windowSize'],
  ['calculate_percent_change', 'values'],
  ['calculate_ttm_metrics', 'monthlyValues metricName'],
  ['analyze_budget_vs_actual', 'budgeted actual metricName isRevenueType'],
  ['create_income_statement', 'entity period accounts currency?'],
  ['create_balance_sheet', 'entity period accounts currency?'],
  ['create_cash_flow_statement', 'entity period cash_flows currency?'],
  ['validate_financial_statements', 'balance_sheet? income_statement? cash_flow?'],
  [
    'analyze_lease_vs_buy',
    'leasePayment leasePeriods purchasePrice salvageValue holdingPeriod discountRate maintenanceCost?'
  ],
  [
    'calculate_ratio_summary',
    'revenue cogs? operatingExpenses? interestExpense? taxExpense? totalAssets totalLiabilities? totalEquity currentAssets? currentLiabilities? cash? inventory? accountsReceivable? categories?'
  ],
  ['model_cap_table', 'shareholders optionPool action roundParams? grantParams? exitValue?'],
  [
    'calculate_saas_metrics',
    'entity period mrr new_mrr? expansion_mrr? churned_mrr? contraction_mrr? customers? new_customers? churned_customers? sales_and_marketing? average_contract_value?'
  ],
  [
    'calculate_ecommerce_metrics',
    'entity period orders gmv revenue? sessions? new_customers? repeat_customers? total_customers? cogs? inventory? marketing_spend?'
  ],
  ['monitor_debt_covenants', 'entity period financials covenants'],
  ['analyze_financial_trends', 'entity periods'],
  ['scenario_financial_statements', 'entity base_case upside_adjustments? downside_adjustments?']
])

t.test('the 18 tools have the names and inputs of the catalogue', (t) => {
  checkToolset(t, 'finance.statements', inputs)
  t.end()
})

const of = { entity: 'Acme', period: '2024' }
const amount = fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 100)
// Sums in floating point shrink into each other forever.
fc.configureGlobal({ interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true })

t.test('windows agree with the plain definition', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 60 }),
      fc.nat(59),
      async (values, n) => {
        const windowSize = (n % values.length) + 1
        const windows = values.slice(windowSize - 1).map((_, i) => values.slice(i, i + windowSize))
        const expected = {
          calculate_rolling_sum: windows.map((window) => compensatedSum(window)),
          calculate_rolling_min: windows.map((window) => Math.min(...window)),
          calculate_rolling_max: windows.map((window) => Math.max(...window))
        }
        for (const [tool, rolling] of Object.entries(expected)) {
          const answer = await answerOf(tool, { values, windowSize })
          if (JSON.stringify(answer.rolling) !== JSON.stringify(rolling)) return false
        }
        return true
      }
    )
  )
)

t.test('a rolling sum keeps the digits that a running one loses', async (t) => {
  t.same(sumWindows([1e16, 1, -1e16, 1, 1, 1], 3), [1, -1e16 + 2, -1e16 + 2, 3])
  const values = [1e17, ...Array.from({ length: 999 }, (_, i) => i / 8)]
  t.equal((await answerOf('calculate_rolling_sum', { values, windowSize: 2 })).latest, 1995 / 8)
})

t.test('series: what is refused and what is noted', async (t) => {
  t.match(
    await errorOf('calculate_rolling_min', { values: [1, 2], windowSize: 3 }),
    /^windowSize: must be at most 2/
  )
  t.match(
    await errorOf('calculate_rolling_sum', { values: [1e308, 1e308], windowSize: 2 }),
    /^values: /
  )
  t.equal((await endingOf('calculate_rolling_sum', { values: [], windowSize: 1 })).kind, 'invalid')
  const many = Array.from({ length: 100_000 }, () => 1)
  t.same(await endingOf('calculate_rolling_sum', { values: many, windowSize: 9 }), {
    kind: 'invalid',
    fields: ['values']
  })
  const change = await answerOf('calculate_percent_change', { values: [0, 5, -5, 5] })
  t.match(change, {
    changes: [
      { index: 1, difference: 5 },
      { change: -2, changeOnSize: -2 },
      { change: -2, changeOnSize: 2 }
    ],
    notes: [/^After a 0/, /^After a negative/]
  })
  t.notOk('total' in change, 'no total from 0')
  t.match(await errorOf('calculate_percent_change', { values: [1e-300, 1e300] }), /^values\[1\]: /)
  const months = Array.from({ length: 12 }, () => 1)
  const year = await answerOf('calculate_ttm_metrics', { monthlyValues: months, metricName: 'x' })
  t.match(year, { ttm: 12, note: /24 months/ })
  const plan = { budgeted: 0, actual: 5, metricName: 'x', isRevenueType: true }
  t.match(await answerOf('analyze_budget_vs_actual', plan), {
    variance: 5,
    status: 'favorable',
    note: /budgeted is 0/
  })
})

t.test('an unknown role is refused and the nearest named', async (t) => {
  const one = (role: string) => ({ ...of, accounts: [{ name: 'x', role, value: 1 }] })
  t.match(
    await errorOf('create_income_statement', one('cogz')),
    /^accounts\[0\]\.role: "cogz" .*did you mean cogs\?/
  )
  t.match(
    await errorOf('create_balance_sheet', one('Retained earning')),
    /did you mean retained_earnings\?/
  )
  t.match(await errorOf('create_income_statement', one('quux quux quux')), /use one of revenue, /)
  for (const role of ['constructor', '__proto__', 'toString']) {
    t.match(await errorOf('create_balance_sheet', one(role)), / is no role of a balance sheet/)
  }
  t.match(
    await errorOf('create_balance_sheet', one('treasury_stock')),
    /treasury_stock reduces its group, so its value must be negative/
  )
})

t.test('an income statement without revenue has no margins', async (t) => {
  const accounts = [{ name: 'Rent', role: 'g&a', value: 100 }]
  const answer = await answerOf('create_income_statement', { ...of, accounts })
  t.match(answer, { netIncome: -100, notes: [/^grossMargin: revenue is 0/] })
  t.equal(answer.grossMargin, undefined)
})

t.test('profits are what the parts make them', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ sales: amount, cogs: amount, rent: amount, da: amount, tax: amount }),
      async ({ sales, cogs, rent, da, tax }) => {
        const accounts = [
          { name: 'a', role: 'revenue', value: sales },
          { name: 'b', role: 'cogs', value: cogs },
          { name: 'c', role: 'ga', value: rent },
          { name: 'd', role: 'd&a', value: da },
          { name: 'e', role: 'taxes', value: tax }
        ]
        const answer = await answerOf('create_income_statement', { ...of, accounts })
        const net = compensatedSum([sales, -cogs, -rent, -da, -tax])
        return (
          isClose(answer.netIncome as number, net, 1e-12) &&
          Math.abs((answer.ebitda as number) - da - (answer.operatingIncome as number)) < 1e-6
        )
      }
    )
  )
)

t.test('a balance sheet balances exactly when its equity is the rest', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(amount, { minLength: 1, maxLength: 200 }),
      fc.array(amount, { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0, 0, 0.02, -5),
      async (assets, debts, off) => {
        const rest = compensatedSum([...assets, ...debts.map((debt) => -debt)])
        const accounts = [
          ...assets.map((value) => ({ name: 'a', role: 'other_current_assets', value })),
          ...debts.map((value) => ({ name: 'l', role: 'ltd', value })),
          { name: 'e', role: 'common_stock', value: rest + off }
        ]
        const answer = await answerOf('create_balance_sheet', { ...of, accounts })
        return (
          answer.balances === (off === 0) &&
          Math.abs((answer.difference as number) + off) <= (answer.tolerance as number)
        )
      }
    )
  )
)

t.test('a cash flow statement: parts sum, signs are enforced', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(amount, { minLength: 4, maxLength: 4 }), async (flows) => {
      const [net_income, other_operating, other_investing, other_financing] = flows
      const cash_flows = { net_income, other_operating, other_investing, other_financing }
      const answer = await answerOf('create_cash_flow_statement', { ...of, cash_flows })
      return isClose(answer.netChange as number, compensatedSum(flows), 1e-12)
    })
  )
  const ending = (cash_flows: object) =>
    endingOf('create_cash_flow_statement', { ...of, cash_flows })
  t.same(await ending({ capital_expenditures: 5 }), {
    kind: 'invalid',
    fields: ['cash_flows.capital_expenditures']
  })
  t.match(await ending({}), { kind: 'error', message: /^cash_flows: must hold at least one/ })
  t.match(await ending({ capx: -5 }), { kind: 'invalid', fields: ['cash_flows'] })
})

t.test('validation lists what it could not check, and refuses nothing at all', async (t) => {
  const balance_sheet = { total_assets: 0.3, total_liabilities: 0.1, total_equity: 0.2 }
  const answer = await answerOf('validate_financial_statements', { balance_sheet })
  t.match(answer, { valid: true, checks: [{ passed: true, tolerance: 0.01 }] })
  t.equal((answer.skipped as unknown[]).length, 8)
  t.match(await errorOf('validate_financial_statements', {}), /nothing can be checked/)
})

t.test('lease or buy: rate 0, differing terms, nothing to compare', async (t) => {
  const lease = {
    leasePayment: 100,
    leasePeriods: 10,
    purchasePrice: 1200,
    salvageValue: 200,
    holdingPeriod: 10,
    discountRate: 0
  }
  t.match(await answerOf('analyze_lease_vs_buy', lease), {
    leasePresentValue: 1000,
    buyPresentValue: 1000,
    netAdvantageToLeasing: 0,
    cheaper: 'equal',
    buyCostPerMonth: 100
  })
  const longer = await answerOf('analyze_lease_vs_buy', { ...lease, holdingPeriod: 20 })
  t.match(longer, { note: /^The terms differ/, buyCostPerMonth: 50 })
  const free = { ...lease, leasePayment: 0, purchasePrice: 0 }
  t.match(await errorOf('analyze_lease_vs_buy', free), /^leasePayment: /)
})

t.test('a ratio summary leaves out what was not given', async (t) => {
  const little = { revenue: [100], totalAssets: [50], totalEquity: [0] }
  const answer = await answerOf('calculate_ratio_summary', little)
  t.match(answer, { periods: [{ efficiency: { assetTurnover: 2 } }] })
  const notes = (answer.notes as string[]).join('\n')
  t.match(notes, /netMargin: needs cogs, operatingExpenses, interestExpense and taxExpense/)
  t.match(notes, /debtToEquity: totalEquity is 0/)
  t.notMatch(JSON.stringify(answer.periods), /netMargin|debtToEquity|quickRatio/)
  t.match(
    await errorOf('calculate_ratio_summary', { ...little, cogs: [1, 2] }),
    /^cogs: must have 1 values, as many as revenue; got 2/
  )
  const wrong = { ...little, totalLiabilities: [60], categories: ['liquidity'] }
  const gap = await answerOf('calculate_ratio_summary', wrong)
  t.match(gap.notes, [/^Period 0: totalAssets differ from .* by -10\./])
  t.same(Object.keys((gap.periods as object[])[0] ?? {}), ['index', 'liquidity'])
})

const claim = fc.record({
  shares: fc.integer({ min: 1, max: 1000 }),
  preference: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5000 })),
  participating: fc.boolean()
})

t.test('a waterfall pays out everything, and nobody does better by deciding otherwise', (t) => {
  fc.assert(
    fc.property(
      fc.array(claim, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 20_000 }),
      (claims, exitValue) => {
        const payouts = splitProceeds(exitValue, claims)
        const totals = payouts.map(({ preference, participation }) => preference + participation)
        const paid = compensatedSum(totals)
        if (paid > exitValue * (1 + 1e-12)) return false
        const someoneShares = claims.some(
          (one, i) => one.preference === 0 || one.participating || payouts[i]?.converted
        )
        if (someoneShares && !isClose(paid, exitValue, 1e-12)) return false
        return claims.every((one, i) => {
          if (one.preference === 0 || one.participating) return true
          const other = !payouts[i]?.converted
          return (totals[i] ?? 0) >= payoutIf(claims, payouts, i, other, exitValue) - 1e-9
        })
      }
    ),
    { numRuns: 1000 }
  )
  t.end()
})

/** What one holder would get by converting or not, while the others stay with what they chose. */
function payoutIf(
  claims: readonly { shares: number; preference: number; participating: boolean }[],
  payouts: readonly { converted: boolean }[],
  index: number,
  converts: boolean,
  exitValue: number
): number {
  const choice = claims.map((_, i) => (i === index ? converts : payouts[i]?.converted))
  const prefs = claims.map((one, i) => (choice[i] ? 0 : one.preference))
  const owed = prefs.reduce((sum, one) => sum + one, 0)
  const own = claims[index] ?? { shares: 0, preference: 0, participating: false }
  if (!converts) return own.preference * Math.min(1, exitValue / owed)
  const sharing = claims.filter((one, i) => one.preference === 0 || one.participating || choice[i])
  const shares = sharing.reduce((sum, one) => sum + one.shares, 0)
  return (Math.max(0, exitValue - owed) * own.shares) / shares
}

const people = [
  { name: 'Ann', shares: 60, pricePerShare: 0 },
  { name: 'Bob', shares: 30, pricePerShare: 1 }
]

t.test('cap table: ownership adds up, grants leave the pool, wrong calls are named', async (t) => {
  const table = { shareholders: people, optionPool: 10 }
  t.match(await answerOf('model_cap_table', { ...table, action: 'ownership' }), {
    holders: [
      { name: 'Ann', fullyDiluted: 0.6, issued: 2 / 3 },
      { name: 'Bob', fullyDiluted: 0.3, issued: 1 / 3 }
    ],
    poolFraction: 0.1,
    fullyDilutedShares: 100
  })
  const grantParams = { recipient: 'Eve', shares: 4, strikePrice: 2.5 }
  const grant = { ...table, action: 'grantOptions', grantParams }
  t.match(await answerOf('model_cap_table', grant), {
    holders: [{}, {}, { name: 'Eve', shares: 0, options: 4, fullyDiluted: 0.04 }],
    optionPool: 6,
    grant: { exerciseCost: 10 }
  })
  const errors = [
    [
      { ...grant, grantParams: { ...grantParams, shares: 11 } },
      /^grantParams\.shares: .*pool of 10/
    ],
    [{ ...table, action: 'modelRound' }, /^roundParams: is needed for the action modelRound/],
    [{ ...table, action: 'grantOptions' }, /^grantParams: is needed/],
    [{ ...table, action: 'liquidationWaterfall' }, /^exitValue: is needed/],
    [
      { ...table, action: 'ownership', shareholders: [...people, people[0]] },
      /each name must occur/
    ]
  ] as const
  for (const [args, message] of errors) t.match(await errorOf('model_cap_table', args), message)
})

t.test('participating preferred takes both, and a shortfall is shared alike', async (t) => {
  const shareholders = [
    { name: 'Common', shares: 80, pricePerShare: 0 },
    {
      name: 'P',
      shares: 20,
      pricePerShare: 1,
      liquidationPreference: 2,
      participating: true
    },
    { name: 'Q', shares: 10, pricePerShare: 6, liquidationPreference: 1 }
  ]
  const exit = { shareholders, optionPool: 0, action: 'liquidationWaterfall' }
  t.match(await answerOf('model_cap_table', { ...exit, exitValue: 300 }), {
    waterfall: {
      payouts: [
        { total: 160 },
        { preference: 40, participation: 40 },
        { total: 60, converted: false }
      ],
      distributed: 300
    }
  })
  t.match(await answerOf('model_cap_table', { ...exit, exitValue: 50 }), {
    waterfall: { payouts: [{ total: 0 }, { total: 20 }, { total: 30 }], undistributed: 0 }
  })
})

t.test('SaaS: contradictions are errors, gaps are notes', async (t) => {
  const errors = [
    [{ mrr: 10, new_mrr: 20 }, /^mrr: must be at least new_mrr/],
    [{ mrr: 10, churned_mrr: 5, new_mrr: 12 }, /^churned_mrr: together with contraction_mrr/],
    [
      { mrr: 10, customers: 5, new_customers: 6, churned_customers: 0 },
      /^new_customers: must not exceed customers/
    ]
  ] as const
  for (const [args, message] of errors) {
    t.match(await errorOf('calculate_saas_metrics', { ...of, ...args }), message)
  }
  const bare = await answerOf('calculate_saas_metrics', { ...of, mrr: 100 })
  t.equal(bare.arr, 1200)
  t.same(
    Object.keys(JSON.parse(JSON.stringify(bare))),
    ['entity', 'period', 'arr', 'notes'],
    'nothing else is known'
  )
  t.ok(
    (bare.notes as string[]).includes(
      'lifetimeValue: needs averageRevenuePerCustomer and customerChurn.'
    )
  )
  const first = await answerOf('calculate_saas_metrics', { ...of, mrr: 100, new_mrr: 100 })
  t.match(first, { startingMrr: 0, netNewMrr: 100 })
  t.equal(first.netRevenueRetention, undefined)
  t.match((first.notes as string[]).join('\n'), /netRevenueRetention: startingMrr is 0\./)
})

t.test('e-commerce: zeros are noted, parts must not exceed the whole', async (t) => {
  const none = await answerOf('calculate_ecommerce_metrics', {
    ...of,
    orders: 0,
    gmv: 0,
    sessions: 0
  })
  t.equal(none.averageOrderValue, undefined)
  t.match((none.notes as string[]).join('\n'), /averageOrderValue: orders is 0\./)
  const parts = { ...of, orders: 1, gmv: 1, total_customers: 5, repeat_customers: 6 }
  t.match(await errorOf('calculate_ecommerce_metrics', parts), /^repeat_customers: /)
})

t.test('covenants: no earnings to bear the debt is a breach, not a low ratio', async (t) => {
  const judge = async (financials: object, type: string, direction: string) => {
    const covenants = [{ type, threshold: 3, direction }]
    const answer = await answerOf('monitor_debt_covenants', { ...of, financials, covenants })
    return (answer.results as { status: string }[])[0]?.status
  }
  const loss = { total_debt: 100, ebitda: -50, interest_expense: 0, ebit: 5 }
  t.equal(await judge(loss, 'debt_to_ebitda', 'maximum'), 'breached')
  t.equal(await judge({ total_debt: 1, equity: -1 }, 'debt_to_equity', 'maximum'), 'breached')
  t.equal(await judge({ total_debt: 0, ebitda: 0 }, 'debt_to_ebitda', 'maximum'), 'not_computable')
  t.equal(await judge(loss, 'interest_coverage', 'minimum'), 'not_computable')
  t.equal(await judge({ total_debt: 3, equity: 1 }, 'debt_to_equity', 'maximum'), 'met')
  t.equal(await judge({}, 'current_ratio', 'minimum'), 'not_computable')
})

t.test('trends: growth needs a positive base', async (t) => {
  const periods = [
    { period: 'a', revenue: 0, net_income: -5 },
    { period: 'b', revenue: 10, net_income: 5 }
  ]
  const answer = await answerOf('analyze_financial_trends', { entity: 'x', periods })
  t.equal(answer.revenueCagr, undefined)
  t.match(
    (answer.notes as string[]).join('\n'),
    /a: netMargin: revenue is 0\.[\s\S]*revenueCagr: needs/
  )
  const one = { entity: 'x', periods: periods.slice(1) }
  t.same(await endingOf('analyze_financial_trends', one), { kind: 'invalid', fields: ['periods'] })
})

t.test('scenarios: a loss is not taxed, a margin above 1 is refused', async (t) => {
  const base_case = { revenue: 100, gross_margin: 0.9, opex: 95 }
  const answer = await answerOf('scenario_financial_statements', { entity: 'x', base_case })
  t.match(answer, { base: { ebitda: -5, taxes: 0, netIncome: -5, netIncomeWithTaxCredit: -3.75 } })
  const upside_adjustments = { margin_improvement: 0.2 }
  t.match(
    await errorOf('scenario_financial_statements', { entity: 'x', base_case, upside_adjustments }),
    /^upside_adjustments\.margin_improvement: /
  )
  const drivers = fc.double({ min: -0.5, max: 0.5, noNaN: true })
  await fc.assert(
    fc.asyncProperty(drivers, drivers, drivers, async (growth, margin, opex) => {
      const { base, upside, upsideAgainstBase } = (await answerOf('scenario_financial_statements', {
        entity: 'x',
        base_case: { revenue: 1000, gross_margin: 0.5, opex: 300 },
        upside_adjustments: {
          revenue_growth: growth,
          margin_improvement: margin,
          opex_leverage: opex
        }
      })) as Record<string, Record<string, number | Record<string, number>>>
      const parts = Object.values((upsideAgainstBase?.drivers ?? {}) as Record<string, number>)
      const change = (upside?.ebitda as number) - (base?.ebitda as number)
      return isClose(compensatedSum(parts), change, 1e-12)
    })
  )
  t.ok(
    await numberOf(
      'calculate_ttm_metrics',
      { monthlyValues: Array(12).fill(2), metricName: 'x' },
      'ttm'
    )
  )
})
