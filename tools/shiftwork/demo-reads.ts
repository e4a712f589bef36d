import type { FastifyInstance } from 'fastify'
import { checkCompany, createRefusal, toMs } from './demo-checks.ts'
import type { DemoData, Person, Schedule } from './demo-data.ts'

interface Period {
  readonly startDate: string
  readonly endDate: string
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

const id = { type: 'integer', minimum: 1 }
const time = { type: 'string', maxLength: 40 }
const search = { type: 'string', maxLength: 100 }

const filters = {
  personId: id,
  locationId: id,
  areaId: id,
  startDate: time,
  endDate: time,
  searchQuery: search,
  includeVoided: { type: 'boolean', default: false },
  page: { type: 'integer', minimum: 1, default: 1 },
  pageSize: { type: 'integer', minimum: 1, maximum: 1000, default: 200 }
}

/** Adds the GET routes. */
export function addReads(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: { companyId: string } }>('/companies/:companyId', async ({ params }) => {
    checkCompany(data, params.companyId)
    return data.company
  })
  api.register(
    async (company) => {
      company.addHook<{ Params: { companyId: string } }>('preHandler', async ({ params }) =>
        checkCompany(data, params.companyId)
      )
      addPeople(company, data)
      addPlaces(company, data)
      addPlans(company, data)
    },
    { prefix: '/companies/:companyId' }
  )
}

function addPeople(api: FastifyInstance, data: DemoData): void {
  const querystring = {
    type: 'object',
    properties: {
      pageNumber: { type: 'integer', minimum: 1, default: 1 },
      pageSize: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
      searchQuery: search
    }
  }
  api.get<{ Querystring: { pageNumber: number; pageSize: number; searchQuery?: string } }>(
    '/people',
    { schema: { querystring } },
    async ({ query }) => {
      const found = [...data.people.values()].filter((person) =>
        contains(query.searchQuery, person.name, person.email)
      )
      return paged(found, query.pageNumber, query.pageSize)
    }
  )
  api.get<{ Querystring: Filters }>(
    '/people/unpublished-schedules',
    { schema: { querystring: { type: 'object', properties: { startDate: time, endDate: time } } } },
    async ({ query }) => unpublished(data, query)
  )
  addItem(api, '/people', data.people, 'person')
}

function unpublished(data: DemoData, query: Filters): readonly object[] {
  const open = [...data.schedules.values()].filter(
    ({ status, voidedAt }) => status === 'Unpublished' && voidedAt === null
  )
  const scheduled = open.filter(createPeriodFilter(query))
  return [...data.people.values()].flatMap(({ personId, name, email }: Person) => {
    const scheduleIds = scheduled
      .filter((schedule) => schedule.personId === personId)
      .map(({ scheduleId }) => scheduleId)
    if (scheduleIds.length === 0) return []
    return [{ personId, name, email, unpublishedScheduleCount: scheduleIds.length, scheduleIds }]
  })
}

function addPlaces(api: FastifyInstance, data: DemoData): void {
  api.get('/locations', async () => [...data.locations.values()])
  api.get('/areas', async () => [...data.areas.values()])
  addItem(api, '/locations', data.locations, 'location')
}

function addPlans(api: FastifyInstance, data: DemoData): void {
  const schema = { querystring: { type: 'object', properties: filters } }
  api.get<{ Querystring: Filters }>('/schedules/paged', { schema }, async ({ query }) => {
    const found = [...data.schedules.values()]
      .filter(({ voidedAt }) => query.includeVoided || voidedAt === null)
      .filter(({ name, description }: Schedule) => contains(query.searchQuery, name, description))
    return selectPlans(found, query)
  })
  api.get<{ Querystring: Filters }>('/scheduleshifts/paged', { schema }, async ({ query }) =>
    selectPlans([...data.shifts.values()], query)
  )
  addItem(api, '/schedules', data.schedules, 'schedule')
  addItem(api, '/scheduleshifts', data.shifts, 'shift')
}

function selectPlans<
  Plan extends Period & { personId: number; locationId: number; areaId: number }
>(plans: readonly Plan[], query: Filters): object {
  const inPeriod = createPeriodFilter(query)
  const found = plans.filter(
    (plan) =>
      (query.personId ?? plan.personId) === plan.personId &&
      (query.locationId ?? plan.locationId) === plan.locationId &&
      (query.areaId ?? plan.areaId) === plan.areaId &&
      inPeriod(plan)
  )
  found.sort((a, b) => a.startDate.localeCompare(b.startDate))
  return paged(found, query.page, query.pageSize)
}

function addItem(
  api: FastifyInstance,
  path: string,
  items: ReadonlyMap<number, object>,
  noun: string
): void {
  const schema = { params: { type: 'object', properties: { itemId: id } } }
  api.get<{ Params: { itemId: number } }>(`${path}/:itemId`, { schema }, async ({ params }) => {
    const item = items.get(params.itemId)
    if (!item) throw createRefusal(404, `No such ${noun}`)
    return item
  })
}

function createPeriodFilter(query: Filters): (period: Period) => boolean {
  const from = query.startDate === undefined ? Number.NEGATIVE_INFINITY : toMs(query.startDate)
  const to = query.endDate === undefined ? Number.POSITIVE_INFINITY : toMs(query.endDate)
  return ({ startDate, endDate }) => Date.parse(endDate) > from && Date.parse(startDate) < to
}

function contains(search: string | undefined, ...texts: readonly (string | null)[]): boolean {
  const wanted = search?.toLowerCase() ?? ''
  return texts.some((text) => (text ?? '').toLowerCase().includes(wanted))
}

function paged<Item>(all: readonly Item[], page: number, pageSize: number): object {
  const items = all.slice((page - 1) * pageSize, page * pageSize)
  return { items, totalCount: all.length, page, pageSize }
}
