import t, { type Test } from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { allCarriers, carriers } from './helpers/carriers.ts'
import { createFacade } from './helpers/facade.ts'
import { authHeaders, jsonHeaders, toolCall } from './helpers/messages.ts'
import { type Scrape, scrape } from './helpers/prometheus.ts'

type Labels = Readonly<Record<string, string>>
type Params = Readonly<Record<string, unknown>>
/** How much a series rises. */
type Rise = readonly [name: string, labels: Labels, by: number]

/** A request, and every series of these four counters that rises by it. */
type Row = readonly [name: string, method: string, params: Params, ...rises: Rise[]]

const counters = [
  'mcp_requests_total',
  'mcp_errors_total',
  'mcp_tool_calls_total',
  'mcp_rate_limited_total'
]

const asked = (method: string): Rise => ['mcp_requests_total', { method }, 1]
const refused = (method: string, code: number): Rise => [
  'mcp_errors_total',
  { method, error_code: String(code) },
  1
]
const called = (tool: string, outcome: string): Rise => [
  'mcp_tool_calls_total',
  { tool, outcome },
  1
]
const limited = (scope: string): Rise => ['mcp_rate_limited_total', { scope }, 1]

const call = 'tools/call'
const rows: readonly Row[] = [
  ['ok', call, toolCall('echo', { text: 'hi' }), asked(call), called('echo', 'ok')],
  ['failed', call, toolCall('fail'), asked(call), called('fail', 'failed')],
  [
    'unknown',
    call,
    toolCall('no_such_tool'),
    asked(call),
    refused(call, -32602),
    called('_unknown', 'unknown')
  ],
  [
    'hidden',
    call,
    toolCall('scoped'),
    asked(call),
    refused(call, -32602),
    called('scoped', 'forbidden')
  ],
  ['within its rate', call, toolCall('rare'), asked(call), called('rare', 'ok')],
  ['limited', call, toolCall('rare'), asked(call), called('rare', 'limited'), limited('tool')],
  ['invalid', call, toolCall('echo', { texts: 1 }), asked(call), called('echo', 'invalid')],
  [
    'malformed',
    call,
    { name: 'echo', arguments: [] },
    asked(call),
    refused(call, -32602),
    called('echo', 'invalid')
  ],
  ['a list', 'tools/list', {}, asked('tools/list')],
  ['a list within its rate', 'prompts/list', {}, asked('prompts/list')],
  [
    'a list limited',
    'prompts/list',
    {},
    asked('prompts/list'),
    refused('prompts/list', 429),
    limited('method')
  ],
  ['a resource', 'resources/read', { uri: 'docs://about' }, asked('resources/read')],
  [
    'a resource unknown',
    'resources/read',
    { uri: 'docs://secret-name' },
    asked('resources/read'),
    refused('resources/read', -32602)
  ],
  [
    'a prompt without its argument',
    'prompts/get',
    { name: 'greet' },
    asked('prompts/get'),
    refused('prompts/get', -32602)
  ],
  ['a method unknown', 'evil/method', {}, asked('_unknown'), refused('_unknown', -32601)]
]

const roomy = { perMinute: 60_000, burst: 1000 }
const settings = {
  limits: {
    methods: {
      'tools/call': roomy,
      'tools/list': roomy,
      'resources/read': roomy,
      'prompts/get': roomy,
      'prompts/list': { perMinute: 0.001, burst: 1 }
    }
  }
}

async function start(t: Test): Promise<App> {
  const app = await startApp({ ...allCarriers, ...settings })
  t.teardown(() => app.close(0))
  return app
}

/** Every series of the counters that differs, as `Rise`s in a fixed order. */
function risesOf(before: Scrape, after: Scrape): readonly string[] {
  return after.samples
    .filter(({ name }) => counters.includes(name))
    .map(({ name, labels, value }): Rise => [name, labels, value - before.value(name, labels)])
    .filter(([, , by]) => by !== 0)
    .map((rise) => JSON.stringify(rise))
    .sort()
}

for (const [name, open] of Object.entries(carriers)) {
  t.test(`${name}: each call raises what it should, and nothing else`, async (t) => {
    const app = await start(t)
    const carrier = await open({ app, key: 'narrow' })
    t.teardown(() => carrier.close())
    for (const [title, method, params, ...rises] of rows) {
      const before = await scrape(app.origin, authHeaders())
      await (await carrier.send(method, params, title)).answer
      const after = await scrape(app.origin, authHeaders())
      t.strictSame(risesOf(before, after), rises.map((rise) => JSON.stringify(rise)).sort(), title)
    }
  })
}

t.test('the facade counts as MCP does', async (t) => {
  const app = await start(t)
  const facade = createFacade(app)
  const before = await scrape(app.origin, authHeaders())
  await facade.post('/api/tools/echo', { text: 'hi' }, jsonHeaders('narrow'))
  for (const name of ['fail', 'no_such_tool', 'scoped', 'rare', 'rare']) {
    await facade.post(`/api/tools/${name}`, {}, jsonHeaders('narrow'))
  }
  await facade.get('/api/tools')
  const after = await scrape(app.origin, authHeaders())
  const rises: readonly Rise[] = [
    ['mcp_requests_total', { method: call }, 6],
    ['mcp_errors_total', { method: call, error_code: '-32602' }, 2],
    ...['echo ok', 'fail failed', '_unknown unknown', 'scoped forbidden', 'rare ok', 'rare limited']
      .map((pair) => pair.split(' '))
      .map(([tool = '', outcome = '']) => called(tool, outcome)),
    asked('tools/list'),
    limited('tool')
  ]
  t.strictSame(risesOf(before, after), rises.map((rise) => JSON.stringify(rise)).sort())
  const route = '/api/tools/:name'
  t.equal(after.value('mcp_http_requests_total', { route, status: '200' }), 2)
  t.equal(after.value('mcp_http_requests_total', { route, status: '404' }), 2)
  t.equal(after.value('mcp_http_requests_total', { route, status: '429' }), 1)
})
