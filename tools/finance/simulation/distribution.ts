import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { createSampler, distributionParameters, distributionType } from '../numeric/samplers.ts'
import { openGenerator, randomnessFields, seedInput } from '../numeric/seed.ts'
import { runExperiment } from './experiment.ts'
import { maxOutcomes, outcomeFields, summarizeOutcomes } from './outcomes.ts'
import { theoryOf } from './theory.ts'

const shownValues = 100

const createDistribution = defineTool({
  name: 'create_distribution',
  title: 'Sample of a distribution',
  description:
    'Checks the parameters of one of 15 probability distributions, gives its exact mean and deviation, and draws a sample from it. Use it to look at a distribution before it goes into run_monte_carlo.',
  toolset: 'finance.simulation',
  input: z.object({
    type: distributionType,
    parameters: distributionParameters,
    sampleSize: z
      .int()
      .min(2)
      .max(maxOutcomes, `at most ${maxOutcomes} draws`)
      .default(10)
      .describe('Number of draws'),
    seed: seedInput
  }),
  output: z.object({
    theoreticalMean: z
      .number()
      .optional()
      .describe('Exact; left out where the distribution has none, such as t with 1 degree'),
    theoreticalStandardDeviation: z.number().optional().describe('Exact; left out where infinite'),
    sample: z.object(outcomeFields).describe('What was drawn'),
    values: z.array(z.number()).describe(`The draws in order, at most the first ${shownValues}`),
    ...randomnessFields
  }),
  summary: ({ theoreticalMean, sample: { count, mean, standardError }, seed }) =>
    `${theoreticalMean === undefined ? 'No mean exists' : `Exact mean ${formatAmount(theoreticalMean)}`}; ${count} draws have the mean ${formatAmount(mean)} (standard error ${formatAmount(standardError)}); seed ${seed}.`,
  run: async ({ type, parameters, sampleSize, seed }, ctx) => {
    const sampler = createSampler(type, parameters)
    const { mean, variance } = theoryOf(type, parameters)
    const { generator, randomness } = openGenerator(seed)
    const pace = createPace(ctx)
    const outcomes = await runExperiment(
      {
        samplers: [sampler],
        expression: { evaluate: ([value]) => Number(value) },
        fieldOf: () => 'parameters'
      },
      sampleSize,
      generator,
      pace,
      { done: 0, total: sampleSize }
    )
    const { summary } = await summarizeOutcomes(outcomes, pace, 'parameters')
    return {
      ...(mean !== undefined && { theoreticalMean: mean }),
      ...(variance !== undefined && { theoreticalStandardDeviation: Math.sqrt(variance) }),
      sample: summary,
      values: Array.from(outcomes.subarray(0, shownValues)),
      ...randomness
    }
  }
})

export const distributionTools: readonly ToolDefinition[] = [createDistribution]
