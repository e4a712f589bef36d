import type { FastifyInstance } from 'fastify'
import { createRefusal, findPersonAnywhere } from './checks.ts'
import type { DemoData, Person, Schedule, Tenant } from './data.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

interface UserParams {
  readonly userId: string
}

const days = { type: 'integer', minimum: 0, maximum: 366 }
const eventsQuery = {
  type: 'object',
  properties: { days_back: { ...days, default: 2 }, days_forward: { ...days, default: 30 } }
}
const notificationsQuery = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['planned', 'sent', 'delivered', 'failed', 'cancelled'] },
    days_forward: { ...days, default: 7 }
  }
}

/** Adds people and schedules as users, events and notifications. */
export function addCalendar(api: FastifyInstance, data: DemoData): void {
  api.get<{ Params: UserParams }>('/users/:userId', async ({ params }) => {
    const { tenant, person } = findUser(data, params.userId)
    return toUser(person, tenant)
  })
  api.get<{ Params: UserParams; Querystring: { days_back: number; days_forward: number } }>(
    '/users/:userId/events',
    { schema: { querystring: eventsQuery } },
    async ({ params, query }) => {
      const fromMs = data.now() - query.days_back * dayMs
      const toMs = data.now() + query.days_forward * dayMs
      return schedulesOf(data, params.userId)
        .filter(({ startDate }) => Date.parse(startDate) >= fromMs && Date.parse(startDate) <= toMs)
        .map(toEvent)
    }
  )
  api.get<{ Params: UserParams; Querystring: { status?: string; days_forward: number } }>(
    '/users/:userId/notifications',
    { schema: { querystring: notificationsQuery } },
    async ({ params, query }) => {
      const toMs = data.now() + query.days_forward * dayMs
      return schedulesOf(data, params.userId)
        .map((schedule) => toNotification(data, schedule))
        .filter(({ scheduled_ts }) => Date.parse(scheduled_ts) <= toMs)
        .filter(({ status }) => (query.status ?? status) === status)
    }
  )
  api.get<{ Params: { eventId: string } }>('/events/:eventId', async ({ params }) =>
    toEvent(findSchedule(data, params.eventId, 'event'))
  )
  api.get<{ Params: { notificationId: string } }>(
    '/notifications/:notificationId',
    async ({ params }) =>
      toNotification(data, findSchedule(data, params.notificationId, 'notification'))
  )
}

function findUser(data: DemoData, userId: string) {
  return findPersonAnywhere(data, /^\d{1,9}$/.test(userId) ? Number(userId) : 0)
}

function findSchedule(data: DemoData, id: string, noun: string): Schedule {
  const prefix = noun === 'event' ? 'e' : 'n'
  const scheduleId = id.startsWith(prefix) ? Number(id.slice(1)) : 0
  for (const { schedules } of data.tenants.values()) {
    const schedule = schedules.get(scheduleId)
    if (schedule) return schedule
  }
  throw createRefusal(404, `No such ${noun}`)
}

function schedulesOf(data: DemoData, userId: string): readonly Schedule[] {
  const { tenant, person } = findUser(data, userId)
  return [...tenant.schedules.values()]
    .filter(({ personId }) => personId === person.personId)
    .sort((a, b) => a.startDate.localeCompare(b.startDate))
}

function toUser({ personId, name, email, phoneNumber }: Person, { company }: Tenant): object {
  return {
    id: String(personId),
    name,
    email,
    phone_e164: phoneNumber?.replace(/ /g, '') ?? null,
    timezone: company.timeZone,
    channel_pref: email === null ? 'call' : 'email',
    quiet_start: '22:00',
    quiet_end: '07:00',
    locale: 'en-GB'
  }
}

function toEvent(schedule: Schedule) {
  const status = schedule.status === 'Published' ? 'confirmed' : 'tentative'
  return {
    id: `e${schedule.scheduleId}`,
    user_id: String(schedule.personId),
    title: schedule.name,
    start_ts: schedule.startDate,
    end_ts: schedule.endDate,
    description: schedule.description,
    status: schedule.voidedAt === null ? status : 'cancelled',
    attendees: [],
    provider: 'shiftwork',
    provider_event_id: String(schedule.scheduleId)
  }
}

/** The reminder that goes out before a schedule begins. */
function toNotification(data: DemoData, schedule: Schedule) {
  const { tenant } = findPersonAnywhere(data, schedule.personId)
  const beforeMs = tenant.settings.reminderHoursBeforeShift * hourMs
  const atMs = Date.parse(schedule.startDate) - beforeMs
  const isOff = schedule.voidedAt !== null || schedule.status === 'unpublished'
  const status = atMs <= data.now() ? 'sent' : 'planned'
  return {
    id: `n${schedule.scheduleId}`,
    user_id: String(schedule.personId),
    event_id: `e${schedule.scheduleId}`,
    channel: 'push',
    status: isOff ? 'cancelled' : status,
    scheduled_ts: new Date(atMs).toISOString(),
    text: `Your work "${schedule.name}" begins at ${schedule.startDate}.`
  }
}
