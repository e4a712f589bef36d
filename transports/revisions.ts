/** The revision without sessions, which every request of it names. */
export const modernRevision = '2026-07-28'

/** What the endpoint serves, the newest first. */
export const revisions: readonly string[] = [
  modernRevision,
  '2025-11-25',
  '2025-06-18',
  '2025-03-26'
]

/** True for a version, as a header names it, of 2026-07-28 or later. */
export function isModernRevision(version: unknown): boolean {
  return typeof version === 'string' && version >= modernRevision
}
