import type { ToolDefinition } from '../../../src/types.ts'
import { above0, atLeast0, createRatio } from './ratio.ts'

const costOfGoodsSold = 'Cost of goods sold in one year'

/** Days outstanding: a balance in days of a yearly flow, in both day counts in use. */
function daysOf<Balance extends string, Flow extends string>(balance: Balance, flow: Flow) {
  const formula = (days: number) => (values: Readonly<Record<Balance | Flow, number>>) =>
    (values[balance] / values[flow]) * days
  return {
    days: [`${balance} / ${flow} * 365`, formula(365)],
    days360: [`The same with 360 days`, formula(360)]
  } as const
}

/** Working capital in days. */
export const workingCapitalTools: readonly ToolDefinition[] = [
  createRatio({
    name: 'calculate_days_inventory_outstanding',
    title: 'Days inventory outstanding',
    description:
      'DIO: days the stock lasts at the yearly cost of goods sold. Part of calculate_cash_conversion_cycle.',
    inputs: {
      averageInventory: atLeast0('Inventory at cost, the average of the period'),
      costOfGoodsSold: above0(costOfGoodsSold)
    },
    outputs: daysOf('averageInventory', 'costOfGoodsSold'),
    unit: 'days',
    reading: (days) => `Inventory lasts ${days} days.`
  }),
  createRatio({
    name: 'calculate_days_sales_outstanding',
    title: 'Days sales outstanding',
    description:
      'DSO: days until customers pay, on yearly sales. Part of calculate_cash_conversion_cycle.',
    inputs: {
      averageAccountsReceivable: atLeast0('Receivables, the average of the period'),
      netSales: above0('Net sales in one year')
    },
    outputs: daysOf('averageAccountsReceivable', 'netSales'),
    unit: 'days',
    reading: (days) => `Customers pay after ${days} days.`
  }),
  createRatio({
    name: 'calculate_days_payable_outstanding',
    title: 'Days payable outstanding',
    description:
      'DPO: days until suppliers are paid, on the yearly cost of goods sold. Part of calculate_cash_conversion_cycle.',
    inputs: {
      averageAccountsPayable: atLeast0('Payables to suppliers, the average of the period'),
      costOfGoodsSold: above0(costOfGoodsSold)
    },
    outputs: daysOf('averageAccountsPayable', 'costOfGoodsSold'),
    unit: 'days',
    reading: (days) => `Suppliers are paid after ${days} days.`
  }),
  createRatio({
    name: 'calculate_cash_conversion_cycle',
    title: 'Cash conversion cycle',
    description:
      'DIO + DSO - DPO: days between paying suppliers and being paid by customers. Negative when customers pay first. The parts: calculate_days_inventory_outstanding, calculate_days_sales_outstanding, calculate_days_payable_outstanding.',
    inputs: {
      daysInventoryOutstanding: atLeast0('DIO in days'),
      daysSalesOutstanding: atLeast0('DSO in days, with the same day count'),
      daysPayableOutstanding: atLeast0('DPO in days, with the same day count')
    },
    outputs: {
      cashConversionCycle: [
        'DIO + DSO - DPO in days',
        ({ daysInventoryOutstanding, daysSalesOutstanding, daysPayableOutstanding }) =>
          daysInventoryOutstanding + daysSalesOutstanding - daysPayableOutstanding
      ],
      operatingCycle: [
        'DIO + DSO in days',
        ({ daysInventoryOutstanding, daysSalesOutstanding }) =>
          daysInventoryOutstanding + daysSalesOutstanding
      ]
    },
    unit: 'days',
    reading: (days) => `Cash is tied up for ${days} days.`
  })
]
