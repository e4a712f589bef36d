import t from 'tap'
import { fixture } from './helpers/executable.ts'
import { createGate } from './helpers/gate.ts'
import { type Answer, answersOf, connect } from './helpers/json-rpc.ts'
import { call, initialize, modernRequest, ping, request, versionKey } from './helpers/messages.ts'

// The rows of the stdio fault table (reference/protocol.md §3), each against the executable.

const gated = ['--module', fixture('gated-tools')]
const limit = 1_048_576

/** Sends text, closes the input, and returns what came back. */
async function converse(input: string | Buffer) {
  const client = connect()
  client.write(input)
  client.child.stdin?.end()
  const ended = await client.ended
  return { ...ended, answers: answersOf(ended) }
}

const lines = (...messages: readonly object[]) =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('')

const faults = (answers: readonly Answer[]) => answers.map(({ id, error }) => [id, error?.code])

t.test('an idle client that goes away ends the process with 0', async (t) => {
  const { code, stdout } = await converse('')
  t.equal(code, 0)
  t.equal(stdout, '')
})

t.test('timers and sockets of a tool do not keep the process', async (t) => {
  const client = connect(['--module', fixture('lingering-tools')])
  client.send(ping(1))
  await client.answer(1)
  client.child.stdin?.end()
  t.equal((await client.ended).code, 0)
})

t.test('a request before an immediate end is answered', async (t) => {
  const { code, answers } = await converse(lines(request('tools/list')))
  t.equal(code, 0)
  t.equal(answers.length, 1)
  t.match(answers[0], { id: 1, result: { tools: [{ name: String }] } })
})

t.test('a last line without a newline is answered', async (t) => {
  const { code, answers } = await converse(JSON.stringify(ping('last')))
  t.equal(code, 0)
  t.strictSame(answers, [{ jsonrpc: '2.0', id: 'last', result: {} }])
})

t.test('calls in flight at the end of input are answered', async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const client = connect(gated, gate.env)
  client.send(initialize(0), ...[1, 2, 3].map((id) => call('wait_at_gate', { name: `${id}` }, id)))
  client.child.stdin?.end()
  await gate.reached(3)
  gate.open()
  const ended = await client.ended
  t.equal(ended.code, 0)
  const passed = answersOf(ended).filter(({ id }) => id !== 0)
  t.strictSame(passed.map(({ id }) => id).sort(), [1, 2, 3])
  for (const { id, result } of passed) t.match(result, { content: [{ text: `passed ${id}` }] })
})

// Waiting for a subscription to end by itself would last until the grace period of 10 s is over.
t.test('an open subscription is ended with its result', { timeout: 40_000 }, async (t) => {
  const client = connect()
  const wish = { notifications: { toolsListChanged: true } }
  client.send(modernRequest('subscriptions/listen', wish, 'listen'))
  await client.stdout.until(/subscriptions\/acknowledged/)
  client.child.stdin?.end()
  const ended = await client.ended
  t.equal(ended.code, 0)
  t.match(answersOf(ended).at(-1), { id: 'listen', result: { resultType: 'complete' } })
})

t.test('what is not JSON gets -32700', async (t) => {
  const bad = ['{"jsonrpc":', 'hello', "{'a':1}", '{"a":1}}', '\u0000', '{"id":1,"__proto__":{}}']
  const { code, answers } = await converse(`${bad.join('\n')}\n${lines(ping(1))}`)
  t.equal(code, 0)
  t.strictSame(faults(answers), [...bad.map(() => [null, -32700]), [1, undefined]])
})

t.test('what is JSON but no request gets -32600, with the id when it can be read', async (t) => {
  const rows: readonly [unknown, Answer['id']][] = [
    [{ id: 5 }, 5],
    [{ jsonrpc: '1.0', id: 'old', method: 'ping' }, 'old'],
    [{ jsonrpc: '2.0', id: 6, method: 7 }, 6],
    [{ jsonrpc: '2.0', id: 7, method: 'ping', params: [1] }, 7],
    [{ ...ping(), id: null }, null],
    [{ ...ping(), id: true }, null],
    [{ ...ping(), id: {} }, null],
    [[ping(8)], null],
    [[], null],
    [null, null],
    [42, null],
    ['text', null]
  ]
  const { code, answers } = await converse(rows.map(([row]) => `${JSON.stringify(row)}\n`).join(''))
  t.equal(code, 0)
  t.strictSame(
    faults(answers),
    rows.map(([, id]) => [id, -32600])
  )
})

t.test('nesting that would stop the parser gets -32600', async (t) => {
  const { answers } = await converse(`${'['.repeat(100_000)}\n${lines(ping(1))}`)
  t.strictSame(faults(answers), [
    [null, -32600],
    [1, undefined]
  ])
})

t.test('toward a 2026-era client an unreadable id is left out', async (t) => {
  const { answers } = await converse(`${lines(modernRequest('tools/list'))}nonsense\n[]\n`)
  const refused = answers.filter(({ error }) => error)
  t.strictSame(
    refused.map(({ error }) => error?.code),
    [-32700, -32600]
  )
  for (const answer of refused) t.notOk('id' in answer)
})

t.test('byte order mark, carriage returns and blank lines are not faults', async (t) => {
  const text = `\uFEFF${JSON.stringify(ping(1))}\r\n\r\n\n   \n${JSON.stringify(ping(2))}\r\n`
  const { code, answers } = await converse(text)
  t.equal(code, 0)
  t.strictSame(faults(answers), [
    [1, undefined],
    [2, undefined]
  ])
})

/** A ping of exactly `bytes` bytes. */
function pingOf(id: number, bytes: number): string {
  const bare = JSON.stringify(request('ping', { _meta: { pad: '' } }, id))
  const pad = 'x'.repeat(bytes - bare.length)
  return JSON.stringify(request('ping', { _meta: { pad } }, id))
}

t.test('a frame at the limit is served, one above is answered, the next is served', async (t) => {
  const frames = [
    pingOf(1, limit),
    pingOf(2, limit + 1),
    pingOf(3, limit * 11),
    JSON.stringify(ping(4))
  ]
  const { code, answers } = await converse(`${frames.join('\n')}\n`)
  t.equal(code, 0)
  // The pings pass through the SDK, the refusals do not: only the order among each is fixed.
  const served = answers.filter(({ error }) => !error).map(({ id }) => id)
  t.strictSame(served, [1, 4])
  t.strictSame(faults(answers.filter(({ error }) => error)), [
    [null, -32600],
    [null, -32600]
  ])
  t.match(answers.find(({ error }) => error)?.error?.message, /too large.*1048576 bytes/)
})

t.test('a revision that is not served gets -32022, first or later', async (t) => {
  const client = connect()
  client.send(modernRequest('tools/list', {}, 1, { [versionKey]: '2099-01-01' }))
  const refusal = {
    error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2099-01-01' } }
  }
  t.match(await client.answer(1), refusal)
  client.send(modernRequest('tools/list', {}, 2))
  t.match(await client.answer(2), { result: { tools: Array } })
  client.send(modernRequest('tools/list', {}, 3, { [versionKey]: '2099-01-01' }))
  t.match(await client.answer(3), refusal)
  client.send(modernRequest('tools/list', {}, 4))
  t.match(await client.answer(4), { result: { tools: Array } })
  client.child.stdin?.end()
  t.equal((await client.ended).code, 0)
})

t.test('the id of a request in flight is refused for a second one', async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const client = connect(gated, gate.env)
  client.send(initialize(0), call('wait_at_gate', { name: 'first' }, 'twin'))
  await gate.reached(1)
  client.send(call('fill', { length: 1 }, 'twin'))
  t.match(await client.answer('twin'), { error: { code: -32600, message: /id/ } })
  gate.open()
  await client.stdout.until(/passed first/)
  client.send(call('fill', { length: 3 }, 'twin'))
  await client.stdout.until(/"xxx"/)
  client.child.stdin?.end()
  const ended = await client.ended
  t.equal(ended.code, 0)
  t.equal(answersOf(ended).length, 4)
})

t.test('the id of an open subscription is refused for a second request', async (t) => {
  const client = connect()
  const wish = { notifications: { toolsListChanged: true } }
  client.send(modernRequest('subscriptions/listen', wish, 'listen'))
  await client.stdout.until(/subscriptions\/acknowledged/)
  for (const method of ['tools/list', 'subscriptions/listen']) {
    client.send(modernRequest(method, wish, 'listen'), modernRequest('tools/list', {}, method))
    await client.answer(method)
  }
  const refused = answersOf({ stdout: client.stdout.text }).filter(({ id }) => id === 'listen')
  t.strictSame(faults(refused), [
    ['listen', -32600],
    ['listen', -32600]
  ])
  client.child.stdin?.end()
  t.equal((await client.ended).code, 0)
})

t.test('subscriptions have a bound', async (t) => {
  const client = connect()
  const listen = (id: number) =>
    modernRequest('subscriptions/listen', { notifications: { toolsListChanged: true } }, id)
  const opened = (count: number) =>
    client.stdout.pick((text) => text.split('acknowledged').length > count || undefined)
  client.send(...Array.from({ length: 17 }, (_, index) => listen(index + 1)))
  await opened(16)
  const refusal = { code: 429, message: /subscriptions/, data: { retryAfterMs: 10_000 } }
  t.match(await client.answer(17), { error: refusal })
  const params = { requestId: 1 }
  client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, listen(18))
  await opened(17)
  client.child.stdin?.end()
  t.equal((await client.ended).code, 0)
})

t.test('a cancelled call is stopped and never answered', { timeout: 40_000 }, async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const client = connect(gated, gate.env)
  client.send(initialize(0), call('wait_at_gate', { name: 'cancelled' }))
  await gate.reached(1)
  const params = { requestId: 1 }
  client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
  await gate.left(1)
  client.child.stdin?.end()
  const ended = await client.ended
  t.equal(ended.code, 0)
  t.strictSame(
    answersOf(ended).map(({ id }) => id),
    [0]
  )
})
