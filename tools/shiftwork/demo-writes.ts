import type { FastifyInstance } from 'fastify'
import { checkCompany, createRefusal, toMs } from './demo-checks.ts'
import type { DemoData, Location, Person, Publication, Schedule } from './demo-data.ts'
import { toShifts } from './demo-data.ts'

interface CompanyParams {
  readonly companyId: string
}

interface ScheduleParams extends CompanyParams {
  readonly scheduleId: number
}

interface NewPerson {
  readonly name: string
  readonly email?: string
  readonly phoneNumber?: string
}

interface NewLocation {
  readonly name: string
  readonly address?: string
  readonly country?: string
  readonly timeZone?: string
}

interface ScheduleInput {
  readonly personId: number
  readonly locationId: number
  readonly areaId?: number
  readonly name?: string
  readonly startDate: string
  readonly endDate: string
  readonly description?: string
  readonly status: Publication
}

const id = { type: 'integer', minimum: 1 }
const name = { type: 'string', minLength: 1, maxLength: 100 }

const newPerson = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name,
    email: { type: 'string', format: 'email', maxLength: 254 },
    phoneNumber: { type: 'string', maxLength: 40 },
    pin: { type: 'string', pattern: '^[0-9]{4}$' }
  }
}

const newLocation = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name,
    address: { type: 'string', maxLength: 200 },
    country: { type: 'string', pattern: '^[A-Z]{2}$' },
    timeZone: { type: 'string', maxLength: 64 }
  }
}

const scheduleInput = {
  type: 'object',
  additionalProperties: false,
  required: ['personId', 'locationId', 'startDate', 'endDate'],
  properties: {
    personId: id,
    locationId: id,
    areaId: id,
    name,
    startDate: { type: 'string', maxLength: 40 },
    endDate: { type: 'string', maxLength: 40 },
    description: { type: 'string', maxLength: 500 },
    status: { type: 'string', enum: ['Unpublished', 'Published'], default: 'Unpublished' }
  }
}

const scheduleParams = { type: 'object', properties: { scheduleId: id } }

/** Adds the routes that change the data. */
export function addWrites(api: FastifyInstance, data: DemoData): void {
  api.post<{ Params: CompanyParams; Body: NewPerson }>(
    '/companies/:companyId/people',
    { schema: { body: newPerson } },
    async ({ params, body }, reply) => {
      checkCompany(data, params.companyId)
      return reply.code(201).send(createPerson(data, body))
    }
  )
  api.post<{ Params: CompanyParams; Body: NewLocation }>(
    '/companies/:companyId/locations',
    { schema: { body: newLocation } },
    async ({ params, body }, reply) => {
      checkCompany(data, params.companyId)
      return reply.code(201).send(createLocation(data, body))
    }
  )
  addScheduleWrites(api, data)
}

function addScheduleWrites(api: FastifyInstance, data: DemoData): void {
  api.post<{ Params: CompanyParams; Body: ScheduleInput }>(
    '/companies/:companyId/schedules',
    { schema: { body: scheduleInput } },
    async ({ params, body }, reply) => {
      checkCompany(data, params.companyId)
      return reply.code(201).send(putSchedule(data, nextId(data.schedules), body))
    }
  )
  api.put<{ Params: ScheduleParams; Body: ScheduleInput }>(
    '/companies/:companyId/schedules/:scheduleId',
    { schema: { params: scheduleParams, body: scheduleInput } },
    async ({ params, body }) => {
      checkSchedule(data, params)
      return putSchedule(data, params.scheduleId, body)
    }
  )
  api.delete<{ Params: ScheduleParams }>(
    '/companies/:companyId/schedules/:scheduleId',
    { schema: { params: scheduleParams } },
    async ({ params }, reply) => {
      checkSchedule(data, params)
      data.schedules.delete(params.scheduleId)
      removeShifts(data, params.scheduleId)
      return reply.code(204).send()
    }
  )
}

function checkSchedule(data: DemoData, { companyId, scheduleId }: ScheduleParams): void {
  checkCompany(data, companyId)
  if (!data.schedules.has(scheduleId)) throw createRefusal(404, 'No such schedule')
}

function createPerson(data: DemoData, input: NewPerson): Person {
  const email = input.email ?? null
  const isTaken = [...data.people.values()].some(
    (person) => email !== null && person.email?.toLowerCase() === email.toLowerCase()
  )
  if (isTaken) throw createRefusal(409, 'The e-mail address is in use')
  const person: Person = {
    personId: nextId(data.people),
    companyId: data.company.companyId,
    name: input.name,
    email,
    phoneNumber: input.phoneNumber ?? null,
    status: 'Active',
    roleId: null
  }
  data.people.set(person.personId, person)
  return person
}

function createLocation(data: DemoData, input: NewLocation): Location {
  if ([...data.locations.values()].some((location) => location.name === input.name)) {
    throw createRefusal(409, 'The name is in use')
  }
  const location: Location = {
    locationId: nextId(data.locations),
    name: input.name,
    address: input.address ?? '',
    country: input.country ?? 'GB',
    geoCoordinates: null,
    phoneNumber: null,
    timeZone: input.timeZone ?? data.company.timeZone,
    status: 'Active'
  }
  data.locations.set(location.locationId, location)
  // A schedule needs an area, so a location never is without one.
  const areaId = nextId(data.areas)
  data.areas.set(areaId, { areaId, name: 'Main', locationId: location.locationId })
  return location
}

function putSchedule(data: DemoData, scheduleId: number, input: ScheduleInput): Schedule {
  const { person, location, areaId } = resolveInput(data, input)
  const startMs = toMs(input.startDate)
  const endMs = toMs(input.endDate)
  if (endMs <= startMs) throw createRefusal(400, 'endDate must be after startDate')
  checkFree(data, scheduleId, input.personId, startMs, endMs)
  const schedule: Schedule = {
    scheduleId,
    name: input.name ?? `${person.name}, ${input.startDate.slice(0, 10)}`,
    personId: input.personId,
    locationId: input.locationId,
    areaId,
    startDate: new Date(startMs).toISOString(),
    endDate: new Date(endMs).toISOString(),
    description: input.description ?? null,
    status: input.status,
    timeZone: location.timeZone,
    voidedBy: null,
    voidedAt: null
  }
  data.schedules.set(scheduleId, schedule)
  removeShifts(data, scheduleId)
  for (const shift of toShifts(schedule, nextId(data.shifts))) {
    data.shifts.set(shift.scheduleShiftId, shift)
  }
  return schedule
}

function resolveInput(data: DemoData, input: ScheduleInput) {
  const person = data.people.get(input.personId)
  if (!person) throw createRefusal(400, 'There is no person with this personId')
  const location = data.locations.get(input.locationId)
  if (!location) throw createRefusal(400, 'There is no location with this locationId')
  const area = [...data.areas.values()].find(
    ({ areaId, locationId }) =>
      locationId === input.locationId && (input.areaId ?? areaId) === areaId
  )
  if (!area) throw createRefusal(400, 'The location has no area with this areaId')
  return { person, location, areaId: area.areaId }
}

function checkFree(
  data: DemoData,
  scheduleId: number,
  personId: number,
  startMs: number,
  endMs: number
): void {
  const isBusy = [...data.schedules.values()].some(
    (other) =>
      other.scheduleId !== scheduleId &&
      other.personId === personId &&
      other.voidedAt === null &&
      Date.parse(other.startDate) < endMs &&
      Date.parse(other.endDate) > startMs
  )
  if (isBusy) throw createRefusal(409, 'The person has another schedule at this time')
}

function removeShifts(data: DemoData, scheduleId: number): void {
  for (const shift of data.shifts.values()) {
    if (shift.scheduleId === scheduleId) data.shifts.delete(shift.scheduleShiftId)
  }
}

function nextId(items: ReadonlyMap<number, unknown>): number {
  return Math.max(0, ...items.keys()) + 1
}
