import type { FastifyInstance } from 'fastify'
import {
  closedObject,
  createRefusal,
  findItem,
  findTenant,
  idSchema,
  nameSchema
} from './checks.ts'
import { type Area, type DemoData, type Location, nextId, type Tenant } from './data.ts'
import { hiddenIds } from './sandbox-data.ts'

interface CompanyParams {
  readonly companyId: string
}

interface NewLocation {
  readonly name: string
  readonly address?: string
  readonly country?: string
  readonly timeZone?: string
}

interface NewArea {
  readonly name: string
  readonly locationId?: number
}

const newLocation = closedObject(
  {
    name: nameSchema,
    address: { type: 'string', maxLength: 200 },
    country: { type: 'string', pattern: '^[A-Z]{2}$' },
    timeZone: { type: 'string', maxLength: 64 }
  },
  ['name']
)
const newArea = closedObject({ name: nameSchema, locationId: idSchema }, ['name'])
const root = '/companies/:companyId'

/** Adds the routes of locations and areas. */
export function addPlaces(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: CompanyParams }>(`${root}/locations`, async ({ params }) => {
    const tenant = findTenant(data, params.companyId)
    const hidden = hiddenIds(tenant, 'Location')
    return [...tenant.locations.values()].filter(({ locationId }) => !hidden.has(locationId))
  })
  api.get<{ Params: CompanyParams & { locationId: number } }>(
    `${root}/locations/:locationId`,
    { schema: { params: { type: 'object', properties: { locationId: idSchema } } } },
    async ({ params }) =>
      findItem(findTenant(data, params.companyId).locations, params.locationId, 'location')
  )
  api.get<{ Params: CompanyParams }>(`${root}/areas`, async ({ params }) => {
    const tenant = findTenant(data, params.companyId)
    const hidden = hiddenIds(tenant, 'Area')
    return [...tenant.areas.values()].filter(({ areaId }) => !hidden.has(areaId))
  })
  api.post<{ Params: CompanyParams; Body: NewLocation }>(
    `${root}/locations`,
    { schema: { body: newLocation } },
    async ({ params, body }, reply) =>
      reply.code(201).send(createLocation(data, findTenant(data, params.companyId), body))
  )
  api.post<{ Params: CompanyParams; Body: NewArea }>(
    `${root}/areas`,
    { schema: { body: newArea } },
    async ({ params, body }, reply) =>
      reply.code(201).send(createArea(data, findTenant(data, params.companyId), body))
  )
}

function createLocation(data: DemoData, tenant: Tenant, input: NewLocation): Location {
  if ([...tenant.locations.values()].some(({ name }) => name === input.name)) {
    throw createRefusal(409, 'The name is in use')
  }
  const location: Location = {
    locationId: nextId(data, 'locations'),
    name: input.name,
    address: input.address ?? '',
    country: input.country ?? 'GB',
    geoCoordinates: null,
    phoneNumber: null,
    timeZone: input.timeZone ?? tenant.company.timeZone,
    status: 'Active'
  }
  tenant.locations.set(location.locationId, location)
  // A schedule needs an area, so a location never is without one.
  createArea(data, tenant, { name: 'Main', locationId: location.locationId })
  return location
}

function createArea(data: DemoData, tenant: Tenant, input: NewArea): Area {
  const [first] = tenant.locations.keys()
  const locationId = input.locationId ?? first
  if (locationId === undefined || !tenant.locations.has(locationId)) {
    throw createRefusal(400, 'There is no location with this locationId')
  }
  const isTaken = [...tenant.areas.values()].some(
    (area) => area.locationId === locationId && area.name === input.name
  )
  if (isTaken) throw createRefusal(409, 'The location has an area of this name')
  const area = { areaId: nextId(data, 'areas'), name: input.name, locationId }
  tenant.areas.set(area.areaId, area)
  return area
}
