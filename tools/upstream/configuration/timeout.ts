import type { Report } from './issue.ts'

/** Milliseconds of a timeout in seconds; undefined when it is absent or not from 1 to 300. */
export function checkTimeout(
  value: unknown,
  path: readonly string[],
  report: Report
): number | undefined {
  if (value === undefined) return undefined
  // NaN fails both comparisons.
  if (typeof value !== 'number' || !(value >= 1 && value <= 300)) {
    report('timeout', path)
    return undefined
  }
  if (value > 30) report('timeout_long', path)
  return Math.round(value * 1000)
}
