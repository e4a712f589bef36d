import type { FastifyInstance } from 'fastify'
import {
  closedObject,
  createRefusal,
  findItem,
  findTenant,
  idSchema,
  nameSchema,
  timeSchema,
  toMs
} from './checks.ts'
import {
  type DemoData,
  nextId,
  type Publication,
  type Schedule,
  type Tenant,
  toShifts
} from './data.ts'
import { judgePlan } from './schedule-rules.ts'

interface CompanyParams {
  readonly companyId: string
}

interface ScheduleParams extends CompanyParams {
  readonly scheduleId: number
}

interface ScheduleInput {
  readonly personId: number
  readonly locationId: number
  readonly areaId?: number
  readonly name?: string
  readonly startDate: string
  readonly endDate: string
  readonly description?: string
  readonly status?: Publication
}

const properties = {
  personId: idSchema,
  locationId: idSchema,
  areaId: idSchema,
  name: nameSchema,
  startDate: timeSchema,
  endDate: timeSchema,
  description: { type: 'string', maxLength: 500 },
  status: { type: 'string', enum: ['unpublished', 'Published'] }
}
const newSchedule = closedObject(properties, ['personId', 'locationId', 'startDate', 'endDate'])
const change = { ...closedObject(properties), minProperties: 1 }
const params = { type: 'object', properties: { scheduleId: idSchema } }
const voidQuery = { type: 'object', required: ['voidedBy'], properties: { voidedBy: nameSchema } }
const path = '/companies/:companyId/schedules'

/** Adds the routes that change schedules. */
export function addScheduleWrites(api: FastifyInstance, data: DemoData): void {
  api.post<{ Params: CompanyParams; Body: ScheduleInput }>(
    path,
    { schema: { body: newSchedule } },
    async ({ params, body }, reply) => {
      const tenant = findTenant(data, params.companyId)
      return reply.code(201).send(saveSchedule(data, tenant, nextId(data, 'schedules'), body))
    }
  )
  api.put<{ Params: ScheduleParams; Body: Partial<ScheduleInput> }>(
    `${path}/:scheduleId`,
    { schema: { params, body: change } },
    async ({ params, body }) => {
      const { tenant, schedule } = find(data, params)
      checkOpen(schedule)
      // An area belongs to a location: one that is not given again does not move along.
      const kept = body.locationId === undefined ? { areaId: schedule.areaId } : {}
      const input = { ...toInput(schedule), ...kept, ...body }
      return saveSchedule(data, tenant, schedule.scheduleId, input)
    }
  )
  api.delete<{ Params: ScheduleParams }>(
    `${path}/:scheduleId`,
    { schema: { params } },
    async ({ params }, reply) => {
      const { tenant, schedule } = find(data, params)
      tenant.schedules.delete(schedule.scheduleId)
      removeShifts(tenant, schedule.scheduleId)
      return reply.code(204).send()
    }
  )
  addStateChanges(api, data)
}

function addStateChanges(api: FastifyInstance, data: DemoData): void {
  api.post<{ Params: ScheduleParams; Querystring: { voidedBy: string } }>(
    `${path}/:scheduleId/void`,
    { schema: { params, querystring: voidQuery } },
    async ({ params, query }) => {
      const { tenant, schedule } = find(data, params)
      checkOpen(schedule)
      removeShifts(tenant, schedule.scheduleId)
      const voidedAt = new Date(data.now()).toISOString()
      return put(tenant, { ...schedule, voidedBy: query.voidedBy, voidedAt })
    }
  )
  api.post<{ Params: ScheduleParams }>(
    `${path}/:scheduleId/publish`,
    { schema: { params } },
    async ({ params }) => {
      const { tenant, schedule } = find(data, params)
      checkOpen(schedule)
      for (const shift of tenant.shifts.values()) {
        if (shift.scheduleId !== schedule.scheduleId) continue
        tenant.shifts.set(shift.scheduleShiftId, { ...shift, status: 'Published' })
      }
      return put(tenant, { ...schedule, status: 'Published' })
    }
  )
}

function find(data: DemoData, { companyId, scheduleId }: ScheduleParams) {
  const tenant = findTenant(data, companyId)
  return { tenant, schedule: findItem(tenant.schedules, scheduleId, 'schedule') }
}

function checkOpen({ voidedAt }: Schedule): void {
  if (voidedAt !== null) throw createRefusal(409, 'The schedule is voided')
}

function put(tenant: Tenant, schedule: Schedule): Schedule {
  tenant.schedules.set(schedule.scheduleId, schedule)
  return schedule
}

function toInput(schedule: Schedule): ScheduleInput {
  const { personId, locationId, name, startDate, endDate, description, status } = schedule
  const shared = { personId, locationId, name, startDate, endDate, status }
  return { ...shared, ...(description !== null && { description }) }
}

function saveSchedule(data: DemoData, tenant: Tenant, scheduleId: number, input: ScheduleInput) {
  const { person, location, areaId } = resolveInput(tenant, input)
  const startMs = toMs(input.startDate)
  const endMs = toMs(input.endDate)
  if (endMs <= startMs) throw refusePlan(['endDate must be after startDate.'], [])
  const others = [...tenant.schedules.values()].filter(
    (other) => other.personId === input.personId && other.scheduleId !== scheduleId
  )
  const { errors, warnings } = judgePlan({ startMs, endMs }, others, tenant.settings)
  if (errors.length > 0) throw refusePlan(errors, warnings)
  const fallback = tenant.settings.autoApproveShifts ? 'Published' : 'unpublished'
  const schedule = put(tenant, {
    scheduleId,
    name: input.name ?? `${person.name}, ${input.startDate.slice(0, 10)}`,
    personId: input.personId,
    locationId: input.locationId,
    areaId,
    startDate: new Date(startMs).toISOString(),
    endDate: new Date(endMs).toISOString(),
    description: input.description ?? null,
    status: input.status ?? fallback,
    timeZone: location.timeZone,
    voidedBy: null,
    voidedAt: null
  })
  removeShifts(tenant, scheduleId)
  for (const shift of toShifts(schedule, nextId(data, 'shifts'))) {
    tenant.shifts.set(shift.scheduleShiftId, shift)
  }
  return { ...schedule, warnings }
}

function refusePlan(errors: readonly string[], warnings: readonly string[]): Error {
  // The words of a rule are fixed, so they are the title: bridges pass on no more than that.
  return createRefusal(400, errors.join(' '), { errors, warnings })
}

function resolveInput(tenant: Tenant, input: ScheduleInput) {
  const person = tenant.people.get(input.personId)
  if (!person) throw createRefusal(400, 'There is no person with this personId')
  if (person.status === 'Inactive') throw createRefusal(400, 'The person is inactive')
  const location = tenant.locations.get(input.locationId)
  if (!location) throw createRefusal(400, 'There is no location with this locationId')
  const area = [...tenant.areas.values()].find(
    ({ areaId, locationId }) =>
      locationId === input.locationId && (input.areaId ?? areaId) === areaId
  )
  if (!area) throw createRefusal(400, 'The location has no area with this areaId')
  return { person, location, areaId: area.areaId }
}

function removeShifts(tenant: Tenant, scheduleId: number): void {
  for (const shift of tenant.shifts.values()) {
    if (shift.scheduleId === scheduleId) tenant.shifts.delete(shift.scheduleShiftId)
  }
}
