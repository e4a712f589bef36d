import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { countPeriods } from '../numeric/periods.ts'
import { levelPayment } from '../tvm/annuity.ts'

const rate = z
  .number()
  .gt(-1)
  .describe('Nominal annual rate as a decimal fraction (0.06 = 6 %); per month rate / 12')
const years = z.number().gt(0).max(100).describe('Term in years, a whole number of months')
const name = z.string().min(1).max(100).describe('Name of the offer, unlike the others')

const offer = z.object({
  name: z.string(),
  annualRate: z.number(),
  years: z.number(),
  monthlyPayment: z.number().describe('Level payment in arrears, not rounded to cents'),
  totalPaid: z.number().describe('monthlyPayment * months'),
  totalInterest: z.number().describe('totalPaid - amount'),
  effectiveAnnualRate: z.number().describe('(1 + annualRate/12)^12 - 1')
})

interface Terms {
  readonly name: string
  readonly rate: number
  readonly years: number
  readonly field: string
}

function describeOffer(amount: number, { name, rate, years, field }: Terms) {
  const months = countPeriods(years, 12, `${field}Years`)
  const perMonth = rate / 12
  const finite = (value: number) =>
    requireFinite(value, `${field}Rate`, 'use a smaller amount or a lower rate')
  const loan = { presentValue: amount, rate: perMonth, periods: months, futureValue: 0 }
  const monthlyPayment = finite(levelPayment({ ...loan, type: 'ordinary' }))
  const totalPaid = finite(monthlyPayment * months)
  return {
    name,
    annualRate: rate,
    years,
    monthlyPayment,
    totalPaid,
    totalInterest: totalPaid - amount,
    effectiveAnnualRate: finite(Math.expm1(12 * Math.log1p(perMonth)))
  }
}

/** Two or three loans side by side. */
export const compareFinancingOptions = defineTool({
  name: 'compare_financing_options',
  title: 'Compare financing options',
  description:
    'Two or three loans of the same amount with level monthly payments, side by side: payment, total interest, effective rate. For the payments one by one use create_amortization_schedule, for leasing analyze_lease_vs_buy.',
  toolset: 'finance.debt',
  input: z.object({
    amount: z.number().gt(0).max(1e12).describe('Amount borrowed'),
    option1Rate: rate,
    option1Years: years,
    option1Name: name,
    option2Rate: rate,
    option2Years: years,
    option2Name: name,
    option3Rate: rate.optional().describe('Third offer: rate and years together, or neither'),
    option3Years: years.optional(),
    option3Name: name.default('Option 3')
  }),
  output: z.object({
    options: z.array(offer),
    lowestPayment: z.string().describe('Name of the offer with the lowest monthly payment'),
    lowestTotalInterest: z.string().describe('Name of the offer with the least interest in all'),
    lowestRate: z.string().describe('Name of the offer with the lowest rate'),
    note: z.string().optional().describe('When the terms differ')
  }),
  summary: ({ options, lowestPayment, lowestTotalInterest, lowestRate, note }) =>
    [
      options
        .map((each) => `${each.name}: ${formatAmount(each.monthlyPayment)} a month`)
        .join(', '),
      `. Lowest payment: ${lowestPayment}; least interest: ${lowestTotalInterest}; lowest rate: ${lowestRate}.`,
      note ? ` ${note}` : ''
    ].join(''),
  run: (given) => {
    const options = collectTerms(given).map((terms) => describeOffer(given.amount, terms))
    const differ = options.some((each) => each.years !== options[0]?.years)
    return {
      options,
      lowestPayment: nameOfLeast(options, 'monthlyPayment'),
      lowestTotalInterest: nameOfLeast(options, 'totalInterest'),
      lowestRate: nameOfLeast(options, 'annualRate'),
      ...(differ && { note: termsDiffer })
    }
  }
})

const termsDiffer =
  'The terms differ: a shorter one pays less interest in all even at a higher rate, so compare the rates as well.'

interface Given {
  readonly option1Rate: number
  readonly option1Years: number
  readonly option1Name: string
  readonly option2Rate: number
  readonly option2Years: number
  readonly option2Name: string
  readonly option3Rate?: number | undefined
  readonly option3Years?: number | undefined
  readonly option3Name: string
}

function collectTerms(given: Given): readonly Terms[] {
  const { option3Rate, option3Years, option3Name } = given
  if ((option3Rate === undefined) !== (option3Years === undefined)) {
    throw new ToolError('option3Rate: give it together with option3Years, or neither')
  }
  const terms = [
    {
      name: given.option1Name,
      rate: given.option1Rate,
      years: given.option1Years,
      field: 'option1'
    },
    {
      name: given.option2Name,
      rate: given.option2Rate,
      years: given.option2Years,
      field: 'option2'
    }
  ]
  if (option3Rate !== undefined && option3Years !== undefined) {
    terms.push({ name: option3Name, rate: option3Rate, years: option3Years, field: 'option3' })
  }
  for (const [index, { name, field }] of terms.entries()) {
    if (terms.findIndex((other) => other.name === name) < index) {
      throw new ToolError(`${field}Name: "${name}" is taken; give each offer a name of its own`)
    }
  }
  return terms
}

type Offer = z.output<typeof offer>

function nameOfLeast(
  options: readonly Offer[],
  field: 'monthlyPayment' | 'totalInterest' | 'annualRate'
): string {
  return options.reduce((least, each) => (each[field] < least[field] ? each : least)).name
}
