import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { mean, variance } from '../numeric/moments.ts'
import { amount, demandHistory, leadTime, leadTimeStdDev, positiveAmount } from './demand.ts'

const enoughPeriods = 30
/** Borders of Syntetos, Boylan and Croston (2005), "On the categorization of demand patterns". */
const intermittentFrom = 1.32
const erraticFrom = 0.49

const recommendInventoryModel = defineTool({
  name: 'recommend_inventory_model',
  title: 'Choice of an inventory model',
  description:
    'Looks at a demand history and at which figures are known, and says which inventory tools fit, why, and what is still missing: calculate_newsvendor or calculate_reorder_point, the safety stock method, whether to simulate, whether calculate_eoq applies.',
  toolset: 'finance.operations',
  input: z.object({
    demand_history: demandHistory,
    lead_time_mean: leadTime,
    lead_time_std_dev: leadTimeStdDev,
    forecast_rmse: amount
      .optional()
      .describe('Error of a demand forecast per period, if there is one'),
    underage_cost: positiveAmount.optional().describe('Cost of each unit too few'),
    overage_cost: positiveAmount.optional().describe('Cost of each unit too many'),
    is_perishable: z.boolean().default(false).describe('Sold in one season only'),
    annual_demand: positiveAmount.optional().describe('Units per year'),
    ordering_cost: positiveAmount.optional().describe('Fixed cost of an order'),
    holding_cost_per_unit: positiveAmount.optional().describe('Per unit and year')
  }),
  output: z.object({
    recommendedModel: z.enum(['newsvendor', 'reorder_point']),
    safetyStockMethod: z
      .enum(['demand_only', 'demand_and_lead_time', 'forecast_error'])
      .optional()
      .describe('Left out for newsvendor, which has none'),
    simulationRecommended: z.boolean(),
    samplingStrategy: z.enum(['empirical', 'normal']).describe('For run_inventory_simulation'),
    eoqApplicable: z.boolean(),
    demandPattern: z
      .enum(['smooth', 'erratic', 'intermittent', 'lumpy'])
      .describe('Syntetos, Boylan and Croston 2005: borders at an interval of 1.32 and CV^2 0.49'),
    averageDemand: z.number().describe('Mean per period'),
    averageInterval: z.number().describe('Periods per period with demand'),
    squaredVariation: z
      .number()
      .describe(
        '(deviation / mean)^2 of the periods with demand, sample variance; 0 with only one'
      ),
    tools: z.array(z.string()).describe('Tools to call next'),
    missing: z.array(z.string()).describe('Inputs that the recommended tools still need'),
    reasoning: z.array(z.string())
  }),
  summary: ({ recommendedModel, demandPattern, tools }) =>
    `${recommendedModel === 'newsvendor' ? 'Newsvendor model' : 'Reorder point'}, demand is ${demandPattern}; call ${tools.join(', ')}.`,
  run: (input) => {
    const demand = classifyDemand(input.demand_history)
    const simulationRecommended = demand.demandPattern !== 'smooth'
    const eoqMissing = missingOf(input, ['annual_demand', 'ordering_cost', 'holding_cost_per_unit'])
    const eoqApplicable = !input.is_perishable && eoqMissing.length === 0
    const shared = {
      ...demand,
      simulationRecommended,
      eoqApplicable,
      samplingStrategy: samplingOf(input)
    }
    const model = input.is_perishable ? adviseNewsvendor(input) : adviseReorderPoint(input)
    const tools = [
      ...model.tools,
      ...(simulationRecommended ? ['run_inventory_simulation'] : []),
      ...(eoqApplicable ? ['calculate_eoq'] : [])
    ]
    const reasoning = [
      ...model.reasoning,
      describePattern(demand),
      describeEoq(input.is_perishable, eoqMissing)
    ]
    return { ...shared, ...model, tools, reasoning }
  }
})

interface Known {
  readonly demand_history: readonly number[]
  readonly lead_time_std_dev?: number | undefined
  readonly forecast_rmse?: number | undefined
  readonly underage_cost?: number | undefined
  readonly overage_cost?: number | undefined
  readonly annual_demand?: number | undefined
  readonly ordering_cost?: number | undefined
  readonly holding_cost_per_unit?: number | undefined
}

function missingOf(known: Known, fields: readonly (keyof Known)[]): string[] {
  return fields.filter((field) => known[field] === undefined)
}

function samplingOf({ demand_history }: Known) {
  return demand_history.length >= enoughPeriods ? ('empirical' as const) : ('normal' as const)
}

function classifyDemand(history: readonly number[]) {
  const sold = history.filter((demand) => demand > 0)
  if (sold.length === 0) {
    throw new ToolError('demand_history: holds no demand, so no model can be chosen; add periods')
  }
  const average = mean(sold)
  const spread = sold.length > 1 ? variance(sold, 1) : 0
  const averageInterval = history.length / sold.length
  const squaredVariation = spread / average / average
  const erratic = squaredVariation >= erraticFrom
  const regular = erratic ? ('erratic' as const) : ('smooth' as const)
  const rare = erratic ? ('lumpy' as const) : ('intermittent' as const)
  return {
    demandPattern: averageInterval >= intermittentFrom ? rare : regular,
    averageDemand: mean(history),
    averageInterval,
    squaredVariation
  }
}

function adviseNewsvendor(known: Known) {
  return {
    recommendedModel: 'newsvendor' as const,
    tools: ['calculate_newsvendor'],
    missing: missingOf(known, ['underage_cost', 'overage_cost']),
    reasoning: ['The item is perishable: one order per season, so the newsvendor model fits.']
  }
}

function adviseReorderPoint(known: Known) {
  const { method, reason } = chooseMethod(known)
  const tool = method === 'forecast_error' ? 'calculate_safety_stock' : 'calculate_reorder_point'
  return {
    recommendedModel: 'reorder_point' as const,
    safetyStockMethod: method,
    tools: [tool],
    missing: ['service_level'],
    reasoning: ['The item can be reordered: keep a reorder point with safety stock.', reason]
  }
}

function chooseMethod({ forecast_rmse, lead_time_std_dev = 0 }: Known) {
  if (forecast_rmse !== undefined) {
    const reason = 'A forecast exists: safety stock has to cover its error, not all of the demand.'
    return { method: 'forecast_error' as const, reason }
  }
  if (lead_time_std_dev > 0) {
    const reason = 'The lead time varies: both deviations count.'
    return { method: 'demand_and_lead_time' as const, reason }
  }
  const reason = 'The lead time is steady: only the deviation of demand counts.'
  return { method: 'demand_only' as const, reason }
}

function describePattern({
  demandPattern,
  averageInterval,
  squaredVariation
}: ReturnType<typeof classifyDemand>) {
  const figures = `demand every ${averageInterval.toPrecision(3)} periods, squared variation ${squaredVariation.toPrecision(3)}`
  return demandPattern === 'smooth'
    ? `Demand is smooth (${figures}): the formulas for normal demand fit.`
    : `Demand is ${demandPattern} (${figures}): simulate instead of assuming normal demand.`
}

function describeEoq(isPerishable: boolean, missing: readonly string[]): string {
  if (isPerishable) return 'The economic order quantity assumes repeated orders: not for this item.'
  if (missing.length === 0) return 'All costs for the economic order quantity are known.'
  return `For the economic order quantity ${missing.join(', ')} would be needed.`
}

export const inventoryAdviceTools: readonly ToolDefinition[] = [recommendInventoryModel]
