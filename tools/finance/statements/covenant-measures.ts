import { requireFinite } from '../numeric/numbers.ts'

/** What covenants measure. */
export const covenantTypes = [
  'current_ratio',
  'quick_ratio',
  'debt_to_equity',
  'interest_coverage',
  'debt_service_coverage',
  'debt_to_ebitda',
  'net_debt_to_ebitda',
  'minimum_ebitda',
  'tangible_net_worth'
] as const

type CovenantType = (typeof covenantTypes)[number]

export interface Covenant {
  readonly type: CovenantType
  readonly threshold: number
  readonly direction: 'minimum' | 'maximum'
}

type Financials = Readonly<Record<string, number | undefined>>
type Signed = readonly (readonly [sign: 1 | -1, field: string])[]

/** Sum of fields, or a quotient of two sums. */
interface Measure {
  readonly of: Signed
  readonly by?: Signed
  /** The divisor carries debt: 0 or less means no ratio and the worst case. */
  readonly bearsDebt?: boolean
}

const measures: Readonly<Record<CovenantType, Measure>> = {
  current_ratio: { of: [[1, 'current_assets']], by: [[1, 'current_liabilities']] },
  quick_ratio: {
    of: [
      [1, 'current_assets'],
      [-1, 'inventory']
    ],
    by: [[1, 'current_liabilities']]
  },
  debt_to_equity: { of: [[1, 'total_debt']], by: [[1, 'equity']], bearsDebt: true },
  interest_coverage: { of: [[1, 'ebit']], by: [[1, 'interest_expense']] },
  debt_service_coverage: {
    of: [[1, 'ebitda']],
    by: [
      [1, 'interest_expense'],
      [1, 'principal_payment']
    ]
  },
  debt_to_ebitda: { of: [[1, 'total_debt']], by: [[1, 'ebitda']], bearsDebt: true },
  net_debt_to_ebitda: {
    of: [
      [1, 'total_debt'],
      [-1, 'cash']
    ],
    by: [[1, 'ebitda']],
    bearsDebt: true
  },
  minimum_ebitda: { of: [[1, 'ebitda']] },
  tangible_net_worth: {
    of: [
      [1, 'equity'],
      [-1, 'intangibles']
    ]
  }
}

interface Measured {
  readonly actual?: number
  /** No ratio exists because nothing bears the debt. */
  readonly worst?: boolean
  readonly note?: string
}

/** A covenant's measure, or why there is none. */
export function measureCovenant(type: CovenantType, financials: Financials): Measured {
  const { of, by = [], bearsDebt } = measures[type]
  const missing = [...of, ...by]
    .map(([, field]) => field)
    .filter((f) => financials[f] === undefined)
  if (missing.length > 0) return { note: `Needs ${missing.join(' and ')} in financials.` }
  const above = sumSigned(of, financials)
  if (by.length === 0) return { actual: above }
  const below = sumSigned(by, financials)
  const name = by.map(([, field]) => field).join(' + ')
  if (bearsDebt && below <= 0) {
    if (above <= 0) return { note: `No debt, and ${name} is not above 0.` }
    return { worst: true, note: `${name} is not above 0, so nothing bears the debt.` }
  }
  if (below === 0) return { note: `${name} is 0, so the ratio has no value.` }
  return { actual: requireFinite(above / below, 'financials', 'use amounts of a usual size') }
}

function sumSigned(terms: Signed, financials: Financials): number {
  const sum = terms.reduce((sum, [sign, field]) => sum + sign * (financials[field] ?? 0), 0)
  return requireFinite(sum, 'financials', 'use smaller amounts')
}
