import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { compileExpression, expressionInput } from '../expression/expression.ts'
import { formatAmount } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { createSampler, distributionParameters, distributionType } from '../numeric/samplers.ts'
import { openGenerator, randomnessFields, seedInput } from '../numeric/seed.ts'
import { tailRisk, tailRiskFields } from '../numeric/tail-risk.ts'
import { inputName, iterationsInput, maxInputs, runExperiment } from './experiment.ts'
import { outcomeFields, summarizeOutcomes } from './outcomes.ts'

const runMonteCarlo = defineTool({
  name: 'run_monte_carlo',
  title: 'Monte Carlo simulation',
  description:
    'Draws uncertain inputs from their distributions, computes an outcome from them, thousands of times, and describes the outcomes: mean with its standard error, percentiles, probability of a loss, value at risk. The inputs are independent. To compare several sets of assumptions use analyze_scenarios; for one input at a time tornado_analysis.',
  toolset: 'finance.simulation',
  input: z.object({
    inputs: z
      .array(
        z.strictObject({
          name: inputName.describe('Used in calculation when it is a word'),
          distribution: distributionType,
          parameters: distributionParameters
        })
      )
      .min(1)
      .max(maxInputs)
      .describe('The uncertain inputs, in the order of {0}, {1} …'),
    calculation: expressionInput(
      'Outcome of a trial, from the inputs by name or as {0}, {1} …, such as "{0} - {1}"'
    ),
    iterations: iterationsInput.default(10_000).describe('Number of trials'),
    seed: seedInput
  }),
  output: z.object({
    ...outcomeFields,
    risk: z.object(tailRiskFields).describe('Value at risk at 95 %'),
    ...randomnessFields
  }),
  summary: ({ count, mean, standardError, percentiles: { p5, p95 }, seed }) =>
    `Mean ${formatAmount(mean)} (standard error ${formatAmount(standardError)}) over ${count} trials; nine in ten between ${formatAmount(p5)} and ${formatAmount(p95)}; seed ${seed}.`,
  run: async ({ inputs, calculation, iterations, seed }, ctx) => {
    const names = inputs.map(({ name }) => name)
    const expression = compileExpression(calculation, names, 'calculation')
    const samplers = inputs.map(({ distribution, parameters }, index) =>
      createSampler(distribution, parameters, `inputs[${index}].parameters`)
    )
    const fieldOf = (index: number) => `inputs[${index}]`
    const { generator, randomness } = openGenerator(seed)
    const pace = createPace(ctx)
    const experiment = { samplers, expression, fieldOf }
    const progress = { done: 0, total: iterations }
    const outcomes = await runExperiment(experiment, iterations, generator, pace, progress)
    const { summary, sorted } = await summarizeOutcomes(outcomes, pace, 'calculation')
    return { ...summary, risk: tailRisk(sorted, 0.95), ...randomness }
  }
})

/** The simulation tool of everyday use, apart from the others for a light start. */
export const monteCarloTools: readonly ToolDefinition[] = [runMonteCarlo]
