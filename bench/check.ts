import type { Report } from './report.ts'
import thresholds from './thresholds.json' with { type: 'json' }

/** The ratios over their threshold, one line each; none when all hold. */
export function findFailures({ ratios, isNoisy }: Report): readonly string[] {
  return Object.entries(thresholds).flatMap(([name, limit]) => {
    const value = ratios[name]
    if (value !== undefined && value <= limit) return []
    const measured = value === undefined ? 'not measured' : value.toFixed(2)
    return [`${name}: ${measured}, the limit is ${limit}${isNoisy ? ' (noisy)' : ''}`]
  })
}
