import { join } from 'node:path'
import t from 'tap'
import { fixture, isOneLine, run, start } from './helpers/executable.ts'
import { connect } from './helpers/json-rpc.ts'
import { request } from './helpers/messages.ts'

const failing = ['--module', fixture('failing-tools')]

t.test('tools list has one line for each tool', async (t) => {
  const { code, stdout, stderr } = await run(['tools', 'list'])
  t.strictSame([code, stderr], [0, ''])
  const lines = stdout.trimEnd().split('\n')
  const names = lines.map((line) => line.split(/\s+/)[0] ?? '')
  t.ok(names.includes('calculate_future_value'))
  t.strictSame(names, [...names].sort())
  for (const line of lines) t.match(line, /^[\w-]+ {2,}[\w.-]+ {2}\S/)
})

t.test('tools list --json is what a client sees', async (t) => {
  const { code, stdout } = await run(['tools', 'list', '--json'])
  t.equal(code, 0)
  const client = connect()
  client.send(request('tools/list'))
  const { result } = await client.answer(1)
  client.child.stdin?.end()
  await client.ended
  const listed: Readonly<Record<string, unknown>>[] = JSON.parse(stdout)
  const seen = result?.tools as Readonly<Record<string, unknown>>[]
  t.equal(listed.length, seen.length)
  for (const [index, tool] of seen.entries()) {
    for (const field of ['name', 'title', 'description', 'inputSchema', 'outputSchema']) {
      t.same(listed[index]?.[field], tool[field], `${tool.name} ${field}`)
    }
    t.match(listed[index]?.annotations, { readOnlyHint: Boolean, destructiveHint: Boolean })
  }
})

t.test('the selection counts here, too', async (t) => {
  const { stdout } = await run(['tools', 'list', '--tools', 'calculate_future_value'])
  t.match(stdout, /^calculate_future_value [^\n]*\n$/)
})

t.test('what a module prints does not mix with the list', async (t) => {
  const args = ['tools', 'list', '--json', '--module', fixture('noisy-tools')]
  const { code, stdout, stderr } = await run(args, { NOISY_IMPORT: 'true' })
  t.equal(code, 0)
  t.notMatch(stdout, /stray/)
  t.match(stderr, /stray import log/)
})

t.test('a reader that has seen enough causes no crash report', async (t) => {
  const running = start(['tools', 'list'])
  running.child.stdout?.destroy()
  t.equal((await running.ended).stderr, '')
})

t.test('tools call prints the result; its text, or all of it as JSON', async (t) => {
  const args = '{"presentValue": 100, "rate": 0.05, "periods": 2}'
  const call = ['tools', 'call', 'calculate_future_value', '--args', args]
  const text = await run(call)
  t.equal(text.code, 0)
  t.match(text.stdout, /110\.25/)
  t.match(text.stderr, /"event":"TOOL_EXECUTE".*"outcome":"ok"/, 'with its audit line')
  const json = await run([...call, '--json'])
  t.equal(json.code, 0)
  t.match(JSON.parse(json.stdout), {
    content: [{ type: 'text' }],
    structuredContent: { futureValue: Number }
  })
  t.equal(Math.round(JSON.parse(json.stdout).structuredContent.futureValue * 1e9), 110.25e9)
})

t.test('a call that fails says why on stdout and exits with 1', async (t) => {
  const rows: readonly [readonly string[], RegExp, string][] = [
    [['calculate_future_value', '--args', '{"rate": "high"}'], /presentValue.*rate/s, 'invalid'],
    [['calculate_future_value'], /presentValue/, 'invalid'],
    [['fail_politely'], /too early; come back tomorrow/, 'failed'],
    [['fail_badly'], /The tool failed/, 'failed']
  ]
  for (const [words, message, outcome] of rows) {
    const { code, stdout, stderr } = await run(['tools', 'call', ...words, ...failing])
    t.equal(code, 1, words.join(' '))
    t.match(stdout, message)
    t.notMatch(stdout, /etc\/x/, 'nothing of an unforeseen error')
    t.match(stderr, new RegExp(`"event":"TOOL_EXECUTE".*"outcome":"${outcome}"`))
  }
})

t.test('wrong usage is one line and 2', async (t) => {
  const rows: readonly [readonly string[], RegExp][] = [
    [['tools'], /tools list.*tools call/],
    [['tools', 'show'], /tools list.*tools call/],
    [['tools', 'call'], /tools list.*tools call/],
    [['tools', 'call', 'calculate_futur_value'], /unknown tool calculate_futur_value/],
    [['tools', 'call', '__proto__'], /unknown tool __proto__/],
    [['tools', 'call', 'calculate_npv', '--args', '{rate: 1}'], /--args/],
    [['tools', 'list', '--config', join('/missing', 'file')], /missing/]
  ]
  for (const [args, message] of rows) {
    const ended = await run(args)
    t.ok(ended.code === 2 && isOneLine(ended), `${args.join(' ')}: ${ended.code} ${ended.stderr}`)
    t.match(ended.stderr, message)
  }
})
