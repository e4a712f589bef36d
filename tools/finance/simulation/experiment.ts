import { z } from 'zod'
import { ToolError } from '../../../src/define-tool.ts'
import type { Expression } from '../expression/expression.ts'
import type { Pace } from '../numeric/pace.ts'
import type { Generator } from '../numeric/random.ts'
import type { Sampler } from '../numeric/samplers.ts'

/** Trials of one call, over all of its scenarios. */
export const maxIterations = 1_000_000
export const maxInputs = 50

export const iterationsInput = z
  .int()
  .min(2)
  .max(maxIterations, `at most ${maxIterations} iterations`)

/** The name of an input; expressions know it when it is a word such as unit_price. */
export const inputName = z.string().min(1).max(100)

/** What is repeated: inputs are drawn, then the expression is computed from them. */
export interface Experiment {
  readonly samplers: readonly Sampler[]
  readonly expression: Expression
  /** Names the input at an index in an error. */
  readonly fieldOf: (index: number) => string
}

/** The outcome of each trial, in the order drawn. `done` of `total` trials were made before. */
export async function runExperiment(
  { samplers, expression, fieldOf }: Experiment,
  iterations: number,
  generator: Generator,
  pace: Pace,
  { done, total }: { readonly done: number; readonly total: number }
): Promise<Float64Array> {
  const outcomes = new Float64Array(iterations)
  const drawn = samplers.map(() => 0)
  for (let trial = 0; trial < iterations; trial += 1) {
    for (const [index, sample] of samplers.entries()) {
      const value = sample(generator)
      if (!Number.isFinite(value)) throw beyondDoubles(fieldOf(index))
      drawn[index] = value
    }
    outcomes[trial] = expression.evaluate(drawn)
    const wait = pace(done + trial, total)
    if (wait) await wait
  }
  return outcomes
}

function beyondDoubles(field: string): ToolError {
  return new ToolError(
    `${field}: a draw was beyond the largest number (1.8e308); use a smaller spread or scale, or a larger shape`
  )
}
