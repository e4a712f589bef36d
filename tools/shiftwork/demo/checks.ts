import type { DemoData, Tenant } from './data.ts'

type RefusedStatus = 400 | 403 | 404 | 409 | 429

/** An error that the demo answers with this status, title and further fields of a problem. */
export function createRefusal(
  statusCode: RefusedStatus,
  title: string,
  fields: Readonly<Record<string, unknown>> = {}
): Error {
  return Object.assign(new Error(title), { statusCode, fields })
}

/** The company of a path. Throws a 404 for one that is not there. */
export function findTenant(data: DemoData, companyId: string): Tenant {
  const tenant = data.tenants.get(companyId)
  if (!tenant) throw createRefusal(404, 'No such company')
  return tenant
}

/** What has this id. Throws a 404 that names the kind. */
export function findItem<Id, Item>(items: ReadonlyMap<Id, Item>, id: Id, noun: string): Item {
  const item = items.get(id)
  if (item === undefined) throw createRefusal(404, `No such ${noun}`)
  return item
}

/** The person with this id in any company, with that company. Throws a 404. */
export function findPersonAnywhere(data: DemoData, personId: number) {
  for (const tenant of data.tenants.values()) {
    const person = tenant.people.get(personId)
    if (person) return { tenant, person }
  }
  throw createRefusal(404, 'No such person')
}

/** Milliseconds of an ISO 8601 date or date and time. Throws a 400 for anything else. */
export function toMs(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(ms)) throw createRefusal(400, 'A date is not an ISO 8601 date')
  return ms
}

interface Period {
  readonly startDate: string
  readonly endDate: string
}

/** Keeps what touches a period; either end may be open. */
export function createPeriodFilter(query: Partial<Period>): (period: Period) => boolean {
  const fromMs = query.startDate === undefined ? Number.NEGATIVE_INFINITY : toMs(query.startDate)
  const toMsEnd = query.endDate === undefined ? Number.POSITIVE_INFINITY : toMs(query.endDate)
  return ({ startDate, endDate }) => Date.parse(endDate) > fromMs && Date.parse(startDate) < toMsEnd
}

/** True when one of the texts holds what is searched, in any case. */
export function contains(
  search: string | undefined,
  ...texts: readonly (string | null)[]
): boolean {
  const wanted = search?.toLowerCase() ?? ''
  return texts.some((text) => (text ?? '').toLowerCase().includes(wanted))
}

/** One page of a list. */
export function toPage<Item>(all: readonly Item[], page: number, pageSize: number): object {
  const items = all.slice((page - 1) * pageSize, page * pageSize)
  return { items, totalCount: all.length, page, pageSize }
}

/** JSON Schemas that several routes share. */
export const idSchema = { type: 'integer', minimum: 1 } as const
export const timeSchema = { type: 'string', maxLength: 40 } as const
export const searchSchema = { type: 'string', maxLength: 100 } as const
export const nameSchema = { type: 'string', minLength: 1, maxLength: 200 } as const

/** Schema of a body or query: these properties and no others. */
export function closedObject(properties: object, required: readonly string[] = []) {
  return { type: 'object', additionalProperties: false, required, properties }
}
