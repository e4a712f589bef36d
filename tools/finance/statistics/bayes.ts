import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatPercent } from '../numeric/numbers.ts'

const probability = z.number().min(0).max(1)
const label = z.string().min(1).max(100)

/** The tool of that name. */
export const calculateBayesTheorem: ToolDefinition = defineTool({
  name: 'calculate_bayes_theorem',
  title: "Bayes' theorem",
  description:
    'Probability of an event after a positive test, from its probability before and the error rates of the test: fraud alerts, credit signals, screening.',
  toolset: 'finance.statistics',
  input: z.object({
    priorProbability: probability.describe('P(event) before the test, as a fraction'),
    truePositiveRate: probability.describe('P(positive | event), the sensitivity'),
    falsePositiveRate: probability.describe('P(positive | no event), 1 - specificity'),
    eventName: label.default('the event').describe('For the text'),
    testName: label.default('the test').describe('For the text')
  }),
  output: z.object({
    posterior: z.number().describe('P(event | positive)'),
    probabilityPositive: z.number().describe('P(positive), over both cases'),
    posteriorIfNegative: z
      .number()
      .optional()
      .describe('P(event | negative); absent when the test is never negative'),
    likelihoodRatio: z
      .number()
      .optional()
      .describe('truePositiveRate / falsePositiveRate; absent without false positives'),
    priorProbability: z.number(),
    eventName: z.string(),
    testName: z.string()
  }),
  summary: ({ posterior, priorProbability, eventName, testName }) =>
    `Once ${testName} is positive, ${eventName} has a probability of ${formatPercent(posterior)}, from ${formatPercent(priorProbability)} before.`,
  run: ({ priorProbability: prior, truePositiveRate, falsePositiveRate, eventName, testName }) => {
    const hits = prior * truePositiveRate
    const positive = hits + (1 - prior) * falsePositiveRate
    if (positive === 0) {
      throw new ToolError(
        'truePositiveRate: a positive test has probability 0 here, so nothing follows from one'
      )
    }
    const posterior = Math.min(1, hits / positive)
    const misses = prior * (1 - truePositiveRate)
    const negative = misses + (1 - prior) * (1 - falsePositiveRate)
    const ratio = truePositiveRate / falsePositiveRate
    return {
      posterior,
      probabilityPositive: positive,
      ...(negative > 0 && { posteriorIfNegative: Math.min(1, misses / negative) }),
      ...(Number.isFinite(ratio) && { likelihoodRatio: ratio }),
      priorProbability: prior,
      eventName,
      testName
    }
  }
})
