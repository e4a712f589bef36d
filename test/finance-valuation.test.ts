import fc from 'fast-check'
import t from 'tap'
import { numberBetween } from './helpers/finance-arbitraries.ts'
import {
  answerOf,
  checkToolset,
  endingOf,
  errorOf,
  isClose,
  numberOf
} from './helpers/finance-call.ts'

const inputs = new Map([
  ['calculate_beta_levering', 'unleveredBeta debtToEquityRatio taxRate'],
  ['calculate_beta_unlevering', 'leveredBeta debtToEquityRatio taxRate'],
  [
    'optimize_capital_structure',
    'unleveredBeta riskFreeRate marketReturn baseDebtCost taxRate firmValue'
  ],
  ['calculate_post_money_valuation', 'preMoneyValuation investmentAmount'],
  ['calculate_dilution_percentage', 'existingShares newShares'],
  [
    'model_safe_conversion',
    'safeAmount valuationCap discountRate pricedRoundValuation pricedRoundPrice'
  ],
  [
    'run_liquidation_waterfall',
    'exitProceeds preferredInvestment liquidationMultiple participating commonOwnership preferredOwnership'
  ],
  [
    'value_equity_fcfe',
    'currentFCFE highGrowthRate highGrowthPeriods terminalGrowthRate costOfEquity'
  ],
  ['value_equity_gordon_growth', 'dividendPerShare growthRate requiredReturn'],
  [
    'value_equity_two_stage_ddm',
    'currentDividend highGrowthRate highGrowthPeriods stableGrowthRate requiredReturn'
  ],
  [
    'value_equity_ev_bridge',
    'enterpriseValue totalDebt cash nonOperatingAssets? minorityInterest? preferredStock? sharesOutstanding?'
  ],
  [
    'value_equity_residual_income',
    'currentBookValue netIncome futureBookValue costOfEquity terminalGrowthRate sharesOutstanding?'
  ],
  [
    'value_equity_h_model',
    'currentDividend initialGrowthRate terminalGrowthRate halfLife requiredReturn'
  ],
  [
    'calculate_wacc',
    'market_cap total_debt cash? risk_free_rate beta market_return debt_interest_rate tax_rate cost_of_equity?'
  ],
  ['calculate_cost_of_equity', 'risk_free_rate beta market_return debt_to_equity_ratio? tax_rate?']
])

t.test('the 15 tools have the names and inputs of the catalogue', (t) => {
  checkToolset(t, 'finance.valuation', inputs)
  t.end()
})

const fraction = numberBetween(0, 1)
const ratio = numberBetween(0, 20)
const beta = numberBetween(-3, 3)

t.test('levering and unlevering undo each other', () =>
  fc.assert(
    fc.asyncProperty(beta, ratio, fraction, async (unleveredBeta, debtToEquityRatio, taxRate) => {
      const leverage = { debtToEquityRatio, taxRate }
      const args = { unleveredBeta, ...leverage }
      const leveredBeta = await numberOf('calculate_beta_levering', args, 'leveredBeta')
      const back = { leveredBeta, ...leverage }
      return isClose(
        await numberOf('calculate_beta_unlevering', back, 'unleveredBeta'),
        unleveredBeta,
        1e-14
      )
    })
  )
)

const structures = fc.record({
  unleveredBeta: numberBetween(0, 2),
  riskFreeRate: numberBetween(0, 0.1),
  marketReturn: numberBetween(0, 0.2),
  baseDebtCost: numberBetween(0, 0.2),
  taxRate: fraction,
  firmValue: fc.constant(1000)
})

t.test('no point of the curve lies below the optimum, and calculate_wacc agrees with it', () =>
  fc.assert(
    fc.asyncProperty(structures, async (firm) => {
      const best = await answerOf('optimize_capital_structure', firm)
      const curve = best.curve as { debtToEquity: number; wacc: number }[]
      const wacc = await numberOf(
        'calculate_wacc',
        {
          market_cap: best.equity,
          total_debt: best.debt,
          risk_free_rate: firm.riskFreeRate,
          beta: best.leveredBeta,
          market_return: firm.marketReturn,
          debt_interest_rate: best.costOfDebt,
          tax_rate: firm.taxRate
        },
        'wacc'
      )
      return (
        curve.length === 11 &&
        curve.every((point) => point.wacc >= Number(best.wacc) - 1e-14) &&
        isClose(wacc, Number(best.wacc), 1e-13) &&
        isClose(Number(best.debt) + Number(best.equity), 1000, 1e-14)
      )
    })
  )
)

const exits = fc.record({
  exitProceeds: numberBetween(0, 1e9),
  preferredInvestment: numberBetween(0, 1e9),
  liquidationMultiple: fc.constantFrom(0, 1, 2, 3),
  participating: fc.boolean(),
  preferredOwnership: fc.oneof(fc.constantFrom(0, 1), fraction)
})

t.test('a waterfall pays out all proceeds, and preferred takes the better way', () =>
  fc.assert(
    fc.asyncProperty(exits, async (exit) => {
      const args = { ...exit, commonOwnership: 1 - exit.preferredOwnership }
      const value = await answerOf('run_liquidation_waterfall', args)
      const of = (field: string) => Number(value[field])
      const { exitProceeds } = exit
      const preference = Math.min(exitProceeds, exit.preferredInvestment * exit.liquidationMultiple)
      const asCommon = exitProceeds * exit.preferredOwnership
      const expected = exit.participating
        ? preference + (exitProceeds - preference) * exit.preferredOwnership
        : Math.max(preference, asCommon)
      // Shares of a wholly preferred company get what is left, in every case.
      const wanted = exit.preferredOwnership === 1 ? exitProceeds : expected
      return (
        isClose(of('preferredPayout') + of('commonPayout'), exitProceeds, 1e-15) &&
        of('commonPayout') >= 0 &&
        isClose(of('preferredPayout'), wanted, 1e-12) &&
        isClose(of('preferencePaid') + of('participation'), of('preferredPayout'), 1e-12)
      )
    })
  )
)

t.test('contradictions name the field', async (t) => {
  const company = {
    market_cap: 100,
    total_debt: 50,
    risk_free_rate: 0.04,
    market_return: 0.1,
    beta: 1,
    debt_interest_rate: 0.05,
    tax_rate: 0.2
  }
  t.match(await errorOf('calculate_wacc', { ...company, cash: 51 }), /^cash: /)
  t.match(await answerOf('calculate_wacc', { ...company, cost_of_equity: 0.2 }), {
    costOfEquity: 0.2,
    capmCostOfEquity: 0.1
  })
  const { risk_free_rate, market_return } = company
  t.match(
    await errorOf('calculate_cost_of_equity', {
      risk_free_rate,
      market_return,
      beta: 1,
      tax_rate: 0
    }),
    /^debt_to_equity_ratio: .*together/
  )
  t.match(
    await errorOf('run_liquidation_waterfall', {
      exitProceeds: 1,
      preferredInvestment: 1,
      liquidationMultiple: 1,
      participating: true,
      commonOwnership: 0.5,
      preferredOwnership: 0.4
    }),
    /^preferredOwnership: must add up to 1/
  )
  const safe = { safeAmount: 1, valuationCap: 2, pricedRoundValuation: 1, pricedRoundPrice: 1 }
  t.match(await answerOf('model_safe_conversion', { ...safe, discountRate: 0 }), {
    termUsed: 'round_price',
    conversionPrice: 1
  })
  t.same(await endingOf('model_safe_conversion', { ...safe, discountRate: 1 }), {
    kind: 'invalid',
    fields: ['discountRate']
  })
  const cheap = { unleveredBeta: 1, riskFreeRate: 0.02, marketReturn: 0.1, baseDebtCost: 0 }
  t.match(await answerOf('optimize_capital_structure', { ...cheap, taxRate: 0, firmValue: 1 }), {
    optimalDebtToEquity: 2.5,
    atLimit: true
  })
})
