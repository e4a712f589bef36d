import { ToolError } from '../../../src/define-tool.ts'

/** The value itself, or a ToolError that names the field when no double can hold the result. */
export function requireFinite(value: number, field: string, fix: string): number {
  if (!Number.isFinite(value)) {
    throw new ToolError(`${field}: the result is beyond the largest number (1.8e308); ${fix}`)
  }
  // Adding 0 turns -0 into 0.
  return value + 0
}

/** The record, its absent values skipped, or a ToolError that names the field when one value overflowed. */
export function requireFiniteRecord<T extends Readonly<Record<string, number | undefined>>>(
  record: T,
  field: string,
  fix: string
): T {
  const checked = Object.entries(record).map(([name, value]) => [
    name,
    value === undefined ? undefined : requireFinite(value, field, fix)
  ])
  return Object.fromEntries(checked) as T
}

/** An amount for a text: two decimals with thousands separators, or six digits when that hides it. */
export function formatAmount(value: number): string {
  const size = Math.abs(value)
  if (value !== 0 && (size < 0.01 || size >= 1e15)) return value.toPrecision(6)
  // Intl.NumberFormat would add 15 ms to the start of the process.
  return value.toFixed(2).replaceAll(/\B(?=(?:\d{3})+\.)/g, ',')
}

/** A fraction for a text, as percent with up to eight digits: 0.0866 becomes "8.66 %". */
export function formatPercent(fraction: number): string {
  const percent = fraction * 100
  if (!Number.isFinite(percent)) return `${fraction.toPrecision(6)} * 100 %`
  return `${Number(percent.toPrecision(8))} %`
}

/** A number for a text, with up to eight digits, and never fewer than stand before its point. */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  return String(size >= 1e8 && size < 1e15 ? Math.round(value) : Number(value.toPrecision(8)))
}
