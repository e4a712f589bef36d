import t from 'tap'
import { startApp } from './helpers/app.ts'
import { bodyOf, createFacade } from './helpers/facade.ts'
import { send } from './helpers/http.ts'
import { authHeaders, jsonHeaders } from './helpers/messages.ts'
import { checkRefusal } from './helpers/refusals.ts'

/* The REST façade: its shapes, its words for every refusal, and one audit line per call. */

const maxResultBytes = 4096
const plenty = { perMinute: 60_000, burst: 10_000 }
const app = await startApp({
  limits: { methods: { 'tools/call': plenty }, maxResultBytes, maxRequestBytes: 2048 }
})
t.teardown(() => app.close(0))
const { get, post, newLines } = createFacade(app)

const execute = '/api/tools/execute'
const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

t.test('/ping needs no key', async (t) => {
  for (const method of ['GET', 'POST']) {
    const answer = await send(`${app.origin}/ping`, { method })
    t.equal(answer.status, 200)
    t.match(bodyOf(answer), { message: 'pong - server is running', timestamp: time })
  }
})

t.test('/api/tools lists what the caller sees', async (t) => {
  const answer = await get('/api/tools')
  t.equal(answer.status, 200)
  const { tools, total_tools, timestamp, ...rest } = bodyOf(answer)
  t.strictSame(rest, {})
  t.match(timestamp, time)
  const list = tools as readonly { readonly name: string }[]
  t.equal(total_tools, list.length)
  t.strictSame(
    list.find(({ name }) => name === 'echo'),
    {
      name: 'echo',
      description: 'Test: echo',
      parameters: { text: 'string (required)', turns: 'integer (optional)' }
    }
  )
  const tiny = bodyOf(await get('/api/tools', authHeaders('tiny')))
  t.match(tiny, { total_tools: 2, tools: [{ name: 'echo' }, { name: 'fail' }] })
})

t.test('a call answers with the structured value or the text', async (t) => {
  const named = { tool_name: 'echo', arguments: { text: 'a' } }
  for (const body of [named, { name: 'echo', arguments: { text: 'a' } }]) {
    const answer = await post(execute, body)
    t.equal(answer.status, 200)
    t.match(answer.headers['content-type'], /^application\/json/)
    const { timestamp, ...rest } = bodyOf(answer)
    t.match(timestamp, time)
    t.strictSame(rest, { tool_name: 'echo', result: { text: 'a' } })
  }
  t.match(bodyOf(await post(execute, { name: 'rare' })), { tool_name: 'rare', result: 'once' })
  t.strictSame(bodyOf(await post('/api/tools/echo', { text: 'a' })), { text: 'a' })
  const scoped = await send(`${app.origin}/api/tools/scoped`, { headers: authHeaders() })
  t.equal(scoped.text, '"the report"', 'a text is JSON, too; no body means no arguments')
})

t.test('every refusal has its status, its text and its audit line', async (t) => {
  const big = { name: 'big', arguments: { bytes: maxResultBytes } }
  const rows: readonly (readonly [string, string, unknown, number, string | RegExp, string?])[] = [
    ['no name', execute, {}, 400, 'tool_name is required', 'invalid'],
    ['a name of another type', execute, { tool_name: 7 }, 400, 'tool_name is required', 'invalid'],
    ['a body of another type', execute, [1], 400, 'tool_name is required', 'invalid'],
    ['not JSON', execute, '{"tool_name":', 400, 'Invalid JSON in request body'],
    ['empty', execute, '', 400, 'Invalid JSON in request body'],
    ['too deep', execute, '['.repeat(100), 400, /nested too deeply/],
    ['too large', execute, { name: 'x'.repeat(3000) }, 413, /too large/],
    [
      'a missing argument',
      execute,
      { name: 'echo' },
      400,
      /^Invalid arguments\. text: /,
      'invalid'
    ],
    [
      'a wrong argument',
      '/api/tools/echo',
      { text: 1 },
      400,
      /^Invalid arguments\. text: /,
      'invalid'
    ],
    [
      'no object',
      execute,
      { name: 'echo', arguments: [1] },
      400,
      /must be a JSON object/,
      'invalid'
    ],
    ['no object as body', '/api/tools/echo', '"a"', 400, /must be a JSON object/, 'invalid'],
    ['unknown', execute, { name: 'nope' }, 404, 'Unknown tool: nope', 'unknown'],
    ['unknown in the path', '/api/tools/no%2Fpe', {}, 404, 'Unknown tool: no/pe', 'unknown'],
    ['over its rate', '/api/tools/rare', {}, 429, /^Rate limit reached/, 'limited'],
    ['past its deadline', '/api/tools/stubborn', {}, 504, /deadline/, 'timeout'],
    ['over the size', execute, big, 502, /^The result is too large/, 'too_large'],
    [
      'said no',
      '/api/tools/object_to',
      {},
      502,
      'month must be 1 to 12; send a smaller one.',
      'failed'
    ],
    ['broken', '/api/tools/fail', {}, 502, /^The tool failed\..* Request id: /, 'failed'],
    ['asks', '/api/tools/ask_name', {}, 502, /cannot ask/, 'failed'],
    ['no such route', '/api/nothing', {}, 404, 'Not found.']
  ]
  for (const [name, path, body, status, error, outcome] of rows) {
    t.test(name, async (t) => {
      const [answer, lines] = await newLines(() => post(path, body))
      const recorded = path.replace(/tools\/(?!execute$).*/, 'tools/:name')
      const headers: Record<string, RegExp> = status === 429 ? { 'retry-after': /^[1-9]\d*$/ } : {}
      checkRefusal(t, answer, { status, code: 'plain', headers })
      t.match(bodyOf(answer).error, error)
      t.strictSame(
        lines.map((line) => [line.outcome, line.requestId, line.path]),
        outcome ? [[outcome, answer.headers['x-request-id'], recorded]] : [],
        'the audit lines'
      )
    })
  }
  t.test('another media type', async (t) => {
    const headers = { ...authHeaders(), 'content-type': 'text/plain' }
    checkRefusal(t, await post(execute, '{}', headers), { status: 415, code: 'plain' })
  })
  t.test('another method', async (t) => {
    const answer = await send(`${app.origin}/api/tools`, { headers: jsonHeaders(), body: {} })
    checkRefusal(t, answer, { status: 405, code: 'plain', headers: { allow: 'GET' } })
    for (const [method, path, allow] of [
      ['GET', '/api/tools/echo', 'POST'],
      ['PUT', '/api/tools/execute', 'POST'],
      ['DELETE', '/api/employees/harbor-cafe/1/schedules', 'GET'],
      ['POST', '/api/companies/harbor-cafe/people', 'GET'],
      ['HEAD', '/api/companies/harbor-cafe/people/unpublished-schedules', 'GET']
    ] as const) {
      const refused = await send(app.origin + path, { method, headers: authHeaders() })
      t.match(refused, { status: 405, headers: { allow } }, `${method} ${path}`)
    }
    for (const path of ['/api/tools/', '/api/tools/a/b', '/api/employees/x', '/api']) {
      const unknown = await send(app.origin + path, { method: 'GET', headers: authHeaders() })
      checkRefusal(t, unknown, { status: 404, code: 'plain' })
    }
    const broken = await send(`${app.origin}/api/tools/%zz`, {
      method: 'POST',
      headers: authHeaders()
    })
    checkRefusal(t, broken, { status: 404, code: 'plain' })
  })
})
