import type {
  Area,
  Company,
  DemoData,
  Location,
  Person,
  Question,
  Schedule,
  Settings,
  Tenant
} from './data.ts'
import { toShifts } from './data.ts'
import { addSandbox } from './sandbox-data.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const daysPerPerson = 3
const shiftHours = 4

const harbor: Company = {
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

const bakery: Company = {
  ...harbor,
  companyId: 'pier-bakery',
  name: 'Pier Bakery',
  address: '4 Pier Road, Cardiff',
  email: 'office@pier-bakery.example',
  website: null,
  plan: 'Free'
}

const settings: Settings = {
  defaultTimeZone: 'Europe/London',
  firstDayOfWeek: 1,
  autoApproveShifts: false,
  allowOverlappingShifts: false,
  minimumHoursBetweenShifts: 8,
  maximumDailyHours: 12,
  maximumWeeklyHours: 40,
  maximumConsecutiveWorkDays: 6,
  reminderHoursBeforeShift: 12,
  payrollPeriod: 'BiWeekly',
  kioskModeEnabled: true,
  kioskPinLength: 4
}

const harborNames = [
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

type Place = readonly [name: string, address: string, latitude: number, longitude: number]

const harborPlaces: readonly Place[] = [
  ['Quayside', '1 Quay Street, Bristol', 51.4497, -2.5978],
  ['Station Kiosk', 'Temple Meads, Bristol', 51.4492, -2.5813],
  ['Garden House', '12 Park Row, Bath', 51.3811, -2.359]
]

const areaNames = ['Counter', 'Kitchen']

const questions: readonly Question[] = [
  toQuestion(1, 'Do you feel fit for work?', 'yes_no', null, true),
  toQuestion(2, 'Which uniform do you wear?', 'multiple_choice', ['Summer', 'Winter'], true),
  toQuestion(3, 'Anything the manager should know?', 'text', null, false)
]

/**
 * The same two companies every time, their schedules in the week of `now`: one with 12 people,
 * 3 locations and 36 schedules, a small one on the plan Free, both with sample data.
 */
export function createDemoData(now: () => number): DemoData {
  const weekMs = mondayOf(now())
  const tenants = [
    createTenant(harbor, harborNames, harborPlaces, weekMs, 0),
    createTenant(
      bakery,
      ['Mia Rossi', 'Noah Berg'],
      [['Oven', bakery.address, 51.46, -3.16]],
      weekMs,
      100
    )
  ]
  const data = { tenants: new Map(tenants.map((each) => [each.company.companyId, each])), now }
  for (const tenant of tenants) addSandbox(data, tenant)
  return data
}

function createTenant(
  company: Company,
  names: readonly string[],
  places: readonly Place[],
  weekMs: number,
  base: number
): Tenant {
  const people = names.map((name, index) => toPerson(company, name, base + index + 1))
  const locations = places.map((place, index) => toLocation(company, place, base + index + 1))
  const areas = locations.flatMap(({ locationId }, place) =>
    areaNames.map((name, index): Area => {
      return { areaId: base + place * areaNames.length + index + 1, name, locationId }
    })
  )
  const schedules = people.flatMap((person, index) =>
    toSchedules(person, index, locations, areas, weekMs, base)
  )
  const shifts = schedules.flatMap((schedule, index) => toShifts(schedule, base + 2 * index + 1))
  return {
    company,
    settings,
    people: new Map(people.map((each) => [each.personId, each])),
    pins: new Map(people.map(({ personId }) => [personId, String(1000 + personId)])),
    locations: new Map(locations.map((each) => [each.locationId, each])),
    areas: new Map(areas.map((each) => [each.areaId, each])),
    schedules: new Map(schedules.map((each) => [each.scheduleId, each])),
    shifts: new Map(shifts.map((each) => [each.scheduleShiftId, each])),
    shiftEvents: new Map(),
    crews: [toCrew(1, 'Early birds', people, 0), toCrew(2, 'Late shift', people, 1)],
    roles: [
      toRole(1, 'Manager', 'Plans and publishes.', ['people.read', 'schedules.update']),
      toRole(2, 'Team', 'Works and clocks in.', ['schedules.read', 'shift-events.create'])
    ],
    questions,
    answers: [],
    hidden: new Set()
  }
}

function mondayOf(ms: number): number {
  const midnightMs = Math.floor(ms / dayMs) * dayMs
  return midnightMs - ((new Date(midnightMs).getUTCDay() + 6) % 7) * dayMs
}

function toPerson({ companyId }: Company, name: string, personId: number): Person {
  const first = name
    .split(' ')[0]
    ?.normalize('NFD')
    .replace(/\P{ASCII}/gu, '')
    .toLowerCase()
  return {
    personId,
    companyId,
    name,
    email: personId === 8 ? null : `${first}@${companyId}.example`,
    phoneNumber: personId % 2 === 1 ? `+44 117 496 0${100 + personId}` : null,
    status: personId === 12 ? 'Inactive' : 'Active',
    roleId: personId % 4 === 1 ? 1 : 2
  }
}

function toLocation(company: Company, place: Place, locationId: number): Location {
  const [name, address, latitude, longitude] = place
  return {
    locationId,
    name,
    address,
    country: 'GB',
    geoCoordinates: { latitude, longitude },
    phoneNumber: null,
    timeZone: company.timeZone,
    status: 'Active'
  }
}

function toSchedules(
  { personId, name }: Person,
  index: number,
  locations: readonly Location[],
  areas: readonly Area[],
  weekMs: number,
  base: number
): readonly Schedule[] {
  const locationId = locations[index % locations.length]?.locationId ?? 0
  const areaIds = areas.filter((area) => area.locationId === locationId).map((area) => area.areaId)
  return Array.from({ length: daysPerPerson }, (_, turn) => {
    const isEarly = index % 2 === 0
    const startMs = weekMs + ((index + 2 * turn) % 7) * dayMs + (isEarly ? 7 : 12) * hourMs
    const isVoided = base === 0 && index === 3 && turn === 0
    return {
      scheduleId: base + index * daysPerPerson + turn + 1,
      name: `${name}, ${isEarly ? 'morning' : 'afternoon'}`,
      personId,
      locationId,
      areaId: areaIds[turn % areaIds.length] ?? 0,
      startDate: new Date(startMs).toISOString(),
      endDate: new Date(startMs + 2 * shiftHours * hourMs).toISOString(),
      description: turn === 1 ? 'Bring the keys.' : null,
      status: (index + turn) % 4 === 0 ? 'unpublished' : 'Published',
      timeZone: harbor.timeZone,
      voidedBy: isVoided ? 'Ada Okafor' : null,
      voidedAt: isVoided ? new Date(weekMs - dayMs).toISOString() : null
    }
  })
}

function toCrew(crewId: number, name: string, people: readonly Person[], parity: number) {
  const members = people
    .filter((_, index) => index % 2 === parity)
    .map((person) => ({ personId: person.personId, name: person.name }))
  return { crewId, name, members }
}

function toRole(roleId: number, name: string, description: string, permissions: string[]) {
  return { roleId, name, description, status: 'Active', permissions }
}

function toQuestion(
  kioskQuestionId: number,
  questionText: string,
  questionType: Question['questionType'],
  options: readonly string[] | null,
  isRequired: boolean
): Question {
  const displayOrder = kioskQuestionId
  return { kioskQuestionId, questionText, questionType, options, isRequired, displayOrder }
}
