import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import { formatAmount, requireFinite } from '../numeric/numbers.ts'
import { splitProceeds } from '../statements/cap-table/waterfall.ts'

const ownership = z.number().min(0).max(1)
const usual = 'use amounts of a more usual size'

/** Exit proceeds between one class of preferred and the common shares. */
export const runLiquidationWaterfall = defineTool({
  name: 'run_liquidation_waterfall',
  title: 'Liquidation waterfall',
  description:
    'Splits exit proceeds between one class of preferred shares and the common shares; preferred without participation takes the larger of preference and conversion. For several classes and holders use model_cap_table.',
  toolset: 'finance.valuation',
  input: z.object({
    exitProceeds: z.number().min(0).describe('What is left for shareholders, after all debts'),
    preferredInvestment: z.number().min(0).describe('Amount paid for the preferred shares'),
    liquidationMultiple: z
      .number()
      .min(0)
      .describe('Preference as a multiple of the investment; 1 is usual'),
    participating: z
      .boolean()
      .describe(
        'true: preferred takes its preference and then shares with the common, without cap'
      ),
    commonOwnership: ownership.describe('Share of the common holders, a fraction'),
    preferredOwnership: ownership.describe(
      'Share of the preferred once converted, a fraction; 1 together with commonOwnership'
    )
  }),
  output: z.object({
    preferredPayout: z.number(),
    commonPayout: z.number().describe('exitProceeds less preferredPayout'),
    preferencePaid: z.number().describe('Part of preferredPayout that is preference'),
    participation: z.number().describe('Part of preferredPayout shared with the common'),
    converted: z.boolean().describe('Preferred gave up its preference for a share as common'),
    conversionThreshold: z
      .number()
      .optional()
      .describe(
        'Proceeds above which converting pays: preference / preferredOwnership; absent when it never does'
      ),
    preferredMultiple: z
      .number()
      .optional()
      .describe('preferredPayout / preferredInvestment; absent without an investment')
  }),
  summary: ({ preferredPayout, commonPayout, converted }) =>
    `Preferred receives ${formatAmount(preferredPayout)}${converted ? ' as converted' : ''}, common ${formatAmount(commonPayout)}.`,
  run: (exit) => {
    const { exitProceeds, preferredInvestment, commonOwnership, preferredOwnership } = exit
    if (Math.abs(commonOwnership + preferredOwnership - 1) > 1e-9) {
      throw new ToolError(
        'preferredOwnership: must add up to 1 with commonOwnership, or part of the proceeds would go to nobody'
      )
    }
    const preference = requireFinite(
      preferredInvestment * exit.liquidationMultiple,
      'liquidationMultiple',
      usual
    )
    const preferred = { shares: preferredOwnership, preference, participating: exit.participating }
    const common = { shares: commonOwnership, preference: 0, participating: false }
    const [paid] = splitProceeds(exitProceeds, [preferred, common])
    const preferencePaid = paid?.preference ?? 0
    const participation = paid?.participation ?? 0
    const preferredPayout = Math.min(exitProceeds, preferencePaid + participation)
    const threshold = preference / preferredOwnership
    const multiple = preferredPayout / preferredInvestment
    return {
      preferredPayout,
      commonPayout: exitProceeds - preferredPayout,
      preferencePaid,
      participation,
      converted: paid?.converted ?? false,
      ...(!exit.participating && Number.isFinite(threshold) && { conversionThreshold: threshold }),
      ...(Number.isFinite(multiple) && { preferredMultiple: multiple })
    }
  }
})
