import t from 'tap'
import { rows } from './fixtures/shiftwork-table.ts'
import { call, findTool, mountDemo, textOf } from './helpers/shiftwork.ts'

const demo = await mountDemo()
const { source } = demo
t.teardown(demo.close)

const company_id = 'harbor-cafe'
const uuid = '0b0f6b4e-6d6a-4c0e-9a52-2f1c8f0f6a11'
const freeDay = { start_time: '2026-12-21T08:00:00Z', end_time: '2026-12-21T16:00:00Z' }
const busyDay = { start_time: '2026-11-23T08:00:00Z', end_time: '2026-11-23T16:00:00Z' }

type Case = readonly [tool: string, args: object, result: object]

/** One call per tool that works, in an order in which later ones see what earlier ones did. */
const works: readonly Case[] = [
  ['ping', {}, { message: 'pong - server is running' }],
  ['get_company_info', { company_id }, { companyId: company_id, plan: 'Pro' }],
  [
    'get_employee_schedules',
    { company_id, person_id: '4' },
    { person_id: '4', total_schedules: 2, schedules: [{ personId: 4 }, { personId: 4 }] }
  ],
  [
    'get_people_with_unpublished_schedules',
    { company_id, start_date: '2026-11-23', end_date: '2026-11-24' },
    { total_people: 2, people: [{ personId: 1, unpublishedScheduleCount: 1 }, {}] }
  ],
  [
    'list_people',
    { company_id, page_number: 2, page_size: 5 },
    { total_people: 14, page_number: 2, page_size: 5, people: { length: 5 } }
  ],
  ['get_person', { company_id, person_id: '5' }, { personId: 5, name: 'Elif Yıldız' }],
  ['list_locations', { company_id }, { items: { length: 4 } }],
  ['list_areas', { company_id }, { items: { length: 7 } }],
  [
    'create_shift_event',
    { company_id, person_id: 1, event_type: 'ClockIn', location_id: 1, event_log_id: uuid },
    { eventLogId: uuid, eventType: 'clockin', personId: 1, locationId: 1 }
  ],
  [
    'get_shift_events_for_person',
    { company_id, person_id: 1 },
    { total_events: 1, events: [{ eventLogId: uuid }] }
  ],
  [
    'get_schedules_paged',
    { company_id, person_id: 1, page_size: 2, page: 2 },
    { total_count: 3, page: 2, page_size: 2, items: [{ personId: 1 }] }
  ],
  [
    'create_person',
    { company_id, first_name: 'Zoe', last_name: 'Lang', email: 'zoe@x.example', pin: '4711' },
    { name: 'Zoe Lang', status: 'Active', personId: 107 }
  ],
  [
    'update_person_status',
    { company_id, person_id: 107, status: 'Inactive' },
    { personId: 107, status: 'Inactive' }
  ],
  ['get_user_by_email', { email: 'ZOE@x.example' }, { personId: 107, status: 'Inactive' }],
  ['verify_pin', { person_id: 107, pin: '4711' }, { verified: true }],
  ['list_crews', { company_id }, { items: [{ crewId: 1, members: { length: 6 } }, {}] }],
  ['list_roles', { company_id }, { items: [{ roleId: 1, name: 'Manager' }, {}] }],
  ['get_company_settings', { company_id }, { minimumHoursBetweenShifts: 8 }],
  ['get_kiosk_questions', { company_id }, { items: { length: 3 } }],
  [
    'post_kiosk_answers',
    { answers: [{ questionId: 1, personId: 1, answer: 'yes', shiftEventId: uuid }] },
    { saved: 1 }
  ],
  [
    'get_sandbox_status',
    { company_id },
    { hasSandboxData: true, sandboxPersonCount: 2, sandboxAreaCount: 1, sandboxLocationCount: 1 }
  ],
  ['hide_sandbox_data', { company_id, entity_types: ['Person'] }, { hasSandboxData: true }],
  ['reset_sandbox_data', { company_id }, { sandboxPersonCount: 2 }],
  [
    'create_schedule',
    { company_id, person_id: 1, location_id: '1', notes: 'Keys', ...freeDay },
    { scheduleId: 107, status: 'unpublished', description: 'Keys', timeZone: 'Europe/London' }
  ],
  [
    'update_schedule',
    { company_id, schedule_id: 107, end_time: '2026-12-21T12:00:00Z', status: 'Published' },
    { endDate: '2026-12-21T12:00:00.000Z', status: 'Published', description: 'Keys' }
  ],
  ['create_location', { company_id, name: 'Pier', time_zone: 'Europe/Paris' }, { name: 'Pier' }],
  ['create_area', { company_id, name: 'Bar', location_id: 1 }, { name: 'Bar', locationId: 1 }]
]

/** One call per tool that fails, and what the model is told. */
const fails: readonly (readonly [tool: string, args: object, text: RegExp])[] = [
  ['ping', { loud: true }, /loud/],
  ['get_company_info', { company_id: 'nobody' }, /404 \(Not Found\): No such company/],
  ['get_employee_schedules', { company_id }, /person_id/],
  ['get_people_with_unpublished_schedules', { company_id, start_date: 'soon' }, /not an ISO 8601/],
  ['list_people', { company_id, page_size: 101 }, /page_size/],
  ['get_person', { company_id, person_id: 999 }, /No such person/],
  ['list_locations', { company_id: 'nobody' }, /No such company/],
  ['list_areas', {}, /company_id/],
  ['get_shift_events_for_person', { company_id, person_id: 999 }, /No such person/],
  [
    'create_shift_event',
    { company_id, person_id: 1, event_type: 'ClockIn', event_log_id: uuid.toUpperCase() },
    /409 \(Conflict\): The event is known already/
  ],
  ['get_schedules_paged', { company_id, page_size: 1001 }, /page_size/],
  [
    'create_person',
    { company_id, first_name: 'A', last_name: 'B', email: 'ADA@harbor-cafe.example' },
    /409 \(Conflict\): The e-mail address is in use/
  ],
  ['update_person_status', { company_id, person_id: 1, status: 'Gone' }, /status/],
  ['get_user_by_email', { email: 'nobody@x.example' }, /No such person/],
  ['verify_pin', { person_id: 1, pin: 'abcd' }, /pin/],
  ['list_crews', { company_id: 'nobody' }, /No such company/],
  ['list_roles', { company_id: 'nobody' }, /No such company/],
  ['get_company_settings', { company_id: 'nobody' }, /No such company/],
  ['get_kiosk_questions', { company_id: 'nobody' }, /No such company/],
  [
    'post_kiosk_answers',
    { answers: [{ questionId: 1, personId: 1, answer: 'perhaps' }] },
    /400 \(Bad Request\): The answer is not one of the choices/
  ],
  ['get_sandbox_status', { company_id: 'nobody' }, /No such company/],
  ['hide_sandbox_data', { company_id, entity_types: ['Everything'] }, /entity_types/],
  ['reset_sandbox_data', { company_id: 'nobody' }, /No such company/],
  ['delete_sandbox_data', { company_id: 'pier-bakery' }, /403 \(Forbidden\): The plan Free/],
  [
    'create_schedule',
    { company_id, person_id: 1, location_id: 1, ...busyDay },
    /400 \(Bad Request\): The person has another schedule at this time/
  ],
  ['update_schedule', { company_id, schedule_id: 999, notes: 'x' }, /No such schedule/],
  ['create_location', { company_id, name: 'Quayside' }, /The name is in use/],
  ['create_area', { company_id, name: 'Counter', location_id: 1 }, /has an area of this name/]
]

t.test('every tool works against the demo', async (t) => {
  for (const [tool, args, expected] of works) {
    const result = await call(source, tool, args)
    t.notOk(result.isError, `${tool}: ${textOf(result)}`)
    t.match(result.structuredContent, expected, tool)
    t.ok(findTool(source, tool).outputSchema, `${tool} has an output schema`)
  }
  const deleted = await call(source, 'delete_sandbox_data', { company_id })
  t.notOk(deleted.isError)
  t.match((await call(source, 'get_sandbox_status', { company_id })).structuredContent, {
    hasSandboxData: false
  })
  const tried = new Set([...works.map(([tool]) => tool), 'delete_sandbox_data'])
  t.equal(tried.size, rows.length, 'no tool is left out')
})

t.test('every tool says what was wrong', async (t) => {
  for (const [tool, args, text] of fails) {
    const result = await call(source, tool, args)
    t.equal(result.isError, true, tool)
    t.match(textOf(result), text, tool)
  }
  t.equal(new Set(fails.map(([tool]) => tool)).size, rows.length, 'no tool is left out')
})

t.test('annotations are honest', async (t) => {
  const { source } = demo
  const hintsOf = (name: string) => findTool(source, name).annotations
  const reads = /^(get|list)_/
  for (const { name, annotations } of source.tools.filter(({ name }) => reads.test(name))) {
    t.equal(annotations.readOnlyHint, true, name)
  }
  t.match(hintsOf('verify_pin'), { readOnlyHint: true })
  t.match(hintsOf('create_schedule'), { readOnlyHint: false, idempotentHint: false })
  t.match(hintsOf('update_schedule'), { readOnlyHint: false, idempotentHint: true })
  t.match(hintsOf('update_person_status'), { idempotentHint: true })
  t.match(hintsOf('reset_sandbox_data'), { destructiveHint: true })
  t.match(hintsOf('delete_sandbox_data'), { destructiveHint: true })
})
