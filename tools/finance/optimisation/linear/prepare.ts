import type { Constraint, LinearProgram } from './simplex.ts'
import type { Tableau } from './tableau.ts'

/** A linear program as a tableau whose first basis is the identity. */
export interface Prepared {
  readonly tableau: Tableau
  /** Columns that may enter: variables and slacks, not artificial ones. */
  readonly columns: number
  readonly artificials: readonly number[]
  /** Costs of the second phase. */
  readonly costs: Float64Array
  /** Per row the column that held the identity at the start, and how the row was scaled. */
  readonly units: readonly {
    readonly column: number
    readonly scale: number
    readonly phaseOneCost: number
  }[]
  /** What 1 in the right-hand side is of each variable. */
  readonly levelScales: readonly number[]
  readonly objectiveScale: number
}

/** Products of three scales stay finite. */
const maxExponent = 200

/** Shifts variables to start at 0, scales by powers of two (exact), adds slacks and artificials. */
export function buildProgram(program: LinearProgram): Prepared {
  const { objective, lower, upper } = program
  const bounded = upper.flatMap((bound, index) =>
    Number.isFinite(bound) ? [boundRow(objective.length, index, bound)] : []
  )
  const shifted = [...program.constraints, ...bounded].map((row) => shift(row, lower))
  const columnScales = objective.map((_, column) =>
    powerBelow(shifted.map(({ coefficients }) => coefficients[column] as number))
  )
  const scaled = shifted.map((row) => scaleRow(row, columnScales))
  const rhsScale = powerBelow(scaled.map(({ rhs }) => rhs))
  const rows = scaled.map((row) => ({ ...row, rhs: row.rhs * rhsScale }))
  const levelScales = columnScales.map((scale) => scale / rhsScale)
  return { ...layOut(rows, objective, columnScales), levelScales }
}

function boundRow(length: number, variable: number, rhs: number): Constraint {
  const coefficients = Array.from({ length }, (_, index) => (index === variable ? 1 : 0))
  return { coefficients, relation: '<=', rhs }
}

function shift({ coefficients, relation, rhs }: Constraint, lower: readonly number[]): Constraint {
  const moved = coefficients.reduce((sum, a, index) => sum + a * (lower[index] as number), 0)
  return { coefficients, relation, rhs: rhs - moved }
}

/** 1 / the largest size, as a power of two. */
function powerBelow(values: readonly number[]): number {
  const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0)
  const exponent = largest === 0 ? 0 : -Math.round(Math.log2(largest))
  return 2 ** Math.max(-maxExponent, Math.min(maxExponent, exponent))
}

interface ScaledRow extends Constraint {
  readonly scale: number
}

/** Right-hand sides become at least 0, so that the first basis is feasible. */
function scaleRow(
  { coefficients, relation, rhs }: Constraint,
  columnScales: readonly number[]
): ScaledRow {
  const scaled = coefficients.map((a, index) => a * (columnScales[index] as number))
  const size = powerBelow(scaled)
  const isNegative = rhs < 0
  const scale = isNegative ? -size : size
  const turned = { '<=': '>=', '>=': '<=', '=': '=' } as const
  return {
    coefficients: scaled.map((a) => a * scale),
    relation: isNegative ? turned[relation] : relation,
    rhs: rhs * scale,
    scale
  }
}

function layOut(
  rows: readonly ScaledRow[],
  objective: readonly number[],
  columnScales: readonly number[]
): Omit<Prepared, 'levelScales'> {
  const count = objective.length
  const slackRows = rows.filter(({ relation }) => relation !== '=').length
  const columns = count + slackRows
  const artificialRows = rows.filter(({ relation }) => relation !== '<=').length
  const width = columns + artificialRows + 1
  let slack = count
  let artificial = columns
  const laid = rows.map(({ coefficients, relation, rhs, scale }) => {
    const row = new Float64Array(width)
    row.set(coefficients)
    row[width - 1] = rhs
    if (relation !== '=') row[slack++] = relation === '<=' ? 1 : -1
    if (relation === '<=') return { row, unit: { column: slack - 1, scale, phaseOneCost: 0 } }
    row[artificial] = 1
    return { row, unit: { column: artificial++, scale, phaseOneCost: 1 } }
  })
  const scaledObjective = objective.map((cost, index) => cost * (columnScales[index] as number))
  const objectiveScale = powerBelow(scaledObjective)
  const costs = new Float64Array(width)
  costs.set(scaledObjective.map((cost) => cost * objectiveScale))
  const artificials = laid.flatMap(({ unit }) => (unit.phaseOneCost === 1 ? [unit.column] : []))
  const tableau = {
    rows: laid.map(({ row }) => row),
    costs: artificials.length > 0 ? phaseOneCosts(laid, width) : costs.slice(),
    basis: laid.map(({ unit }) => unit.column)
  }
  const units = laid.map(({ unit }) => unit)
  return { tableau, columns, artificials, costs, units, objectiveScale }
}

/** The sum of the artificial columns is minimised first. */
function phaseOneCosts(
  laid: readonly { readonly row: Float64Array; readonly unit: Prepared['units'][number] }[],
  width: number
): Float64Array {
  const costs = new Float64Array(width)
  for (const { row, unit } of laid) {
    if (unit.phaseOneCost === 0) continue
    for (let column = 0; column < width; column += 1) {
      costs[column] = (costs[column] as number) - (row[column] as number)
    }
    costs[unit.column] = 0
  }
  return costs
}
