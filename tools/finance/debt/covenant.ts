import { z } from 'zod'
import { defineTool } from '../../../src/define-tool.ts'
import { formatNumber, requireFinite } from '../numeric/numbers.ts'

/** What is measured, and on which side of the threshold it usually has to stay. */
const usualSides = {
  leverage: 'less_than',
  coverage: 'greater_than',
  current_ratio: 'greater_than',
  tangible_net_worth: 'greater_than'
} as const

const covenantType = z.enum(['leverage', 'coverage', 'current_ratio', 'tangible_net_worth'])
const comparisonType = z.enum(['less_than', 'greater_than'])
type Check = Readonly<Record<'actualValue' | 'covenantThreshold', number>> & {
  readonly covenantType: z.output<typeof covenantType>
  readonly comparisonType: z.output<typeof comparisonType>
}

/** One measured value against its limit. */
export const checkDebtCovenant = defineTool({
  name: 'check_debt_covenant',
  title: 'Check a debt covenant',
  description:
    'Whether one measured value keeps a covenant, and with how much headroom. To measure several covenants from financial statements use monitor_debt_covenants.',
  toolset: 'finance.debt',
  input: z.object({
    covenantType: covenantType.describe(
      'leverage: debt / EBITDA; coverage: EBITDA / interest; current_ratio; tangible_net_worth: an amount'
    ),
    actualValue: z.number().describe('Measured value, in the unit of the threshold'),
    covenantThreshold: z.number().describe('Limit of the contract'),
    comparisonType: comparisonType.describe(
      'less_than: a maximum; greater_than: a minimum. The threshold itself is still compliant'
    )
  }),
  output: z.object({
    compliant: z.boolean(),
    onThreshold: z
      .boolean()
      .describe('Exactly on the threshold: compliant here; not so if the contract says strictly'),
    headroom: z.number().describe('Distance to the threshold; negative when breached'),
    headroomPercent: z
      .number()
      .optional()
      .describe('headroom / |covenantThreshold|, a fraction; absent when the threshold is 0'),
    covenantType,
    note: z.string().optional().describe('When the comparison is unusual or the value misleads')
  }),
  summary: ({ compliant, headroom, covenantType, note }) =>
    `The ${covenantType} covenant is ${compliant ? 'kept' : 'breached'}, headroom ${formatNumber(headroom)}.${note ? ` ${note}` : ''}`,
  run: (check) => {
    const { actualValue, covenantThreshold, comparisonType } = check
    const distance =
      comparisonType === 'less_than'
        ? covenantThreshold - actualValue
        : actualValue - covenantThreshold
    const headroom = requireFinite(distance, 'actualValue', 'use a usual size')
    const relative = headroom / Math.abs(covenantThreshold)
    const note = noteOn(check)
    return {
      compliant: headroom >= 0,
      onThreshold: headroom === 0,
      headroom,
      ...(covenantThreshold !== 0 && {
        headroomPercent: requireFinite(relative, 'covenantThreshold', 'use a usual size')
      }),
      covenantType: check.covenantType,
      ...(note && { note })
    }
  }
})

function noteOn({ covenantType, comparisonType, actualValue }: Check): string | undefined {
  if (covenantType === 'leverage' && actualValue < 0) {
    return 'A negative leverage means net cash or negative EBITDA: with negative EBITDA the covenant is not kept, whatever the ratio says.'
  }
  if (usualSides[covenantType] === comparisonType) return undefined
  return `A ${covenantType} covenant usually is ${usualSides[covenantType]}; check comparisonType.`
}
