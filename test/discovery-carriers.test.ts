import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import t from 'tap'
import { type App, type Line, startApp } from './helpers/app.ts'
import { allCarriers, type Carrier, carriers } from './helpers/carriers.ts'
import { clientKinds } from './helpers/clients.ts'
import type { Message } from './helpers/http.ts'
import { authHeaders, modern, toolCall } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/* A call by name and the call itself: the same answer and the same audit record, on every carrier. */

type Params = Readonly<Record<string, unknown>>

const roomy = { perMinute: 60_000, burst: 1000 }
const limits = { methods: { 'tools/call': roomy }, maxResultBytes: 4096 }

/** Name, arguments, and the outcome that the audit record states. */
const rows: readonly (readonly [name: string, args: Params | undefined, outcome: string])[] = [
  ['echo', { text: 'hello' }, 'ok'],
  ['keep_pin', { pin: '1234', code: '99' }, 'ok'],
  ['no_such_tool', { text: 'hello' }, 'unknown'],
  ['constructor', {}, 'unknown'],
  ['', {}, 'unknown'],
  ['scoped', {}, 'forbidden'],
  ['rare', undefined, 'ok'],
  ['rare', {}, 'limited'],
  ['echo', { texts: 'hello' }, 'invalid'],
  ['stubborn', {}, 'timeout'],
  ['fail', {}, 'failed'],
  ['object_to', {}, 'failed'],
  ['big', { bytes: 5000 }, 'too_large'],
  ['count', { to: 3 }, 'ok']
]

const direct = (name: string, args: Params | undefined): Params =>
  args === undefined ? { name } : toolCall(name, args)
const byName = (name: string, args: Params | undefined): Params =>
  toolCall('call_tool_by_name', args === undefined ? { name } : { name, arguments: args })

interface Observed {
  readonly answer: unknown
  readonly records: readonly Line[]
}

async function observe(
  open: (typeof carriers)[string],
  discovery: boolean,
  paramsOf: typeof direct
): Promise<readonly Observed[]> {
  const app = await startApp({ ...allCarriers, limits, discovery })
  const carrier = await open({ app, key: 'narrow' })
  const observed: Observed[] = []
  for (const [name, args] of rows) {
    const before = app.audit('TOOL_EXECUTE').length
    const { answer } = await carrier.send('tools/call', paramsOf(name, args))
    const { result, error } = (await answer) ?? {}
    const records = app.audit('TOOL_EXECUTE').slice(before).map(comparableRecord)
    observed.push({ answer: comparable({ result, error }), records })
  }
  observed.push(await observeCancelled(app, carrier, paramsOf))
  await carrier.close()
  await app.close(0)
  return observed
}

async function observeCancelled(
  app: App,
  carrier: Carrier,
  paramsOf: typeof direct
): Promise<Observed> {
  const before = app.audit('TOOL_EXECUTE').length
  const held = await carrier.send('tools/call', paramsOf('hold', { name: 'call' }), 'cancelled')
  await app.events.told('running call')
  await held.cancel()
  await app.events.told('aborted call')
  const written = (): readonly Line[] => app.audit('TOOL_EXECUTE').slice(before)
  await until(() => written().length > 0, 'audit of the cancelled call')
  return { answer: await held.answer, records: written().map(comparableRecord) }
}

function comparable(answer: object): unknown {
  const text = JSON.stringify(answer)
    .replace(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'REQUEST-ID')
    .replace(/Retry after \d+ ms/, 'Retry after N ms')
    .replace(/retryAfterMs":\d+/, 'retryAfterMs":"N"')
  return JSON.parse(text)
}

function comparableRecord(record: Line): Line {
  const { ts, seq, durationMs, requestId, remote, argsDigest, prevHash, hash, ...rest } = record
  return rest
}

for (const [carrier, open] of Object.entries(carriers)) {
  t.test(`${carrier}: by name as by itself`, async (t) => {
    const wanted = await observe(open, false, direct)
    const found = await observe(open, true, byName)
    const itself = await observe(open, true, direct)
    for (const [index, [name, , outcome]] of [
      ...rows,
      ['hold', {}, 'cancelled'] as const
    ].entries()) {
      const label = `${name === '' ? 'empty name' : name}, ${outcome}`
      t.equal(wanted[index]?.records.length, 1, `${label}: one record`)
      t.match(wanted[index]?.records[0], { tool: name, outcome }, label)
      t.strictSame(found[index], wanted[index], `${label}: by name`)
      t.strictSame(itself[index], wanted[index], `${label}: by itself with discovery on`)
    }
  })

  t.test(`${carrier}: two tools are listed, whoever asks`, async (t) => {
    const app = await startApp({ ...allCarriers, limits, discovery: true })
    for (const key of ['full', 'narrow', 'tiny'] as const) {
      const caller = await open({ app, key })
      const list = await (await caller.send('tools/list', {})).answer
      const names = (list!.result!.tools as readonly { name: string }[]).map(({ name }) => name)
      t.strictSame(names, ['call_tool_by_name', 'find_tools'], key)
      await caller.close()
    }
    await app.close(0)
  })
}

const app = await startApp({ limits: { enabled: false }, discovery: true })
t.teardown(() => app.close(0))
const url = new URL(app.url)
const web = { requestInit: { headers: authHeaders() } }
const identity = { name: 'test', version: '1' }
const question = { name: 'call_tool_by_name', arguments: { name: 'ask_name' } }
const reply = { action: 'accept' as const, content: { name: 'Ada' } }
const answered = [{ type: 'text', text: 'asked once, accept: Ada' }]

t.test('questions pass through: 2025 session', async (t) => {
  const client = new ClientV1(identity, { capabilities: { elicitation: {} } })
  client.setRequestHandler(ElicitRequestSchema, async () => reply)
  await client.connect(new HttpV1(url, web))
  const before = app.audit('TOOL_EXECUTE').length
  t.strictSame((await client.callTool(question)).content, answered)
  t.strictSame(
    app
      .audit('TOOL_EXECUTE')
      .slice(before)
      .map(({ tool, outcome }) => [tool, outcome]),
    [['ask_name', 'ok']]
  )
  await client.close()
})

t.test('questions pass through: 2026-07-28', async (t) => {
  const client = new Client(identity, {
    capabilities: { elicitation: { form: {} } },
    versionNegotiation: { mode: { pin: modern } }
  })
  client.setRequestHandler('elicitation/create', async () => reply)
  await client.connect(new StreamableHTTPClientTransport(url, web))
  t.strictSame((await client.callTool(question)).content, answered)
  await client.close()
})

t.test('the state of a question is good for the tool that asked only', async (t) => {
  const carrier = await carriers['HTTP 2026-07-28']!({ app, key: 'full' })
  const call = async (params: Params): Promise<Message | undefined> =>
    (await carrier.send('tools/call', params)).answer
  const { requestState } = (await call(question))?.result ?? {}
  const inputResponses = { who: reply }
  const other = byName('ask_model', undefined)
  t.match(await call({ ...other, inputResponses, requestState }), { error: { code: -32602 } })
  t.match(await call({ ...question, inputResponses, requestState }), {
    result: { content: answered }
  })
})

for (const [kind, create] of Object.entries(clientKinds)) {
  t.test(`progress and structured values pass through: ${kind}`, async (t) => {
    const client = create()
    await client.connect(url)
    const seen: number[] = []
    const onprogress = ({ progress }: { progress: number }): void => {
      seen.push(progress)
    }
    const args = { name: 'count', arguments: { to: 3 } }
    await client.callTool('call_tool_by_name', args, { onprogress })
    t.strictSame(seen, [1, 2, 3])
    await client.callTool('find_tools', { query: 'echo' })
    const echo = { name: 'echo', arguments: { text: 'a' } }
    const answer = await client.callTool('call_tool_by_name', echo)
    t.strictSame(answer.structuredContent, { text: 'a' })
    await client.close()
  })
}
