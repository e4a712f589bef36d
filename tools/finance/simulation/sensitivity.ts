import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { compileExpression, expressionInput } from '../expression/expression.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { inputName, maxInputs } from './experiment.ts'

const maxSteps = 1001
const smaller = 'use smaller values'

const sensitivityAnalysis = defineTool({
  name: 'sensitivity_analysis',
  title: 'Sensitivity to one input',
  description:
    'Computes an outcome for a row of values of one input, evenly spaced over a range, and how steeply it responds. For several inputs ranked by their effect use tornado_analysis; for random inputs run_monte_carlo.',
  toolset: 'finance.simulation',
  input: z.object({
    baseValue: z.number().describe('Value of the input in the base case'),
    variableRange: z
      .strictObject({
        percentChange: z
          .number()
          .gt(0)
          .optional()
          .describe('In percent of baseValue: 20 tests from 80 % to 120 % of it'),
        min: z.number().optional().describe('With max, instead of percentChange'),
        max: z.number().optional()
      })
      .describe('Either percentChange, or min and max'),
    calculation: expressionInput('Outcome, from the input as {0} or by its variableName'),
    steps: z.int().min(2).max(maxSteps).default(11).describe('Number of values, ends included'),
    variableName: inputName.default('variable').describe('Name of the input')
  }),
  output: z.object({
    variableName: z.string(),
    baseOutput: z.number().describe('Outcome at baseValue'),
    points: z.array(
      z.object({
        input: z.number(),
        output: z.number(),
        change: z.number().describe('output - baseOutput')
      })
    ),
    minOutput: z.number(),
    maxOutput: z.number(),
    outputRange: z.number().describe('maxOutput - minOutput'),
    sensitivity: z
      .number()
      .describe('outputRange / (max - min) of the input: change of outcome per unit, unsigned'),
    slope: z
      .number()
      .describe('(output at max - output at min) / (max - min) of the input, with its sign')
  }),
  summary: ({ variableName, baseOutput, minOutput, maxOutput, slope }) =>
    `Base ${formatAmount(baseOutput)}; from ${formatAmount(minOutput)} to ${formatAmount(maxOutput)} over the range of ${variableName}, on average ${formatAmount(slope)} per unit.`,
  run: ({ baseValue, variableRange, calculation, steps, variableName }) => {
    const { evaluate } = compileExpression(calculation, [variableName], 'calculation')
    const { min, max } = rangeOf(baseValue, variableRange)
    const baseOutput = evaluate([baseValue])
    const points = Array.from({ length: steps }, (_, step) => {
      const part = step / (steps - 1)
      const input = min * (1 - part) + max * part
      const output = evaluate([input])
      return { input, output, change: requireFinite(output - baseOutput, 'calculation', smaller) }
    })
    const outputs = points.map(({ output }) => output)
    const [first = 0, last = 0] = [outputs[0], outputs.at(-1)]
    const minOutput = Math.min(...outputs)
    const maxOutput = Math.max(...outputs)
    const outputRange = requireFinite(maxOutput - minOutput, 'calculation', smaller)
    return {
      variableName,
      baseOutput,
      points,
      minOutput,
      maxOutput,
      outputRange,
      sensitivity: requireFinite(outputRange / (max - min), 'variableRange', 'use a wider range'),
      slope: requireFinite((last - first) / (max - min), 'variableRange', 'use a wider range')
    }
  }
})

interface Range {
  readonly percentChange?: number | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
}

function rangeOf(baseValue: number, { percentChange, min, max }: Range) {
  if (percentChange !== undefined) {
    if (min !== undefined || max !== undefined) {
      throw new ToolError('variableRange: give either percentChange, or min and max, not both')
    }
    const delta = Math.abs(baseValue) * (percentChange / 100)
    return orderedRange(baseValue - delta, baseValue + delta)
  }
  if (min === undefined || max === undefined) {
    throw new ToolError('variableRange: give percentChange, or both min and max')
  }
  return orderedRange(min, max)
}

function orderedRange(min: number, max: number) {
  if (min < max && Number.isFinite(max - min)) return { min, max }
  throw new ToolError(
    `variableRange: from ${min} to ${max} is no range; give min below max (a baseValue of 0 has no percentChange)`
  )
}

const tornadoAnalysis = defineTool({
  name: 'tornado_analysis',
  title: 'Tornado analysis',
  description:
    'Sets one input after another to its low and its high value, the others at their base, and ranks the inputs by how far the outcome moves. For one input over a fine range use sensitivity_analysis; for all at once run_monte_carlo.',
  toolset: 'finance.simulation',
  input: z.object({
    variables: z
      .array(
        z.strictObject({
          name: inputName.describe('Used in calculation when it is a word'),
          baseValue: z.number(),
          lowValue: z.number().describe('Pessimistic; it may be the larger one, as for costs'),
          highValue: z.number().describe('Optimistic')
        })
      )
      .min(1)
      .max(maxInputs)
      .describe('The inputs, in the order of {0}, {1} …'),
    calculation: expressionInput('Outcome, from the inputs by name or as {0}, {1} …')
  }),
  output: z.object({
    baseOutput: z.number().describe('Outcome with every input at its base'),
    bars: z
      .array(
        z.object({
          name: z.string(),
          lowOutput: z.number().describe('Outcome at lowValue'),
          highOutput: z.number().describe('Outcome at highValue'),
          range: z.number().describe('|highOutput - lowOutput|'),
          shareOfRanges: z.number().describe('Of the sum of all ranges, as a fraction; 0 if none')
        })
      )
      .describe('Widest range first')
  }),
  summary: ({ baseOutput, bars }) =>
    `Base ${formatAmount(baseOutput)}. ${bars.map(({ name, range }) => `${name} ${formatAmount(range)}`).join(', ')}.`,
  run: ({ variables, calculation }) => {
    const names = variables.map(({ name }) => name)
    const { evaluate } = compileExpression(calculation, names, 'calculation')
    const base = variables.map(({ baseValue }) => baseValue)
    const bars = variables.map(({ name, lowValue, highValue }, index) => {
      const lowOutput = evaluate(base.with(index, lowValue))
      const highOutput = evaluate(base.with(index, highValue))
      const range = requireFinite(Math.abs(highOutput - lowOutput), 'calculation', smaller)
      return { name, lowOutput, highOutput, range }
    })
    const widest = bars.reduce((most, { range }) => Math.max(most, range), 0) || 1
    const total = bars.reduce((sum, { range }) => sum + range / widest, 0)
    const ranked = bars.map((bar) => ({
      ...bar,
      shareOfRanges: bar.range === 0 ? 0 : bar.range / widest / total
    }))
    return {
      baseOutput: evaluate(base),
      bars: ranked.sort((first, second) => second.range - first.range)
    }
  }
})

/** What-if tools without random numbers. */
export const sensitivityTools: readonly ToolDefinition[] = [sensitivityAnalysis, tornadoAnalysis]
