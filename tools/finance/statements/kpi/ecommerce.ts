import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import { formatAmount, formatPercent, requireFinite } from '../../numeric/numbers.ts'
import { heading } from '../heading.ts'
import { createMetrics } from '../metrics.ts'

const given = (meaning: string) =>
  z.number().min(0).optional().describe(`${meaning}; 0 or positive`)
const metric = (formula: string) => z.number().optional().describe(formula)

const input = z.object({
  ...heading,
  orders: z.number().min(0).describe('Orders placed in the period'),
  gmv: z.number().min(0).describe('Gross merchandise value: what the orders add up to'),
  revenue: given('Net revenue after returns, discounts and fees; gmv when left out'),
  sessions: given('Visits to the shop'),
  new_customers: given('Customers who bought for the first time'),
  repeat_customers: given('Customers of the period who had bought before'),
  total_customers: given('All customers who bought in the period'),
  cogs: given('Cost of the goods sold'),
  inventory: given('Inventory at cost, the average of the period'),
  marketing_spend: given('Marketing expense of the period')
})

/** Sales, conversion, customers and unit economics of an online shop. */
export const calculateEcommerceMetrics = defineTool({
  name: 'calculate_ecommerce_metrics',
  title: 'E-commerce metrics',
  description:
    'Average order value, conversion, repeat rate, gross margin, customer acquisition cost and inventory turnover of an online shop in one period. What cannot be computed from what was given is left out and noted. For subscriptions use calculate_saas_metrics.',
  toolset: 'finance.statements',
  input,
  output: z.object({
    entity: z.string(),
    period: z.string(),
    revenue: z.number().describe('Net revenue, or gmv when it was not given'),
    averageOrderValue: metric('gmv / orders'),
    averageOrderRevenue: metric('revenue / orders'),
    netToGross: metric('revenue / gmv, a fraction'),
    conversionRate: metric('orders / sessions, a fraction'),
    revenuePerSession: metric('revenue / sessions'),
    repeatPurchaseRate: metric('repeat_customers / total_customers, a fraction'),
    ordersPerCustomer: metric('orders / total_customers in the period'),
    revenuePerCustomer: metric('revenue / total_customers in the period'),
    grossProfit: metric('revenue - cogs'),
    grossMargin: metric('grossProfit / revenue, a fraction'),
    inventoryTurnover: metric('cogs / inventory, times per period'),
    customerAcquisitionCost: metric('CAC: marketing_spend / new_customers'),
    revenuePerCustomerToCac: metric(
      'revenuePerCustomer / customerAcquisitionCost: of this period, no lifetime assumed'
    ),
    marketingShare: metric('marketing_spend / revenue, a fraction'),
    returnOnAdSpend: metric('revenue / marketing_spend'),
    notes: z.array(z.string()).describe('Why a metric is absent')
  }),
  summary: ({ entity, period, revenue, averageOrderValue, conversionRate, grossMargin }) =>
    [
      `${entity}, ${period}: revenue ${formatAmount(revenue)}`,
      averageOrderValue === undefined ? '' : `, order value ${formatAmount(averageOrderValue)}`,
      conversionRate === undefined ? '' : `, conversion ${formatPercent(conversionRate)}`,
      grossMargin === undefined ? '' : `, gross margin ${formatPercent(grossMargin)}`,
      '.'
    ].join(''),
  run: (shop) => {
    const { entity, period, orders, gmv, sessions, total_customers, cogs, inventory } = shop
    const { new_customers, repeat_customers, marketing_spend, revenue = gmv } = shop
    requirePart('new_customers', new_customers, total_customers)
    requirePart('repeat_customers', repeat_customers, total_customers)
    const { divide, notes } = createMetrics()
    const grossProfit =
      cogs === undefined ? undefined : requireFinite(revenue - cogs, 'cogs', 'use less')
    const cac = divide('customerAcquisitionCost', { marketing_spend }, { new_customers })
    const perCustomer = divide('revenuePerCustomer', { revenue }, { total_customers })
    return {
      entity,
      period,
      revenue,
      averageOrderValue: divide('averageOrderValue', { gmv }, { orders }),
      averageOrderRevenue: divide('averageOrderRevenue', { revenue }, { orders }),
      netToGross: divide('netToGross', { revenue: shop.revenue }, { gmv }),
      conversionRate: divide('conversionRate', { orders }, { sessions }),
      revenuePerSession: divide('revenuePerSession', { revenue }, { sessions }),
      repeatPurchaseRate: divide('repeatPurchaseRate', { repeat_customers }, { total_customers }),
      ordersPerCustomer: divide('ordersPerCustomer', { orders }, { total_customers }),
      revenuePerCustomer: perCustomer,
      grossProfit,
      grossMargin: divide('grossMargin', { cogs: grossProfit }, { revenue }),
      inventoryTurnover: divide('inventoryTurnover', { cogs }, { inventory }),
      customerAcquisitionCost: cac,
      revenuePerCustomerToCac: divide(
        'revenuePerCustomerToCac',
        { revenuePerCustomer: perCustomer },
        { customerAcquisitionCost: cac }
      ),
      marketingShare: divide('marketingShare', { marketing_spend }, { revenue }),
      returnOnAdSpend: divide('returnOnAdSpend', { revenue }, { marketing_spend }),
      notes: [...notes]
    }
  }
})

function requirePart(field: string, part: number | undefined, whole: number | undefined): void {
  if (part !== undefined && whole !== undefined && part > whole) {
    throw new ToolError(`${field}: must not exceed total_customers, of whom they are a part`)
  }
}
