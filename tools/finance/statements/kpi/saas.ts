import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import { formatAmount, formatPercent, requireFinite } from '../../numeric/numbers.ts'
import { compensatedSum } from '../../numeric/sums.ts'
import { heading } from '../heading.ts'
import { createMetrics, type Metrics } from '../metrics.ts'

const money = (meaning: string) =>
  z.number().min(0).optional().describe(`${meaning}; 0 or positive`)
const metric = (formula: string) => z.number().optional().describe(formula)

const input = z.object({
  ...heading,
  mrr: z.number().min(0).describe('Monthly recurring revenue at the end of the month'),
  new_mrr: money('MRR of customers won in the month'),
  expansion_mrr: money('MRR added by existing customers'),
  churned_mrr: money('MRR lost with customers who left'),
  contraction_mrr: money('MRR lost to downgrades'),
  customers: money('Customers at the end of the month'),
  new_customers: money('Customers won in the month'),
  churned_customers: money('Customers lost in the month'),
  sales_and_marketing: money('Sales and marketing expense of the month'),
  average_contract_value: money('Recurring revenue of one customer per year')
})
type Month = z.output<typeof input>

/** Recurring revenue, retention and unit economics of a subscription business. */
export const calculateSaasMetrics = defineTool({
  name: 'calculate_saas_metrics',
  title: 'SaaS metrics',
  description:
    'ARR, net and gross revenue retention, churn, CAC, lifetime value, payback and magic number of one month of a subscription business. What cannot be computed from what was given is left out and noted. For an online shop use calculate_ecommerce_metrics.',
  toolset: 'finance.statements',
  input,
  output: z.object({
    entity: z.string(),
    period: z.string(),
    arr: z.number().describe('12 * mrr'),
    netNewMrr: metric('new + expansion - churned - contraction; one left out counts as 0'),
    startingMrr: metric('mrr - netNewMrr, at the start of the month'),
    mrrGrowth: metric('netNewMrr / startingMrr, a fraction per month'),
    netRevenueRetention: metric(
      '(startingMrr + expansion - churned - contraction) / startingMrr, a fraction per month'
    ),
    grossRevenueRetention: metric(
      '(startingMrr - churned - contraction) / startingMrr, a fraction per month'
    ),
    quickRatio: metric('(new + expansion) / (churned + contraction)'),
    startingCustomers: metric('customers - new_customers + churned_customers'),
    customerChurn: metric('churned_customers / startingCustomers, a fraction per month'),
    averageRevenuePerCustomer: metric('mrr / customers; without customers the contract value / 12'),
    customerLifetimeMonths: metric('1 / customerChurn'),
    lifetimeValue: metric('averageRevenuePerCustomer / customerChurn: revenue, no margin taken'),
    customerAcquisitionCost: metric('CAC: sales_and_marketing / new_customers'),
    ltvToCac: metric('lifetimeValue / customerAcquisitionCost, on revenue'),
    ltvToCacAt80Margin: metric('The same on a gross margin of 80 %, as often assumed'),
    cacPaybackMonths: metric('customerAcquisitionCost / averageRevenuePerCustomer, on revenue'),
    cacPaybackMonthsAt80Margin: metric('The same on a gross margin of 80 %'),
    magicNumber: metric('12 * netNewMrr / sales_and_marketing, both of this month'),
    notes: z.array(z.string()).describe('Why a metric is absent')
  }),
  summary: ({ entity, period, arr, netRevenueRetention, customerChurn, ltvToCac }) =>
    [
      `${entity}, ${period}: ARR ${formatAmount(arr)}`,
      netRevenueRetention === undefined ? '' : `, NRR ${formatPercent(netRevenueRetention)}`,
      customerChurn === undefined ? '' : `, customer churn ${formatPercent(customerChurn)}`,
      ltvToCac === undefined ? '' : `, LTV to CAC ${formatAmount(ltvToCac)}`,
      '.'
    ].join(''),
  run: (month) => {
    const metrics = createMetrics()
    const revenue = describeRevenue(month, metrics)
    const customers = describeCustomers(month, metrics)
    return {
      entity: month.entity,
      period: month.period,
      arr: finite(12 * month.mrr),
      ...revenue,
      ...customers,
      ...describeEconomics(month, revenue.netNewMrr, customers, metrics),
      notes: [...metrics.notes]
    }
  }
})

function finite(value: number): number {
  return requireFinite(value, 'mrr', 'use amounts of a usual size')
}

function describeRevenue(month: Month, { divide }: Metrics) {
  const movements = [
    month.new_mrr,
    month.expansion_mrr,
    month.churned_mrr,
    month.contraction_mrr
  ] as const
  const given = movements.some((movement) => movement !== undefined)
  const [won, expanded, churned, contracted] = movements.map((movement) => movement ?? 0) as [
    number,
    number,
    number,
    number
  ]
  const lost = finite(churned + contracted)
  const gained = finite(won + expanded)
  const netNewMrr = given
    ? finite(compensatedSum([won, expanded, -churned, -contracted]))
    : undefined
  const startingMrr = netNewMrr === undefined ? undefined : startOf(month.mrr, netNewMrr, lost)
  const kept = startingMrr === undefined ? undefined : startingMrr - lost
  return {
    netNewMrr,
    startingMrr,
    mrrGrowth: divide('mrrGrowth', { 'MRR movements': netNewMrr }, { startingMrr }),
    netRevenueRetention: divide(
      'netRevenueRetention',
      { 'MRR movements': kept === undefined ? undefined : finite(kept + expanded) },
      { startingMrr }
    ),
    grossRevenueRetention: divide(
      'grossRevenueRetention',
      { 'MRR movements': kept },
      { startingMrr }
    ),
    quickRatio: divide(
      'quickRatio',
      { 'MRR movements': given ? gained : undefined },
      { 'churned and contracted MRR': given ? lost : undefined }
    )
  }
}

function startOf(mrr: number, netNewMrr: number, lost: number): number {
  const start = mrr - netNewMrr
  // Cancellation may leave the last bits of the larger amount.
  const rounding = 8 * Number.EPSILON * Math.max(mrr, Math.abs(netNewMrr))
  if (start < -rounding) {
    throw new ToolError(
      'mrr: must be at least new_mrr + expansion_mrr - churned_mrr - contraction_mrr, which would leave a negative MRR at the start'
    )
  }
  if (lost > start + rounding) {
    throw new ToolError(
      'churned_mrr: together with contraction_mrr must not exceed the MRR at the start of the month'
    )
  }
  return start <= rounding ? 0 : start
}

function describeCustomers(month: Month, { divide }: Metrics) {
  const { mrr, customers, new_customers, churned_customers, average_contract_value } = month
  const startingCustomers = startingCustomersOf(month)
  const customerChurn = divide('customerChurn', { churned_customers }, { startingCustomers })
  const averageRevenuePerCustomer =
    customers === undefined && average_contract_value !== undefined
      ? average_contract_value / 12
      : divide('averageRevenuePerCustomer', { mrr }, { customers })
  return {
    startingCustomers,
    customerChurn,
    averageRevenuePerCustomer,
    customerLifetimeMonths: divide('customerLifetimeMonths', { one: 1 }, { customerChurn }),
    lifetimeValue: divide('lifetimeValue', { averageRevenuePerCustomer }, { customerChurn }),
    customerAcquisitionCost: divide(
      'customerAcquisitionCost',
      { sales_and_marketing: month.sales_and_marketing },
      { new_customers }
    )
  }
}

function startingCustomersOf(month: Month): number | undefined {
  const { customers, new_customers, churned_customers } = month
  if (customers === undefined) return undefined
  if (new_customers === undefined || churned_customers === undefined) return undefined
  const start = finite(customers - new_customers + churned_customers)
  if (start < churned_customers) {
    throw new ToolError('new_customers: must not exceed customers, of whom they are a part')
  }
  return start
}

function describeEconomics(
  month: Month,
  netNewMrr: number | undefined,
  customers: ReturnType<typeof describeCustomers>,
  { divide }: Metrics
) {
  const { lifetimeValue, customerAcquisitionCost, averageRevenuePerCustomer } = customers
  const ltvToCac = divide('ltvToCac', { lifetimeValue }, { customerAcquisitionCost })
  const payback = divide(
    'cacPaybackMonths',
    { customerAcquisitionCost },
    { averageRevenuePerCustomer }
  )
  const { sales_and_marketing } = month
  return {
    ltvToCac,
    ltvToCacAt80Margin: ltvToCac === undefined ? undefined : 0.8 * ltvToCac,
    cacPaybackMonths: payback,
    cacPaybackMonthsAt80Margin: payback === undefined ? undefined : finite(payback / 0.8),
    magicNumber: divide(
      'magicNumber',
      { 'MRR movements': netNewMrr === undefined ? undefined : finite(12 * netNewMrr) },
      { sales_and_marketing }
    )
  }
}
