import t from 'tap'
import { createRegistry } from '../src/registry.ts'
import type { ToolDefinition } from '../src/types.ts'
import { createTestTools } from './fixtures/test-tools.ts'
import { startApp } from './helpers/app.ts'
import { carriers } from './helpers/carriers.ts'
import { bodyOf, createFacade } from './helpers/facade.ts'
import { authHeaders, jsonHeaders, toolCall } from './helpers/messages.ts'
import type { KeyName } from './helpers/principals.ts'

/* The two tools that stand for all others. What they answer on each carrier: discovery-carriers. */

const plenty = { perMinute: 60_000, burst: 10_000 }
const app = await startApp({ limits: { methods: { 'tools/call': plenty } }, discovery: true })
t.teardown(() => app.close(0))

interface Found {
  readonly tools: readonly { readonly name: string; readonly inputSchema: object }[]
  readonly total: number
}

async function call(name: string, args: object, key: KeyName = 'full') {
  const carrier = await carriers['HTTP 2026-07-28']!({ app, key })
  const answer = await (await carrier.send('tools/call', toolCall(name, { ...args }))).answer
  const [record] = app.audit('TOOL_EXECUTE').slice(-1)
  return { result: answer?.result, error: answer?.error, record: record! }
}

async function namesFound(query: string, key: KeyName): Promise<readonly string[]> {
  const { result } = await call('find_tools', { query, limit: 20 }, key)
  return (result!.structuredContent as Found).tools.map(({ name }) => name)
}

t.test('find_tools returns definitions', async (t) => {
  const { result, record } = await call('find_tools', { query: 'echo' })
  const { tools, total } = result!.structuredContent as Found
  t.equal(total, 1)
  const [echo] = createTestTools().tools
  const { name, title, description, inputSchema, annotations } = echo!
  t.strictSame(tools, [{ name, title, description, inputSchema, annotations }])
  t.match(record, { tool: 'find_tools', outcome: 'ok', args: { query: 'echo' } })
  const [block] = result!.content as [{ text: string }]
  t.strictSame(JSON.parse(block.text), result?.structuredContent, 'for clients that read text')
  const few = (await call('find_tools', { query: 'test', limit: 2 })).result
  t.match(few?.structuredContent, { total: createTestTools().tools.length })
  t.equal((few!.structuredContent as Found).tools.length, 2)
  t.match((await call('find_tools', { query: 'xyzzy' })).result?.structuredContent, {
    tools: [],
    total: 0
  })
  t.match((await call('find_tools', {})).result, { isError: true })
})

t.test('everybody finds what they may use, and neither of the two', async (t) => {
  const all = createTestTools()
    .tools.map(({ name }) => name)
    .sort()
  t.strictSame([...(await namesFound('test', 'full'))].sort(), all)
  t.strictSame(
    [...(await namesFound('test', 'narrow'))].sort(),
    all.filter((name) => name !== 'scoped')
  )
  t.strictSame(await namesFound('test', 'tiny'), ['echo', 'fail'])
  t.strictSame(await namesFound('scoped', 'narrow'), [])
  t.strictSame(await namesFound('find_tools', 'full'), [])
})

t.test('hidden equals unknown', async (t) => {
  const hidden = await call('call_tool_by_name', { name: 'big', arguments: { bytes: 1 } }, 'tiny')
  const unknown = await call('call_tool_by_name', { name: 'bag', arguments: { bytes: 1 } }, 'tiny')
  t.strictSame(hidden.error, unknown.error)
  t.match(hidden.error, { code: -32602, message: 'Unknown tool.' })
  t.match(
    [hidden.record, unknown.record],
    [
      { tool: 'big', outcome: 'forbidden' },
      { tool: 'bag', outcome: 'unknown' }
    ]
  )
})

t.test('it cannot call itself', async (t) => {
  const nested = { name: 'echo', arguments: { text: 'a' } }
  const { result, record } = await call('call_tool_by_name', {
    name: 'call_tool_by_name',
    arguments: nested
  })
  t.match(result, { isError: true, content: [{ text: /cannot call itself; name another tool/ }] })
  t.match(record, { tool: 'call_tool_by_name', outcome: 'failed' })
  const bare = await call('call_tool_by_name', { name: 'call_tool_by_name' })
  t.match(bare.result, { content: [{ text: /cannot call itself/ }] }, 'whatever its arguments')
  const found = await call('call_tool_by_name', {
    name: 'find_tools',
    arguments: { query: 'echo' }
  })
  t.match(found.result?.structuredContent, { total: 1 })
})

t.test('arguments of the wrong shape are refused, recorded, and keep their secrets', async (t) => {
  const secret = { pin: '1234', code: 'hunter2' }
  const wrong: readonly object[] = [
    {},
    { name: 7, arguments: secret },
    { name: 'keep_pin', arguments: [secret] },
    { name: 'keep_pin', args: secret },
    { name: 'keep_pin', arguments: secret, extra: 1 },
    { name: 'call_tool_by_name', arguments: { name: 'keep_pin', arguments: secret } }
  ]
  for (const args of wrong) {
    const { result, record } = await call('call_tool_by_name', args)
    t.match(result, { isError: true }, JSON.stringify(args))
    t.match(record, { tool: 'call_tool_by_name', outcome: /^(invalid|failed)$/ })
    t.notMatch(JSON.stringify(record), /1234|hunter2/)
  }
})

t.test('the REST façade shows and calls the same', async (t) => {
  const { get, post, newLines } = createFacade(app)
  const listed = bodyOf(await get('/api/tools', authHeaders('narrow')))
  t.match(listed, {
    total_tools: 2,
    tools: [{ name: 'call_tool_by_name' }, { name: 'find_tools' }]
  })
  const { paths } = bodyOf(await get('/openapi.json')) as { paths: object }
  t.strictSame(
    Object.keys(paths).filter((path) => /^\/api\/tools\/(?!execute)/.test(path)),
    ['/api/tools/call_tool_by_name', '/api/tools/find_tools']
  )
  const echo = { name: 'echo', arguments: { text: 'a' } }
  const calls = [
    ['/api/tools/call_tool_by_name', echo, 200, { text: 'a' }],
    [
      '/api/tools/execute',
      { name: 'call_tool_by_name', arguments: echo },
      200,
      { result: { text: 'a' } }
    ],
    [
      '/api/tools/call_tool_by_name',
      { ...echo, name: 'ekko' },
      404,
      { error: 'Unknown tool: ekko' }
    ],
    [
      '/api/tools/call_tool_by_name',
      { ...echo, arguments: {} },
      400,
      { error: /Correct them as echo's/ }
    ]
  ] as const
  for (const [path, body, status, expected] of calls) {
    const [answer, lines] = await newLines(() => post(path, body))
    t.equal(answer.status, status)
    t.match(bodyOf(answer), expected)
    t.strictSame(
      lines.map(({ tool }) => tool),
      ['name' in body && body.name === 'ekko' ? 'ekko' : 'echo']
    )
  }
  const [hidden, [line]] = await newLines(() =>
    post('/api/tools/call_tool_by_name', { name: 'scoped' }, jsonHeaders('narrow'))
  )
  t.equal(hidden.status, 404)
  t.match(line, { tool: 'scoped', outcome: 'forbidden' })
})

const everybody = { id: 'test', kind: 'local' } as const
const source = (tools: readonly ToolDefinition[]) => ({ tools, close: async () => {} })

t.test('annotations say what may happen', async (t) => {
  const { tools } = createTestTools()
  const hintsOf = (given: readonly ToolDefinition[]) =>
    createRegistry([source(given)], { discovery: true }).tools.get('call_tool_by_name')?.annotations
  const harmless = {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false
  }
  t.strictSame(hintsOf(tools), harmless)
  const harmful = {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true
  }
  t.strictSame(hintsOf([...tools, { ...tools[0]!, name: 'wipe', annotations: harmful }]), harmful)
})

t.test(
  'a tool of the same name gets another one; without discovery it is the only one',
  async (t) => {
    const own = { ...createTestTools().tools[0]!, name: 'call_tool_by_name', toolset: 'discovery' }
    const plain = createRegistry([source([own])])
    const asked = { name: 'call_tool_by_name', args: { name: 'echo' } }
    t.strictSame(plain.resolveCall(asked), asked)
    t.equal(plain.tools.get('call_tool_by_name'), own)
    const registry = createRegistry([source([own])], { discovery: true })
    const nobody = { id: 'nobody', kind: 'key', tools: ['none'] } as const
    t.strictSame([...registry.view(nobody).tools.keys()], ['call_tool_by_name', 'find_tools'])
    t.equal(registry.view(everybody).tools.size, 3)
    t.equal(registry.view(everybody).lists.tools.length, 2)
  }
)
