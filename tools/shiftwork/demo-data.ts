export type Publication = 'Unpublished' | 'Published'

interface Company {
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

export interface Person {
  readonly personId: number
  readonly companyId: string
  readonly name: string
  readonly email: string | null
  readonly phoneNumber: string | null
  readonly status: 'Active' | 'Inactive' | 'Sandbox'
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
  readonly status: 'Active' | 'Inactive'
}

interface Area {
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

/** Everything the demo knows, by id; its routes change the maps. */
export interface DemoData {
  readonly company: Company
  readonly people: Map<number, Person>
  readonly locations: Map<number, Location>
  readonly areas: Map<number, Area>
  readonly schedules: Map<number, Schedule>
  readonly shifts: Map<number, Shift>
}

const company: Company = {
  companyId: 'harbor-cafe',
  name: 'Harbor Café',
  address: '1 Quay Street, Bristol',
  phoneNumber: '+44 117 496 0100',
  email: 'office@harbor-cafe.example',
  website: 'https://harbor-cafe.example',
  timeZone: 'Europe/London',
  currency: 'GBP',
  plan: 'Pro'
}

const names = [
  'Ada Okafor',
  'Ben Lindqvist',
  'Chloé Martin',
  'Dev Patel',
  'Elif Yıldız',
  'Farid Haddad',
  'Grace Nakamura',
  'Hugo Silva',
  'Ines Kovač',
  'Jonas Weber',
  'Keiko Mori',
  'Liam O’Connor'
]

const places: readonly (readonly [string, string, number, number])[] = [
  ['Quayside', '1 Quay Street, Bristol', 51.4497, -2.5978],
  ['Station Kiosk', 'Temple Meads, Bristol', 51.4492, -2.5813],
  ['Garden House', '12 Park Row, Bath', 51.3811, -2.359]
]

const areaNames = ['Counter', 'Kitchen']

const firstDay = Date.UTC(2026, 10, 23)
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const daysPerPerson = 3
const shiftHours = 4

/** The same small company every time: 12 people, 3 locations, 36 schedules of two shifts each. */
export function createDemoData(): DemoData {
  const people = names.map(toPerson)
  const locations = places.map(toLocation)
  const areas = locations.flatMap(({ locationId }) =>
    areaNames.map((name, index) => {
      return { areaId: (locationId - 1) * areaNames.length + index + 1, name, locationId }
    })
  )
  const schedules = people.flatMap((person, index) => toSchedules(person, index))
  const shifts = schedules.flatMap((schedule, index) => toShifts(schedule, 2 * index + 1))
  return {
    company,
    people: new Map(people.map((each) => [each.personId, each])),
    locations: new Map(locations.map((each) => [each.locationId, each])),
    areas: new Map(areas.map((each) => [each.areaId, each])),
    schedules: new Map(schedules.map((each) => [each.scheduleId, each])),
    shifts: new Map(shifts.map((each) => [each.scheduleShiftId, each]))
  }
}

function toPerson(name: string, index: number): Person {
  const first = name
    .split(' ')[0]
    ?.normalize('NFD')
    .replace(/\P{ASCII}/gu, '')
    .toLowerCase()
  return {
    personId: index + 1,
    companyId: company.companyId,
    name,
    email: index === 7 ? null : `${first}@harbor-cafe.example`,
    phoneNumber: index % 2 === 0 ? `+44 117 496 01${10 + index}` : null,
    status: index === 11 ? 'Inactive' : 'Active',
    roleId: index % 4 === 0 ? 1 : 2
  }
}

function toLocation(place: (typeof places)[number], index: number): Location {
  const [name, address, latitude, longitude] = place
  return {
    locationId: index + 1,
    name,
    address,
    country: 'GB',
    geoCoordinates: { latitude, longitude },
    phoneNumber: null,
    timeZone: company.timeZone,
    status: 'Active'
  }
}

function toSchedules({ personId, name }: Person, index: number): readonly Schedule[] {
  const locationId = (index % places.length) + 1
  return Array.from({ length: daysPerPerson }, (_, turn) => {
    const startMs =
      firstDay + ((index + 2 * turn) % 7) * dayMs + (index % 2 === 0 ? 7 : 12) * hourMs
    const isVoided = index === 3 && turn === 0
    return {
      scheduleId: index * daysPerPerson + turn + 1,
      name: `${name}, ${index % 2 === 0 ? 'morning' : 'afternoon'}`,
      personId,
      locationId,
      areaId: (locationId - 1) * areaNames.length + (turn % areaNames.length) + 1,
      startDate: new Date(startMs).toISOString(),
      endDate: new Date(startMs + 2 * shiftHours * hourMs).toISOString(),
      description: turn === 1 ? 'Bring the keys.' : null,
      status: (index + turn) % 4 === 0 ? 'Unpublished' : 'Published',
      timeZone: company.timeZone,
      voidedBy: isVoided ? 'Ada Okafor' : null,
      voidedAt: isVoided ? '2026-11-20T09:00:00.000Z' : null
    }
  })
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
