import t from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { allCarriers, carriers, openSessionId } from './helpers/carriers.ts'
import { type Answer, send } from './helpers/http.ts'
import { jsonHeaders, modernHeaders, modernRequest, request } from './helpers/messages.ts'
import { checkRefusal } from './helpers/refusals.ts'

/* Which methods cost something, and what a caller over its own rate is told of each. */

const once = { perMinute: 0.001, burst: 1 }
const charged = ['tools/call', 'resources/read', 'prompts/get', 'prompts/list']
const limits = { ...once, methods: Object.fromEntries(charged.map((method) => [method, once])) }

async function start(t: { teardown(end: () => unknown): void }): Promise<App> {
  const app = await startApp({ ...allCarriers, limits })
  t.teardown(() => app.close(0))
  return app
}

type Params = Readonly<Record<string, unknown>>

function post(app: App, method: string, params: Params, isModern: boolean): Promise<Answer> {
  const accept = { accept: 'application/json, text/event-stream' }
  if (!isModern) return send(app.url, { headers: jsonHeaders(), body: request(method, params) })
  const body = modernRequest(method, params)
  return send(app.url, { headers: { ...modernHeaders(body), ...accept }, body })
}

// What is refused before the SDK sees it, and what the dispatcher refuses.
const rows: readonly (readonly [name: string, method: string, params: Params])[] = [
  ['unknown', 'no/such', {}],
  ['without a rate of its own', 'logging/setLevel', { level: 'info' }],
  ['malformed', 'resources/read', { uri: 5 }],
  ['a call without a shape', 'tools/call', { name: 5 }],
  ['a list', 'prompts/list', {}],
  ['a prompt', 'prompts/get', { name: 'greet', arguments: { name: 'Ada' } }]
]

for (const [name, method, params] of rows) {
  t.test(`over the caller's rate, ${name}: HTTP 200, code 429, and how long to wait`, async (t) => {
    for (const isModern of [false, true]) {
      const app = await start(t)
      await post(app, method, params, isModern)
      const answer = await post(app, method, params, isModern)
      if (answer.headers['content-type']?.startsWith('text/event-stream')) {
        // An answer of the SDK's own, on a stream of one event.
        t.equal(answer.status, 200)
        t.match(answer.text, /"code":429,.*"data":\{"retryAfterMs":\d+\}/)
        continue
      }
      checkRefusal(t, answer, { status: 200, code: 429, id: 1 })
      t.match(JSON.parse(answer.text).error.data, { retryAfterMs: Number })
    }
  })
}

t.test('a stream of changes over the rate is refused in the same words', async (t) => {
  const app = await start(t)
  const params = { notifications: { toolsListChanged: true } }
  await post(app, 'no/such', {}, true)
  const answer = await post(app, 'subscriptions/listen', params, true)
  checkRefusal(t, answer, { status: 200, code: 429, id: 1 })
  t.match(JSON.parse(answer.text).error.data, { retryAfterMs: Number })
})

for (const [name, open] of Object.entries(carriers)) {
  const free = name.includes('2026') ? 'server/discover' : 'ping'
  t.test(`${name}: ${free} and notifications are free, a second list is not`, async (t) => {
    const app = await start(t)
    const carrier = await open({ app, key: 'narrow' })
    t.teardown(() => carrier.close())
    await (await carrier.send('prompts/list', {}, 'within')).answer
    for (let turn = 0; turn < 5; turn++) {
      const pending = await carrier.send(free, {}, `free ${turn}`)
      t.ok((await pending.answer)?.result)
      // A notification, where this carrier says it so.
      await pending.cancel()
    }
    t.strictSame(app.audit('RATE_LIMITED'), [])
    const refused = await (await carrier.send('prompts/list', {}, 'over')).answer
    t.match(refused?.error, { code: 429, data: { retryAfterMs: Number } })
    const recorded = { outcome: 'limited', method: 'prompts/list', principal: 'narrow' }
    t.match(app.audit('RATE_LIMITED'), [recorded])
    t.equal(app.audit('RATE_LIMITED').length, 1)
  })
}

t.test('initialize and notifications over HTTP are free', async (t) => {
  const app = await start(t)
  for (let turn = 0; turn < 5; turn++) {
    t.type(await openSessionId({ app, key: 'full' }), 'string')
    for (const method of ['notifications/initialized', 'notifications/cancelled']) {
      const body = { jsonrpc: '2.0', method, params: { requestId: 7 } }
      t.equal((await send(app.url, { headers: jsonHeaders(), body })).status, 202, method)
    }
  }
  t.strictSame(app.audit('RATE_LIMITED'), [])
})
