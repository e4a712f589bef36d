import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createServer } from 'node:tls'
import t from 'tap'
import { monotonicClock } from '../src/clock.ts'
import { createLimiter } from '../src/limit.ts'
import { openRedisLimiter } from '../src/limits/redis-limiter.ts'
import { createLog } from '../src/log.ts'
import type { Rate } from '../src/types.ts'
import { fixture } from './helpers/executable.ts'
import { connect } from './helpers/json-rpc.ts'
import { call, initialize } from './helpers/messages.ts'
import { createRedis, type RedisServerOptions, withoutRedis } from './helpers/redis.ts'
import { selfSigned } from './helpers/self-signed.ts'
import { until } from './helpers/until.ts'

/* The buckets of several instances in a real Redis, and what happens when it does not answer. */

const skip = withoutRedis
type T = { teardown(end: () => unknown): void }
const slow: Rate = { perMinute: 0.001, burst: 3 }

async function startRedis(t: T, options: RedisServerOptions = {}) {
  const redis = await createRedis(options)
  t.teardown(redis.close)
  await redis.start()
  return redis
}

/** Patient, unless an outage is the subject: a busy machine is no outage. */
async function open(t: T, url: string, timeoutMs = 10_000) {
  const lines: string[] = []
  const log = createLog({ level: 'info', redact: true }, { write: (line) => lines.push(line) > 0 })
  const limiter = await openRedisLimiter(url, createLimiter(), log, timeoutMs)
  t.teardown(limiter.close)
  return { limiter, lines, text: () => lines.join('') }
}

type Opened = Awaited<ReturnType<typeof open>>

/** How many of `count` takes are allowed. */
async function allowed({ limiter }: Opened, key: string, rate: Rate, count: number) {
  let taken = 0
  for (let index = 0; index < count; index++) {
    if ((await limiter.take(key, rate)) === 0) taken++
  }
  return taken
}

t.test('instances share a bucket; keys do not', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await open(t, redis.url), await open(t, redis.url)]
  t.equal(await allowed(one, 'a', slow, 2), 2)
  t.equal(await allowed(other, 'a', slow, 5), 1)
  t.equal(await allowed(one, 'a', slow, 5), 0)
  t.equal(await allowed(one, 'b', slow, 5), 3)
  t.equal(one.limiter.localTakes + other.limiter.localTakes, 0)
  const keys = (await redis.ask('KEYS', '*')) as string[]
  t.strictSame(keys.sort(), ['portcullis:limit:a', 'portcullis:limit:b'])
  for (const key of keys) t.ok(Number(await redis.ask('PTTL', key)) > 0, 'a key ends by itself')
})

t.test('instances that take at the same time share one burst', { skip }, async (t) => {
  const redis = await startRedis(t)
  const instances = [await open(t, redis.url), await open(t, redis.url)]
  const rate = { perMinute: 0.001, burst: 50 }
  const counts = instances.flatMap((each) => [1, 2, 3].map(() => allowed(each, 'a', rate, 40)))
  const taken = (await Promise.all(counts)).reduce((sum, count) => sum + count)
  t.equal(taken, 50)
})

t.test(
  'it refills as the bucket in memory does, and says how long to wait',
  { skip },
  async (t) => {
    const redis = await startRedis(t)
    const opened = await open(t, redis.url)
    const rate = { perMinute: 1200, burst: 4 }
    const startedMs = monotonicClock()
    let taken = 0
    for (let round = 0; round < 20; round++) {
      const waitMs = await opened.limiter.take('a', rate)
      if (waitMs === 0) taken++
      t.ok(waitMs >= 0 && waitMs <= 50 && Number.isInteger(waitMs))
      // Whoever waits as told is let through.
      await wait(waitMs + 2)
      if (waitMs > 0) t.equal(await opened.limiter.take('a', rate), 0)
      if (waitMs > 0) taken++
    }
    const refilled = ((monotonicClock() - startedMs) / 60_000) * rate.perMinute
    t.ok(taken <= rate.burst + refilled + 1, `${taken} of ${rate.burst} + ${refilled}`)
    t.equal(await redis.ask('TYPE', 'portcullis:limit:a'), 'hash')
  }
)

t.test('a forgotten script is sent again', { skip }, async (t) => {
  const redis = await startRedis(t)
  const opened = await open(t, redis.url)
  t.equal(await allowed(opened, 'a', slow, 2), 2)
  await redis.ask('SCRIPT', 'FLUSH')
  t.equal(await allowed(opened, 'a', slow, 2), 1)
  t.equal(opened.limiter.localTakes, 0)
})

t.test('a key of another type costs that limit only', { skip }, async (t) => {
  const redis = await startRedis(t)
  const opened = await open(t, redis.url)
  await redis.ask('SET', 'portcullis:limit:a', 'mine')
  t.equal(await allowed(opened, 'a', slow, 5), 3, 'never unlimited')
  t.equal(opened.limiter.localTakes, 5)
  t.equal(await allowed(opened, 'b', slow, 5), 3)
  t.equal(opened.limiter.localTakes, 5, 'other keys are Redis own affair')
  t.equal(opened.lines.length, 1, 'logged once')
  t.match(opened.text(), /refuses a command.*WRONGTYPE|WRONGTYPE.*refuses a command/)
})

t.test('a read-only replica counts nothing, so we do', { skip }, async (t) => {
  const redis = await startRedis(t)
  const opened = await open(t, redis.url)
  await redis.ask('REPLICAOF', '127.0.0.1', '1')
  t.equal(await allowed(opened, 'a', slow, 5), 3)
  t.equal(opened.limiter.localTakes, 5)
  t.match(opened.text(), 'READONLY')
  await redis.ask('REPLICAOF', 'NO', 'ONE')
  t.equal(await allowed(opened, 'b', slow, 5), 3)
  t.equal(opened.limiter.localTakes, 5)
})

t.test('a wrong password: local limits, one line, no secret in it', { skip }, async (t) => {
  const redis = await startRedis(t, { password: 'right-word' })
  const wrong = await open(t, redis.url.replace('//', '//:wrong-word@'))
  t.equal(await allowed(wrong, 'a', slow, 5), 3)
  t.equal(wrong.limiter.localTakes, 5)
  t.equal(wrong.lines.length, 1)
  t.match(wrong.text(), /"level":"ERROR".*Redis is away/)
  t.match(wrong.text(), /WRONGPASS|NOAUTH/)
  const right = await open(t, redis.url.replace('//', '//:right-word@'))
  t.equal(await allowed(right, 'a', slow, 5), 3)
  t.equal(right.limiter.localTakes, 0)
  t.notMatch(wrong.text() + right.text(), /-word/)
})

t.test(
  'away at the start, killed, and back: never unlimited, never an error',
  { skip },
  async (t) => {
    const redis = await createRedis()
    t.teardown(redis.close)
    const opened = await open(t, redis.url)
    t.match(opened.text(), /limits\.redisUrl/)
    t.match(opened.text(), 'ECONNREFUSED')
    t.equal(typeof opened.limiter.take('x', slow), 'number', 'without waiting for anybody')
    t.equal(await allowed(opened, 'a', slow, 5), 3)
    for (const outage of [1, 2]) {
      await redis.start()
      await until(() => opened.text().split('Redis is back').length === outage + 1, 'back')
      const before = opened.limiter.localTakes
      t.equal(await allowed(opened, `shared ${outage}`, slow, 5), 3)
      t.equal(opened.limiter.localTakes, before)
      await redis.kill()
      t.equal(await allowed(opened, `local ${outage}`, slow, 5), 3)
      t.equal(opened.limiter.localTakes, before + 5)
    }
    t.equal(opened.text().split('Redis is away').length - 1, 3, 'one line an outage')
  }
)

t.test(
  'a Redis that hangs is done without, and used again when it answers',
  { skip },
  async (t) => {
    const redis = await startRedis(t)
    const opened = await open(t, redis.url, 100)
    t.equal(await allowed(opened, 'a', slow, 2), 2)
    redis.signal('SIGSTOP')
    const many = Array.from({ length: 20 }, () => opened.limiter.take('b', slow))
    const waits = await Promise.all(many)
    t.equal(waits.filter((waitMs) => waitMs === 0).length, 3, 'those on their way count here')
    t.equal(typeof opened.limiter.take('b', slow), 'number', 'the next do not even ask')
    t.match(opened.text(), '"reason":"timeout"')
    // Long enough for probes that fail.
    await wait(1500)
    redis.signal('SIGCONT')
    await until(() => opened.text().includes('Redis is back'), 'back')
    t.equal(await allowed(opened, 'a', slow, 5), 1, 'what was taken before is still taken')
  }
)

t.test('rediss: whoever has no valid certificate is not Redis', async (t) => {
  const server = createServer({ ...selfSigned }).listen(0, '127.0.0.1')
  server.on('tlsClientError', () => {})
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const opened = await open(t, `rediss://:secret-word@127.0.0.1:${port}`)
  t.equal(await allowed(opened, 'a', slow, 5), 3)
  t.match(opened.text(), /DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID/)
  t.notMatch(opened.text(), 'secret-word')
})

t.test('stdio servers share their buckets, too', { skip }, async (t) => {
  const redis = await startRedis(t)
  const folder = t.testdir({
    'config.json': JSON.stringify({ limits: { methods: { 'tools/call': slow } } })
  })
  const args = ['--config', join(folder, 'config.json'), '--module', fixture('gated-tools')]
  const env = { REDIS_URL: redis.url, MCP_RATE_LIMIT_ENABLED: 'true' }
  const texts: string[] = []
  for (const id of [1, 2]) {
    const client = connect(args, env)
    client.send(initialize(0), call('fill', { length: 1 }, 1), call('fill', { length: 1 }, 2))
    for (const each of [1, 2]) texts.push(JSON.stringify((await client.answer(each)).result))
    client.child.stdin?.end()
    t.equal((await client.ended).code, 0, `server ${id} ends`)
  }
  t.equal(texts.filter((text) => text.includes('"text":"x"')).length, 3)
  t.equal(texts.filter((text) => text.includes('portcullis/retryAfterMs')).length, 1)
})
