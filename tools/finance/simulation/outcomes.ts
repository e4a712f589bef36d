import { z } from 'zod'
import { requireFinite } from '../numeric/numbers.ts'
import type { Pace } from '../numeric/pace.ts'
import { sortPaced } from '../numeric/paced-sort.ts'
import { quantile } from '../numeric/quantile.ts'

const shownPercentiles = [1, 5, 10, 25, 50, 75, 90, 95, 99] as const
/** Half the width of a 95 % interval, in standard errors. */
const normal975 = 1.959963984540054

export const maxOutcomes = 100_000

/** Outcomes of an earlier simulation, as an input. */
export const outcomesInput = z
  .array(z.number())
  .min(2)
  .max(maxOutcomes, `at most ${maxOutcomes} values; take a random part of them`)
  .describe('Outcomes of a simulation, one per trial, in any order')

const percentiles = z
  .object(
    Object.fromEntries(shownPercentiles.map((p) => [`p${p}`, z.number()])) as {
      [Key in `p${(typeof shownPercentiles)[number]}`]: z.ZodNumber
    }
  )
  .describe('Type 7 (Excel PERCENTILE.INC); p5 is passed by 95 % of the outcomes')

/** Output fields that describe a set of outcomes. */
export const outcomeFields = {
  count: z.int().describe('Number of outcomes'),
  mean: z.number(),
  standardError: z.number().describe('Of the mean: standardDeviation / sqrt(count)'),
  meanInterval95: z
    .object({ low: z.number(), high: z.number() })
    .describe('Where the true mean lies with 95 % confidence: mean -/+ 1.96 standard errors'),
  standardDeviation: z.number().describe('Sample (n - 1)'),
  min: z.number(),
  max: z.number(),
  percentiles,
  skewness: z
    .number()
    .optional()
    .describe('Adjusted (Excel SKEW); left out below three outcomes and when all are equal'),
  probabilityOfLoss: z.number().describe('Share of the outcomes below 0')
}
export const outcomeSummary = z.object(outcomeFields)
export type OutcomeSummary = z.output<typeof outcomeSummary>

/** Statistics of outcomes, and the outcomes sorted ascending. `field` names them in an error. */
export async function summarizeOutcomes(
  outcomes: Float64Array,
  pace: Pace,
  field: string
): Promise<{ readonly summary: OutcomeSummary; readonly sorted: Float64Array }> {
  const count = outcomes.length
  const moments = createMoments()
  let losses = 0
  for (const [index, value] of outcomes.entries()) {
    moments.add(value)
    if (value < 0) losses += 1
    if (index % 1024 === 0) await pace(count, count)
  }
  const sorted = await sortPaced(outcomes, pace)
  const { mean, standardDeviation, skewness } = moments.result()
  const fix = 'the outcomes are too large or too far apart; use smaller units'
  const deviation = requireFinite(standardDeviation, field, fix)
  const standardError = deviation / Math.sqrt(count)
  const at = (p: number) => quantile(sorted, p / 100)
  const summary = {
    count,
    mean: requireFinite(mean, field, fix),
    standardError,
    meanInterval95: {
      low: requireFinite(mean - normal975 * standardError, field, fix),
      high: requireFinite(mean + normal975 * standardError, field, fix)
    },
    standardDeviation: deviation,
    min: Number(sorted[0]) + 0,
    max: Number(sorted[count - 1]) + 0,
    percentiles: Object.fromEntries(
      shownPercentiles.map((p) => [`p${p}`, at(p) + 0])
    ) as OutcomeSummary['percentiles'],
    ...(skewness !== undefined && { skewness }),
    probabilityOfLoss: losses / count
  }
  return { summary, sorted }
}

/** Mean, deviation and skewness in one pass (Welford 1962, third moment by Terriberry 2007). */
function createMoments() {
  let count = 0
  let mean = 0
  let second = 0
  let third = 0
  function add(value: number): void {
    count += 1
    const delta = value - mean
    const step = delta / count
    const product = delta * step * (count - 1)
    third += product * step * (count - 2) - 3 * step * second
    second += product
    mean += step
  }
  function result() {
    const variance = count > 1 ? second / (count - 1) : 0
    const adjusted =
      ((count / (count - 1) / (count - 2)) * (third / variance)) / Math.sqrt(variance)
    return {
      mean,
      standardDeviation: Math.sqrt(variance),
      skewness: count > 2 && Number.isFinite(adjusted) ? adjusted : undefined
    }
  }
  return { add, result }
}
