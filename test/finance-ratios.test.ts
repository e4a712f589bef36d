import fc from 'fast-check'
import t from 'tap'
import { answerOf, endingOf, errorOf, isClose, source } from './helpers/finance-call.ts'

const tools = source.tools.filter(({ toolset }) => toolset === 'finance.ratios')

const inputs = new Map([
  ['calculate_asset_turnover', 'netSales averageTotalAssets'],
  ['calculate_current_ratio', 'currentAssets currentLiabilities'],
  ['calculate_quick_ratio', 'currentAssets inventory currentLiabilities'],
  ['calculate_debt_to_equity', 'totalLiabilities shareholderEquity'],
  ['calculate_interest_coverage', 'earningsBeforeInterestAndTax interestExpense'],
  ['calculate_inventory_turnover', 'costOfGoodsSold averageInventory'],
  ['calculate_profit_margin', 'netIncome revenue'],
  ['calculate_roe', 'netIncome shareholderEquity'],
  ['calculate_roi', 'gainFromInvestment costOfInvestment'],
  ['calculate_return_on_assets', 'netIncome totalAssets'],
  ['calculate_return_on_invested_capital', 'nopat investedCapital'],
  ['calculate_receivables_turnover', 'netCreditSales averageAccountsReceivable'],
  ['calculate_cash_ratio', 'cashAndEquivalents currentLiabilities'],
  ['calculate_debt_ratio', 'totalDebt totalAssets'],
  ['calculate_days_inventory_outstanding', 'averageInventory costOfGoodsSold'],
  ['calculate_days_sales_outstanding', 'averageAccountsReceivable netSales'],
  ['calculate_days_payable_outstanding', 'averageAccountsPayable costOfGoodsSold'],
  [
    'calculate_cash_conversion_cycle',
    'daysInventoryOutstanding daysSalesOutstanding daysPayableOutstanding'
  ],
  ['calculate_dupont_3way', 'netIncome sales totalAssets shareholderEquity'],
  ['calculate_dupont_5way', 'netIncome ebt ebit sales totalAssets shareholderEquity'],
  [
    'calculate_piotroski_f_score',
    'netIncome operatingCashFlow roaCurrent roaPrior longTermDebtCurrent longTermDebtPrior currentRatioCurrent currentRatioPrior sharesCurrent sharesPrior grossMarginCurrent grossMarginPrior assetTurnoverCurrent assetTurnoverPrior'
  ],
  ['calculate_earnings_per_share', 'netIncome sharesOutstanding'],
  ['calculate_book_value_per_share', 'totalEquity sharesOutstanding'],
  ['calculate_price_to_earnings', 'marketPrice earningsPerShare'],
  ['calculate_price_to_book', 'marketPrice bookValuePerShare'],
  ['calculate_price_to_sales', 'marketCap totalRevenue'],
  ['calculate_market_cap', 'sharePrice sharesOutstanding'],
  ['calculate_enterprise_value', 'marketCap totalDebt cashAndEquivalents'],
  ['calculate_ev_to_ebitda', 'enterpriseValue ebitda'],
  ['calculate_ev_to_sales', 'enterpriseValue totalRevenue'],
  ['calculate_working_capital', 'currentAssets currentLiabilities'],
  ['calculate_debt_to_assets', 'totalDebt totalAssets'],
  ['calculate_free_cash_flow', 'operatingCashFlow capitalExpenditures']
])

t.test('the 33 tools have the names and inputs of the catalogue', (t) => {
  t.same(new Set(tools.map(({ name }) => name)), new Set(inputs.keys()))
  for (const { name, title, description, inputSchema, outputSchema } of tools) {
    const names = Object.keys(inputSchema.properties as object)
    t.equal(names.join(' '), inputs.get(name), name)
    t.same(inputSchema.required, names, 'all inputs are needed')
    t.ok(title.length > 3 && description.length > 50, `${name} is described`)
    for (const field of [inputSchema, outputSchema]) {
      const properties = Object.values((field?.properties ?? {}) as Record<string, object>)
      t.ok(
        properties.every((property) => 'description' in property || 'properties' in property),
        `${name}: every field is described`
      )
    }
  }
  t.end()
})

t.test('neighbours named in descriptions exist', (t) => {
  const names = new Set(source.tools.map(({ name }) => name))
  for (const { name, description } of tools) {
    for (const [neighbour] of description.matchAll(/\b[a-z]+(?:_[a-z0-9]+){1,5}\b/g)) {
      t.ok(names.has(neighbour), `${name}: ${neighbour}`)
    }
  }
  t.end()
})

t.test('a divisor of 0 is refused by name', async (t) => {
  for (const { name, inputSchema } of tools) {
    const properties = inputSchema.properties as Record<string, { description: string }>
    const divisors = Object.keys(properties).filter((field) =>
      /; (above|not) 0$/.test(properties[field]?.description.split('; weighted')[0] ?? '')
    )
    for (const divisor of divisors) {
      const args = Object.fromEntries(Object.keys(properties).map((field) => [field, 1]))
      t.same(await endingOf(name, { ...args, [divisor]: 0 }), {
        kind: 'invalid',
        fields: [divisor]
      })
    }
  }
})

t.test('contradictions and results beyond a double', async (t) => {
  t.match(
    await errorOf('calculate_quick_ratio', {
      currentAssets: 10,
      inventory: 11,
      currentLiabilities: 5
    }),
    /^inventory: must not exceed currentAssets/
  )
  t.match(
    await errorOf('calculate_roe', { netIncome: 1e300, shareholderEquity: 1e-300 }),
    /^netIncome, shareholderEquity: .*largest number/
  )
  t.match(
    await errorOf('calculate_market_cap', { sharePrice: 1e200, sharesOutstanding: 1e200 }),
    /^sharePrice, sharesOutstanding: /
  )
  const year = { operatingCashFlow: 1, roaPrior: 0, longTermDebtCurrent: 0, longTermDebtPrior: 0 }
  const rest = {
    currentRatioCurrent: 1,
    currentRatioPrior: 1,
    sharesCurrent: 1,
    sharesPrior: 1,
    grossMarginCurrent: 0.5,
    grossMarginPrior: 0.5,
    assetTurnoverCurrent: 1,
    assetTurnoverPrior: 1
  }
  t.match(
    await errorOf('calculate_piotroski_f_score', {
      ...year,
      ...rest,
      netIncome: 5,
      roaCurrent: -0.1
    }),
    /^roaCurrent: must have the sign of netIncome/
  )
  const capex = { operatingCashFlow: 5, capitalExpenditures: -2 }
  t.same(await endingOf('calculate_free_cash_flow', capex), {
    kind: 'invalid',
    fields: ['capitalExpenditures']
  })
})

t.test('a negative divisor is answered and noted', async (t) => {
  const cases = [
    ['calculate_roe', { netIncome: -5, shareholderEquity: -10 }, 'returnOnEquity', 0.5],
    [
      'calculate_price_to_earnings',
      { marketPrice: 10, earningsPerShare: -2 },
      'earningsYield',
      -0.2
    ],
    ['calculate_price_to_book', { marketPrice: 10, bookValuePerShare: -4 }, 'priceToBook', -2.5],
    ['calculate_ev_to_ebitda', { enterpriseValue: 10, ebitda: -4 }, 'evToEbitda', -2.5],
    [
      'calculate_debt_to_equity',
      { totalLiabilities: 3, shareholderEquity: -2 },
      'debtToEquity',
      -1.5
    ]
  ] as const
  for (const [tool, args, field, expected] of cases) {
    const answer = await answerOf(tool, args)
    t.equal(answer[field], expected, tool)
    t.match(answer.note, / is negative/, tool)
  }
  const usual = await answerOf('calculate_roe', { netIncome: -5, shareholderEquity: 10 })
  t.notOk('note' in usual)
})

const amount = fc.integer({ min: 1, max: 1e9 })

t.test('the factors of DuPont multiply to the return on equity', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        netIncome: amount,
        ebt: amount,
        ebit: amount,
        sales: amount,
        totalAssets: amount,
        shareholderEquity: amount
      }),
      async (args) => {
        const five = (await answerOf('calculate_dupont_5way', args)) as Record<string, number>
        const { ebt: _ebt, ebit: _ebit, ...three } = args
        const short = (await answerOf('calculate_dupont_3way', three)) as Record<string, number>
        const { returnOnEquity = 0, note: _note, ...factors } = five
        const product = Object.values(factors).reduce((all, factor) => all * factor, 1)
        const product3 =
          (short.netMargin ?? 0) * (short.assetTurnover ?? 0) * (short.equityMultiplier ?? 0)
        return (
          isClose(product, returnOnEquity, 1e-12) &&
          isClose(product3, returnOnEquity, 1e-12) &&
          short.returnOnEquity === returnOnEquity
        )
      }
    ),
    { numRuns: 200 }
  )
)

t.test('the score is the number of tests passed', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 14, maxLength: 14 }),
      async (numbers) => {
        const fields = (inputs.get('calculate_piotroski_f_score') ?? '').split(' ')
        const args = Object.fromEntries(fields.map((field, i) => [field, (numbers[i] ?? 0) / 4]))
        const { score, tests, profitability, leverageAndLiquidity, efficiency } = await answerOf(
          'calculate_piotroski_f_score',
          args
        )
        const passed = Object.values(tests as object).filter(Boolean).length
        const parts = [profitability, leverageAndLiquidity, efficiency] as number[]
        return score === passed && passed === parts.reduce((all, part) => all + part, 0)
      }
    )
  )
)
