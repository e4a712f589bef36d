import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { type App, type Line, startApp } from './helpers/app.ts'
import { allCarriers, type Carrier, carriers as tcpCarriers } from './helpers/carriers.ts'
import type { Message } from './helpers/http.ts'
import { toolCall } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/*
 * The product's central sentence: the same checks, the same answers and the same audit records,
 * whichever transport and whichever era a call comes by.
 */

type Params = Readonly<Record<string, unknown>>
type Send = (method: string, params: Params) => Promise<Message | undefined>
type Run = (send: Send, app: App, carrier: Carrier) => Promise<Message | undefined>

/** A call; the outcome that the audit record states; and what the client gets to see. */
type Row = readonly [
  name: string,
  run: Run,
  outcome: string,
  answer: 'result' | 'isError' | 'nothing' | number
]

const tool =
  (name: string, args: Params = {}): Run =>
  (send) =>
    send('tools/call', toolCall(name, args))
const resource =
  (uri: string): Run =>
  (send) =>
    send('resources/read', { uri })
const prompt =
  (name: string, args: Params = {}): Run =>
  (send) =>
    send('prompts/get', { name, arguments: args })

const rows: readonly Row[] = [
  ['ok', tool('echo', { text: 'hello' }), 'ok', 'result'],
  ['sensitive arguments', tool('keep_pin', { pin: '1234', code: '99' }), 'ok', 'result'],
  ['unknown', tool('no_such_tool', { text: 'hello' }), 'unknown', -32602],
  ['a name of Object.prototype', tool('__proto__'), 'unknown', -32602],
  ['hidden', tool('scoped'), 'forbidden', -32602],
  ['within the rate of the tool', tool('rare'), 'ok', 'result'],
  ['limited', tool('rare'), 'limited', 'isError'],
  ['arguments that are no object', malformedCall, 'invalid', -32602],
  ['invalid', tool('echo', { texts: 'hello' }), 'invalid', 'isError'],
  ['timeout', tool('stubborn'), 'timeout', 'isError'],
  ['throwing', tool('fail'), 'failed', 'isError'],
  ['objecting', tool('object_to'), 'failed', 'isError'],
  ['too large', tool('big', { bytes: 5000 }), 'too_large', 'isError'],
  ['busy', callWhileBusy, 'busy', 'isError'],
  ['cancelled', callAndCancel, 'cancelled', 'nothing'],
  ['resource', resource('docs://about'), 'ok', 'result'],
  ['resource of a template', resource('example://people/ada'), 'ok', 'result'],
  ['a URI that is no text', (send) => send('resources/read', { uri: 5 }), 'invalid', -32602],
  ['resource unknown', resource('docs://nothing'), 'unknown', -32602],
  ['resource hidden', resource('docs://payroll'), 'forbidden', -32602],
  ['resource outside the allow-list', resource('file:///etc/passwd'), 'forbidden', -32602],
  ['resource throwing', resource('docs://broken'), 'failed', -32603],
  ['resource too large', resource('docs://long'), 'too_large', -32603],
  ['prompt', prompt('greet', { name: 'Ada' }), 'ok', 'result'],
  ['prompt unknown', prompt('no_such_prompt'), 'unknown', -32602],
  ['prompt hidden', prompt('review_payroll'), 'forbidden', -32602],
  ['prompt without its argument', prompt('greet'), 'invalid', -32602],
  ['prompt throwing', prompt('broken'), 'failed', -32603],
  ['traced', callWithTrace, 'ok', 'result'],
  ['another method limited', listTwice, 'limited', 429]
]

const carriers = {
  ...tcpCarriers,
  'HTTP 2026-07-28 on a UNIX socket': tcpCarriers['HTTP 2026-07-28']!
}
// Short, as the system wants it.
const folder = mkdtempSync(join(tmpdir(), 'pcl-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const socket = join(folder, 'mcp.sock')

const roomy = { perMinute: 60_000, burst: 1000 }
const settings = {
  ...allCarriers,
  limits: {
    methods: {
      'tools/call': roomy,
      'resources/read': roomy,
      'prompts/get': roomy,
      'prompts/list': { perMinute: 0.001, burst: 1 }
    },
    maxResultBytes: 4096,
    maxConcurrent: 1,
    queue: 0
  },
  resources: { maxBytes: 4096 }
}

function malformedCall(send: Send): Promise<Message | undefined> {
  return send('tools/call', { name: 'echo', arguments: ['hello'] })
}

/** The trace id stands in the record, so that a call can be followed through other systems. */
function callWithTrace(send: Send): Promise<Message | undefined> {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  return send('tools/call', { ...toolCall('echo', { text: 'traced' }), _meta: { traceparent } })
}

async function callWhileBusy(send: Send, app: App, carrier: Carrier): Promise<Message | undefined> {
  const held = await carrier.send('tools/call', toolCall('hold', { name: 'slot' }), 'holding')
  await app.events.told('running slot')
  const answer = await send('tools/call', toolCall('echo', { text: 'hello' }))
  app.events.tell('release slot')
  await held.answer
  return answer
}

async function callAndCancel(_: Send, app: App, carrier: Carrier): Promise<Message | undefined> {
  const held = await carrier.send('tools/call', toolCall('hold', { name: 'call' }), 'cancelled')
  await app.events.told('running call')
  await held.cancel()
  await app.events.told('aborted call')
  return held.answer
}

async function listTwice(send: Send): Promise<Message | undefined> {
  await send('prompts/list', {})
  return send('prompts/list', {})
}

interface Observed {
  readonly answer: Message | undefined
  readonly record: Line | undefined
}

async function observe(
  carrierName: string,
  open: (typeof tcpCarriers)[string]
): Promise<ReadonlyMap<string, Observed>> {
  const http = carrierName.includes('UNIX') ? { socket } : {}
  const app = await startApp({ ...settings, http })
  const carrier = await open({ app, key: 'narrow' })
  const send: Send = async (method, params) => (await carrier.send(method, params)).answer
  const observed = new Map<string, Observed>()
  for (const [name, run, outcome] of rows) {
    const before = callRecords(app).length
    const answer = await run(send, app, carrier)
    const written = (): readonly Line[] => callRecords(app).slice(before)
    if (answer === undefined) await until(() => written().length > 0, `audit of ${name}`)
    // The call that kept the server busy leaves a record of its own.
    const records = written().filter((record) => name !== 'busy' || record.tool !== 'hold')
    t.equal(records.length, 1, `${carrierName}, ${name}: one record (${outcome})`)
    observed.set(name, { answer: comparable(answer), record: comparableRecord(records[0]) })
  }
  await carrier.close()
  await app.close(0)
  return observed
}

/** What the dispatcher wrote; authentication is the business of HTTP. */
function callRecords(app: App): readonly Line[] {
  return app.audit().filter(({ event }) => !String(event).startsWith('AUTH_'))
}

/** An answer without what the revisions add to every result, and without what no two calls share. */
function comparable(answer: Message | undefined): Message | undefined {
  if (answer === undefined) return undefined
  const text = JSON.stringify({ result: answer.result, error: answer.error })
    .replace(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'REQUEST-ID')
    .replace(/Retry after \d+ ms/, 'Retry after N ms')
    .replace(/"(portcullis\/)?retryAfterMs":\d+/, '"$1retryAfterMs":"N"')
  const { result, error } = JSON.parse(text) as Message
  if (error) return { error }
  const { resultType: _, ttlMs: __, cacheScope: ___, _meta, ...rest } = result ?? {}
  const { 'io.modelcontextprotocol/serverInfo': ____, ...meta } = (_meta ?? {}) as Params
  return { result: { ...rest, ...(Object.keys(meta).length > 0 && { _meta: meta }) } }
}

function comparableRecord(record: Line | undefined): Line | undefined {
  if (!record) return undefined
  const { ts, seq, durationMs, requestId, transport, remote, path, ...others } = record
  const { protocolVersion, prevHash, hash, ...rest } = others
  // Its key is made at the start of each server.
  return { ...rest, ...('argsDigest' in rest && { argsDigest: 'DIGEST' }) }
}

function kindOf(answer: Message | undefined): Row[3] {
  if (answer === undefined) return 'nothing'
  if (answer.error) return answer.error.code
  return answer.result?.isError === true ? 'isError' : 'result'
}

const names = Object.keys(carriers)
const observations = new Map<string, ReadonlyMap<string, Observed>>()
for (const [name, open] of Object.entries(carriers)) {
  observations.set(name, await observe(name, open))
}
const [first = ''] = names

t.test('the trace id is recorded', async (t) => {
  t.match(observations.get(first)?.get('traced')?.record, { traceId: 'a'.repeat(32) })
})

for (const [name, , outcome, answer] of rows) {
  t.test(`${name}: the same everywhere`, async (t) => {
    const wanted = observations.get(first)?.get(name)
    t.equal(wanted?.record?.outcome, outcome, 'the outcome')
    t.equal(kindOf(wanted?.answer), answer, 'the answer')
    for (const carrier of names.slice(1)) {
      const found = observations.get(carrier)?.get(name)
      t.strictSame(found?.answer, wanted?.answer, `${carrier}: the answer`)
      t.strictSame(found?.record, wanted?.record, `${carrier}: the record`)
    }
  })
}
