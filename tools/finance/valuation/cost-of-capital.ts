import { z } from 'zod'
import type { ToolDefinition } from '../../../src/types.ts'
import { above0, anyAmount, atLeast0, createRatio } from '../ratios/ratio.ts'
import { capmReturn, leverageFactor } from './hamada.ts'

const rate = (meaning: string) => z.number().gt(-1).describe(`${meaning}, a decimal fraction`)
const taxRate = z.number().min(0).max(1).describe('Tax rate on profits, a fraction from 0 to 1')
const market = {
  risk_free_rate: rate('Yield of government bonds of a long term (0.04 = 4 %)'),
  beta: anyAmount('Beta of the shares, as levered as the company is'),
  market_return: rate('Expected return of the market (not the premium over the risk-free rate)')
}

interface Market {
  readonly risk_free_rate: number
  readonly beta: number
  readonly market_return: number
}

const capm = (given: Market) => capmReturn(given.risk_free_rate, given.beta, given.market_return)

interface Capital extends Market {
  readonly market_cap: number
  readonly total_debt: number
  readonly cash?: number | undefined
  readonly debt_interest_rate: number
  readonly tax_rate: number
  readonly cost_of_equity?: number | undefined
}

const debtOf = ({ total_debt, cash = 0 }: Capital) => total_debt - cash
const equityCost = (given: Capital) => given.cost_of_equity ?? capm(given)
const debtCost = (given: Capital) => given.debt_interest_rate * (1 - given.tax_rate)

function waccOn(debt: number, given: Capital): number {
  const weight = debt / (given.market_cap + debt)
  return (1 - weight) * equityCost(given) + weight * debtCost(given)
}

const calculateWacc = createRatio({
  name: 'calculate_wacc',
  title: 'Weighted average cost of capital',
  description:
    'E/V cost of equity + D/V cost of debt after tax, at market values: the rate for calculate_npv of the whole company. Cost of equity by CAPM unless given; see calculate_cost_of_equity and optimize_capital_structure.',
  toolset: 'finance.valuation',
  inputs: {
    market_cap: above0('Market value of the equity'),
    total_debt: atLeast0('Interest-bearing debt, at market value where known'),
    cash: z
      .number()
      .min(0)
      .optional()
      .describe('When given, net debt total_debt - cash is weighed; gross debt otherwise'),
    ...market,
    debt_interest_rate: rate('Rate at which the company borrows today, before tax'),
    tax_rate: taxRate,
    cost_of_equity: rate('Instead of CAPM').optional()
  },
  outputs: {
    wacc: ['A fraction per year, after tax', (given) => waccOn(debtOf(given), given)],
    costOfEquity: ['As used: cost_of_equity, or CAPM', equityCost],
    capmCostOfEquity: ['risk_free_rate + beta (market_return - risk_free_rate)', capm],
    afterTaxCostOfDebt: ['debt_interest_rate (1 - tax_rate)', debtCost],
    equityWeight: [
      'E/V, a fraction',
      (given) => given.market_cap / (given.market_cap + debtOf(given))
    ],
    debtWeight: ['D/V, a fraction', (given) => debtOf(given) / (given.market_cap + debtOf(given))],
    debt: ['D as weighed', debtOf],
    waccOnGrossDebt: [
      'With total_debt whatever the cash; absent when cash is not given',
      (given) => (given.cash === undefined ? undefined : waccOn(given.total_debt, given)),
      'optional'
    ],
    yearlyTaxShield: [
      'debt * debt_interest_rate * tax_rate',
      (given) => debtOf(given) * given.debt_interest_rate * given.tax_rate
    ]
  },
  unit: 'fraction',
  reading: (wacc) => `Weighted average cost of capital ${wacc}.`,
  contradiction: ({ total_debt, cash = 0 }) =>
    cash > total_debt
      ? 'cash: must not exceed total_debt; leave it out to weigh gross debt'
      : undefined
})

interface Leverage extends Market {
  readonly debt_to_equity_ratio?: number | undefined
  readonly tax_rate?: number | undefined
}

function factorOf({ debt_to_equity_ratio, tax_rate }: Leverage): number | undefined {
  if (debt_to_equity_ratio === undefined || tax_rate === undefined) return undefined
  return leverageFactor(debt_to_equity_ratio, tax_rate)
}

/** Cost of equity with another beta, when leverage is given. */
function costAt(given: Leverage, betaOf: (factor: number) => number): number | undefined {
  const factor = factorOf(given)
  return factor === undefined ? undefined : capm({ ...given, beta: betaOf(factor) })
}

const calculateCostOfEquity = createRatio({
  name: 'calculate_cost_of_equity',
  title: 'Cost of equity',
  description:
    'Capital asset pricing model: risk-free rate + beta * market premium. With leverage given, also for the beta without debt. For the whole company use calculate_wacc, for betas alone calculate_beta_levering.',
  toolset: 'finance.valuation',
  inputs: {
    ...market,
    debt_to_equity_ratio: z
      .number()
      .min(0)
      .optional()
      .describe('Debt / equity at market values, together with tax_rate'),
    tax_rate: taxRate.optional()
  },
  outputs: {
    costOfEquity: ['risk_free_rate + beta (market_return - risk_free_rate), a fraction', capm],
    marketRiskPremium: [
      'market_return - risk_free_rate',
      ({ market_return, risk_free_rate }) => market_return - risk_free_rate
    ],
    equityRiskPremium: [
      'beta * marketRiskPremium',
      ({ beta, market_return, risk_free_rate }) => beta * (market_return - risk_free_rate)
    ],
    unleveredBeta: [
      'beta / (1 + (1 - tax_rate) debt_to_equity_ratio), when leverage is given',
      (given) => {
        const factor = factorOf(given)
        return factor === undefined ? undefined : given.beta / factor
      },
      'optional'
    ],
    unleveredCostOfEquity: [
      'With unleveredBeta: of the business without debt',
      (given) => costAt(given, (factor) => given.beta / factor),
      'optional'
    ],
    costIfBetaIsUnlevered: [
      'If beta is that of the business without debt and the leverage comes on top',
      (given) => costAt(given, (factor) => given.beta * factor),
      'optional'
    ]
  },
  unit: 'fraction',
  reading: (cost) => `Cost of equity ${cost}.`,
  contradiction: ({ debt_to_equity_ratio, tax_rate }) =>
    (debt_to_equity_ratio === undefined) === (tax_rate === undefined)
      ? undefined
      : 'debt_to_equity_ratio: give it together with tax_rate, or neither'
})

/** Cost of capital, in `finance.core`. */
export const costOfCapitalTools: readonly ToolDefinition[] = [calculateWacc, calculateCostOfEquity]
