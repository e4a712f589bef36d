import t, { type Test } from 'tap'
import type { ApiLimits } from '../src/settings/api-settings.ts'
import { createRetryBudget, parseRetryAfter, realWaiting } from '../tools/openapi/client/retry.ts'
import { createContext, createTestTime, limits, openClient, request } from './helpers/api-client.ts'
import { type Fault, reply, reset, resetMidBody, startFaultServer } from './helpers/fault-server.ts'

/** A server that gives these answers in turn, the last one for ever. */
async function start(t: Test, faults: readonly Fault[], more: Partial<ApiLimits> = {}) {
  let next = 0
  const server = await startFaultServer((socket, seen) => {
    faults[Math.min(next++, faults.length - 1)]?.(socket, seen)
  })
  const time = createTestTime()
  const client = openClient({ limits: { ...limits, ...more }, waiting: time.waiting })
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const call = (method = 'GET', extra = {}) =>
    client.send(request(server.origin, method, extra), createContext())
  return { server, call, client, sleeps: time.sleeps }
}

const good = reply(200, '{}')
const bad = reply(503, '{}')

t.test('a read is tried three times, with 0.5 s and 1 s between', async (t) => {
  const { call, server, sleeps } = await start(t, [bad, resetMidBody, good])
  t.equal((await call()).status, 200)
  t.equal(server.seen.length, 3)
  t.same(sleeps, [500, 1000])
})

t.test('the last outcome stands', async (t) => {
  const answer = await start(t, [reset, bad, reply(504, '{}')])
  t.equal((await answer.call()).status, 504)
  const failure = await start(t, [bad, bad, resetMidBody])
  await t.rejects(failure.call(), { name: 'ToolError', message: /broke before/ })
  t.equal(failure.server.seen.length, 3)
})

t.test('attempts and factor are settings', async (t) => {
  const { call, server, sleeps } = await start(t, [bad], { attempts: 4, backoffFactor: 0.1 })
  await call()
  t.equal(server.seen.length, 4)
  t.same(sleeps, [100, 200, 400])
  const single = await start(t, [bad], { attempts: 1 })
  await single.call()
  t.equal(single.server.seen.length, 1)
})

t.test('waits are a quarter shorter or longer by chance, never the same for all', async (t) => {
  const waitsWith = async (random: () => number) => {
    const server = await startFaultServer(bad)
    const time = createTestTime()
    const client = openClient({ waiting: { ...time.waiting, random } })
    await client.send(request(server.origin), createContext())
    client.close()
    await server.close()
    return time.sleeps
  }
  t.same(await waitsWith(() => 0), [375, 750])
  t.same(await waitsWith(() => 1), [625, 1250])
  const [one, other] = [await waitsWith(realWaiting.random), await waitsWith(realWaiting.random)]
  t.notSame(one, other)
  for (const [index, waitMs] of [...one, ...other].entries()) {
    const middleMs = index % 2 === 0 ? 500 : 1000
    t.ok(waitMs >= middleMs * 0.75 && waitMs <= middleMs * 1.25, String(waitMs))
  }
})

t.test('writes are sent once, unless they carry an idempotency key', async (t) => {
  for (const fault of [bad, reset]) {
    const { call, server } = await start(t, [fault, good])
    await call('POST').catch(() => {})
    t.equal(server.seen.length, 1)
  }
  const { call, server } = await start(t, [bad, reset, good])
  const extra = { mayRetry: true, headers: { 'Idempotency-Key': 'k1' } }
  t.equal((await call('POST', extra)).status, 200)
  t.same(
    server.seen.map(({ headers, body }) => [headers.get('idempotency-key'), body]),
    Array(3).fill(['k1', '{}'])
  )
})

t.test('a keyed write that was sent once is never said not to be sent', async (t) => {
  const extra = { mayRetry: true, headers: { 'Idempotency-Key': 'k1' } }
  const gone = await start(t, [])
  gone.server.answerWith((socket) => {
    // Nobody listens any more when the second attempt comes.
    void gone.server.close()
    socket.resetAndDestroy()
  })
  await t.rejects(gone.call('POST', extra), { name: 'ToolError', message: /^Outcome unknown/ })
  t.equal(gone.server.seen.length, 1)

  // Reads fail while the write waits for its second attempt: the circuit is open by then.
  const server = await startFaultServer(reset)
  const { waiting } = createTestTime()
  const client = openClient({
    waiting: {
      ...waiting,
      async sleep() {
        for (let count = 0; count < 5; count++) {
          const read = request(server.origin, 'GET', { mayRetry: false })
          await client.send(read, createContext()).catch(() => {})
        }
      }
    }
  })
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  await t.rejects(client.send(request(server.origin, 'POST', extra), createContext()), {
    name: 'ToolError',
    message: /^Outcome unknown/
  })
  t.equal(server.seen.filter(({ method }) => method === 'POST').length, 1)
})

t.test('no other status is tried again', async (t) => {
  for (const status of [301, 400, 401, 403, 404, 408, 409, 422, 429, 500, 501]) {
    const { call, server } = await start(t, [reply(status, '{}'), good])
    t.equal((await call()).status, status)
    t.equal(server.seen.length, 1, String(status))
  }
})

t.test('Retry-After is obeyed within the time of the call', async (t) => {
  const wait = (value: string, status = 429) => reply(status, '{}', { 'retry-after': value })
  const obeyed = await start(t, [wait('2'), wait('3', 503), good])
  t.equal((await obeyed.call()).status, 200)
  t.same(obeyed.sleeps, [2000, 3000])

  const tooLong = await start(t, [wait('3600'), good])
  t.match(await tooLong.call(), { status: 429, retryAfterMs: 3_600_000 })
  t.same(tooLong.sleeps, [])

  const short = await start(t, [wait('0', 503), good])
  await short.call()
  t.same(short.sleeps, [500], 'never shorter than the backoff')

  const soon = new Date(Date.now() + 9_000).toUTCString()
  const dated = await start(t, [wait(soon), good])
  t.equal((await dated.call()).status, 200)
  t.ok(dated.sleeps[0]! > 1_000 && dated.sleeps[0]! <= 9_000)

  const ignored = ['-5', 'garbage', '1.5', '1e9', 'soon 7', '99999999999']
  for (const value of ignored) {
    const { call, server, sleeps } = await start(t, [wait(value), good])
    t.equal((await call()).status, 429, value)
    t.equal(server.seen.length, 1)
    t.same(sleeps, [])
  }
  const write = await start(t, [wait('1'), good])
  t.equal((await write.call('POST')).status, 429)
})

t.test('the values of Retry-After', (t) => {
  const nowMs = Date.parse('2026-11-21T00:00:00Z')
  t.equal(parseRetryAfter(undefined, nowMs), undefined)
  t.equal(parseRetryAfter('', nowMs), undefined)
  t.equal(parseRetryAfter(' 7 ', nowMs), 7000)
  t.equal(parseRetryAfter('Sat, 21 Nov 2026 00:00:10 GMT', nowMs), 10_000)
  t.equal(parseRetryAfter('Sat, 21 Nov 2026 00:00:10 GMT', nowMs + 60_000), 0)
  t.equal(parseRetryAfter('Sat, 99 Nov 2026 00:00:10 GMT', nowMs), undefined)
  t.equal(parseRetryAfter('2026-11-21', nowMs), undefined)
  t.end()
})

t.test('an abort ends the waiting', async (t) => {
  const controller = new AbortController()
  const server = await startFaultServer(bad)
  const client = openClient({
    waiting: {
      now: () => 0,
      random: () => 0.5,
      async sleep(_waitMs, signal) {
        controller.abort(new Error('left'))
        signal.throwIfAborted()
      }
    }
  })
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const ctx = createContext({ signal: controller.signal })
  await t.rejects(client.send(request(server.origin), ctx), { message: 'left' })
  t.equal(server.seen.length, 1)
})

t.test('retries stop once the breaker is open', async (t) => {
  const { call, server, client } = await start(t, [bad], { attempts: 10 })
  t.equal((await call()).status, 503)
  t.equal(server.seen.length, 5)
  t.equal(client.state, 'open')
})

t.test('a budget bounds the retries of all calls together', (t) => {
  let nowMs = 0
  const budget = createRetryBudget(() => nowMs)
  const takeAll = (): number => {
    let taken = 0
    while (budget.take()) taken++
    return taken
  }
  t.equal(takeAll(), 10)
  for (let answer = 0; answer < 25; answer++) budget.deposit()
  t.equal(takeAll(), 2, 'one for ten good answers')
  nowMs += 30_000
  t.equal(takeAll(), 3, 'one for ten seconds')
  nowMs += 10_000_000
  t.equal(takeAll(), 10, 'never more than ten')
  t.end()
})
