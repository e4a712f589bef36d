import { ToolError } from '../../../src/define-tool.ts'
import type { PromptArgument, PromptDefinition, PromptResult } from '../../../src/prompt.ts'
import {
  parseAmount,
  parseConfidence,
  parseCount,
  parseName,
  parseRate
} from './prompt-arguments.ts'

type Arguments = ReadonlyMap<string, string>

function userMessage(description: string, text: string): PromptResult {
  return { description, messages: [{ role: 'user', content: { type: 'text', text } }] }
}

/** "the company \"Acme\"", or "a company" when no name was given. */
function nameOf(args: Arguments, argument: string, kind: string): string {
  const name = parseName(args.get(argument) ?? '', argument)
  return name === '' ? `a ${kind}` : `the ${kind} "${name}"`
}

function optionalName(name: string, description: string): PromptArgument {
  return { name, description, required: false }
}

const analyzeInvestment: PromptDefinition = Object.freeze({
  name: 'analyze_investment',
  title: 'Analyze an investment',
  description:
    'Judge an investment by net present value, internal rate of return and payback at a given discount rate',
  arguments: [
    {
      name: 'investment_amount',
      description: 'Amount invested today, a positive number without separators (100000)',
      required: true
    },
    {
      name: 'discount_rate',
      description: 'Annual discount rate as a decimal fraction (0.1) or a percentage (10%)',
      required: true,
      complete: ['0.05', '0.08', '0.1', '0.12', '0.15']
    },
    { name: 'project_name', description: 'Name used in the analysis', required: false }
  ],
  scopes: [],
  get: (args: ReadonlyMap<string, string>) => describeInvestment(args)
})

function describeInvestment(args: ReadonlyMap<string, string>): PromptResult {
  const amount = parseAmount(args.get('investment_amount') ?? '', 'investment_amount')
  const rate = parseRate(args.get('discount_rate') ?? '', 'discount_rate')
  const project = parseName(args.get('project_name') ?? '', 'project_name')
  const text = [
    `Analyze ${project === '' ? 'an investment' : `the investment "${project}"`} of ${amount} today at a discount rate of ${rate} per year (a decimal fraction).`,
    '',
    `1. Ask for the expected cash flow of each year if it is not known, and put -${amount} in front as the flow of year 0.`,
    `2. Call calculate_npv with rate ${rate} and these cash flows. Year 0 is not discounted.`,
    '3. Call calculate_irr with the same flows. If it reports several rates or none, say so and decide by net present value.',
    '4. For flows on given dates use calculate_xnpv and calculate_xirr instead.',
    `5. Repeat step 2 with a rate 0.02 higher and 0.02 lower to show how much depends on it.`,
    '6. Recommend for or against: the net present value and its sensitivity first, then the internal rate of return against the discount rate, then the year in which the running total of the flows turns positive. Name every assumption. The resource docs://tvm-formulas holds the conventions.'
  ].join('\n')
  return userMessage(`Analysis of ${project === '' ? 'an investment' : project}`, text)
}

const compareFinancing: PromptDefinition = Object.freeze({
  name: 'compare_financing',
  title: 'Compare financing',
  description: 'Compare up to three loan offers by payment, interest and present value',
  arguments: [
    {
      name: 'amount',
      description: 'Amount to be borrowed, a positive number without separators (250000)',
      required: true
    },
    {
      name: 'purpose',
      description: 'What the money is for',
      required: false,
      complete: ['home mortgage', 'car', 'business expansion', 'equipment', 'refinancing']
    }
  ],
  scopes: [],
  get: (args: Arguments) => {
    const amount = parseAmount(args.get('amount') ?? '', 'amount')
    const purpose = parseName(args.get('purpose') ?? '', 'purpose')
    const text = [
      `Compare offers to borrow ${amount}${purpose === '' ? '' : ` for the purpose "${purpose}"`}.`,
      '',
      '1. Ask for the annual rate, the term in years, fees and the payment frequency of each offer.',
      '2. Call compare_financing_options with two or three offers, and create_amortization_schedule for each: payment, total interest, last payment.',
      '3. Offers of different terms: value the payments of each at one common rate with calculate_annuity_pv, since totals over different terms cannot be compared.',
      '4. For equipment or a car, also call analyze_lease_vs_buy when leasing is possible.',
      '5. Show how the payment changes with a rate 0.01 higher if a rate is not fixed.',
      '6. Report a table of the offers, then the differences in payment, in total interest and in present value. Name every assumption. The resource example://loan-comparison shows the steps.'
    ].join('\n')
    return userMessage('Comparison of loans', text)
  }
})

const assessRisk: PromptDefinition = Object.freeze({
  name: 'assess_risk',
  title: 'Assess a risk',
  description: 'Assess an uncertain outcome by simulation, sensitivity and scenarios',
  arguments: [
    { name: 'scenario_name', description: 'What is uncertain', required: true },
    {
      name: 'confidence_level',
      description: 'Between 0.5 and 1 (0.95) or a percentage (95%); 0.95 when left out',
      required: false,
      complete: ['0.9', '0.95', '0.975', '0.99']
    }
  ],
  scopes: [],
  get: (args: Arguments) => {
    const scenario = parseName(args.get('scenario_name') ?? '', 'scenario_name')
    if (scenario === '') throw new ToolError('scenario_name: must say what is uncertain')
    const level = parseConfidence(args.get('confidence_level') || '0.95', 'confidence_level')
    const text = [
      `Assess the risk of "${scenario}" at a confidence level of ${level}.`,
      '',
      '1. Ask for the result in question as a formula of its inputs, and for the lowest, most likely and highest value of each input.',
      '2. Choose a distribution for each input; the resource reference://distribution-guide tells which.',
      '3. Call tornado_analysis to find the inputs that matter.',
      '4. Call run_monte_carlo with a seed and name it, so that the numbers can be repeated.',
      `5. From the outcomes report the mean with its standard error, the 5 % and 95 % percentiles, the probability of a loss, and value at risk with expected shortfall at ${level} (calculate_simulation_var).`,
      '6. Call run_scenario_analysis for a good and a bad case that can be told as a story.',
      '7. Name every assumption, above all which inputs were taken as independent. The resources docs://monte-carlo-guide and docs://risk-analytics hold the conventions.'
    ].join('\n')
    return userMessage(`Risk of ${scenario}`, text)
  }
})

const forecastRevenue: PromptDefinition = Object.freeze({
  name: 'forecast_revenue',
  title: 'Forecast revenue',
  description: 'Forecast revenue with trend and season, checked against past data',
  arguments: [
    {
      name: 'periods_ahead',
      description: 'Periods to forecast, a whole number from 1 to 120',
      required: true,
      complete: ['3', '4', '6', '12', '24']
    },
    optionalName('business_name', 'Name used in the forecast')
  ],
  scopes: [],
  get: (args: Arguments) => {
    const periods = parseCount(args.get('periods_ahead') ?? '', 'periods_ahead', 120)
    const business = nameOf(args, 'business_name', 'business')
    const text = [
      `Forecast the revenue of ${business} for the next ${periods} periods.`,
      '',
      '1. Ask for past revenue in the order of time and for the length of a period. At least two full years are needed to see a season.',
      '2. Call detect_anomalies and ask about single values that stand out.',
      '3. Call assess_forecastability, and calculate_ttm_metrics for monthly data.',
      '4. With a season call holt_winters_forecast, without one forecast_linear_trend or forecast_exponential_trend, with a known limit forecast_logistic_trend.',
      '5. Call backtest_forecast with the naive forecasters: report MASE, and say so when the naive forecast is as good.',
      `6. Report a table of the ${periods} periods with intervals, the assumptions, and what would make the forecast fail. The resource docs://forecasting-techniques holds the formulas.`
    ].join('\n')
    return userMessage(`Revenue forecast of ${business}`, text)
  }
})

const analyzePortfolio: PromptDefinition = Object.freeze({
  name: 'analyze_portfolio',
  title: 'Analyze a portfolio',
  description: 'Return, risk and diversification of a portfolio from its return history',
  arguments: [optionalName('portfolio_name', 'Name used in the analysis')],
  scopes: [],
  get: (args: Arguments) => {
    const portfolio = nameOf(args, 'portfolio_name', 'portfolio')
    const text = [
      `Analyze ${portfolio}.`,
      '',
      '1. Ask for the returns of each asset per period as fractions, the weights, the value and the riskless rate per period.',
      '2. Call descriptive_stats_extended for each asset, and calculate_correlation for each pair.',
      '3. Call calculate_comprehensive_risk and calculate_value_at_risk on the returns of the whole.',
      '4. Call optimize_portfolio, calculate_risk_parity and calculate_efficient_frontier, and set the present weights beside them.',
      '5. Call run_stress_test or repeat step 3 on the worst part of the history.',
      '6. Report return, volatility, Sharpe ratio, drawdown, value at risk with expected shortfall, and which asset carries most of the risk. Say how few observations the estimates rest on. The resource docs://portfolio-optimization holds the conventions.'
    ].join('\n')
    return userMessage(`Analysis of ${portfolio}`, text)
  }
})

const debtAnalysis: PromptDefinition = Object.freeze({
  name: 'debt_analysis',
  title: 'Analyze debt',
  description: 'Leverage, cover, liquidity and covenants of a company',
  arguments: [optionalName('company_name', 'Name used in the analysis')],
  scopes: [],
  get: (args: Arguments) => {
    const company = nameOf(args, 'company_name', 'company')
    const text = [
      `Analyze the debt of ${company}.`,
      '',
      '1. Ask for balance sheet and income statement, best of two years, scheduled principal, and the covenants.',
      '2. Call validate_financial_statements: figures that do not fit together come first.',
      '3. Call calculate_ratio_summary, then calculate_debt_to_equity, calculate_interest_coverage and calculate_dscr.',
      '4. Call calculate_altman_z_score.',
      '5. Call monitor_debt_covenants with every covenant and report the headroom.',
      '6. Repeat step 5 with EBITDA 10 % and 20 % lower.',
      '7. Report what is owed, whether it can be served, what is nearest to its limit, and what is not known. The resource docs://risk-analytics holds the conventions.'
    ].join('\n')
    return userMessage(`Debt of ${company}`, text)
  }
})

/** Prompts of the finance tools. */
export const financePrompts: readonly PromptDefinition[] = [
  analyzeInvestment,
  compareFinancing,
  assessRisk,
  forecastRevenue,
  analyzePortfolio,
  debtAnalysis
]
