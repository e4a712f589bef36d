import { Agent } from 'node:http'
import fc from 'fast-check'
import t from 'tap'
import { createBans } from '../src/identity/bans.ts'
import { startApp } from './helpers/app.ts'
import { send } from './helpers/http.ts'
import { jsonHeaders, modernHeaders, modernRequest } from './helpers/messages.ts'
import { checkRefusal } from './helpers/refusals.ts'
import { until } from './helpers/until.ts'

/*
 * Whoever guesses keys is kept out for a while, and only he. For the full proof:
 * WRONG_TOKENS=10000 node dist/test/bans.test.js
 */

const wrongTokens = Number(process.env.WRONG_TOKENS ?? 1000)
const list = modernRequest('tools/list', {}, 5)
const good = modernHeaders(list)
const wrong = (index = 0) => ({ ...good, authorization: `Bearer wrong-token-${index}` })
const elsewhere = '127.0.0.2'

/** The most of these times that lie within one minute. */
function mostInAMinute(times: readonly number[]): number {
  const inMinute = (endMs: number) => times.filter((at) => at <= endMs && at > endMs - 60_000)
  return Math.max(0, ...times.map((atMs) => inMinute(atMs).length))
}

t.test('within any minute no more failures than the limit are let through', async () => {
  const steps = fc.array(fc.record({ waitMs: fc.nat(30_000), isV6: fc.boolean() }))
  const property = fc.property(fc.integer({ min: 1, max: 5 }), steps, (limit, all) => {
    let nowMs = 0
    const options = { authFailuresPerMinute: limit, banMs: 90_000, onBan: () => {} }
    const bans = createBans(options, () => nowMs)
    const heard = { v4: [] as number[], v6: [] as number[] }
    for (const [index, { waitMs, isV6 }] of all.entries()) {
      nowMs += waitMs
      // Another host of the same network each time.
      const address = isV6 ? `2001:db8:0:1::${index.toString(16)}` : '192.0.2.1'
      if (!bans.countFailure(address)) heard[isV6 ? 'v6' : 'v4'].push(nowMs)
    }
    return [heard.v4, heard.v6].every((times) => mostInAMinute(times) <= limit)
  })
  fc.assert(property, { numRuns: 500 })
})

t.test('a ban ends, and the next starts from nothing', async (t) => {
  let nowMs = 0
  const banned: string[] = []
  const options = { authFailuresPerMinute: 2, banMs: 1000, onBan: (a: string) => banned.push(a) }
  const bans = createBans(options, () => nowMs)
  const fail = () => bans.countFailure('192.0.2.1')
  t.strictSame([fail(), fail()], [undefined, undefined])
  t.strictSame(bans.find('192.0.2.1'), { retryAfterMs: 1000, isFirstRefusal: true })
  t.strictSame(fail(), { retryAfterMs: 1000, isFirstRefusal: false })
  t.equal(bans.find('192.0.2.2'), undefined, 'others are not concerned')
  nowMs = 1000
  t.strictSame([fail(), bans.find('192.0.2.1')], [undefined, undefined])
  fail()
  t.ok(bans.find('192.0.2.1'))
  t.strictSame(banned, ['192.0.2.1', '192.0.2.1'], 'one alert a ban')
})

t.test('refused from the 11th wrong key on, from this address only', async (t) => {
  const app = await startApp()
  t.teardown(() => app.close(0))
  for (let index = 0; index < 20; index++) {
    const { status } = await send(app.url, { headers: jsonHeadersWithout(), body: list })
    t.equal(status, 401, 'no key at all is no guess')
  }
  for (let index = 0; index < 10; index++) {
    const { status } = await send(app.url, { headers: wrong(index), body: list })
    t.equal(status, 401)
  }
  const answer = await send(app.url, { headers: wrong(), body: list })
  checkRefusal(t, answer, { status: 429, code: 429, headers: { 'retry-after': /^(?:60|59)$/ } })
  const { status } = await send(app.url, { headers: good, body: list })
  t.equal(status, 429, 'a ban that let the right key in would let guesses in')
  checkRefusal(t, await send(`${app.origin}/api/tools`, { method: 'GET', headers: good }), {
    status: 429,
    code: 'plain'
  })
  t.equal((await send(`${app.origin}/health`, { method: 'GET' })).status, 200)
  t.equal((await send(app.url, { headers: good, body: list, from: elsewhere })).status, 200)

  const failed = app.audit('AUTH_FAILED').map(({ reason }) => reason)
  t.equal(failed.filter((reason) => reason === 'invalid_token').length, 10)
  t.equal(failed.filter((reason) => reason === 'banned').length, 1, 'one line for all of the ban')
  const alert = { reason: 'address_banned', remote: '127.0.0.1', transport: 'http' }
  t.match(app.audit('SECURITY_ALERT'), [alert])
  t.equal(app.audit('SECURITY_ALERT').length, 1)
})

function jsonHeadersWithout() {
  const { authorization: _, ...rest } = jsonHeaders()
  return rest
}

t.test('a ban ends by itself', async (t) => {
  const app = await startApp({ limits: { authFailuresPerMinute: 1, banMs: 300 } })
  t.teardown(() => app.close(0))
  const ask = async (headers: Readonly<Record<string, string>>) =>
    (await send(app.url, { headers, body: list })).status
  t.equal(await ask(wrong()), 401)
  t.equal(await ask(good), 429)
  await until(async () => (await ask(good)) === 200, 'the end of the ban')
})

t.test('the limits off, no ban', async (t) => {
  const app = await startApp({ limits: { enabled: false, authFailuresPerMinute: 1 } })
  t.teardown(() => app.close(0))
  t.equal((await send(app.url, { headers: wrong(), body: list })).status, 401)
  t.equal((await send(app.url, { headers: good, body: list })).status, 200)
})

const timeout = 600_000
t.setTimeout(timeout)
t.test(`${wrongTokens} wrong keys at once, and one caller elsewhere`, { timeout }, async (t) => {
  const app = await startApp({
    log: { level: 'silent' },
    limits: { address: 1_000_000, methods: { 'tools/list': { perMinute: 1e6, burst: 1e6 } } }
  })
  t.teardown(() => app.close(0))
  const agent = new Agent({ keepAlive: true, maxSockets: 25 })
  const statuses = new Map<number, number>()
  const calm: number[] = []
  let next = 0
  const guess = async () => {
    for (let index = next++; index < wrongTokens; index = next++) {
      const { status } = await send(app.url, { headers: wrong(index), body: list, agent })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const callOn = async () => {
    while (next < wrongTokens) {
      calm.push((await send(app.url, { headers: good, body: list, from: elsewhere })).status)
    }
  }
  await Promise.all([callOn(), ...Array.from({ length: 25 }, guess)])
  agent.destroy()
  t.strictSame(Object.fromEntries(statuses), { 401: 10, 429: wrongTokens - 10 })
  t.ok(calm.length > 0)
  t.strictSame(new Set(calm), new Set([200]), `${calm.length} calls elsewhere, all answered`)
  t.equal(app.audit('AUTH_FAILED').length, 11)
  t.equal(app.audit('SECURITY_ALERT').length, 1)
})
