import type { FastifyInstance } from 'fastify'
import {
  closedObject,
  createRefusal,
  findItem,
  findTenant,
  idSchema,
  timeSchema,
  toMs
} from './checks.ts'
import type { DemoData, EventType, ShiftEvent, Tenant } from './data.ts'

interface CompanyParams {
  readonly companyId: string
}

interface NewShiftEvent {
  readonly eventLogId: string
  readonly eventDate?: string
  readonly eventType: EventType
  readonly personId: number
  readonly locationId?: number
  readonly description?: string
  readonly kioskDevice?: string
}

const newShiftEvent = closedObject(
  {
    eventLogId: { type: 'string', format: 'uuid' },
    eventDate: timeSchema,
    eventType: { type: 'string', enum: ['clockin', 'clockout', 'break', 'task', 'shift'] },
    personId: idSchema,
    locationId: idSchema,
    description: { type: 'string', maxLength: 500 },
    kioskDevice: { type: 'string', maxLength: 100 }
  },
  ['eventLogId', 'eventType', 'personId']
)
const path = '/companies/:companyId/shiftevents'

/** Adds the routes of shift events. */
export function addShiftEvents(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: CompanyParams & { personId: number } }>(
    `${path}/person/:personId`,
    { schema: { params: { type: 'object', properties: { personId: idSchema } } } },
    async ({ params }) => {
      const { people, shiftEvents } = findTenant(data, params.companyId)
      findItem(people, params.personId, 'person')
      return [...shiftEvents.values()]
        .filter(({ personId }) => personId === params.personId)
        .sort((a, b) => b.eventDate.localeCompare(a.eventDate))
    }
  )
  api.post<{ Params: CompanyParams; Body: NewShiftEvent }>(
    path,
    { schema: { body: newShiftEvent } },
    async ({ params, body }, reply) =>
      reply.code(201).send(createShiftEvent(data, findTenant(data, params.companyId), body))
  )
}

function createShiftEvent(data: DemoData, tenant: Tenant, input: NewShiftEvent): ShiftEvent {
  const eventLogId = input.eventLogId.toLowerCase()
  // The id comes from the sender: a retry whose first answer was lost cannot count twice.
  if (tenant.shiftEvents.has(eventLogId)) throw createRefusal(409, 'The event is known already')
  if (!tenant.people.has(input.personId)) {
    throw createRefusal(400, 'There is no person with this personId')
  }
  if (input.locationId !== undefined && !tenant.locations.has(input.locationId)) {
    throw createRefusal(400, 'There is no location with this locationId')
  }
  const eventMs = input.eventDate === undefined ? data.now() : toMs(input.eventDate)
  const event: ShiftEvent = {
    eventLogId,
    eventDate: new Date(eventMs).toISOString(),
    eventType: input.eventType,
    personId: input.personId,
    locationId: input.locationId ?? null,
    description: input.description ?? null,
    kioskDevice: input.kioskDevice ?? null
  }
  tenant.shiftEvents.set(eventLogId, event)
  return event
}
