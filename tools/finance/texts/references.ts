import type { ResourceDefinition } from '../../../src/types.ts'

/** A text that is imported when it is read. */
interface Text {
  readonly uri: string
  readonly title: string
  readonly description: string
  readonly load: () => Promise<string>
}

const texts: readonly Text[] = [
  {
    uri: 'docs://tvm-formulas',
    title: 'Time value of money: formulas and conventions',
    description:
      'Formulas, sign and timing conventions, differences from Excel and worked examples of the time value of money tools',
    load: async () => (await import('./docs/tvm-formulas.ts')).tvmFormulas
  },
  {
    uri: 'docs://statistical-methods',
    title: 'Statistical methods: formulas and conventions',
    description: 'Correlation, regression, intervals and tests: formulas, conventions, examples',
    load: async () => (await import('./docs/statistical-methods.ts')).statisticalMethods
  },
  {
    uri: 'docs://monte-carlo-guide',
    title: 'Monte Carlo simulation: guide',
    description: 'How to set up, run and read a simulation, and what goes wrong',
    load: async () => (await import('./docs/monte-carlo.ts')).monteCarloGuide
  },
  {
    uri: 'docs://forecasting-techniques',
    title: 'Forecasting techniques',
    description: 'Which technique for which series; formulas of trends, seasons and errors',
    load: async () => (await import('./docs/forecasting.ts')).forecastingTechniques
  },
  {
    uri: 'docs://optimization-guide',
    title: 'Optimisation: guide',
    description: 'Which solver for which problem, and how to state it',
    load: async () => (await import('./docs/optimization.ts')).optimizationGuide
  },
  {
    uri: 'docs://portfolio-optimization',
    title: 'Portfolio optimisation: formulas and conventions',
    description: 'Return, risk, frontier and risk parity: formulas, conventions and limits',
    load: async () => (await import('./docs/portfolio.ts')).portfolioOptimization
  },
  {
    uri: 'docs://real-options',
    title: 'Real options: formulas and conventions',
    description: 'Options to expand, abandon and wait: translation to Black-Scholes and trees',
    load: async () => (await import('./docs/real-options.ts')).realOptions
  },
  {
    uri: 'docs://risk-analytics',
    title: 'Risk analytics: formulas and conventions',
    description: 'Value at risk, expected shortfall, aggregation, drawdown and stress',
    load: async () => (await import('./docs/risk-analytics.ts')).riskAnalytics
  },
  {
    uri: 'example://investment-analysis',
    title: 'Worked example: an investment',
    description: 'Net present value, internal rate of return and sensitivity of a machine',
    load: async () => (await import('./docs/examples.ts')).investmentAnalysis
  },
  {
    uri: 'example://loan-comparison',
    title: 'Worked example: two loans',
    description: 'Two loans of different terms, and leasing instead, compared step by step',
    load: async () => (await import('./docs/examples.ts')).loanComparison
  },
  {
    uri: 'example://risk-modeling',
    title: 'Worked example: a risk',
    description: 'The profit of a shop in cases, as a distribution and against its interest',
    load: async () => (await import('./docs/examples.ts')).riskModeling
  },
  {
    uri: 'reference://financial-glossary',
    title: 'Financial glossary',
    description: 'Terms and abbreviations with their definitions and tools',
    load: async () => (await import('./docs/glossary.ts')).financialGlossary
  },
  {
    uri: 'reference://common-rates',
    title: 'Rates: forms, conversions, choice',
    description: 'Nominal, effective, continuous and real rates, day counts, which rate for what',
    load: async () => (await import('./docs/common-rates.ts')).commonRates
  },
  {
    uri: 'reference://distribution-guide',
    title: 'Distributions: which one, with which parameters',
    description: 'The fifteen distributions of the simulation tools and how to choose',
    load: async () => (await import('./docs/distributions.ts')).distributionGuide
  }
]

/** Formulas, guides, worked examples and references about the finance tools. */
export const financeResources: readonly ResourceDefinition[] = texts.map(
  ({ uri, title, description, load }) =>
    Object.freeze({
      uri,
      name: uri.split('://')[1] ?? uri,
      title,
      description,
      mimeType: 'text/plain',
      scopes: [],
      read: async () => ({ contents: [{ uri, mimeType: 'text/plain', text: await load() }] })
    })
)
