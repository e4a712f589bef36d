import t from 'tap'
import { startDemoApi } from '../tools/shiftwork/demo-api.ts'
import { nowMs } from './helpers/shiftwork.ts'

const api = await startDemoApi({ now: () => nowMs })
t.teardown(() => api.close())

const harbor = '/companies/harbor-cafe'
const uuid = '0b0f6b4e-6d6a-4c0e-9a52-2f1c8f0f6a11'

async function request(method: string, path: string, body?: object, token = api.token) {
  const response = await fetch(`${api.baseUrl}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' })
    },
    ...(body && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  return { status: response.status, isProblem, body: text === '' ? undefined : JSON.parse(text) }
}

/** A schedule of person 2 on a day of December 2026, where the demo plans nothing. */
function plan(day: number, fromHour: number, toHour: number, more: object = {}) {
  const at = (hour: number) => new Date(Date.UTC(2026, 11, day, hour)).toISOString()
  return { personId: 2, locationId: 1, startDate: at(fromHour), endDate: at(toHour), ...more }
}

t.test('the credential is real, and the kiosk asks its questions without one', async (t) => {
  const refused = await request('GET', `${harbor}/people`, undefined, 'wrong')
  t.match(refused, { status: 401, isProblem: true, body: { status: 401, title: String } })
  t.match(await request('GET', '/kiosk/harbor-cafe/questions', undefined, 'wrong'), {
    status: 200,
    body: [{ kioskQuestionId: 1 }, {}, {}]
  })
  t.match(await request('GET', '/ping', undefined, 'wrong'), { status: 200 })
  t.match(await request('POST', '/kiosk/answers', { answers: [] }, 'wrong'), { status: 401 })
})

t.test('it is the same company every time, in the week of now', async (t) => {
  const other = await startDemoApi({ now: () => nowMs })
  t.teardown(() => other.close())
  const path = `/api${harbor}/schedules`
  const [one, two] = await Promise.all(
    [api, other].map(async ({ baseUrl, token }) => {
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`${baseUrl}${path}`, { headers })
      return (await response.json()) as { startDate: string }[]
    })
  )
  t.same(one, two)
  t.equal(one?.length, 35)
  t.ok(one?.every(({ startDate }) => /^2026-11-2[3-9]T/.test(startDate)))
})

t.test('pages have caps, filters and a total', async (t) => {
  const rows: [string, object][] = [
    ['/people', { totalCount: 14, page: 1, pageSize: 10, items: { length: 10 } }],
    ['/people?pageNumber=2&pageSize=100', { totalCount: 14, items: { length: 0 } }],
    ['/people?searchQuery=ELIF', { totalCount: 1, items: [{ personId: 5 }] }],
    ['/schedules/paged', { totalCount: 35, pageSize: 200 }],
    ['/schedules/paged?includeVoided=true', { totalCount: 36 }],
    ['/schedules/paged?personId=1&endDate=2026-11-24', { totalCount: 1 }],
    ['/schedules/paged?locationId=2&searchQuery=keys&page=2&pageSize=3', { totalCount: 4 }],
    ['/scheduleshifts/paged?areaId=1&pageSize=1', { items: { length: 1 } }]
  ]
  for (const [path, expected] of rows) {
    t.match((await request('GET', `${harbor}${path}`)).body, expected, path)
  }
  for (const path of [
    '/people?pageSize=101',
    '/schedules/paged?pageSize=1001',
    '/people?pageNumber=0'
  ]) {
    t.match(await request('GET', `${harbor}${path}`), { status: 400, isProblem: true }, path)
  }
})

t.test('a plan that breaks a rule is refused with errors and warnings', async (t) => {
  const first = await request('POST', `${harbor}/schedules`, plan(7, 8, 16))
  t.match(first, { status: 201, body: { status: 'unpublished', warnings: [] } })
  const rows: [object, RegExp][] = [
    [plan(7, 12, 20), /another schedule at this time/],
    [plan(7, 20, 22), /8 hours of rest/],
    [plan(9, 6, 20), /More than 12 hours on one day/],
    [plan(9, 16, 8), /endDate must be after/]
  ]
  for (const [body, error] of rows) {
    const refused = await request('POST', `${harbor}/schedules`, body)
    t.match(refused, { status: 400, isProblem: true, body: { warnings: Array, title: error } })
    t.match(refused.body.errors.join(), error)
  }
  for (const day of [8, 9, 10, 11]) {
    t.match(await request('POST', `${harbor}/schedules`, plan(day, 8, 16)), {
      body: { warnings: { length: 0 } }
    })
  }
  t.match(await request('POST', `${harbor}/schedules`, plan(12, 8, 16)), {
    status: 201,
    body: { warnings: [/More than 40 hours in one week/] }
  })
  const { scheduleId } = (await request('POST', `${harbor}/schedules`, plan(13, 8, 9))).body
  t.match(await request('PUT', `${harbor}/schedules/${scheduleId}`, { description: 'Keys' }), {
    status: 200,
    body: { description: 'Keys', warnings: [/one week/, /More than 6 days of work in a row/] }
  })
})

t.test('a schedule is published, changed, voided once and deleted', async (t) => {
  const created = await request(
    'POST',
    `${harbor}/schedules`,
    plan(21, 8, 16, { locationId: 2, areaId: 4 })
  )
  const { scheduleId } = created.body
  const path = `${harbor}/schedules/${scheduleId}`
  t.match(await request('POST', `${path}/publish`), { body: { status: 'Published' } })
  t.match(await request('PUT', path, { endDate: '2026-12-21T12:00:00Z' }), {
    body: { endDate: '2026-12-21T12:00:00.000Z', status: 'Published', areaId: 4, locationId: 2 }
  })
  const shifts = await request(
    'GET',
    `${harbor}/scheduleshifts/paged?personId=2&startDate=2026-12-21`
  )
  t.match(shifts.body, { totalCount: 2, items: [{ endDate: '2026-12-21T10:00:00.000Z' }, {}] })
  t.match(await request('POST', `${path}/void`), { status: 400 })
  t.match(await request('POST', `${path}/void?voidedBy=Ada`), {
    body: { voidedBy: 'Ada', voidedAt: new Date(nowMs).toISOString() }
  })
  for (const [method, to, body] of [
    ['POST', '/void?voidedBy=Ada'],
    ['POST', '/publish'],
    ['PUT', '', { description: 'x' }]
  ] as const) {
    t.match(await request(method, `${path}${to}`, body), { status: 409, isProblem: true })
  }
  t.match(await request('POST', `${harbor}/schedules`, plan(21, 8, 16)), { status: 201 })
  t.match(await request('DELETE', path), { status: 204, body: undefined })
  t.match(await request('GET', path), { status: 404 })
})

t.test('a shift event counts once', async (t) => {
  const event = { eventLogId: uuid, eventType: 'clockin', personId: 1 }
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => request('POST', `${harbor}/shiftevents`, event))
  )
  t.same(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409])
  t.match((await request('GET', `${harbor}/shiftevents/person/1`)).body, { length: 1 })
  for (const wrong of [{ eventLogId: 'x' }, { eventType: 'ClockIn' }, { personId: 999 }]) {
    const body = { ...event, eventLogId: uuid.replace('0', '1'), ...wrong }
    t.match(await request('POST', `${harbor}/shiftevents`, body), { status: 400, isProblem: true })
  }
})

t.test('sample data is hidden, reset and deleted, but not on the plan Free', async (t) => {
  const count = async () => (await request('GET', `${harbor}/people`)).body.totalCount
  const before = await count()
  await request('POST', `${harbor}/sandbox/hide`, {})
  t.equal(await count(), before - 2)
  t.match((await request('GET', `${harbor}/areas`)).body, { length: 6 })
  await request('POST', `${harbor}/sandbox/reset`)
  t.equal(await count(), before)
  t.match(await request('POST', '/companies/pier-bakery/sandbox/delete'), {
    status: 403,
    isProblem: true
  })
  t.match(await request('POST', `${harbor}/sandbox/delete`), { status: 204 })
  t.equal(await count(), before - 2)
})

t.test('a PIN is stored, checked and never shown', async (t) => {
  const created = await request('POST', `${harbor}/people`, { name: 'Mia Rossi', pin: '4711' })
  t.equal(created.status, 201)
  t.notMatch(JSON.stringify(created.body), '4711')
  const { personId } = created.body
  for (const [id, pin, verified] of [
    [personId, '4711', true],
    [personId, '4712', false],
    [9999, '4711', false]
  ]) {
    t.same((await request('POST', '/auth/verify-pin', { personId: id, pin })).body, { verified })
  }
})

t.test('what is not valid or not there is a problem', async (t) => {
  const rows: [string, string, object | undefined, number][] = [
    ['POST', `${harbor}/people`, {}, 400],
    ['POST', `${harbor}/people`, { name: 'X', pin: '12' }, 400],
    ['POST', `${harbor}/people`, { name: 'X', admin: true }, 400],
    ['POST', `${harbor}/people`, { name: 'X', email: 'ADA@harbor-cafe.example' }, 409],
    ['POST', `${harbor}/locations`, { name: 'Quayside' }, 409],
    ['POST', `${harbor}/areas`, { name: 'Bar', locationId: 999 }, 400],
    ['POST', `${harbor}/schedules`, plan(28, 8, 16, { personId: 12 }), 400],
    ['POST', `${harbor}/schedules`, plan(28, 8, 16, { areaId: 6 }), 400],
    ['PUT', `${harbor}/schedules/999`, { description: 'x' }, 404],
    ['DELETE', `${harbor}/schedules/x`, undefined, 400],
    ['GET', '/companies/nobody', undefined, 404],
    ['GET', '/events/e999', undefined, 404],
    ['GET', '/users/x', undefined, 404],
    ['GET', '/nothing', undefined, 404]
  ]
  for (const [method, path, body, status] of rows) {
    const answer = await request(method, path, body)
    const expected = { status, isProblem: true, body: { status, title: String, type: /^urn:/ } }
    t.match(answer, expected, `${method} ${path}`)
  }
})
