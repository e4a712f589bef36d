import { studentSurvival } from '../numeric/student.ts'

/**
 * Whether a correlation differs from 0: t = r sqrt((n - 2) / (1 - r^2)) and its two-sided p with n - 2
 * degrees of freedom. Undefined for two pairs and where r is -1 or 1, since t is then infinite.
 */
export function testCorrelation(r: number, n: number): { t: number; pValue: number } | undefined {
  if (n < 3 || Math.abs(r) === 1) return undefined
  const t = r * Math.sqrt((n - 2) / (1 - r) / (1 + r))
  return { t, pValue: 2 * studentSurvival(Math.abs(t), n - 2) }
}
