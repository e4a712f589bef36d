import t from 'tap'
import { startApp } from './helpers/app.ts'
import { bodyOf, createFacade } from './helpers/facade.ts'
import { send } from './helpers/http.ts'
import {
  authHeaders,
  jsonHeaders,
  modernHeaders,
  modernRequest,
  toolCall
} from './helpers/messages.ts'
import { principals } from './helpers/principals.ts'
import { checkRefusal } from './helpers/refusals.ts'

/* Who may use the REST façade, what it leaves in the audit, and how it is limited. */

const page = 'https://app.example.com'
const app = await startApp({ http: { allowedOrigins: [page] } })
t.teardown(() => app.close(0))
const { get, post, newLines } = createFacade(app)

const execute = '/api/tools/execute'

t.test('no key, no answer', async (t) => {
  for (const [method, path] of [
    ['GET', '/api/tools'],
    ['GET', '/openapi.json'],
    ['POST', execute],
    ['POST', '/api/tools/echo'],
    ['GET', '/api/employees/harbor-cafe/1/schedules']
  ] as const) {
    const answer = await send(app.origin + path, { method })
    checkRefusal(t, answer, {
      status: 401,
      code: 'plain',
      headers: { 'www-authenticate': /^Bearer/ }
    })
    t.equal(bodyOf(answer).error, 'Unauthorized', 'the word that former clients compare')
  }
})

t.test('hidden is as unknown, and only the audit tells them apart', async (t) => {
  const ask = (name: string) => post(execute, { name }, jsonHeaders('narrow'))
  const [hidden, [line]] = await newLines(() => ask('scoped'))
  const unknown = await ask('sc0ped')
  t.equal(hidden.status, unknown.status)
  t.equal(bodyOf(hidden).error, String(bodyOf(unknown).error).replace('sc0ped', 'scoped'))
  t.strictSame(Object.keys(hidden.headers), Object.keys(unknown.headers))
  t.match(line, { outcome: 'forbidden', tool: 'scoped', principal: principals.narrow.id })
})

t.test('one audit line, of the same shape as over MCP', async (t) => {
  const traceId = 'a'.repeat(32)
  const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`
  const args = { pin: '1234', code: '5' }
  const call = modernRequest('tools/call', toolCall('keep_pin', args), 1, { traceparent })
  const [, [mcp]] = await newLines(() =>
    send(app.url, { headers: modernHeaders(call), body: call })
  )
  const headers = { ...jsonHeaders(), traceparent, 'mcp-protocol-version': '2026-07-28' }
  const [answer, lines] = await newLines(() => post('/api/tools/keep_pin', args, headers))
  t.equal(answer.status, 200)
  t.equal(lines.length, 1)
  t.strictSame(Object.keys(lines[0]!), Object.keys(mcp!))
  t.strictSame(lines[0]!.args, mcp!.args, 'censored alike')
  t.match(lines[0], {
    outcome: 'ok',
    tool: 'keep_pin',
    method: 'tools/call',
    transport: 'http',
    traceId
  })
})

t.test('a client that goes away stops its call', async (t) => {
  const leaving = new AbortController()
  const { signal } = leaving
  const sent = { headers: jsonHeaders(), body: { name: 'gone' }, signal }
  const gone = t.rejects(send(`${app.origin}/api/tools/hold`, sent))
  await app.events.told('running gone')
  leaving.abort()
  await gone
  await app.events.told('aborted gone')
})

t.test('a preflight needs no key, and its page may read the answer', async (t) => {
  for (const [method, path] of [
    ['POST', execute],
    ['GET', '/api/tools']
  ] as const) {
    const asked = {
      origin: page,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type'
    }
    const { status, headers } = await send(app.origin + path, { method: 'OPTIONS', headers: asked })
    t.equal(status, 204)
    t.equal(headers['access-control-allow-origin'], page)
    t.match(headers['access-control-allow-headers'], /Authorization/)
  }
  const answer = await get('/api/tools', { ...authHeaders(), origin: page })
  t.equal(answer.headers['access-control-allow-origin'], page)
})

t.test('the façade charges the rates of the methods: 429 with Retry-After', async (t) => {
  const rate = { perMinute: 1, burst: 1 }
  const limits = { methods: { 'tools/call': rate, 'tools/list': rate } }
  const small = await startApp({ limits })
  t.teardown(() => small.close(0))
  const { get, post } = createFacade(small)
  const wanted = { status: 429, code: 'plain', headers: { 'retry-after': /^[1-9]\d*$/ } } as const
  t.equal((await get('/openapi.json')).status, 200)
  checkRefusal(t, await get('/api/tools'), wanted)
  t.equal((await post(execute, {})).status, 400)
  checkRefusal(t, await post(execute, {}), wanted)
  checkRefusal(t, await post('/api/tools/echo', { text: 'a' }), wanted)
  const outcomes = small.audit('TOOL_EXECUTE').map(({ outcome }) => outcome)
  t.strictSame(outcomes, ['invalid', 'limited', 'limited'])
})

t.test('a call that finds no free slot is 503, audited as busy', async (t) => {
  const full = await startApp({ limits: { maxConcurrent: 1, queue: 0 } })
  t.teardown(() => full.close(0))
  const { post, newLines } = createFacade(full)
  const held = post('/api/tools/hold', { name: 'slot' })
  await full.events.told('running slot')
  const [answer, lines] = await newLines(() => post('/api/tools/echo', { text: 'a' }))
  checkRefusal(t, answer, { status: 503, code: 'plain', headers: { 'retry-after': '1' } })
  t.match(lines, [{ outcome: 'busy', tool: 'echo' }])
  full.events.tell('release slot')
  t.equal((await held).text, '"released slot"')
})
