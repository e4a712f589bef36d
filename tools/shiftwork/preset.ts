import { fileURLToPath } from 'node:url'
import type { ApiSettings, OperationOverride } from '../../src/settings/api-settings.ts'

export interface ShiftWorkTarget {
  /** An origin, or what stands before `/api`. */
  readonly baseUrl: string
  /** Bearer token of the service. */
  readonly token?: string
}

const company = { companyId: 'company_id' }
const person = { ...company, personId: 'person_id' }
const period = { startDate: 'start_date', endDate: 'end_date' }
const plan = {
  ...person,
  locationId: 'location_id',
  areaId: 'area_id',
  startDate: 'start_time',
  endDate: 'end_time',
  description: 'notes'
}

/**
 * The operations that are tools, by operationId; `sensitive`: what tells who somebody is, or how
 * somebody is, and so stays out of the audit log.
 * `ping` asks nobody, so it is not among them.
 */
const operations: Readonly<Record<string, OperationOverride>> = {
  getCompanyInfo: {
    name: 'get_company_info',
    parameters: company,
    scopes: ['companies.read']
  },
  listSchedules: {
    name: 'get_employee_schedules',
    title: 'Get the schedules of a person',
    description:
      'Every schedule of one person that is not voided, by begin, with their number. For a large company, or a period only, get_schedules_paged with person_id is cheaper.',
    parameters: company,
    scopes: ['schedules.read']
  },
  getPeopleWithUnpublishedSchedules: {
    name: 'get_people_with_unpublished_schedules',
    parameters: { ...company, ...period },
    scopes: ['schedules.read']
  },
  listPeople: {
    name: 'list_people',
    parameters: {
      ...company,
      pageNumber: 'page_number',
      pageSize: 'page_size',
      searchQuery: 'search_query'
    },
    scopes: ['people.read'],
    sensitive: ['search_query']
  },
  getPerson: { name: 'get_person', parameters: person, scopes: ['people.read'] },
  listLocations: { name: 'list_locations', parameters: company, scopes: ['locations.read'] },
  listAreas: { name: 'list_areas', parameters: company, scopes: ['areas.read'] },
  getShiftEventsForPerson: {
    name: 'get_shift_events_for_person',
    parameters: person,
    scopes: ['shift-events.read']
  },
  createShiftEvent: {
    name: 'create_shift_event',
    title: 'Clock a person in or out',
    description:
      'Notes that a person begins or ends work now. To be safe against counting twice, give an event_log_id of your own and give the same one again when you retry: a known one is refused with 409.',
    parameters: company,
    body: 'flat',
    scopes: ['shift-events.create']
  },
  getSchedulesPaged: {
    name: 'get_schedules_paged',
    parameters: {
      ...person,
      ...period,
      locationId: 'location_id',
      areaId: 'area_id',
      searchQuery: 'search_query',
      pageSize: 'page_size',
      includeVoided: 'include_voided'
    },
    scopes: ['schedules.read'],
    sensitive: ['search_query']
  },
  createPerson: {
    name: 'create_person',
    parameters: company,
    body: 'flat',
    scopes: ['people.create'],
    sensitive: ['pin', 'first_name', 'last_name', 'email', 'phone']
  },
  updatePersonStatus: {
    name: 'update_person_status',
    parameters: person,
    body: 'flat',
    scopes: ['people.update']
  },
  getUserByEmail: {
    name: 'get_user_by_email',
    scopes: ['users.read'],
    sensitive: ['email']
  },
  verifyPin: {
    name: 'verify_pin',
    parameters: { personId: 'person_id' },
    body: 'flat',
    scopes: ['kiosk.create'],
    sensitive: ['pin']
  },
  listCrews: { name: 'list_crews', parameters: company, scopes: ['crews.read'] },
  listRoles: { name: 'list_roles', parameters: company, scopes: ['roles.read'] },
  getCompanySettings: {
    name: 'get_company_settings',
    parameters: company,
    scopes: ['settings.read']
  },
  getKioskQuestions: { name: 'get_kiosk_questions', parameters: company },
  postKioskAnswers: {
    name: 'post_kiosk_answers',
    body: 'flat',
    scopes: ['kiosk.create'],
    sensitive: ['answer']
  },
  getSandboxStatus: { name: 'get_sandbox_status', parameters: company, scopes: ['sandbox.read'] },
  hideSandboxData: {
    name: 'hide_sandbox_data',
    parameters: { ...company, entityTypes: 'entity_types' },
    body: 'flat',
    scopes: ['sandbox.update']
  },
  resetSandboxData: {
    name: 'reset_sandbox_data',
    parameters: company,
    scopes: ['sandbox.update']
  },
  deleteSandboxData: {
    name: 'delete_sandbox_data',
    parameters: company,
    scopes: ['sandbox.delete']
  },
  createSchedule: {
    name: 'create_schedule',
    parameters: plan,
    body: 'flat',
    scopes: ['schedules.create']
  },
  updateSchedule: {
    name: 'update_schedule',
    parameters: { ...plan, scheduleId: 'schedule_id' },
    body: 'flat',
    scopes: ['schedules.update']
  },
  createLocation: {
    name: 'create_location',
    parameters: { ...company, timeZone: 'time_zone' },
    body: 'flat',
    scopes: ['locations.create']
  },
  createArea: {
    name: 'create_area',
    parameters: { ...company, locationId: 'location_id' },
    body: 'flat',
    scopes: ['areas.create']
  }
}

/** People and schedules as other calendars see them; their operations are not tools. */
const resources = {
  'resources://users/{id}': 'getUser',
  'resources://users/{id}/events': 'listUserEvents',
  'resources://users/{id}/notifications': 'listUserNotifications',
  'resources://events/{id}': 'getEvent',
  'resources://notifications/{id}': 'getNotification'
}

const resourceScopes: Readonly<Record<string, OperationOverride>> = {
  getUser: { scopes: ['people.read'] },
  listUserEvents: { scopes: ['schedules.read'] },
  listUserNotifications: { scopes: ['notifications.read'] },
  getEvent: { scopes: ['schedules.read'] },
  getNotification: { scopes: ['notifications.read'] }
}

/** The scheduling API as an entry of `apis`, with the names its users know. */
export function createShiftWorkSettings({ baseUrl, token }: ShiftWorkTarget): ApiSettings {
  const document = new URL('../../../examples/shiftwork/openapi.yaml', import.meta.url)
  return {
    name: 'shiftwork',
    openapi: fileURLToPath(document),
    baseUrl,
    credential:
      token === undefined ? { mode: 'none' } : { mode: 'service', scheme: 'bearer', token },
    include: { operations: Object.keys(operations) },
    operations: { ...operations, ...resourceScopes },
    resources
  }
}
