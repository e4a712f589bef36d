import type { Answer } from './finance-call.ts'

export interface Row {
  readonly coefficients: readonly number[]
  readonly relation: '<=' | '>=' | '='
  readonly rhs: number
}

/** What enumeration says of a linear program with variables of at least 0. */
export type Verdict =
  | { readonly kind: 'optimal'; readonly value: number }
  | { readonly kind: 'infeasible' | 'unbounded' }

/** Vertices of programs with small whole coefficients stay well within this sum of variables. */
const box = 1e5

/** Minimises by looking at every vertex: every choice of as many hyperplanes as variables. */
export function enumerateVertices(objective: readonly number[], rows: readonly Row[]): Verdict {
  const size = objective.length
  const unit = (index: number): number[] => objective.map((_, i) => (i === index ? 1 : 0))
  const planes = [
    ...rows.map(({ coefficients, rhs }) => ({ coefficients, rhs })),
    ...objective.map((_, index) => ({ coefficients: unit(index), rhs: 0 })),
    { coefficients: objective.map(() => 1), rhs: box }
  ]
  let best = Number.POSITIVE_INFINITY
  let isAtBox = false
  for (const chosen of choose(planes, size)) {
    const x = solve(chosen)
    if (!x || !isFeasible(x, rows)) continue
    const value = dot(objective, x)
    if (value >= best - 1e-7) continue
    best = value
    isAtBox = dot(unit(0).fill(1), x) > box / 2
  }
  if (best === Number.POSITIVE_INFINITY) return { kind: 'infeasible' }
  return isAtBox ? { kind: 'unbounded' } : { kind: 'optimal', value: best }
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

export function isFeasible(x: readonly number[], rows: readonly Row[]): boolean {
  if (x.some((value) => value < -1e-7)) return false
  return rows.every(({ coefficients, relation, rhs }) => {
    const excess = dot(coefficients, x) - rhs
    return (relation === '>=' || excess <= 1e-7) && (relation === '<=' || excess >= -1e-7)
  })
}

function* choose<T>(items: readonly T[], count: number): Generator<T[]> {
  if (count === 0) yield []
  else {
    for (const [index, item] of items.entries()) {
      for (const rest of choose(items.slice(index + 1), count - 1)) yield [item, ...rest]
    }
  }
}

/** Gauss with the largest pivot; undefined when singular. */
function solve(planes: readonly { coefficients: readonly number[]; rhs: number }[]) {
  const rows = planes.map(({ coefficients, rhs }) => [...coefficients, rhs])
  for (let column = 0; column < rows.length; column += 1) {
    const from = rows.slice(column)
    const pivot = from.reduce((a, b) => (Math.abs(b[column]!) > Math.abs(a[column]!) ? b : a))
    if (Math.abs(pivot[column]!) < 1e-9) return undefined
    rows[rows.indexOf(pivot)] = rows[column]!
    rows[column] = pivot
    for (const row of rows) {
      if (row === pivot) continue
      const factor = row[column]! / pivot[column]!
      for (let i = column; i < row.length; i += 1) row[i]! -= factor * pivot[i]!
    }
  }
  return rows.map((row, index) => row.at(-1)! / row[index]!)
}

/** Least value over whole numbers from 0 to `most`; undefined when none is feasible. */
export function enumerateIntegers(
  objective: readonly number[],
  rows: readonly Row[],
  most: number
): number | undefined {
  let best: number | undefined
  const count = (most + 1) ** objective.length
  for (let code = 0; code < count; code += 1) {
    const x = objective.map((_, index) => Math.floor(code / (most + 1) ** index) % (most + 1))
    if (!isFeasible(x, rows)) continue
    const value = dot(objective, x)
    if (best === undefined || value < best) best = value
  }
  return best
}

export function numbersOf(answer: Answer, field: string): number[] {
  return answer[field] as number[]
}
