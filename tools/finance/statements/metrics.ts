import { requireFinite } from '../numeric/numbers.ts'

/** One named number that may not have been given. */
type Term = Readonly<Record<string, number | undefined>>

/** Quotients that are left out, with a note, when a part is missing or the divisor is 0. */
export interface Metrics {
  /** In the order in which the quotients were asked for. */
  readonly notes: readonly string[]
  divide(field: string, numerator: Term, divisor: Term): number | undefined
}

export function createMetrics(): Metrics {
  const notes: string[] = []
  return {
    notes,
    divide: (field, numerator, divisor) => {
      const [[above, dividend] = ['', undefined]] = Object.entries(numerator)
      const [[below, by] = ['', undefined]] = Object.entries(divisor)
      const missing = [dividend === undefined ? above : '', by === undefined ? below : '']
      const names = missing.filter((name) => name !== '')
      if (dividend === undefined || by === undefined) {
        notes.push(`${field}: needs ${names.join(' and ')}.`)
        return undefined
      }
      if (by === 0) {
        notes.push(`${field}: ${below} is 0.`)
        return undefined
      }
      return requireFinite(dividend / by, `${above}, ${below}`, 'use amounts of a usual size')
    }
  }
}
