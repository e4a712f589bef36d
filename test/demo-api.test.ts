import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { OpenApiSource } from '../tools/openapi/source.ts'
import { createOpenApiSource } from '../tools/openapi/source.ts'
import { startDemoApi } from '../tools/shiftwork/demo-api.ts'
import { callTool, findTool, textOf } from './openapi-fixture.ts'

const document = fileURLToPath(new URL('../../examples/shiftwork/openapi.json', import.meta.url))
const api = await startDemoApi()
const source: OpenApiSource = await createOpenApiSource({ name: 'shiftwork', document, ...api })
t.teardown(async () => {
  await source.close()
  await api.close()
})

const companyId = 'harbor-cafe'
const call = (name: string, args: object = {}) =>
  callTool(findTool(source, name), { companyId, ...args })

t.test('every read operation is a tool, every write is refused', async (t) => {
  t.same(source.tools.map(({ name }) => name).sort(), [
    'get_company_info',
    'get_location',
    'get_people_with_unpublished_schedules',
    'get_person',
    'get_schedule',
    'get_schedule_shift',
    'get_schedule_shifts_paged',
    'get_schedules_paged',
    'list_areas',
    'list_locations',
    'list_people'
  ])
  t.same(source.refused.map(({ operation }) => operation).sort(), [
    'createLocation',
    'createPerson',
    'createSchedule',
    'deleteSchedule',
    'updateSchedule'
  ])
  for (const tool of source.tools) {
    t.ok(tool.outputSchema, `${tool.name} has an output schema`)
    t.ok(tool.title && tool.description.length > tool.title.length)
    for (const property of Object.values(tool.inputSchema.properties as object)) {
      t.ok(property.description)
    }
  }
})

t.test('every read tool answers in its declared form', async (t) => {
  const rows: [string, object, object][] = [
    ['get_company_info', {}, { companyId, name: 'Harbor Café' }],
    ['list_people', {}, { totalCount: 12, page: 1, pageSize: 10, items: { length: 10 } }],
    ['list_people', { pageNumber: 2 }, { page: 2, items: { length: 2 } }],
    [
      'list_people',
      { searchQuery: 'ELIF' },
      { totalCount: 1, items: [{ personId: 5, name: 'Elif Yıldız' }] }
    ],
    ['get_person', { personId: 8 }, { personId: 8, email: null }],
    ['list_locations', {}, { items: { length: 3 } }],
    ['get_location', { locationId: 3 }, { name: 'Garden House' }],
    ['list_areas', {}, { items: { length: 6 } }],
    ['get_schedules_paged', {}, { totalCount: 35 }],
    ['get_schedules_paged', { includeVoided: true }, { totalCount: 36 }],
    [
      'get_schedules_paged',
      { personId: 1, startDate: '2026-11-25', endDate: '2026-11-26' },
      { totalCount: 1 }
    ],
    [
      'get_schedules_paged',
      { locationId: 2, searchQuery: 'keys', page: 2, pageSize: 3 },
      { totalCount: 4, items: { length: 1 } }
    ],
    ['get_schedule', { scheduleId: 36 }, { personId: 12, status: /ublished/ }],
    ['get_schedule_shifts_paged', { personId: 1 }, { totalCount: 6 }],
    ['get_schedule_shifts_paged', { areaId: 1, pageSize: 1 }, { items: { length: 1 } }],
    [
      'get_schedule_shift',
      { scheduleShiftId: 1 },
      { scheduleId: 1, endDate: '2026-11-23T11:00:00.000Z' }
    ],
    [
      'get_people_with_unpublished_schedules',
      {},
      { items: [{ personId: 1, unpublishedScheduleCount: 1, scheduleIds: [1] }] }
    ]
  ]
  for (const [name, args, expected] of rows) {
    const result = await call(name, args)
    t.notOk(result.isError, textOf(result))
    t.match(result.structuredContent, expected, name)
  }
  t.equal(new Set(rows.map(([name]) => name)).size, source.tools.length, 'no tool is left out')
})

t.test('what is not there or not valid comes back with title and advice', async (t) => {
  const rows: [string, object, RegExp][] = [
    ['get_person', { personId: 99 }, /404 \(Not Found\): No such person\. .*check the ids/],
    ['list_people', { companyId: 'a/b' }, /404 \(Not Found\): No such company/],
    [
      'get_schedules_paged',
      { startDate: 'tomorrow' },
      /400 \(Bad Request\): A date is not an ISO 8601 date/
    ]
  ]
  for (const [name, args, message] of rows) {
    const result = await call(name, args)
    t.equal(result.isError, true)
    t.match(textOf(result), message)
  }
  await t.rejects(call('get_person', { companyId: '..', personId: 1 }), /"companyId" must not be/)
  await t.rejects(call('list_people', { pageSize: 101 }), /pageSize/)
})

t.test('the credential is real', async (t) => {
  for (const token of [undefined, 'wrong']) {
    const other = await createOpenApiSource({ name: 'x', document, baseUrl: api.baseUrl, token })
    const result = await callTool(findTool(other, 'list_people'), { companyId })
    t.match(textOf(result), /401 \(Unauthorized\): The bearer token is missing or wrong/)
    await other.close()
  }
})

async function request(method: string, path: string, body?: object) {
  const response = await fetch(`${api.baseUrl}/companies/${companyId}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${api.token}`,
      ...(body && { 'content-type': 'application/json' })
    },
    ...(body && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  return { status: response.status, isProblem, body: text === '' ? undefined : JSON.parse(text) }
}

t.test('writes change what reads see', async (t) => {
  const created = await request('POST', '/people', {
    name: 'Mia Rossi',
    email: 'mia@harbor-cafe.example',
    pin: '1234'
  })
  t.match(created, { status: 201, body: { personId: 13, name: 'Mia Rossi', status: 'Active' } })
  t.notOk('pin' in created.body)
  t.match((await call('get_person', { personId: 13 })).structuredContent, created.body)
  t.match(await request('POST', '/locations', { name: 'Pier' }), {
    status: 201,
    body: { locationId: 4 }
  })
  t.match((await call('list_locations')).structuredContent, { items: { length: 4 } })

  const plan = {
    personId: 13,
    locationId: 4,
    startDate: '2026-12-01T08:00:00Z',
    endDate: '2026-12-01T16:00:00Z'
  }
  const schedule = await request('POST', '/schedules', plan)
  t.match(schedule, {
    status: 201,
    body: { scheduleId: 37, status: 'Unpublished', timeZone: 'Europe/London' }
  })
  t.match((await call('get_schedule_shifts_paged', { personId: 13 })).structuredContent, {
    totalCount: 2
  })
  const changed = await request('PUT', '/schedules/37', {
    ...plan,
    endDate: '2026-12-01T12:00:00Z',
    status: 'Published'
  })
  t.match(changed, {
    status: 200,
    body: { endDate: '2026-12-01T12:00:00.000Z', status: 'Published' }
  })
  t.match((await call('get_schedule', { scheduleId: 37 })).structuredContent, changed.body)
  t.match(await request('DELETE', '/schedules/37'), { status: 204, body: undefined })
  t.match(await call('get_schedule', { scheduleId: 37 }), { isError: true })
  t.match((await call('get_schedule_shifts_paged', { personId: 13 })).structuredContent, {
    totalCount: 0
  })
})

t.test('writes are validated and refused with problem details', async (t) => {
  const plan = {
    personId: 1,
    locationId: 1,
    startDate: '2026-12-02T08:00:00Z',
    endDate: '2026-12-02T16:00:00Z'
  }
  const rows: [string, string, object | undefined, number][] = [
    ['POST', '/people', {}, 400],
    ['POST', '/people', { name: 'X', pin: '12' }, 400],
    ['POST', '/people', { name: 'X', admin: true }, 400],
    ['POST', '/people', { name: 'X', email: 'ADA@harbor-cafe.example' }, 409],
    ['POST', '/locations', { name: 'Quayside' }, 409],
    ['POST', '/schedules', { ...plan, endDate: plan.startDate }, 400],
    ['POST', '/schedules', { ...plan, startDate: 'soon' }, 400],
    ['POST', '/schedules', { ...plan, personId: 999 }, 400],
    ['POST', '/schedules', { ...plan, areaId: 6 }, 400],
    [
      'POST',
      '/schedules',
      { ...plan, startDate: '2026-11-23T08:00:00Z', endDate: '2026-11-23T09:00:00Z' },
      409
    ],
    ['PUT', '/schedules/999', plan, 404],
    ['DELETE', '/schedules/999', undefined, 404],
    ['DELETE', '/schedules/x', undefined, 400],
    ['GET', '/nothing', undefined, 404]
  ]
  for (const [method, path, body, status] of rows) {
    const answer = await request(method, path, body)
    t.match(
      answer,
      { status, isProblem: true, body: { status, title: String, type: /^urn:shiftwork:/ } },
      `${method} ${path}`
    )
  }
})
