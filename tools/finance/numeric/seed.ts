import { z } from 'zod'
import { createGenerator, type Generator, generatorName, maxSeed, randomSeed } from './random.ts'

/** Optional input of every tool that draws random numbers. */
export const seedInput = z
  .int()
  .min(0)
  .max(maxSeed)
  .optional()
  .describe('Repeats every number of an earlier call; without it a seed is chosen and reported')

/** Output fields that state where the random numbers came from. */
export const randomnessFields = {
  seed: z.int().describe('Give it back as seed to repeat every number'),
  generator: z.string().describe('Algorithm of the random numbers')
}

/** A generator for one call, and what its output says about it. */
export function openGenerator(wanted: number | undefined): {
  readonly generator: Generator
  readonly randomness: { readonly seed: number; readonly generator: string }
} {
  const seed = wanted ?? randomSeed()
  return { generator: createGenerator(seed), randomness: { seed, generator: generatorName } }
}
