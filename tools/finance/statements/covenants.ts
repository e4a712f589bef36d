import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import { requireFinite } from '../numeric/numbers.ts'
import { type Covenant, covenantTypes, measureCovenant } from './covenant-measures.ts'
import { heading } from './heading.ts'

const amount = z.number().optional()
const positive = z.number().min(0).optional()

const covenant = z.strictObject({
  type: z.enum(covenantTypes).describe('What is measured'),
  threshold: z.number().describe('Limit, in the unit of the measure: a ratio or an amount'),
  direction: z
    .enum(['minimum', 'maximum'])
    .describe('minimum: must not fall below the threshold; maximum: must not exceed it')
})

const result = z.object({
  type: z.enum(covenantTypes),
  direction: z.enum(['minimum', 'maximum']),
  threshold: z.number(),
  actual: z.number().optional().describe('Measure; absent when it cannot be computed'),
  status: z.enum(['met', 'breached', 'not_computable']).describe('On the threshold counts as met'),
  headroom: z
    .number()
    .optional()
    .describe('Distance to the threshold in its unit; negative when breached'),
  headroomPercent: z
    .number()
    .optional()
    .describe('headroom / |threshold|, a fraction; absent when the threshold is 0'),
  note: z.string().optional().describe('Why there is no measure, or how it was judged without one')
})

/** All debt covenants of a period at once. */
export const monitorDebtCovenants = defineTool({
  name: 'monitor_debt_covenants',
  title: 'Debt covenant dashboard',
  description:
    'Computes several covenant measures from the financials of a period and tells for each whether it is met and with how much headroom. For one measure that you have already use check_debt_covenant.',
  toolset: 'finance.statements',
  input: z.object({
    ...heading,
    financials: z
      .strictObject({
        current_assets: positive,
        current_liabilities: positive,
        inventory: positive.describe('For quick_ratio'),
        total_debt: positive.describe('Interest-bearing debt'),
        cash: positive.describe('For net_debt_to_ebitda'),
        equity: amount,
        intangibles: positive.describe('Goodwill included, for tangible_net_worth'),
        ebitda: amount.describe('Of twelve months'),
        ebit: amount.describe('Of twelve months'),
        interest_expense: positive.describe('Of twelve months'),
        principal_payment: positive.describe('Scheduled principal of twelve months')
      })
      .describe('Only what the covenants need'),
    covenants: z.array(covenant).min(1).max(100).describe('1 to 100 covenants')
  }),
  output: z.object({
    entity: z.string(),
    period: z.string(),
    compliant: z
      .boolean()
      .describe(
        'Whether no covenant is breached; says nothing about those counted in notComputable'
      ),
    met: z.int(),
    breached: z.int(),
    notComputable: z.int(),
    tightest: z
      .enum(covenantTypes)
      .optional()
      .describe('Type of the covenant with the least headroomPercent'),
    results: z.array(result)
  }),
  summary: ({ entity, period, met, breached, notComputable, tightest }) =>
    [
      `${entity}, ${period}: ${met} covenants met, ${breached} breached, ${notComputable} not computable`,
      tightest ? `; least headroom: ${tightest}` : '',
      '.'
    ].join(''),
  run: ({ entity, period, financials, covenants }) => {
    const results = covenants.map((covenant) => judge(covenant, financials))
    const count = (status: string) => results.filter((result) => result.status === status).length
    const ranked = results
      .filter(({ headroomPercent }) => headroomPercent !== undefined)
      .toSorted((a, b) => (a.headroomPercent ?? 0) - (b.headroomPercent ?? 0))
    const breached = count('breached')
    return {
      entity,
      period,
      compliant: breached === 0,
      met: count('met'),
      breached,
      notComputable: count('not_computable'),
      tightest: ranked[0]?.type,
      results
    }
  }
})

function judge(
  covenant: Covenant,
  financials: Parameters<typeof measureCovenant>[1]
): z.output<typeof result> {
  const { threshold, direction } = covenant
  const { actual, worst, note } = measureCovenant(covenant.type, financials)
  if (actual === undefined) {
    // Debt without earnings or equity to bear it is beyond any maximum, though it has no ratio.
    const status = worst && direction === 'maximum' ? 'breached' : 'not_computable'
    return { ...covenant, status, note }
  }
  const distance = direction === 'minimum' ? actual - threshold : threshold - actual
  const headroom = requireFinite(distance, 'covenants', 'use amounts of a usual size')
  const relative = threshold === 0 ? undefined : headroom / Math.abs(threshold)
  return {
    ...covenant,
    actual,
    status: headroom >= 0 ? 'met' : 'breached',
    headroom,
    ...(relative !== undefined && {
      headroomPercent: requireFinite(relative, 'covenants', 'use a larger threshold')
    })
  }
}
