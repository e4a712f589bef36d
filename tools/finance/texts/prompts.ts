import { ToolError } from '../../../src/define-tool.ts'
import type { PromptDefinition, PromptResult } from '../../../src/types.ts'

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i
const maxNameLength = 200

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
      required: true
    },
    { name: 'project_name', description: 'Name used in the analysis', required: false }
  ],
  scopes: [],
  get: (args: ReadonlyMap<string, string>) => describeInvestment(args)
})

function describeInvestment(args: ReadonlyMap<string, string>): PromptResult {
  const amount = parseAmount(args.get('investment_amount') ?? '')
  const rate = parseRate(args.get('discount_rate') ?? '')
  const project = parseName(args.get('project_name') ?? '')
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
  return {
    description: `Analysis of ${project === '' ? 'an investment' : project}`,
    messages: [{ role: 'user', content: { type: 'text', text } }]
  }
}

function parseAmount(text: string): number {
  const amount = parseDecimal(text)
  if (!(amount > 0)) {
    throw new ToolError(
      'investment_amount: must be a positive number without currency or separators, such as 100000'
    )
  }
  return amount
}

function parseRate(text: string): number {
  const percent = text.trim().endsWith('%')
  const number = parseDecimal(percent ? text.trim().slice(0, -1) : text)
  // A quotient prints 7% as 0.07; the product with 0.01 would print 0.07000000000000001.
  const rate = percent ? number / 100 : number
  if (!(rate > -1 && rate <= 1)) {
    throw new ToolError(
      'discount_rate: must be a decimal fraction above -1 and at most 1, such as 0.1, or a percentage such as 10%'
    )
  }
  return rate
}

/** NaN for anything but a finite decimal number. */
function parseDecimal(text: string): number {
  const trimmed = text.trim()
  const number = decimal.test(trimmed) ? Number(trimmed) : Number.NaN
  return Number.isFinite(number) ? number : Number.NaN
}

function parseName(text: string): string {
  if (text.length > maxNameLength) {
    throw new ToolError(`project_name: must have at most ${maxNameLength} characters`)
  }
  // One line without quotes, so that a name cannot pose as further instructions of the prompt.
  return text.replaceAll(/[\p{C}\p{Z}"]+/gu, ' ').trim()
}

/** Prompts of the finance tools. */
export const financePrompts: readonly PromptDefinition[] = [analyzeInvestment]
