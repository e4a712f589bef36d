/** One row of the catalogue in seed-systems.md 3.1: the tool, its inputs, and what goes on the wire. */
export interface Row {
  readonly number: number
  readonly tool: string
  /** In the order of the catalogue; `*` marks what is required. */
  readonly inputs: readonly string[]
  readonly args: Readonly<Record<string, unknown>>
  /** Undefined for what asks nobody. */
  readonly request?: {
    readonly method: string
    readonly path: string
    readonly query?: Readonly<Record<string, string>>
    readonly body?: unknown
  }
  /** What the API answers, and the fields of the result that follow from it. */
  readonly answer?: unknown
  readonly result?: Readonly<Record<string, unknown>>
}

const company_id = 'acme/1'
const root = '/api/companies/acme%2F1'
const id = 'company_id*'
const person = { personId: 7, name: 'Ada' }
const schedule = {
  scheduleId: 3,
  personId: 7,
  startDate: '2026-11-23T08:00:00Z',
  endDate: '2026-11-23T16:00:00Z',
  status: 'unpublished'
}
const uuid = '0b0f6b4e-6d6a-4c0e-9a52-2f1c8f0f6a11'
const event = { eventLogId: uuid, eventType: 'clockin', personId: 7 }
const unpublished = { ...person, email: null, unpublishedScheduleCount: 1, scheduleIds: [3] }
const crew = { crewId: 1, name: 'Early' }
const role = { roleId: 1, name: 'Team' }
const sandbox = {
  hasSandboxData: true,
  sandboxPersonCount: 2,
  sandboxAreaCount: 1,
  sandboxLocationCount: 1
}

interface Sent {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** `line` is verb and path; one without `/api` lies below the company, whose id it then takes. */
function row(
  number: number,
  tool: string,
  inputs: readonly string[],
  args: Readonly<Record<string, unknown>>,
  line: string,
  { query, body }: Sent,
  answer: unknown,
  result?: Readonly<Record<string, unknown>>
): Row {
  const [method = '', below = ''] = line.split(' ')
  const path = below.startsWith('/api/') ? below : `${root}${below}`
  const isCompany = inputs[0] === id
  return {
    number,
    tool,
    inputs,
    args: { ...(isCompany && { company_id }), ...args },
    request: { method, path, ...(query && { query }), ...(body !== undefined && { body }) },
    answer,
    ...(result && { result })
  }
}

const oneId = [id]
const twoIds = [id, 'person_id*']
const span = { startDate: '2026-11-23', endDate: '2026-11-30' }
const given = { start_date: '2026-11-23', end_date: '2026-11-30' }
const hours = { startDate: schedule.startDate, endDate: schedule.endDate }

// biome-ignore format: one row of the catalogue is easier to compare when it is one row here
export const rows: readonly Row[] = [
  { number: 1, tool: 'ping', inputs: [], args: {}, result: { message: 'pong - server is running' } },
  row(2, 'get_company_info', oneId, {}, 'GET ', {}, { companyId: 'acme/1', name: 'Acme' }),
  row(3, 'get_employee_schedules', twoIds, { person_id: '7' }, 'GET /schedules', {},
    [schedule, { ...schedule, scheduleId: 4, personId: 8 }],
    { company_id, person_id: '7', total_schedules: 1, schedules: [schedule] }),
  row(4, 'get_people_with_unpublished_schedules', [id, 'start_date', 'end_date'], given,
    'GET /people/unpublished-schedules', { query: span },
    [unpublished], { company_id, total_people: 1, people: [unpublished] }),
  row(5, 'list_people', [id, 'page_number', 'page_size', 'search_query'],
    { page_number: 2, page_size: 100, search_query: 'a&b=c' },
    'GET /people', { query: { pageNumber: '2', pageSize: '100', searchQuery: 'a&b=c' } },
    { items: [person], totalCount: 101, page: 2, pageSize: 100 },
    { company_id, total_people: 101, page_number: 2, page_size: 100, people: [person] }),
  row(6, 'get_person', twoIds, { person_id: 7 }, 'GET /people/7', {}, person),
  row(7, 'list_locations', oneId, {}, 'GET /locations', {}, [], { items: [] }),
  row(8, 'list_areas', oneId, {}, 'GET /areas', {}, [], { items: [] }),
  row(9, 'get_shift_events_for_person', twoIds, { person_id: '7' }, 'GET /shiftevents/person/7', {},
    [event], { company_id, person_id: 7, total_events: 1, events: [event] }),
  row(10, 'create_shift_event', [...twoIds, 'event_type*', 'location_id', 'event_log_id'],
    { person_id: 7, event_type: 'ClockIn', location_id: 2, event_log_id: uuid },
    'POST /shiftevents', { body: { ...event, locationId: 2 } }, event),
  row(11, 'get_schedules_paged',
    [id, 'person_id', 'location_id', 'start_date', 'end_date', 'search_query', 'page', 'page_size', 'include_voided'],
    { ...given, person_id: 7, location_id: '2', search_query: 'keys', page: 3, page_size: 1000, include_voided: true },
    'GET /schedules/paged',
    { query: { ...span, personId: '7', locationId: '2', searchQuery: 'keys', page: '3', pageSize: '1000', includeVoided: 'true' } },
    { items: [schedule], totalCount: 2001, page: 3, pageSize: 1000 },
    { company_id, items: [schedule], total_count: 2001, page: 3, page_size: 1000 }),
  row(12, 'create_person', [id, 'first_name*', 'last_name*', 'email', 'phone', 'pin'],
    { first_name: 'Ada', last_name: 'Okafor', email: 'ada@acme.example', phone: '+44 117', pin: '4711' },
    'POST /people', { body: { name: 'Ada Okafor', email: 'ada@acme.example', phoneNumber: '+44 117', pin: '4711' } },
    person),
  row(13, 'update_person_status', [...twoIds, 'status*'], { person_id: 7, status: 'Inactive' },
    'PUT /people/7/status', { body: { status: 'Inactive' } }, { personId: 7, status: 'Inactive' }),
  row(14, 'get_user_by_email', ['email*'], { email: 'ada+x@acme.example' },
    'GET /api/auth/user/ada%2Bx%40acme.example', {}, person),
  row(15, 'verify_pin', ['person_id*', 'pin*'], { person_id: 7, pin: '4711' },
    'POST /api/auth/verify-pin', { body: { personId: 7, pin: '4711' } }, { verified: true }),
  row(16, 'list_crews', oneId, {}, 'GET /crews', {}, [crew], { items: [crew] }),
  row(17, 'list_roles', oneId, {}, 'GET /roles', {}, [role], { items: [role] }),
  row(18, 'get_company_settings', oneId, {}, 'GET /settings', {}, { companyId: 'acme/1', firstDayOfWeek: 1 }),
  row(19, 'get_kiosk_questions', oneId, {}, 'GET /api/kiosk/acme%2F1/questions', {}, [], { items: [] }),
  row(20, 'post_kiosk_answers', ['answers*'], { answers: [{ questionId: 1, personId: 7, answer: 'yes' }] },
    'POST /api/kiosk/answers', { body: { answers: [{ kioskQuestionId: 1, personId: 7, answerText: 'yes' }] } },
    { saved: 1 }),
  row(21, 'get_sandbox_status', oneId, {}, 'GET /sandbox/status', {}, sandbox),
  row(22, 'hide_sandbox_data', [id, 'entity_types'], { entity_types: ['Person', 'Area'] },
    'POST /sandbox/hide', { body: { entityTypes: ['Person', 'Area'] } }, sandbox),
  row(23, 'reset_sandbox_data', oneId, {}, 'POST /sandbox/reset', {}, sandbox),
  row(24, 'delete_sandbox_data', oneId, {}, 'POST /sandbox/delete', {}, undefined),
  row(25, 'create_schedule', [...twoIds, 'location_id*', 'start_time*', 'end_time*', 'notes'],
    { person_id: '7', location_id: 2, notes: 'Keys', start_time: hours.startDate, end_time: hours.endDate },
    'POST /schedules', { body: { ...hours, personId: 7, locationId: 2, description: 'Keys' } },
    { ...schedule, warnings: [] }),
  row(26, 'update_schedule',
    [id, 'schedule_id*', 'person_id', 'location_id', 'area_id', 'start_time', 'end_time', 'notes', 'status'],
    { schedule_id: 3, end_time: '2026-11-23T15:00:00Z', status: 'Published' },
    'PUT /schedules/3', { body: { endDate: '2026-11-23T15:00:00Z', status: 'Published' } }, schedule),
  row(27, 'create_location', [id, 'name*', 'address', 'time_zone'],
    { name: 'Pier', address: 'Pier 1', time_zone: 'Europe/London' },
    'POST /locations', { body: { name: 'Pier', address: 'Pier 1', timeZone: 'Europe/London' } },
    { locationId: 4, name: 'Pier' }),
  row(28, 'create_area', [id, 'name*', 'location_id'], { name: 'Bar', location_id: 4 },
    'POST /areas', { body: { name: 'Bar', locationId: 4 } }, { areaId: 9, name: 'Bar', locationId: 4 })
]
