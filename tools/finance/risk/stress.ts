import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { formatAmount, formatPercent, requireFinite } from '../numeric/numbers.ts'

const presets = {
  recession: { revenue: -0.15, costs: 0.05 },
  crisis: { revenue: -0.3, costs: 0.1 },
  supplyShock: { revenue: -0.05, costs: 0.25 }
} as const

const amount = z.number().min(-1e15).max(1e15)
const shock = z.number().min(-1).max(100).optional()
const smaller = 'use smaller amounts'

const runStressTest = defineTool({
  name: 'run_stress_test',
  title: 'Stress test',
  description:
    'Shocks revenue and costs and shows what is left: recession (-15 % revenue, +5 % costs), crisis (-30 %, +10 %), supplyShock (-5 %, +25 %) or your own. Use analyze_scenarios for uncertain shocks or a model of your own.',
  toolset: 'finance.risk',
  input: z.object({
    scenario: z
      .enum(['recession', 'crisis', 'supplyShock', 'custom'])
      .describe('custom needs customShocks'),
    baseRevenue: amount.min(0),
    baseCosts: amount.min(0),
    baseNPV: amount.describe('Net present value or profit before the shock'),
    customShocks: z
      .strictObject({
        Revenue: shock,
        COGS: shock,
        Costs: shock.describe('Another name of COGS; give only one')
      })
      .optional()
      .describe('Changes as fractions (-0.2 = -20 %), for scenario custom only; left out is 0')
  }),
  output: z.object({
    shocks: z
      .object({ revenue: z.number(), costs: z.number() })
      .describe('Applied changes as fractions'),
    stressedRevenue: z.number(),
    stressedCosts: z.number(),
    revenueImpact: z.number().describe('stressedRevenue - baseRevenue'),
    costsImpact: z.number().describe('stressedCosts - baseCosts'),
    stressedNPV: z
      .number()
      .describe('baseNPV + revenueImpact - costsImpact: each unit lost counts once, undiscounted'),
    npvImpact: z.number().describe('stressedNPV - baseNPV'),
    npvImpactShare: z
      .number()
      .optional()
      .describe('npvImpact / |baseNPV| as a fraction; left out when baseNPV is 0'),
    stressedProfit: z
      .number()
      .describe('stressedRevenue - stressedCosts, which some report as the stressed NPV'),
    remainsViable: z.boolean().describe('stressedNPV > 0')
  }),
  summary: ({ shocks, stressedNPV, npvImpact }) =>
    `Revenue ${formatPercent(shocks.revenue)}, costs ${formatPercent(shocks.costs)}: NPV ${formatAmount(stressedNPV)} (change ${formatAmount(npvImpact)}).`,
  run: ({ scenario, baseRevenue, baseCosts, baseNPV, customShocks }) => {
    const shocks = shocksOf(scenario, customShocks)
    const revenueImpact = baseRevenue * shocks.revenue + 0
    const costsImpact = baseCosts * shocks.costs + 0
    const npvImpact = revenueImpact - costsImpact
    const stressedRevenue = baseRevenue + revenueImpact
    const stressedCosts = baseCosts + costsImpact
    const stressedNPV = baseNPV + npvImpact
    return {
      shocks,
      stressedRevenue,
      stressedCosts,
      revenueImpact,
      costsImpact,
      stressedNPV,
      npvImpact,
      ...(baseNPV !== 0 && {
        npvImpactShare: requireFinite(npvImpact / Math.abs(baseNPV), 'baseNPV', smaller)
      }),
      stressedProfit: stressedRevenue - stressedCosts,
      remainsViable: stressedNPV > 0
    }
  }
})

interface CustomShocks {
  readonly Revenue?: number | undefined
  readonly COGS?: number | undefined
  readonly Costs?: number | undefined
}

function shocksOf(scenario: keyof typeof presets | 'custom', custom: CustomShocks | undefined) {
  if (scenario !== 'custom') {
    if (!custom) return presets[scenario]
    throw new ToolError(
      `customShocks: are for scenario custom, not for ${scenario}; leave them out`
    )
  }
  const { Revenue, COGS, Costs } = custom ?? {}
  if (COGS !== undefined && Costs !== undefined) {
    throw new ToolError('customShocks: COGS and Costs are the same shock; give only one')
  }
  const costs = COGS ?? Costs
  if (Revenue === undefined && costs === undefined) {
    throw new ToolError('customShocks: scenario custom needs Revenue or COGS')
  }
  return { revenue: Revenue ?? 0, costs: costs ?? 0 }
}

export const stressTools: readonly ToolDefinition[] = [runStressTest]
