import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { mean, standardDeviation } from '../numeric/moments.ts'
import { normalPdf, normalQuantile, normalSurvival } from '../numeric/normal.ts'
import { formatAmount, formatPercent, requireFinite } from '../numeric/numbers.ts'
import {
  amount,
  demandHistory,
  leadTime,
  leadTimeStdDev,
  positiveAmount,
  serviceLevel
} from './demand.ts'
import { safetyStocks } from './safety-stock.ts'

const method = z.enum(['demand_only', 'demand_and_lead_time', 'forecast_error'])
const safetyFields = {
  method,
  zScore: z.number().describe('Standard normal quantile at the service level'),
  demandDuringLeadTime: z.number().describe('Average demand * lead time'),
  deviationDuringLeadTime: z.number().describe('Standard deviation of that demand'),
  safetyStock: z.number().describe('zScore * deviationDuringLeadTime, in units, not rounded'),
  reorderPoint: z.number().describe('demandDuringLeadTime + safetyStock'),
  alternatives: z
    .array(z.object({ method, safetyStock: z.number() }))
    .describe('Every method whose inputs were given')
}

const calculateSafetyStock = defineTool({
  name: 'calculate_safety_stock',
  title: 'Safety stock',
  description:
    'Safety stock for a cycle service level, from the deviations of demand and lead time: z s sqrt(L), z sqrt(L s^2 + d^2 sL^2) or z RMSE sqrt(L). From a demand history use calculate_reorder_point; where demand is far from normal run_inventory_simulation.',
  toolset: 'finance.operations',
  input: z.object({
    method: method.describe(
      'demand_only: demand varies; demand_and_lead_time: both vary, needs lead_time_std_dev; forecast_error: needs forecast_rmse'
    ),
    service_level: serviceLevel,
    average_demand: amount.describe('Mean demand per period, in units'),
    demand_std_dev: amount.describe('Standard deviation of the demand per period'),
    lead_time: leadTime,
    lead_time_std_dev: leadTimeStdDev,
    forecast_rmse: amount
      .optional()
      .describe('Root mean square error of the demand forecast per period')
  }),
  output: z.object(safetyFields),
  summary: ({ safetyStock, zScore, reorderPoint }) =>
    `Safety stock ${formatAmount(safetyStock)} units (z ${zScore.toFixed(4)}), reorder point ${formatAmount(reorderPoint)}.`,
  run: (input) => {
    const replenishment = {
      averageDemand: input.average_demand,
      demandStdDev: input.demand_std_dev,
      leadTime: input.lead_time,
      leadTimeStdDev: input.lead_time_std_dev,
      forecastRmse: input.forecast_rmse
    }
    return safetyStocks(replenishment, input.method, normalQuantile(input.service_level))
  }
})

const calculateEoq = defineTool({
  name: 'calculate_eoq',
  title: 'Economic order quantity',
  description:
    'Order quantity with the lowest sum of ordering and holding costs, sqrt(2 D S / H) (Harris-Wilson), for steady demand. When to order: calculate_reorder_point; one selling season: calculate_newsvendor.',
  toolset: 'finance.operations',
  input: z.object({
    annual_demand: positiveAmount.describe('Units per year (D)'),
    ordering_cost: positiveAmount.describe('Fixed cost of an order (S)'),
    holding_cost_per_unit: positiveAmount.describe('Cost of holding a unit for a year (H)'),
    unit_cost: amount.optional().describe('Purchase price of a unit, for totalWithPurchases')
  }),
  output: z.object({
    orderQuantity: z.number().describe('Units, not rounded'),
    ordersPerYear: z.number(),
    daysBetweenOrders: z.number().describe('365 / ordersPerYear'),
    annualOrderingCost: z.number(),
    annualHoldingCost: z.number().describe('Equal to annualOrderingCost at the optimum'),
    totalAnnualCost: z.number().describe('Ordering and holding, without the purchases'),
    totalWithPurchases: z.number().optional().describe('totalAnnualCost + D * unit_cost')
  }),
  summary: ({ orderQuantity, ordersPerYear, totalAnnualCost }) =>
    `Order ${formatAmount(orderQuantity)} units, ${ordersPerYear.toPrecision(4)} times a year; ordering and holding cost ${formatAmount(totalAnnualCost)} a year.`,
  run: ({ annual_demand, ordering_cost, holding_cost_per_unit, unit_cost }) => {
    const finite = (value: number) => requireFinite(value, 'holding_cost_per_unit', 'use a larger')
    const roots = Math.sqrt(2 * annual_demand) * Math.sqrt(ordering_cost)
    const orderQuantity = finite(roots / Math.sqrt(holding_cost_per_unit))
    const ordersPerYear = finite(annual_demand / orderQuantity)
    const totalAnnualCost = roots * Math.sqrt(holding_cost_per_unit)
    return {
      orderQuantity,
      ordersPerYear,
      daysBetweenOrders: finite(365 / ordersPerYear),
      annualOrderingCost: finite(ordersPerYear * ordering_cost),
      annualHoldingCost: finite((orderQuantity / 2) * holding_cost_per_unit),
      totalAnnualCost,
      ...(unit_cost !== undefined && {
        totalWithPurchases: totalAnnualCost + annual_demand * unit_cost
      })
    }
  }
})

const calculateNewsvendor = defineTool({
  name: 'calculate_newsvendor',
  title: 'Newsvendor quantity',
  description:
    'Order quantity for one selling season of a perishable item with normal demand: the quantile of demand at the critical ratio underage / (underage + overage). For an item that is reordered use calculate_eoq and calculate_reorder_point.',
  toolset: 'finance.operations',
  input: z.object({
    mean_demand: amount.describe('Mean demand of the season, in units'),
    demand_std_dev: amount.describe('Standard deviation of that demand'),
    underage_cost: positiveAmount.describe('Cost of each unit too few, such as the lost margin'),
    overage_cost: positiveAmount.describe('Cost of each unit too many'),
    selling_price: amount.optional().describe('Per unit, with unit_cost, for expectedProfit'),
    unit_cost: amount.optional().describe('Per unit, with selling_price'),
    salvage_value: amount.optional().describe('Per unsold unit, below unit_cost; 0 when left out')
  }),
  output: z.object({
    criticalRatio: z.number().describe('underage_cost / (underage_cost + overage_cost)'),
    zScore: z.number().describe('Standard normal quantile at criticalRatio'),
    optimalQuantity: z
      .number()
      .describe('mean + z * deviation, not rounded; below 0 order nothing'),
    serviceLevel: z.number().describe('Probability that the season sells out nothing short'),
    expectedUnderstock: z.number().describe('Expected units short'),
    expectedOverstock: z.number().describe('Expected units left over'),
    expectedCost: z.number().describe('Expected cost of both at the optimum'),
    expectedProfit: z
      .number()
      .optional()
      .describe('From selling_price, unit_cost and salvage_value, at optimalQuantity'),
    impliedUnderageCost: z
      .number()
      .optional()
      .describe('selling_price - unit_cost; underage_cost may add lost goodwill'),
    impliedOverageCost: z.number().optional().describe('unit_cost - salvage_value')
  }),
  summary: ({ optimalQuantity, criticalRatio, expectedCost }) =>
    `Order ${formatAmount(optimalQuantity)} units (critical ratio ${formatPercent(criticalRatio)}); expected mismatch cost ${formatAmount(expectedCost)}.`,
  run: (input) => {
    const { mean_demand, demand_std_dev, underage_cost, overage_cost } = input
    const criticalRatio = underage_cost / (underage_cost + overage_cost)
    const zScore = requireFinite(normalQuantile(criticalRatio), 'overage_cost', closer)
    const loss = normalPdf(zScore) - zScore * normalSurvival(zScore)
    const expectedUnderstock = demand_std_dev * loss
    const expectedOverstock = demand_std_dev * (zScore + loss)
    return {
      criticalRatio,
      zScore,
      optimalQuantity: mean_demand + zScore * demand_std_dev,
      serviceLevel: criticalRatio,
      expectedUnderstock,
      expectedOverstock,
      expectedCost: (underage_cost + overage_cost) * demand_std_dev * normalPdf(zScore),
      ...profitOf(input, mean_demand - expectedUnderstock, expectedOverstock)
    }
  }
})

const closer = 'the costs are too far apart'

interface Prices {
  readonly selling_price?: number | undefined
  readonly unit_cost?: number | undefined
  readonly salvage_value?: number | undefined
}

function profitOf(prices: Prices, sold: number, leftOver: number) {
  const { selling_price, unit_cost, salvage_value } = prices
  if (selling_price === undefined || unit_cost === undefined) {
    const given = Object.entries({ selling_price, unit_cost, salvage_value })
    const [alone] = given.find(([, value]) => value !== undefined) ?? []
    if (alone === undefined) return {}
    throw new ToolError(`${alone}: expected profit needs both selling_price and unit_cost`)
  }
  const impliedUnderageCost = selling_price - unit_cost
  const impliedOverageCost = unit_cost - (salvage_value ?? 0)
  if (impliedOverageCost <= 0) {
    throw new ToolError('salvage_value: must be below unit_cost, or any quantity would pay')
  }
  const expectedProfit = impliedUnderageCost * sold - impliedOverageCost * leftOver
  return { expectedProfit, impliedUnderageCost, impliedOverageCost }
}

const calculateReorderPoint = defineTool({
  name: 'calculate_reorder_point',
  title: 'Reorder point',
  description:
    'Stock level at which to order: mean demand of the history * lead time + safety stock (normal demand, sample deviation). With current_stock also the probability to run out before a delivery ordered now. For demand far from normal use run_inventory_simulation; without a history calculate_safety_stock.',
  toolset: 'finance.operations',
  input: z.object({
    demand_history: demandHistory,
    lead_time: leadTime,
    service_level: serviceLevel,
    lead_time_std_dev: leadTimeStdDev,
    method: z
      .enum(['demand_only', 'demand_and_lead_time'])
      .default('demand_only')
      .describe('demand_and_lead_time needs lead_time_std_dev'),
    current_stock: amount.optional().describe('Units on hand, for stockoutProbability')
  }),
  output: z.object({
    averageDemand: z.number().describe('Mean per period'),
    standardError: z.number().describe('Of that mean'),
    demandStdDev: z.number().describe('Sample (n - 1), per period'),
    ...safetyFields,
    stockoutProbability: z
      .number()
      .optional()
      .describe('That the demand during the lead time exceeds current_stock')
  }),
  summary: ({ reorderPoint, safetyStock, stockoutProbability }) =>
    `Reorder at ${formatAmount(reorderPoint)} units, of which ${formatAmount(safetyStock)} are safety stock${stockoutProbability === undefined ? '' : `; stockout probability ${formatPercent(stockoutProbability)}`}.`,
  run: ({ demand_history, lead_time, service_level, lead_time_std_dev, method, current_stock }) => {
    const averageDemand = mean(demand_history)
    const demandStdDev = standardDeviation(demand_history, 1)
    const standardError = demandStdDev / Math.sqrt(demand_history.length)
    const leadTimes = { leadTime: lead_time, leadTimeStdDev: lead_time_std_dev }
    const replenishment = { averageDemand, demandStdDev, ...leadTimes }
    const stocks = safetyStocks(replenishment, method, normalQuantile(service_level))
    const answer = { averageDemand, standardError, demandStdDev, ...stocks }
    if (current_stock === undefined) return answer
    return { ...answer, stockoutProbability: stockoutProbability(current_stock, stocks) }
  }
})

/** Of normal demand during the lead time; certain when it does not vary. */
function stockoutProbability(
  stock: number,
  demand: { readonly demandDuringLeadTime: number; readonly deviationDuringLeadTime: number }
): number {
  const { demandDuringLeadTime, deviationDuringLeadTime } = demand
  if (deviationDuringLeadTime === 0) return stock < demandDuringLeadTime ? 1 : 0
  return normalSurvival((stock - demandDuringLeadTime) / deviationDuringLeadTime)
}

/** Inventory by formula. */
export const inventoryFormulaTools: readonly ToolDefinition[] = [
  calculateSafetyStock,
  calculateEoq,
  calculateNewsvendor,
  calculateReorderPoint
]
