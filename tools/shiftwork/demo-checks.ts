import type { DemoData } from './demo-data.ts'

/** An error that the demo answers with this status and title. */
export function createRefusal(statusCode: 400 | 404 | 409, title: string): Error {
  return Object.assign(new Error(title), { statusCode })
}

/** Throws a 404 for any company but the one there is. */
export function checkCompany(data: DemoData, companyId: string): void {
  if (companyId !== data.company.companyId) throw createRefusal(404, 'No such company')
}

/** Milliseconds of an ISO 8601 date or date and time. Throws a 400 for anything else. */
export function toMs(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(ms)) throw createRefusal(400, 'A date is not an ISO 8601 date')
  return ms
}
