import type { FastifyInstance } from 'fastify'
import {
  contains,
  createPeriodFilter,
  findItem,
  findTenant,
  idSchema,
  searchSchema,
  timeSchema,
  toPage
} from './checks.ts'
import type { DemoData } from './data.ts'

interface CompanyParams {
  readonly companyId: string
}

interface Filters {
  readonly personId?: number
  readonly locationId?: number
  readonly areaId?: number
  readonly startDate?: string
  readonly endDate?: string
  readonly searchQuery?: string
  readonly includeVoided: boolean
  readonly page: number
  readonly pageSize: number
}

interface Plan {
  readonly personId: number
  readonly locationId: number
  readonly areaId: number
  readonly startDate: string
  readonly endDate: string
}

const filters = {
  type: 'object',
  properties: {
    personId: idSchema,
    locationId: idSchema,
    areaId: idSchema,
    startDate: timeSchema,
    endDate: timeSchema,
    searchQuery: searchSchema,
    includeVoided: { type: 'boolean', default: false },
    page: { type: 'integer', minimum: 1, default: 1 },
    pageSize: { type: 'integer', minimum: 1, maximum: 1000, default: 200 }
  }
}

const root = '/companies/:companyId'

/** Adds the routes that read schedules and shifts. */
export function addScheduleReads(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: CompanyParams }>(`${root}/schedules`, async ({ params }) =>
    [...findTenant(data, params.companyId).schedules.values()]
      .filter(({ voidedAt }) => voidedAt === null)
      .sort(byBegin)
  )
  api.get<{ Params: CompanyParams; Querystring: Filters }>(
    `${root}/schedules/paged`,
    { schema: { querystring: filters } },
    async ({ params, query }) => {
      const found = [...findTenant(data, params.companyId).schedules.values()]
        .filter(({ voidedAt }) => query.includeVoided || voidedAt === null)
        .filter(({ name, description }) => contains(query.searchQuery, name, description))
      return select(found, query)
    }
  )
  api.get<{ Params: CompanyParams; Querystring: Filters }>(
    `${root}/scheduleshifts/paged`,
    { schema: { querystring: filters } },
    async ({ params, query }) =>
      select([...findTenant(data, params.companyId).shifts.values()], query)
  )
  const schema = { params: { type: 'object', properties: { itemId: idSchema } } }
  for (const [path, collection, noun] of [
    ['schedules', 'schedules', 'schedule'],
    ['scheduleshifts', 'shifts', 'shift']
  ] as const) {
    api.get<{ Params: CompanyParams & { itemId: number } }>(
      `${root}/${path}/:itemId`,
      { schema },
      async ({ params }) =>
        findItem<number, object>(
          findTenant(data, params.companyId)[collection],
          params.itemId,
          noun
        )
    )
  }
}

function select(plans: readonly Plan[], query: Filters): object {
  const inPeriod = createPeriodFilter(query)
  const found = plans.filter(
    (plan) =>
      (query.personId ?? plan.personId) === plan.personId &&
      (query.locationId ?? plan.locationId) === plan.locationId &&
      (query.areaId ?? plan.areaId) === plan.areaId &&
      inPeriod(plan)
  )
  return toPage(found.sort(byBegin), query.page, query.pageSize)
}

function byBegin(a: { readonly startDate: string }, b: { readonly startDate: string }): number {
  return a.startDate.localeCompare(b.startDate)
}
