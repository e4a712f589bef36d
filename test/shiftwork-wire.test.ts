import t from 'tap'
import { isRecord } from '../src/json.ts'
import { rows } from './fixtures/shiftwork-table.ts'
import { call, findTool, mount, startRecorder, textOf } from './helpers/shiftwork.ts'

const token = 'token-of-the-service'
const recorder = await startRecorder()
const source = await mount(recorder.baseUrl, token)
t.teardown(async () => {
  await source.close()
  await recorder.close()
})

t.test('the tools are those of the catalogue, by name and input', async (t) => {
  t.same(
    source.tools.map(({ name }) => name),
    rows.map(({ tool }) => tool)
  )
  t.equal(source.tools.length, 28)
  t.same(source.degraded, [])
  for (const { tool: name, inputs } of rows) {
    const tool = findTool(source, name)
    const { properties, required } = tool.inputSchema as {
      properties: object
      required?: string[]
    }
    const given = Object.keys(properties).map((key) => (required?.includes(key) ? `${key}*` : key))
    t.same(given.sort(), [...inputs].sort(), name)
    t.equal(tool.toolset, 'shiftwork')
    t.equal(tool.inputSchema.additionalProperties, false)
    t.ok(tool.title && tool.description.length > 10, `${name} is described`)
  }
})

t.test('verb, path, query and body are those of the catalogue', async (t) => {
  for (const { number, tool, args, request, answer, result } of rows) {
    recorder.requests.length = 0
    recorder.replyWith(answer === undefined ? 204 : 200, answer)
    const given = await call(source, tool, args)
    t.notOk(given.isError, `row ${number}: ${textOf(given)}`)
    if (!request) {
      t.equal(recorder.requests.length, 0, `row ${number} asks nobody`)
    } else {
      t.equal(recorder.requests.length, 1)
      const { headers, ...sent } = recorder.requests[0] ?? { headers: {} }
      t.same(sent, { query: {}, body: undefined, ...request }, `row ${number}: ${tool}`)
      t.equal(headers.accept, 'application/json')
      if (request.body !== undefined) t.match(headers['content-type'], /^application\/json/)
    }
    const expected = result ?? answer
    if (expected === undefined) continue
    const { timestamp, ...fields } = given.structuredContent ?? {}
    t.same(fields, expected, `row ${number}: the result`)
    const { outputSchema } = findTool(source, tool)
    const promised = isRecord(outputSchema?.properties) ? outputSchema.properties : {}
    t.equal('timestamp' in promised, timestamp !== undefined)
    if (timestamp !== undefined) t.match(timestamp, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  }
})

t.test('the credential of the service goes along', async (t) => {
  recorder.replyWith(200, [])
  recorder.requests.length = 0
  await call(source, 'list_areas', { company_id: 'acme' })
  t.equal(recorder.requests[0]?.headers.authorization, `Bearer ${token}`)
})

t.test('404 is an empty list where the catalogue says so, and an error elsewhere', async (t) => {
  recorder.replyWith(404, { error: 'x' })
  const company_id = 'acme'
  t.match(
    (await call(source, 'get_employee_schedules', { company_id, person_id: 7 })).structuredContent,
    {
      company_id,
      person_id: 7,
      total_schedules: 0,
      schedules: [],
      error: String,
      timestamp: String
    }
  )
  t.match(
    (await call(source, 'get_people_with_unpublished_schedules', { company_id })).structuredContent,
    {
      total_people: 0,
      people: [],
      message: String
    }
  )
  for (const tool of ['list_people', 'list_areas', 'get_schedules_paged']) {
    t.match(await call(source, tool, { company_id }), { isError: true })
  }
  recorder.replyWith(500, { error: 'x' })
  t.match(await call(source, 'get_employee_schedules', { company_id, person_id: 7 }), {
    isError: true
  })
})

t.test('what was cut is not counted', async (t) => {
  const schedule = { scheduleId: 1, personId: 7, startDate: 'a', endDate: 'b', status: 'x' }
  const many = Array.from({ length: 2_000 }, () => ({ ...schedule, description: 'd'.repeat(300) }))
  recorder.replyWith(200, many)
  const result = await call(source, 'get_employee_schedules', { company_id: 'a', person_id: 7 })
  t.equal(result.isError, true)
  t.match(textOf(result), /get_schedules_paged/)
})

t.test('an event id is made when none is given, a new one each time', async (t) => {
  recorder.replyWith(200, { eventLogId: 'x', eventType: 'clockout', personId: 7 })
  recorder.requests.length = 0
  for (let turn = 0; turn < 2; turn++) {
    await call(source, 'create_shift_event', {
      company_id: 'a',
      person_id: 7,
      event_type: 'ClockOut'
    })
  }
  const ids = recorder.requests.map(({ body }) => (body as { eventLogId: string }).eventLogId)
  t.equal(new Set(ids).size, 2)
  for (const id of ids) t.match(id, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
})
