import { setTimeout as wait } from 'node:timers/promises'
import { createRedis, withoutRedis } from '../helpers/redis.ts'
import { expectWhole, type Row, type Stage } from './row.ts'
import { type Called, quantile, type System } from './system.ts'

const missing = () => withoutRedis || undefined
const rate = { perMinute: 6000, burst: 20 }
const settings = { limits: { enabled: true, address: 10_000_000, methods: { 'tools/call': rate } } }

function start(stage: Stage, redisUrl: string): Promise<System> {
  const env = { REDIS_URL: redisUrl, MCP_RATE_LIMIT_ENABLED: 'true' }
  return stage.start({ settings, env })
}

const isAllowed = ({ ending }: Called): boolean => ending === 'ok'

/** Calls for a while as fast as four callers go. */
async function callFor(system: System, ms: number): Promise<readonly Called[]> {
  const endMs = performance.now() + ms
  const calls: Called[] = []
  const caller = async (): Promise<void> => {
    while (performance.now() < endMs) {
      calls.push(await system.call('note'))
      await wait(2)
    }
  }
  await Promise.all([caller(), caller(), caller(), caller()])
  return calls
}

function expectLimited(stage: Stage, calls: readonly Called[], ms: number, what: string): string {
  const allowed = calls.filter(isAllowed).length
  const most = 2 * (rate.burst + (rate.perMinute / 60_000) * ms)
  stage.expect(allowed <= most, `${what}: ${allowed} allowed, at most ${most.toFixed(0)}`)
  stage.expect(allowed > 0, `${what}: none allowed`)
  const others = calls.filter(({ status }) => status !== 200).length
  stage.expect(others === 0, `${what}: ${others} got an error`)
  const p99 = quantile(
    calls.map(({ tookMs }) => tookMs),
    0.99
  )
  stage.expectTime(p99 <= 250, `${what}: p99 ${p99.toFixed(0)} ms`)
  return `${what}: ${allowed} of at most ${most.toFixed(0)} allowed, p99 ${p99.toFixed(0)} ms`
}

const downAtStart: Row = {
  id: 'redis-down-start',
  fault: 'no Redis at the start',
  expected: 'starts with limits of its own, and says so in one line',
  async run(stage) {
    const system = await start(stage, 'redis://127.0.0.1:1')
    const ms = stage.size(1000, 5000)
    const told = expectLimited(stage, await callFor(system, ms), ms, 'without Redis')
    const lines = system.target.stderr.text
      .split('\n')
      .filter((line) => line.includes('Redis is away: limits'))
    stage.expect(lines.length === 1, `${lines.length} lines`)
    const tally = system.join()
    expectWhole(stage, tally)
    return { seen: `${told}; 1 line`, tally }
  }
}

function outageRow(id: string, fault: string, signal: 'kill' | 'stop'): Row {
  return {
    id,
    fault,
    expected: 'the same limit counted here, never unlimited; shared again within 5 s',
    missing,
    async run(stage) {
      const redis = await createRedis()
      stage.defer(redis.close)
      await redis.start()
      const system = await start(stage, redis.url)
      await callFor(system, 300)
      if (signal === 'kill') await redis.kill()
      else redis.signal('SIGSTOP')
      const ms = stage.size(1000, 10_000)
      const told = expectLimited(stage, await callFor(system, ms), ms, 'outage')
      if (signal === 'kill') await redis.start()
      else redis.signal('SIGCONT')
      const sinceMs = performance.now()
      await system.target.stderr.until(/"taken_locally"/)
      const backMs = performance.now() - sinceMs
      stage.expectTime(backMs <= 5000, `back after ${backMs.toFixed(0)} ms`)
      const tally = system.join()
      expectWhole(stage, tally)
      return { seen: `${told}; back after ${backMs.toFixed(0)} ms`, tally }
    }
  }
}

const poison: Row = {
  id: 'redis-poison',
  fault: 'keys of another type, forgotten scripts, a read-only replica',
  expected: 'counted here or there, no crash',
  missing,
  async run(stage) {
    const redis = await createRedis()
    stage.defer(redis.close)
    await redis.start()
    const system = await start(stage, redis.url)
    const ms = stage.size(400, 2000)
    await callFor(system, 200)
    const told: string[] = []
    const keys = (await redis.ask('KEYS', '*')) as string[]
    stage.expect(keys.length > 0, 'no key to poison')
    for (const key of keys) {
      await redis.ask('DEL', key)
      await redis.ask('SET', key, 'poison')
    }
    told.push(expectLimited(stage, await callFor(system, ms), ms, 'wrong type'))
    await redis.ask('FLUSHALL')
    await redis.ask('SCRIPT', 'FLUSH')
    told.push(expectLimited(stage, await callFor(system, ms), ms, 'NOSCRIPT'))
    await redis.ask('REPLICAOF', '127.0.0.1', '1')
    told.push(expectLimited(stage, await callFor(system, ms), ms, 'READONLY'))
    stage.expect(system.isAlive(), 'the process is gone')
    const tally = system.join()
    expectWhole(stage, tally)
    return { seen: told.join('; '), tally }
  }
}

export const redisRows: readonly Row[] = [
  downAtStart,
  outageRow('redis-down-mid', 'Redis killed under load', 'kill'),
  outageRow('redis-slow', 'Redis stopped (SIGSTOP)', 'stop'),
  poison
]
