import type { ToolDefinition } from '../../src/types.ts'

/** The tools of one toolset, in a module that is imported when they are wanted. */
export interface Family {
  readonly toolset: string
  /** Everyday tools: those of `finance.core`. */
  readonly core: readonly string[]
  load(): Promise<readonly ToolDefinition[]>
}

/** Every family of finance tools. One without everyday tools costs nothing at the start. */
export const families: readonly Family[] = [
  {
    toolset: 'finance.tvm',
    core: [
      'calculate_present_value',
      'calculate_future_value',
      'calculate_payment',
      'calculate_annuity_pv',
      'calculate_annuity_fv',
      'calculate_npv',
      'calculate_irr',
      'calculate_xnpv',
      'calculate_xirr'
    ],
    load: async () => (await import('./tvm/tvm.ts')).tvmTools
  },
  {
    toolset: 'finance.tvm',
    core: [
      'calculate_payback_period',
      'calculate_mirr',
      'calculate_profitability_index',
      'calculate_growth_rate'
    ],
    load: async () => (await import('./tvm/investment.ts')).investmentTools
  },
  {
    toolset: 'finance.tvm',
    core: [],
    load: async () => (await import('./tvm/projections.ts')).projectionTools
  },
  {
    toolset: 'finance.debt',
    core: ['create_amortization_schedule', 'calculate_dscr'],
    load: async () => (await import('./debt/debt.ts')).debtTools
  },
  {
    toolset: 'finance.debt',
    core: [],
    load: async () => (await import('./debt/loans.ts')).loanTools
  },
  {
    toolset: 'finance.statistics',
    core: [
      'calculate_correlation',
      'linear_regression',
      'calculate_confidence_interval',
      'descriptive_stats_extended'
    ],
    load: async () => (await import('./statistics/everyday.ts')).everydayTools
  },
  {
    toolset: 'finance.statistics',
    core: [],
    load: async () => (await import('./statistics/statistics.ts')).statisticsTools
  },
  {
    toolset: 'finance.simulation',
    core: ['run_monte_carlo'],
    load: async () => (await import('./simulation/monte-carlo.ts')).monteCarloTools
  },
  {
    toolset: 'finance.simulation',
    core: [],
    load: async () => (await import('./simulation/simulation.ts')).simulationTools
  },
  {
    toolset: 'finance.forecast',
    core: [
      'calculate_simple_growth_rate',
      'calculate_cagr',
      'calculate_moving_average',
      'forecast_trend'
    ],
    load: async () => (await import('./forecast/core.ts')).everydayForecastTools
  },
  {
    toolset: 'finance.forecast',
    core: [],
    load: async () => (await import('./forecast/forecast.ts')).forecastTools
  },
  {
    toolset: 'finance.ratios',
    core: [
      'calculate_current_ratio',
      'calculate_debt_to_equity',
      'calculate_profit_margin',
      'calculate_roe',
      'calculate_roi'
    ],
    load: async () => (await import('./ratios/everyday.ts')).everydayRatioTools
  },
  {
    toolset: 'finance.ratios',
    core: [],
    load: async () => (await import('./ratios/ratios.ts')).ratioTools
  },
  {
    toolset: 'finance.valuation',
    core: ['calculate_wacc', 'calculate_cost_of_equity'],
    load: async () => (await import('./valuation/cost-of-capital.ts')).costOfCapitalTools
  },
  {
    toolset: 'finance.valuation',
    core: [],
    load: async () => (await import('./valuation/valuation.ts')).valuationTools
  },
  {
    toolset: 'finance.bonds',
    core: ['price_bond', 'calculate_bond_ytm'],
    load: async () => (await import('./bonds/bonds-core.ts')).everydayBondTools
  },
  {
    toolset: 'finance.bonds',
    core: [],
    load: async () => (await import('./bonds/bonds.ts')).bondTools
  },
  {
    toolset: 'finance.credit',
    core: [],
    load: async () => (await import('./credit/credit.ts')).creditTools
  },
  {
    toolset: 'finance.options',
    core: ['price_black_scholes_option'],
    load: async () => (await import('./options/options-core.ts')).everydayOptionTools
  },
  {
    toolset: 'finance.options',
    core: [],
    load: async () => (await import('./options/options.ts')).optionTools
  },
  {
    toolset: 'finance.portfolio',
    core: [],
    load: async () => (await import('./portfolio/portfolio.ts')).portfolioTools
  },
  {
    toolset: 'finance.risk',
    core: ['calculate_value_at_risk'],
    load: async () => (await import('./risk/value-at-risk.ts')).valueAtRiskTools
  },
  {
    toolset: 'finance.risk',
    core: [],
    load: async () => (await import('./risk/risk.ts')).riskTools
  },
  {
    toolset: 'finance.statements',
    core: ['calculate_percent_change'],
    load: async () => (await import('./statements/series/percent-change.ts')).percentChangeTools
  },
  {
    toolset: 'finance.statements',
    core: [],
    load: async () => (await import('./statements/statements.ts')).statementTools
  },
  {
    toolset: 'finance.operations',
    core: [],
    load: async () => (await import('./operations/inventory-tools.ts')).inventoryTools
  },
  {
    toolset: 'finance.optimisation',
    core: [],
    load: async () => (await import('./optimisation/optimisation.ts')).optimisationTools
  }
]
