import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { createSeal } from '../src/audit/chain.ts'
import { openAuditFile } from '../src/audit/file.ts'
import { type AuditArgs, type AuditEntry, auditContext, createAudit } from '../src/audit.ts'
import { censored } from '../src/redact.ts'
import type { CallContext } from '../src/types.ts'

type Line = Readonly<Record<string, unknown>>

/** An audit that keeps its lines. */
function open(args: AuditArgs = 'redacted', enabled = true) {
  const texts: string[] = []
  const audit = createAudit({ enabled, args }, { append: (text) => texts.push(text) })
  const lines = (): Line[] => {
    audit.flush()
    return texts.flatMap((text) => text.trim().split('\n')).map((text) => JSON.parse(text))
  }
  return { audit, texts, lines }
}

/** The one line of the one entry. */
function lineOf(entry: AuditEntry, args?: AuditArgs): Line {
  const { audit, lines } = open(args)
  audit.record(entry)
  const [line, ...rest] = lines()
  if (!line || rest.length > 0) throw new Error('not exactly one line')
  return line
}

const full: AuditEntry = {
  event: 'TOOL_EXECUTE',
  outcome: 'ok',
  reason: 'invalid_token',
  principal: 'alice',
  transport: 'http',
  remote: '192.0.2.1',
  path: '/mcp',
  protocolVersion: '2026-07-28',
  method: 'tools/call',
  tool: 'verify_pin',
  args: { person: 7 },
  sensitive: ['code'],
  bytesOut: 12,
  durationMs: 3.5,
  upstreamStatus: 200,
  requestId: 'request-1',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736'
}

const fields = [
  'args',
  'argsDigest',
  'bytesOut',
  'durationMs',
  'event',
  'hash',
  'method',
  'outcome',
  'path',
  'prevHash',
  'principal',
  'protocolVersion',
  'reason',
  'remote',
  'requestId',
  'seq',
  'tool',
  'traceId',
  'transport',
  'ts',
  'upstreamStatus'
]

t.test('the fields of a record are these and no others', async (t) => {
  t.strictSame(Object.keys(lineOf(full)).sort(), fields)
  t.strictSame(Object.keys(lineOf({ event: 'AUTH_FAILED', transport: 'http' })), [
    'ts',
    'seq',
    'event',
    'transport',
    'prevHash',
    'hash'
  ])
})

t.test('what is no field stays out, however it was handed in', async (t) => {
  const more = { ...full, password: 'leak', headers: { cookie: 'leak' }, toJSON: undefined }
  const line = lineOf(more)
  t.strictSame(Object.keys(line).sort(), fields)
  t.notMatch(JSON.stringify(line), /leak/)
})

t.test('one JSON line per record, numbered from 1, with the time', async (t) => {
  const { audit, texts, lines } = open()
  const before = new Date().toISOString()
  for (let index = 0; index < 3; index++) audit.record({ ...full, tool: 'a\nb' })
  const after = new Date().toISOString()
  await audit.written()
  t.equal(texts.length, 1, 'those of one turn in one write')
  t.match(texts[0], /^(?:[^\n]+\n){3}$/)
  t.strictSame(
    lines().map(({ seq }) => seq),
    [1, 2, 3]
  )
  for (const { ts } of lines()) t.ok(String(ts) >= before && String(ts) <= after)
})

t.test('switched off, nothing is written', async (t) => {
  const { audit, texts } = open('redacted', false)
  audit.record(full)
  t.strictSame(texts, [])
})

t.test('arguments are shown redacted, by name, or not at all', async (t) => {
  const args = { person: 7, pin: '1234', note: 'Bearer abcdefghijkl', list: [{ code: 'x1' }] }
  const entry = { ...full, args }
  t.strictSame(lineOf(entry, 'redacted').args, {
    person: 7,
    pin: censored,
    note: censored,
    list: [{ code: censored }]
  })
  t.strictSame(lineOf(entry, 'keys').args, ['person', 'pin', 'note', 'list'])
  const none = lineOf(entry, 'none')
  t.notOk('args' in none)
  t.type(none.argsDigest, 'string')
})

t.test('by name, no value is shown even where there are no names', async (t) => {
  for (const args of ['hunter2', ['hunter2'], 7_777_777]) {
    t.notMatch(JSON.stringify(lineOf({ ...full, args }, 'keys').args), /hunter2|7777777/)
  }
})

t.test('the digest tells equal arguments from others, and nothing else', async (t) => {
  const { audit, lines } = open('none')
  for (const pin of ['1234', '1234', '1235']) audit.record({ ...full, args: { pin } })
  const [first, second, third] = lines().map(({ argsDigest }) => String(argsDigest))
  t.equal(first, second)
  t.not(first, third)
  const plain = createHash('sha256').update('{"pin":"1234"}').digest('base64url')
  t.notOk(plain.startsWith(String(first)), 'not to be found by trying all PINs')
  t.not(lineOf({ ...full, args: { pin: '1234' } }, 'none').argsDigest, first)
})

t.test('a name that the caller made up is bounded and searched for secrets', async (t) => {
  const tool = String(lineOf({ ...full, tool: 'x'.repeat(10_000) }).tool)
  t.ok(tool.length <= 128)
  const { tool: shown, path } = lineOf({
    ...full,
    tool: 'Bearer abcdefghijkl',
    path: '/a?api_key=abcdefghijkl'
  })
  t.notMatch(`${shown} ${path}`, /abcdefghijkl/)
})

t.test('no secret in arguments reaches a line, in any mode', async () => {
  const secret = fc
    .string({ unit: fc.constantFrom(...'abcXYZ019'), minLength: 20, maxLength: 60 })
    .map((text) => `cAnArY0${text}`)
  const keys = fc.constantFrom(
    'password',
    'apiKey',
    'Authorization',
    'code',
    'pin',
    'client_secret'
  )
  const depth = fc.integer({ min: 0, max: 6 })
  const modes = fc.constantFrom('redacted' as const, 'keys' as const, 'none' as const)
  const property = fc.property(secret, keys, depth, modes, (value, key, levels, mode) => {
    let args: unknown = { [key]: value, text: `Authorization: Bearer ${value}`, [`sk-${value}`]: 1 }
    for (let level = 0; level < levels; level++) args = level % 2 === 0 ? { in: args } : [args]
    const line = lineOf({ ...full, tool: `token=${value}`, args }, mode)
    return !JSON.stringify(line).includes('cAnArY0')
  })
  fc.assert(property, { numRuns: 500 })
})

t.test('of a call’s context only names and numbers are taken', async (t) => {
  const ctx = {
    principal: { id: 'alice', kind: 'key', scopes: ['x'], tools: ['y'] },
    transport: 'stdio',
    requestId: 'request-1',
    inputResponses: { a: 'leak' },
    requestState: 'leak',
    progress() {}
  } as unknown as CallContext
  t.strictSame(auditContext(ctx), {
    principal: 'alice',
    transport: 'stdio',
    requestId: 'request-1',
    remote: undefined,
    path: undefined,
    protocolVersion: undefined,
    traceId: undefined
  })
  const http = { remote: '192.0.2.1', path: '/mcp', protocolVersion: '2026-07-28', traceId: 'abc' }
  t.strictSame(auditContext({ ...ctx, transport: 'http', ...http }), {
    principal: 'alice',
    transport: 'http',
    requestId: 'request-1',
    ...http
  })
})

t.test('a file is made for its owner only, appended to, and written with the turn', async (t) => {
  const file = join(t.testdir({}), 'audit.jsonl')
  for (let run = 1; run <= 2; run++) {
    const sink = openAuditFile({ file, seal: createSeal(undefined), fsync: run === 2 })
    const audit = createAudit({ enabled: true, args: 'redacted' }, sink)
    audit.record(full)
    await audit.written()
    t.equal(readFileSync(file, 'utf8').split('\n').length, run + 1)
    t.same(audit.counts(), { records: 1, dropped: 0 })
    await audit.close(0)
  }
  t.equal(statSync(file).mode & 0o777, 0o600)
})
