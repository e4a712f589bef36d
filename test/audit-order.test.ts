import { get } from 'node:http'
import t from 'tap'
import { z } from 'zod'
import { createAudit } from '../src/audit.ts'
import { defineTool } from '../src/define-tool.ts'
import type { ResourceDefinition } from '../src/types.ts'
import { createBareContext } from '../transports/call-context.ts'
import { dispatcherOf } from './helpers/dispatcher.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { scrape } from './helpers/prometheus.ts'
import { serve } from './helpers/serve.ts'
import { silent } from './helpers/silent.ts'

/*
 * A result leaves after its line is written, and with `audit.required` not without it.
 */

/** A dispatcher with one tool and one resource, and a disk that can be full. */
function open(required: boolean) {
  const state = { isFull: false, runs: 0 }
  const written: string[] = []
  const append = (text: string): void => {
    if (state.isFull) throw new Error('ENOSPC')
    written.push(text)
  }
  const audit = createAudit({ enabled: true, args: 'redacted', required }, { append })
  const tool = defineTool({
    name: 'count_up',
    title: 'Count up',
    description: 'Counts its runs.',
    toolset: 'test',
    input: z.object({}),
    run: () => `run ${++state.runs}`
  })
  const resource: ResourceDefinition = {
    uri: 'docs://about',
    name: 'about',
    title: 'About',
    description: 'About.',
    mimeType: 'text/plain',
    scopes: [],
    read: (uri) => ({ contents: [{ uri, text: `run ${++state.runs}` }] })
  }
  const source = { tools: [tool], resources: [resource], close: async () => {} }
  const dispatcher = dispatcherOf(source, { audit })
  const principal = { id: 'alice', kind: 'key' } as const
  const context = () => createBareContext({ principal, transport: 'stdio' }, silent)
  type Asks = Readonly<Record<'tool' | 'unknown tool' | 'resource', () => Promise<unknown>>>
  const asks: Asks = {
    tool: () => dispatcher.callTool('count_up', {}, context()),
    'unknown tool': () => dispatcher.callTool('no_such_tool', {}, context()),
    resource: () => dispatcher.readResource('docs://about', context())
  }
  return { audit, state, written, asks }
}

for (const name of ['tool', 'unknown tool', 'resource'] as const) {
  t.test(`${name}: the line is there when the answer is`, async (t) => {
    const { asks, written } = open(false)
    await asks[name]().catch(() => {})
    t.equal(written.length, 1)
  })

  t.test(`${name}: required, and the disk is full`, async (t) => {
    const { asks, state, written } = open(true)
    const ask = asks[name]
    state.isFull = true
    await t.rejects(ask(), { kind: 'unrecorded', message: /result is withheld/ })
    const { runs } = state
    await t.rejects(ask(), { kind: 'unrecorded', message: /refuses requests\.$/ })
    t.equal(state.runs, runs, 'nothing more is run')
    state.isFull = false
    await ask().catch((error: { kind: string }) => t.not(error.kind, 'unrecorded'))
    t.equal(written.join('').split('\n').length, 3, 'two calls, two lines')
  })
}

t.test('not required, the disk is full: answered, and counted as dropped', async (t) => {
  const { asks, state, audit } = open(false)
  state.isFull = true
  t.match(await asks.tool(), { content: [{ text: 'run 1' }] })
  t.same(audit.counts(), { records: 0, dropped: 1 })
})

t.test('calls that end together share a write', async (t) => {
  const { asks, written } = open(false)
  await Promise.all(Array.from({ length: 20 }, asks.tool))
  t.equal(written.length, 1)
  t.equal(written[0]?.split('\n').length, 21)
})

const key = 'pcl_the-key-for-the-order-test-with-32-characters'

t.test('a server whose disk is full', async (t) => {
  const env = { MCP_AUDIT_FILE: '/dev/full', MCP_AUDIT_REQUIRED: 'true', MCP_AUTH_TOKEN: key }
  const { running, origin } = await serve(t, ['--http'], env)
  const npv = toolCall('calculate_npv', { rate: 0.1, cashFlows: [-1, 2] })
  const ask = async (method = 'tools/call', params: Readonly<Record<string, unknown>> = npv) => {
    const body = modernRequest(method, params)
    const headers = { ...modernHeaders(body), authorization: `Bearer ${key}` }
    const answer = await fetch(`${origin}/mcp`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body)
    })
    return { status: answer.status, body: await answer.json() }
  }
  t.equal(await statusOf(`${origin}/ready`), 200)
  t.match(await ask(), { status: 200, body: { error: { code: 503, message: /withheld/ } } })
  t.match(await ask(), { status: 200, body: { error: { code: 503, message: /refuses requests/ } } })
  t.match(await ask('prompts/get', { name: 'any' }), { body: { error: { code: 503 } } })
  const { value } = await scrape(origin, { authorization: `Bearer ${key}` })
  for (const [method, count] of Object.entries({ 'tools/call': 2, 'prompts/get': 1 })) {
    t.equal(value('mcp_requests_total', { method }), count, method)
    t.equal(value('mcp_errors_total', { method, error_code: '503' }), count, method)
  }
  t.equal(await statusOf(`${origin}/ready`), 503)
  t.match(await (await fetch(`${origin}/ready`)).text(), /audit_unwritable/)
  await running.stderr.until(/"level":"ERROR".*audit lines cannot be written/)
})

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, (response) => resolve(response.resume().statusCode)).on('error', reject)
  })
}
