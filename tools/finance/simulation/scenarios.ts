import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { expressionInput } from '../expression/expression.ts'
import { distributionSchema } from '../numeric/samplers.ts'
import { seedInput } from '../numeric/seed.ts'
import {
  compareScenarios,
  comparison,
  type Distribution,
  describeComparison,
  type Scenario
} from './comparison.ts'
import { inputName, maxInputs, maxIterations } from './experiment.ts'

const maxScenarios = 20

const inputNames = z
  .array(inputName)
  .min(1)
  .max(maxInputs)
  .describe('Names of the inputs, in the order of {0}, {1} …; used in expressions when words')
const scenarioName = z.string().min(1).max(100)
const iterations = z
  .int()
  .min(1)
  .max(maxIterations, `at most ${maxIterations} iterations over all scenarios`)
  .describe('Trials per scenario that has a distribution; one without is computed once')

const runScenarioAnalysis = defineTool({
  name: 'run_scenario_analysis',
  title: 'Scenarios by a list of values',
  description:
    'Computes an outcome for several scenarios, each a list of values in the order of the inputs, and compares them. A value is a number or a distribution. To give the values by name, with thresholds, use analyze_scenarios; for one input at a time tornado_analysis.',
  toolset: 'finance.simulation',
  input: z.object({
    inputNames,
    calculation: expressionInput('Outcome, from the inputs by name or as {0}, {1} …'),
    scenarios: z
      .array(
        z.strictObject({
          name: scenarioName,
          values: z
            .array(z.union([z.number(), distributionSchema]))
            .max(maxInputs)
            .describe(
              'One for each name of inputNames: a number, or a distribution such as {"type": "normal", "mean": 100, "stdDev": 10}'
            )
        })
      )
      .min(1)
      .max(maxScenarios),
    iterations: iterations.default(1000),
    seed: seedInput
  }),
  output: comparison,
  summary: describeComparison,
  run: ({ inputNames, calculation, scenarios, iterations, seed }, ctx) => {
    const listed = scenarios.map(({ name, values }, place): Scenario => {
      const field = `scenarios[${place}].values`
      if (values.length !== inputNames.length) {
        throw new ToolError(
          `${field}: ${values.length} values for ${inputNames.length} inputNames; give one for each`
        )
      }
      return { name, values, fieldOf: (index) => `${field}[${index}]` }
    })
    const text = { names: inputNames, text: calculation, field: 'calculation' }
    return compareScenarios({ ...text, scenarios: listed, iterations, thresholds: [], seed }, ctx)
  }
})

const analyzeScenarios = defineTool({
  name: 'analyze_scenarios',
  title: 'Scenarios by name',
  description:
    'Simulates several scenarios of one model and compares them: means with standard errors, percentiles, probabilities to pass thresholds. Each scenario gives every input a fixed value or a distribution, by name. For one set of assumptions use run_monte_carlo; for plain lists of values run_scenario_analysis.',
  toolset: 'finance.simulation',
  input: z.object({
    inputNames,
    model: expressionInput('Outcome, from the inputs by name or as {0}, {1} …'),
    iterations,
    scenarios: z
      .array(
        z.strictObject({
          name: scenarioName,
          inputs: z
            .record(
              inputName,
              z.union([
                z.strictObject({ value: z.number() }),
                z.strictObject({ distribution: distributionSchema })
              ])
            )
            .describe(
              'By name of inputNames, every one of them: {"value": 5} or {"distribution": {"type": "normal", "mean": 100, "stdDev": 10}}'
            )
        })
      )
      .min(1)
      .max(maxScenarios),
    thresholds: z
      .array(z.number())
      .max(20)
      .default([])
      .describe('Outcomes whose probability to be passed is wanted'),
    seed: seedInput
  }),
  output: comparison,
  summary: describeComparison,
  run: ({ inputNames, model, iterations, scenarios, thresholds, seed }, ctx) => {
    const named = scenarios.map(({ name, inputs }, place): Scenario => {
      const field = `scenarios[${place}].inputs`
      return {
        name,
        values: valuesByName(inputs, inputNames, field),
        fieldOf: (index) => `${field}.${inputNames[index]}`
      }
    })
    const text = { names: inputNames, text: model, field: 'model' }
    return compareScenarios({ ...text, scenarios: named, iterations, thresholds, seed }, ctx)
  }
})

type NamedInput = { readonly value: number } | { readonly distribution: Distribution }

function valuesByName(
  inputs: Readonly<Record<string, NamedInput>>,
  names: readonly string[],
  field: string
): (number | Distribution)[] {
  const given = new Map(Object.entries(inputs))
  const known = new Set(names)
  const stranger = [...given.keys()].find((name) => !known.has(name))
  if (stranger !== undefined) {
    throw new ToolError(`${field}: "${stranger}" is not in inputNames; use one of its names`)
  }
  return names.map((name) => {
    const input = given.get(name)
    if (!input) throw new ToolError(`${field}: "${name}" is missing; give its value`)
    return 'value' in input ? input.value : input.distribution
  })
}

export const scenarioTools: readonly ToolDefinition[] = [runScenarioAnalysis, analyzeScenarios]
