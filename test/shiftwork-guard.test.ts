import fc from 'fast-check'
import t from 'tap'
import { createAudit } from '../src/audit.ts'
import { rows } from './fixtures/shiftwork-table.ts'
import { dispatcherOf } from './helpers/dispatcher.ts'
import {
  call,
  context,
  findTool,
  mount,
  mountDemo,
  startRecorder,
  textOf
} from './helpers/shiftwork.ts'

const recorder = await startRecorder()
const source = await mount(recorder.baseUrl)
t.teardown(async () => {
  await source.close()
  await recorder.close()
})

t.test('an id cannot leave its place in the path', async (t) => {
  recorder.replyWith(404)
  const named = ['..', '.', '../x', 'a/../b', 'a%2f..', 'a?b=1', 'a#b', 'a\\b', ' ', 'ä', 'a;b']
  for (const company_id of named) await call(source, 'get_company_info', { company_id })
  const refused = await call(source, 'get_company_info', { company_id: '..' })
  t.match(textOf(refused), /company_id/)
  await fc.assert(
    fc.asyncProperty(
      fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
      async (company_id) => {
        await call(source, 'get_company_info', { company_id })
      }
    ),
    { numRuns: 300 }
  )
  t.ok(recorder.requests.length > named.length)
  for (const { path, query } of recorder.requests) {
    t.match(path, /^\/api\/companies\/[^/\\?#;]+$/)
    t.notMatch(path, /^\/api\/companies\/\.{1,2}$/)
    t.same(query, {})
  }
})

t.test('a counted id is a number, as such or as text, and nothing else', async (t) => {
  recorder.replyWith(404)
  recorder.requests.length = 0
  for (const person_id of [
    '../1',
    '1/2',
    '1e3',
    '0x1',
    '01',
    '-1',
    0,
    1.5,
    '1 ',
    true,
    [1],
    null
  ]) {
    const result = await call(source, 'get_person', { company_id: 'a', person_id })
    t.equal(result.isError, true)
    t.match(textOf(result), /person_id/, JSON.stringify(person_id))
  }
  t.equal(recorder.requests.length, 0, 'nothing was sent')
  await call(source, 'get_person', { company_id: '7', person_id: '12' })
  t.equal(recorder.requests[0]?.path, '/api/companies/7/people/12')
})

t.test('an argument that is not declared is refused before anything is sent', async (t) => {
  recorder.requests.length = 0
  for (const { tool, args } of rows) {
    for (const extra of ['companyId', 'fields', '__proto__', 'toString']) {
      const given = JSON.parse(JSON.stringify({ ...args, [`x_${extra}`]: 1 }).replace('x_', ''))
      const result = await call(source, tool, given)
      t.equal(result.isError, true, `${tool}: ${extra}`)
      t.match(textOf(result), extra)
    }
  }
  // What the operation has and the tool does not.
  for (const [tool, extra] of [
    ['create_schedule', 'status'],
    ['create_location', 'country'],
    ['get_schedules_paged', 'area_id']
  ]) {
    const { args } = rows.find((row) => row.tool === tool) ?? {}
    const result = await call(source, String(tool), { ...args, [String(extra)]: 1 })
    t.match(textOf(result), `${extra}: is not declared`)
  }
  t.equal(recorder.requests.length, 0)
})

t.test('a PIN is in no audit line and in no answer', async (t) => {
  const pin = '8642'
  const demo = await mountDemo()
  t.teardown(demo.close)
  const lines: string[] = []
  const audit = createAudit(
    { enabled: true, args: 'redacted' },
    { append: (line) => lines.push(line.replace(/,"prevHash".*/, '')) }
  )
  const dispatcher = dispatcherOf(demo.source, { audit })
  const person = { company_id: 'harbor-cafe', first_name: 'Zoe', last_name: 'Lang', pin }
  const answers = [
    await dispatcher.callTool('create_person', person, context),
    await dispatcher.callTool('verify_pin', { person_id: 107, pin }, context),
    await dispatcher.callTool('verify_pin', { person_id: 107, pin: `${pin}x` }, context),
    await dispatcher.callTool('get_person', { company_id: 'harbor-cafe', person_id: 107 }, context)
  ]
  t.match(answers[1], { structuredContent: { verified: true } })
  t.equal(lines.length, 4)
  t.notMatch(lines.join(), pin)
  t.notMatch(JSON.stringify(answers), pin)
  t.match(lines[0], /"first_name":"Zoe"/, 'what is no secret stays readable')
  for (const name of ['create_person', 'verify_pin']) {
    t.same(findTool(source, name).sensitive, ['pin'])
  }
})
