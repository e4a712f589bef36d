import type { FastifyInstance } from 'fastify'
import {
  closedObject,
  contains,
  createPeriodFilter,
  createRefusal,
  findItem,
  findTenant,
  idSchema,
  nameSchema,
  searchSchema,
  timeSchema,
  toPage
} from './checks.ts'
import { type DemoData, nextId, type Person, type PersonStatus, type Tenant } from './data.ts'
import { hiddenIds } from './sandbox-data.ts'

interface CompanyParams {
  readonly companyId: string
}

interface PersonParams extends CompanyParams {
  readonly personId: number
}

interface NewPerson {
  readonly name: string
  readonly email?: string
  readonly phoneNumber?: string
  readonly pin?: string
  readonly status: PersonStatus
}

interface PeopleQuery {
  readonly pageNumber: number
  readonly pageSize: number
  readonly searchQuery?: string
}

const status = { type: 'string', enum: ['Active', 'Inactive', 'Sandbox'] }

const newPerson = closedObject(
  {
    name: nameSchema,
    email: { type: 'string', format: 'email', maxLength: 254 },
    phoneNumber: { type: 'string', maxLength: 40 },
    pin: { type: 'string', pattern: '^[0-9]{4}$' },
    status: { ...status, default: 'Active' }
  },
  ['name']
)

const peopleQuery = {
  type: 'object',
  properties: {
    pageNumber: { type: 'integer', minimum: 1, default: 1 },
    pageSize: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
    searchQuery: searchSchema
  }
}

const periodQuery = { type: 'object', properties: { startDate: timeSchema, endDate: timeSchema } }
const personParams = { type: 'object', properties: { personId: idSchema } }
const path = '/companies/:companyId/people'

/** Adds the routes of people. */
export function addPeople(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: CompanyParams; Querystring: PeopleQuery }>(
    path,
    { schema: { querystring: peopleQuery } },
    async ({ params, query }) => {
      const tenant = findTenant(data, params.companyId)
      const hidden = hiddenIds(tenant, 'Person')
      const found = [...tenant.people.values()].filter(
        ({ personId, name, email }) =>
          !hidden.has(personId) && contains(query.searchQuery, name, email)
      )
      return toPage(found, query.pageNumber, query.pageSize)
    }
  )
  api.get<{ Params: CompanyParams; Querystring: { startDate?: string; endDate?: string } }>(
    `${path}/unpublished-schedules`,
    { schema: { querystring: periodQuery } },
    async ({ params, query }) => listUnpublished(findTenant(data, params.companyId), query)
  )
  api.post<{ Params: CompanyParams; Body: NewPerson }>(
    path,
    { schema: { body: newPerson } },
    async ({ params, body }, reply) =>
      reply.code(201).send(createPerson(data, findTenant(data, params.companyId), body))
  )
  addPerson(api, data)
}

function addPerson(api: FastifyInstance, data: DemoData): void {
  const schema = { params: personParams }
  const find = ({ companyId, personId }: PersonParams) =>
    findItem(findTenant(data, companyId).people, personId, 'person')
  api.get<{ Params: PersonParams }>(`${path}/:personId`, { schema }, async ({ params }) =>
    find(params)
  )
  api.get<{ Params: PersonParams }>(`${path}/:personId/status`, { schema }, async ({ params }) =>
    toStatus(find(params))
  )
  api.put<{ Params: PersonParams; Body: { status: PersonStatus } }>(
    `${path}/:personId/status`,
    { schema: { ...schema, body: closedObject({ status }, ['status']) } },
    async ({ params, body }) => {
      const changed = { ...find(params), status: body.status }
      findTenant(data, params.companyId).people.set(changed.personId, changed)
      return toStatus(changed)
    }
  )
}

function toStatus({ personId, status }: Person): object {
  return { personId, status }
}

function createPerson(data: DemoData, tenant: Tenant, input: NewPerson): Person {
  const email = input.email ?? null
  const isTaken = [...tenant.people.values()].some(
    (person) => email !== null && person.email?.toLowerCase() === email.toLowerCase()
  )
  if (isTaken) throw createRefusal(409, 'The e-mail address is in use')
  const person: Person = {
    personId: nextId(data, 'people'),
    companyId: tenant.company.companyId,
    name: input.name,
    email,
    phoneNumber: input.phoneNumber ?? null,
    status: input.status,
    roleId: null
  }
  tenant.people.set(person.personId, person)
  if (input.pin !== undefined) tenant.pins.set(person.personId, input.pin)
  return person
}

function listUnpublished(
  tenant: Tenant,
  query: { startDate?: string; endDate?: string }
): readonly object[] {
  const open = [...tenant.schedules.values()]
    .filter(({ status, voidedAt }) => status === 'unpublished' && voidedAt === null)
    .filter(createPeriodFilter(query))
  return [...tenant.people.values()].flatMap(({ personId, name, email }) => {
    const scheduleIds = open
      .filter((schedule) => schedule.personId === personId)
      .map(({ scheduleId }) => scheduleId)
    if (scheduleIds.length === 0) return []
    return [{ personId, name, email, unpublishedScheduleCount: scheduleIds.length, scheduleIds }]
  })
}
