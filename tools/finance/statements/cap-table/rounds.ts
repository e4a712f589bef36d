import { ToolError } from '../../../../src/define-tool.ts'
import { requireFinite } from '../../numeric/numbers.ts'
import { compensatedSum } from '../../numeric/sums.ts'

export interface Holding {
  readonly name: string
  readonly shares: number
  readonly options: number
}

export interface CapTable {
  readonly holdings: readonly Holding[]
  /** Options set aside and not granted. */
  readonly pool: number
}

const smaller = 'use amounts of a usual size'

/** Shares, granted options and the pool. */
export function countFullyDiluted({ holdings, pool }: CapTable): number {
  const all = [...holdings.flatMap(({ shares, options }) => [shares, options]), pool]
  return requireFinite(compensatedSum(all), 'shareholders', 'use fewer shares')
}

export interface Round {
  readonly newInvestment: number
  readonly preMoneyValuation: number
  readonly investorName: string
}

/** A priced round: price = pre-money valuation / fully diluted shares before it. */
export function addRound(
  table: CapTable,
  { newInvestment, preMoneyValuation, investorName }: Round
) {
  const before = countFullyDiluted(table)
  const price = requireFinite(preMoneyValuation / before, 'roundParams.preMoneyValuation', smaller)
  if (price === 0) {
    throw new ToolError('roundParams.preMoneyValuation: is too small for a price per share')
  }
  const shares = requireFinite(newInvestment / price, 'roundParams.newInvestment', smaller)
  const after = { ...table, holdings: addTo(table.holdings, investorName, { shares, options: 0 }) }
  const postMoney = requireFinite(
    preMoneyValuation + newInvestment,
    'roundParams.newInvestment',
    smaller
  )
  return { table: after, price, shares, postMoney, dilution: newInvestment / postMoney }
}

/** Options of the pool to a person. */
export function grantOptions(table: CapTable, recipient: string, options: number): CapTable {
  if (options > table.pool) {
    throw new ToolError(
      `grantParams.shares: must not exceed the option pool of ${table.pool}; got ${options}`
    )
  }
  return {
    holdings: addTo(table.holdings, recipient, { shares: 0, options }),
    pool: table.pool - options
  }
}

function addTo(
  holdings: readonly Holding[],
  name: string,
  more: { readonly shares: number; readonly options: number }
): Holding[] {
  const known = holdings.some((holding) => holding.name === name)
  const base = known ? holdings : [...holdings, { name, shares: 0, options: 0 }]
  return base.map((holding) =>
    holding.name === name
      ? {
          name,
          shares: holding.shares + more.shares,
          options: holding.options + more.options
        }
      : holding
  )
}
