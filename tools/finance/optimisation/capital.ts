import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount } from '../numeric/numbers.ts'
import { createPace } from '../numeric/pace.ts'
import { compensatedSum } from '../numeric/sums.ts'
import { selectGreedily, selectOptimally } from './knapsack.ts'

const maxProjects = 200
const maxAmount = 1e15

const project = z
  .object({
    name: z.string().min(1).max(200),
    npv: z.number().min(-maxAmount).max(maxAmount).describe('Net present value of the project'),
    cost: z.number().min(0).max(maxAmount).describe('Capital it needs now')
  })
  .strict()

export const optimizeCapitalAllocation: ToolDefinition = defineTool({
  name: 'optimize_capital_allocation',
  title: 'Capital rationing',
  description:
    'Which indivisible projects to fund from a limited budget so that their total net present value is largest. knapsack searches all combinations; greedy takes projects by npv / cost, which is quick to explain but can miss the best set. Both totals are given. Projects that depend on each other, or several periods: solve_integer_program.',
  toolset: 'finance.optimisation',
  input: z.object({
    projects: z.array(project).min(1).max(maxProjects, `at most ${maxProjects} projects`),
    budget: z.number().min(0).max(maxAmount).describe('Capital available, in the unit of cost'),
    method: z
      .enum(['knapsack', 'greedy'])
      .default('knapsack')
      .describe('knapsack: the best set; greedy: by profitability until nothing more fits')
  }),
  output: z.object({
    selected: z.array(z.string()).describe('Names of the funded projects, in the order given'),
    selectedIndexes: z.array(z.int()).describe('Their indexes in projects, from 0'),
    totalNpv: z.number(),
    totalCost: z.number(),
    unspent: z.number().describe('budget - totalCost'),
    optimalNpv: z.number().describe('Total of the knapsack method'),
    greedyNpv: z.number().describe('Total of the greedy method'),
    provedOptimal: z
      .boolean()
      .describe('False when optimalNpv is the best found before the limit on search steps')
  }),
  summary: ({ selected, totalNpv, totalCost }) =>
    `${selected.length} projects, net present value ${formatAmount(totalNpv)} for ${formatAmount(totalCost)}.`,
  run: async ({ projects, budget, method }, ctx) => {
    requireDistinct(projects.map(({ name }) => name))
    const optimal = await selectOptimally(projects, budget, createPace(ctx))
    const greedy = selectGreedily(projects, budget)
    const chosen = method === 'greedy' ? greedy : optimal.chosen
    const total = (indexes: readonly number[], part: 'npv' | 'cost'): number =>
      compensatedSum(indexes.map((index) => projects[index]?.[part] ?? 0))
    const totalCost = total(chosen, 'cost')
    return {
      selected: chosen.map((index) => projects[index]?.name ?? ''),
      selectedIndexes: [...chosen],
      totalNpv: total(chosen, 'npv'),
      totalCost,
      unspent: Math.max(0, budget - totalCost),
      optimalNpv: total(optimal.chosen, 'npv'),
      greedyNpv: total(greedy, 'npv'),
      provedOptimal: optimal.isProved
    }
  }
})

function requireDistinct(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated === undefined) return
  throw new ToolError(`projects: two are called ${repeated}; give each its own name`)
}
