import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatNumber } from '../numeric/numbers.ts'

const n = z.int().min(0).describe('Number of things to choose from')
const r = z.int().min(0).describe('Number of things chosen, at most n')
const answer = {
  exact: z.string().describe('Every digit'),
  value: z.number().describe('The double nearest to it')
}

const calculateCombinations = defineTool({
  name: 'calculate_combinations',
  title: 'Combinations',
  description:
    'Number of ways to choose r of n things, order ignored: n! / (r! (n - r)!). Where the order counts use calculate_permutations.',
  toolset: 'finance.statistics',
  input: z.object({ n, r }),
  output: z.object(answer),
  summary: ({ value }) => `${formatNumber(value)} combinations.`,
  run: ({ n, r }) => {
    requireChoice(n, r)
    const chosen = Math.min(r, n - r)
    // Each step is itself a number of combinations, so that the division leaves nothing.
    return countBy(chosen, (product, i) => (product * BigInt(n - chosen + i)) / BigInt(i))
  }
})

const calculatePermutations = defineTool({
  name: 'calculate_permutations',
  title: 'Permutations',
  description:
    'Number of ways to arrange r of n things in order: n! / (n - r)!. Where the order does not count use calculate_combinations.',
  toolset: 'finance.statistics',
  input: z.object({ n, r }),
  output: z.object(answer),
  summary: ({ value }) => `${formatNumber(value)} permutations.`,
  run: ({ n, r }) => {
    requireChoice(n, r)
    return countBy(r, (product, i) => product * BigInt(n - i + 1))
  }
})

const calculateFactorial = defineTool({
  name: 'calculate_factorial',
  title: 'Factorial',
  description:
    'n! = 1 * 2 * ... * n: the number of orders of n things. For orders of some of them use calculate_permutations.',
  toolset: 'finance.statistics',
  input: z.object({ n: z.int().min(0).describe('At most 170; 171! is beyond the largest number') }),
  output: z.object(answer),
  summary: ({ value }) => `${formatNumber(value)}.`,
  run: ({ n }) => countBy(n, (product, i) => product * BigInt(i))
})

function requireChoice(n: number, r: number): void {
  if (r > n) throw new ToolError(`r: ${r} of ${n}; at most n can be chosen`)
}

/** Applies the step 1 to `steps` times; stops at once where no double can hold the product. */
function countBy(steps: number, step: (product: bigint, index: number) => bigint) {
  let product = 1n
  for (let index = 1; index <= steps; index += 1) {
    product = step(product, index)
    if (!Number.isFinite(Number(product))) {
      throw new ToolError(
        'n: the result is beyond the largest number (1.8e308); use a smaller n or r'
      )
    }
  }
  return { exact: String(product), value: Number(product) }
}

/** Counts of choices and orders. */
export const countingTools: readonly ToolDefinition[] = [
  calculateCombinations,
  calculatePermutations,
  calculateFactorial
]
