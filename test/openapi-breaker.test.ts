import t from 'tap'
import type { CircuitState } from '../src/readiness.ts'
import { createBreaker, type Verdict } from '../tools/openapi/client/breaker.ts'
import { createContext, createTestTime, limits, openClient, request } from './helpers/api-client.ts'
import { hang, reply, startFaultServer } from './helpers/fault-server.ts'

const never = new AbortController().signal

function open(maxConcurrent = 10) {
  const time = createTestTime()
  const changes: CircuitState[] = []
  const breaker = createBreaker<Verdict>({
    maxConcurrent,
    judgeValue: (value) => value,
    judgeError: (error) => (error as { verdict?: Verdict }).verdict ?? 'silent',
    onChange: (state) => changes.push(state),
    now: time.waiting.now
  })
  const give = (verdict: Verdict) => breaker.run(async () => verdict, never)
  const fail = (verdict: Verdict) =>
    breaker.run(() => Promise.reject({ verdict }), never).catch((error: unknown) => error)
  return { breaker, changes, give, fail, time }
}

const openText = { name: 'ToolError', message: /left alone.*nothing was sent\. Try again in 5 s\./ }

t.test('five failures in a row open it; then it answers at once and says when', async (t) => {
  const { breaker, give, fail, changes } = open()
  await give('failing')
  await fail('failing')
  await give('failing')
  await fail('failing')
  t.equal(breaker.state, 'closed')
  await give('failing')
  t.equal(breaker.state, 'open')
  let runs = 0
  await t.rejects(
    breaker.run(async () => {
      runs++
      return 'healthy'
    }, never),
    openText
  )
  t.equal(runs, 0)
  t.same(changes, ['open'])
})

t.test('a success in between keeps it closed; half of twenty opens it', async (t) => {
  const { breaker, give } = open()
  for (let pair = 0; pair < 9; pair++) {
    await give('healthy')
    await give('failing')
  }
  await give('healthy')
  t.equal(breaker.state, 'closed')
  await give('failing')
  t.equal(breaker.state, 'open', '10 of 20')
})

t.test('only the last ten seconds count', async (t) => {
  const { breaker, give, time } = open()
  for (let pair = 0; pair < 9; pair++) {
    await give('healthy')
    await give('failing')
  }
  time.advance(11_000)
  await give('healthy')
  await give('failing')
  t.equal(breaker.state, 'closed')
})

t.test(
  'after five seconds one call tries; the others still get their answer at once',
  async (t) => {
    const { breaker, give, changes, time } = open()
    for (let call = 0; call < 5; call++) await give('failing')
    time.advance(4_999)
    await t.rejects(give('healthy'), { message: /Try again in 1 s/ })
    time.advance(1)
    t.equal(breaker.state, 'half_open', 'ready for a call, and says so without one')
    let finish: (verdict: Verdict) => void = () => {}
    const trial = breaker.run(() => new Promise((resolve) => (finish = resolve)), never)
    await t.rejects(give('healthy'), { name: 'ToolError' })
    finish('failing')
    await trial
    t.equal(breaker.state, 'open')
    time.advance(5_000)
    await give('healthy')
    t.equal(breaker.state, 'closed')
    t.same(changes, ['open', 'half_open', 'open', 'half_open', 'closed'])
    await give('failing')
    t.equal(breaker.state, 'closed', 'and counts anew')
  }
)

t.test('what tells nothing neither counts nor closes', async (t) => {
  const { breaker, give, fail, time } = open()
  for (let call = 0; call < 30; call++) await fail('silent')
  t.equal(breaker.state, 'closed')
  for (let call = 0; call < 5; call++) await give('failing')
  time.advance(5_000)
  t.match(await fail('silent'), { verdict: 'silent' })
  t.equal(breaker.state, 'open', 'a cancelled trial')
  time.advance(5_000)
  await fail('healthy')
  t.equal(breaker.state, 'closed', 'an answer we refuse to take is an answer')
})

t.test('the slots are bounded, and so is the queue', async (t) => {
  const { breaker } = open(1)
  let finish: (verdict: Verdict) => void = () => {}
  const first = breaker.run(() => new Promise((resolve) => (finish = resolve)), never)
  const second = breaker.run(async () => 'healthy', never)
  await t.rejects(
    breaker.run(async () => 'healthy', never),
    {
      name: 'ToolError',
      message: /Too many calls to this API/
    }
  )
  finish('healthy')
  t.same(await Promise.all([first, second]), ['healthy', 'healthy'])
  t.equal(breaker.state, 'closed')
})

t.test('502, 503 and 504 count; other statuses and callers who leave do not', async (t) => {
  const server = await startFaultServer(hang)
  t.teardown(() => server.close())
  for (const [status, state] of [
    [502, 'open'],
    [503, 'open'],
    [504, 'open'],
    [500, 'closed'],
    [429, 'closed'],
    [404, 'closed']
  ] as const) {
    server.answerWith(reply(status, '{}'))
    const client = openClient({ limits: { ...limits, attempts: 1 } })
    for (let call = 0; call < 5; call++) {
      t.equal((await client.send(request(server.origin), createContext())).status, status)
    }
    t.equal(client.state, state, String(status))
    client.close()
  }
  const client = openClient()
  for (let call = 0; call < 6; call++) {
    const controller = new AbortController()
    server.answerWith(() => controller.abort(new Error('left')))
    const ctx = createContext({ signal: controller.signal })
    await t.rejects(client.send(request(server.origin), ctx), { message: 'left' })
  }
  t.equal(client.state, 'closed')
  for (let call = 0; call < 5; call++) {
    const controller = new AbortController()
    server.answerWith(() => controller.abort(new DOMException('deadline', 'TimeoutError')))
    const ctx = createContext({ signal: controller.signal })
    await t.rejects(client.send(request(server.origin), ctx), { message: 'deadline' })
  }
  t.equal(client.state, 'open', 'the deadline of a call does count')
  client.close()
})
