import { z } from 'zod'
import { ToolError } from '../../../src/define-tool.ts'
import type { CallContext } from '../../../src/types.ts'
import { compileExpression } from '../expression/expression.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { createSampler, type distributionSchema, type Sampler } from '../numeric/samplers.ts'
import { openGenerator, randomnessFields } from '../numeric/seed.ts'
import { countUpTo } from '../numeric/tail-risk.ts'
import { maxIterations, runExperiment } from './experiment.ts'
import { outcomeFields, summarizeOutcomes } from './outcomes.ts'

const probabilities = z
  .array(
    z.object({
      threshold: z.number(),
      above: z.number().describe('Share of the outcomes above, as a fraction'),
      below: z.number(),
      standardError: z.number().describe('Of above')
    })
  )
  .describe('One for each threshold, in its order')

/** Output of the scenario tools. */
export const comparison = z.object({
  scenarios: z.array(
    z.object({
      name: z.string(),
      ...outcomeFields,
      meanPerDeviation: z
        .number()
        .optional()
        .describe('mean / standardDeviation; left out where nothing varies'),
      differenceFromFirst: z.number().describe('mean - mean of the first scenario'),
      differenceStandardError: z.number().describe('The draws of two scenarios are independent'),
      probabilities
    })
  ),
  best: z.string().describe('Scenario of the highest mean; the first of equals'),
  worst: z.string().describe('Scenario of the lowest mean; the first of equals'),
  ...randomnessFields
})
type Comparison = z.output<typeof comparison>

/** The means in one line. */
export function describeComparison({ scenarios, best, worst, seed }: Comparison): string {
  const means = scenarios.map(
    ({ name, mean, standardError }) =>
      `${name} ${formatAmount(mean)} (standard error ${formatAmount(standardError)})`
  )
  return `Means: ${means.join(', ')}. Best ${best}, worst ${worst}; seed ${seed}.`
}

export type Distribution = z.output<typeof distributionSchema>

/** A scenario: each input is a fixed number or drawn. */
export interface Scenario {
  readonly name: string
  readonly values: readonly (number | Distribution)[]
  readonly fieldOf: (index: number) => string
}

interface Plan {
  readonly names: readonly string[]
  readonly text: string
  readonly field: string
  readonly scenarios: readonly Scenario[]
  readonly iterations: number
  readonly thresholds: readonly number[]
  readonly seed: number | undefined
}

/** Runs one experiment for each scenario, all from one generator, one after the other. */
export async function compareScenarios(plan: Plan, ctx: CallContext): Promise<Comparison> {
  const expression = compileExpression(plan.text, plan.names, plan.field)
  const prepared = plan.scenarios.map((scenario) => prepare(scenario, plan.iterations))
  const total = prepared.reduce((sum, { trials }) => sum + trials, 0)
  if (total > maxIterations) {
    throw new ToolError(
      `iterations: ${total} trials over all scenarios; at most ${maxIterations}, use fewer`
    )
  }
  const { generator, randomness } = openGenerator(plan.seed)
  const pace = createPace(ctx)
  const results = []
  let done = 0
  for (const { name, trials, samplers, fieldOf } of prepared) {
    const experiment = { samplers, expression, fieldOf }
    const outcomes = await runExperiment(experiment, trials, generator, pace, { done, total })
    const { summary, sorted } = await summarizeOutcomes(outcomes, pace, plan.field)
    results.push({ name, summary, sorted })
    done += trials
  }
  return { ...compare(results, plan), ...randomness }
}

function prepare({ name, values, fieldOf }: Scenario, iterations: number) {
  const samplers = values.map((value, index): Sampler => {
    if (typeof value === 'number') return () => value
    const { type, ...parameters } = value
    return createSampler(type, parameters, fieldOf(index))
  })
  const varies = values.some((value) => typeof value !== 'number')
  if (varies && iterations < 2) {
    throw new ToolError(`iterations: at least 2, since scenario "${name}" has a distribution`)
  }
  return { name, samplers, fieldOf, trials: varies ? iterations : 1 }
}

type Summary = Awaited<ReturnType<typeof summarizeOutcomes>>
interface Result extends Summary {
  readonly name: string
}

function compare(results: readonly Result[], { field, thresholds }: Plan) {
  const first = results[0]?.summary
  const scenarios = results.map(({ name, summary, sorted }) => {
    const { mean, standardDeviation, standardError } = summary
    const ratio = standardDeviation === 0 ? undefined : mean / standardDeviation
    const difference = mean - (first?.mean ?? 0)
    const isFirst = summary === first
    return {
      name,
      ...summary,
      ...(ratio !== undefined && Number.isFinite(ratio) && { meanPerDeviation: ratio }),
      differenceFromFirst: requireFinite(difference, field, 'use smaller units'),
      differenceStandardError: isFirst
        ? 0
        : requireFinite(
            Math.hypot(standardError, first?.standardError ?? 0),
            field,
            'use smaller units'
          ),
      probabilities: thresholds.map((threshold) => probabilityAt(sorted, threshold))
    }
  })
  const ranked = scenarios.toSorted((one, other) => other.mean - one.mean)
  const lowest = ranked.at(-1)?.mean
  return {
    scenarios,
    best: ranked[0]?.name ?? '',
    worst: ranked.find(({ mean }) => mean === lowest)?.name ?? ''
  }
}

function probabilityAt(sorted: Float64Array, threshold: number) {
  const above = 1 - countUpTo(sorted, threshold) / sorted.length
  const below = sorted.findIndex((value) => value >= threshold)
  return {
    threshold,
    above,
    below: below === -1 ? 1 : below / sorted.length,
    standardError: Math.sqrt((above * (1 - above)) / sorted.length)
  }
}
