import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { mean, standardDeviation } from '../numeric/moments.ts'
import { normalQuantile } from '../numeric/normal.ts'
import { formatAmount } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { quantile } from '../numeric/quantile.ts'
import { drawNormal, type Sampler } from '../numeric/samplers.ts'
import { openGenerator, randomnessFields, seedInput } from '../numeric/seed.ts'
import { runExperiment } from '../simulation/experiment.ts'
import { outcomeFields, summarizeOutcomes } from '../simulation/outcomes.ts'
import { demandHistory, serviceLevel } from './demand.ts'
import { safetyStocks } from './safety-stock.ts'

const maxIterations = 1_000_000
const maxLeadTime = 1000
/** Periods over all paths, each with its own draw. */
const maxDraws = 1e8

const runInventorySimulation = defineTool({
  name: 'run_inventory_simulation',
  title: 'Inventory simulation',
  description:
    'Reorder point and safety stock from simulated demand during the lead time: each path draws a lead time and the demand of its periods, from the history itself or from a normal distribution. Use it where demand is skewed or often zero; the formula for normal demand, calculate_reorder_point, is given beside it.',
  toolset: 'finance.operations',
  input: z.object({
    demand_history: demandHistory,
    mean_lead_time: z
      .number()
      .gt(0)
      .max(maxLeadTime)
      .describe(
        'In the same periods; a part of a period has that part of the mean and of the variance'
      ),
    service_level: serviceLevel,
    lead_time_std_dev: z
      .number()
      .min(0)
      .max(maxLeadTime)
      .default(0)
      .describe('Lead times are normal; negative ones count as 0'),
    strategy: z
      .enum(['empirical', 'normal'])
      .default('empirical')
      .describe('Demand of a period: drawn from demand_history, or normal with its moments'),
    iterations: z
      .int()
      .min(2)
      .max(maxIterations, `at most ${maxIterations} iterations`)
      .default(10_000)
      .describe('Number of paths'),
    seed: seedInput
  }),
  output: z.object({
    reorderPoint: z
      .number()
      .describe('Type 7 quantile of the demand during the lead time at service_level'),
    reorderPointInterval95: z
      .object({ low: z.number(), high: z.number() })
      .describe('Where more paths would put it with 95 % confidence (order statistics)'),
    safetyStock: z.number().describe('reorderPoint - mean of the demand during the lead time'),
    demandDuringLeadTime: z.object(outcomeFields),
    formula: z
      .object({ reorderPoint: z.number(), safetyStock: z.number() })
      .describe('For normal demand: z sqrt(L s^2 + d^2 sL^2), as calculate_reorder_point'),
    strategy: z.enum(['empirical', 'normal']),
    ...randomnessFields
  }),
  summary: ({ reorderPoint, safetyStock, formula, seed }) =>
    `Reorder at ${formatAmount(reorderPoint)} units, safety stock ${formatAmount(safetyStock)} (formula for normal demand ${formatAmount(formula.reorderPoint)}); seed ${seed}.`,
  run: async (input, ctx) => {
    const { mean_lead_time, lead_time_std_dev, iterations } = input
    if (iterations * (mean_lead_time + lead_time_std_dev) > maxDraws) {
      throw new ToolError(
        `iterations: ${iterations} paths of ${mean_lead_time} periods are more than ${maxDraws} draws; use fewer, or longer periods`
      )
    }
    const { generator, randomness } = openGenerator(input.seed)
    const pace = createPace(ctx)
    const outcomes = await runExperiment(
      {
        samplers: [pathSampler(input)],
        expression: { evaluate: ([demand]) => Number(demand) },
        fieldOf: () => 'demand_history'
      },
      iterations,
      generator,
      pace,
      { done: 0, total: iterations }
    )
    const { summary, sorted } = await summarizeOutcomes(outcomes, pace, 'demand_history')
    const reorderPoint = quantile(sorted, input.service_level)
    const { reorderPoint: byFormula, safetyStock } = formulaOf(input)
    return {
      reorderPoint,
      reorderPointInterval95: quantileInterval(sorted, input.service_level),
      safetyStock: reorderPoint - summary.mean,
      demandDuringLeadTime: summary,
      formula: { reorderPoint: byFormula, safetyStock },
      strategy: input.strategy,
      ...randomness
    }
  }
})

interface Plan {
  readonly demand_history: readonly number[]
  readonly mean_lead_time: number
  readonly lead_time_std_dev: number
  readonly strategy: 'empirical' | 'normal'
  readonly service_level: number
}

function formulaOf({ demand_history, mean_lead_time, lead_time_std_dev, service_level }: Plan) {
  const replenishment = {
    averageDemand: mean(demand_history),
    demandStdDev: standardDeviation(demand_history, 1),
    leadTime: mean_lead_time,
    leadTimeStdDev: lead_time_std_dev
  }
  return safetyStocks(replenishment, 'demand_and_lead_time', normalQuantile(service_level))
}

/** Demand during one lead time. */
function pathSampler(plan: Plan): Sampler {
  const { demand_history: history, mean_lead_time, lead_time_std_dev } = plan
  const average = mean(history)
  const deviation = standardDeviation(history, 1)
  const drawPeriod: Sampler =
    plan.strategy === 'empirical'
      ? (generator) => Number(history[generator.nextInt(history.length)])
      : (generator) => average + deviation * drawNormal(generator)
  return (generator) => {
    const shift = lead_time_std_dev === 0 ? 0 : lead_time_std_dev * drawNormal(generator)
    const periods = Math.max(0, mean_lead_time + shift)
    const whole = Math.floor(periods)
    let demand = 0
    for (let period = 0; period < whole; period += 1) demand += drawPeriod(generator)
    const part = periods - whole
    if (part === 0) return demand
    return demand + part * average + Math.sqrt(part) * (drawPeriod(generator) - average)
  }
}

/** Ranks around n p by 1.96 binomial deviations (Conover, Practical Nonparametric Statistics, 3.2). */
function quantileInterval(sorted: Float64Array, p: number) {
  const count = sorted.length
  const spread = 1.96 * Math.sqrt(count * p * (1 - p))
  const low = Math.max(0, Math.floor(count * p - spread) - 1)
  const high = Math.min(count - 1, Math.ceil(count * p + spread))
  return { low: Number(sorted[low]) + 0, high: Number(sorted[high]) + 0 }
}

export const inventorySimulationTools: readonly ToolDefinition[] = [runInventorySimulation]
