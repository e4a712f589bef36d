/** `unpublished` in lower case is what the API has always answered. */
export type Publication = 'unpublished' | 'Published'
export type PersonStatus = 'Active' | 'Inactive' | 'Sandbox'
export type SandboxKind = 'Person' | 'Area' | 'Location'
export type EventType = 'clockin' | 'clockout' | 'break' | 'task' | 'shift'

export interface Company {
  readonly companyId: string
  readonly name: string
  readonly address: string
  readonly phoneNumber: string
  readonly email: string
  readonly website: string | null
  readonly timeZone: string
  readonly currency: string | null
  readonly plan: 'Free' | 'Pro' | 'Trial'
}

export interface Settings {
  readonly defaultTimeZone: string
  readonly firstDayOfWeek: number
  readonly autoApproveShifts: boolean
  readonly allowOverlappingShifts: boolean
  readonly minimumHoursBetweenShifts: number
  readonly maximumDailyHours: number
  readonly maximumWeeklyHours: number
  readonly maximumConsecutiveWorkDays: number
  readonly reminderHoursBeforeShift: number
  readonly payrollPeriod: string
  readonly kioskModeEnabled: boolean
  readonly kioskPinLength: number
}

export interface Person {
  readonly personId: number
  readonly companyId: string
  readonly name: string
  readonly email: string | null
  readonly phoneNumber: string | null
  readonly status: PersonStatus
  readonly roleId: number | null
}

export interface Location {
  readonly locationId: number
  readonly name: string
  readonly address: string
  readonly country: string
  readonly geoCoordinates: { readonly latitude: number; readonly longitude: number } | null
  readonly phoneNumber: string | null
  readonly timeZone: string
  readonly status: PersonStatus
}

export interface Area {
  readonly areaId: number
  readonly name: string
  readonly locationId: number
}

export interface Schedule {
  readonly scheduleId: number
  readonly name: string
  readonly personId: number
  readonly locationId: number
  readonly areaId: number
  readonly startDate: string
  readonly endDate: string
  readonly description: string | null
  readonly status: Publication
  readonly timeZone: string
  readonly voidedBy: string | null
  readonly voidedAt: string | null
}

export interface Shift {
  readonly scheduleShiftId: number
  readonly scheduleId: number
  readonly personId: number
  readonly locationId: number
  readonly areaId: number
  readonly startDate: string
  readonly endDate: string
  readonly notes: string | null
  readonly status: Publication
}

export interface ShiftEvent {
  readonly eventLogId: string
  readonly eventDate: string
  readonly eventType: EventType
  readonly personId: number
  readonly locationId: number | null
  readonly description: string | null
  readonly kioskDevice: string | null
}

interface Crew {
  readonly crewId: number
  readonly name: string
  readonly members: readonly { readonly personId: number; readonly name: string }[]
}

interface Role {
  readonly roleId: number
  readonly name: string
  readonly description: string
  readonly status: string
  readonly permissions: readonly string[]
}

export interface Question {
  readonly kioskQuestionId: number
  readonly questionText: string
  readonly questionType: 'yes_no' | 'multiple_choice' | 'text'
  readonly options: readonly string[] | null
  readonly isRequired: boolean
  readonly displayOrder: number
}

export interface Answer {
  readonly kioskQuestionId: number
  readonly personId: number
  readonly answerText: string
  readonly shiftEventId?: string
}

/** One company with everything in it, by id; the routes change the maps. */
export interface Tenant {
  readonly company: Company
  readonly settings: Settings
  readonly people: Map<number, Person>
  /** Apart from the people, so that no answer can hold one by accident. */
  readonly pins: Map<number, string>
  readonly locations: Map<number, Location>
  readonly areas: Map<number, Area>
  readonly schedules: Map<number, Schedule>
  readonly shifts: Map<number, Shift>
  readonly shiftEvents: Map<string, ShiftEvent>
  readonly crews: readonly Crew[]
  readonly roles: readonly Role[]
  readonly questions: readonly Question[]
  readonly answers: Answer[]
  /** Sample data that lists leave out. */
  readonly hidden: Set<SandboxKind>
}

export interface DemoData {
  readonly tenants: ReadonlyMap<string, Tenant>
  /** The present moment, in milliseconds. */
  readonly now: () => number
}

type Collection = 'people' | 'locations' | 'areas' | 'schedules' | 'shifts'

/** The next id of a collection; ids are unique over all companies. */
export function nextId(data: DemoData, collection: Collection): number {
  const ids = [...data.tenants.values()].flatMap((tenant) => [...tenant[collection].keys()])
  return Math.max(0, ...ids) + 1
}

/** A schedule is worked in two shifts of equal length. */
export function toShifts(schedule: Schedule, firstId: number): readonly [Shift, Shift] {
  const { scheduleId, personId, locationId, areaId, startDate, endDate, status } = schedule
  const middle = new Date((Date.parse(startDate) + Date.parse(endDate)) / 2).toISOString()
  const shared = { scheduleId, personId, locationId, areaId, notes: null, status }
  return [
    { scheduleShiftId: firstId, ...shared, startDate, endDate: middle },
    { scheduleShiftId: firstId + 1, ...shared, startDate: middle, endDate }
  ]
}
