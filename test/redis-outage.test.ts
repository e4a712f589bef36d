import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { fixture, type Running, start } from './helpers/executable.ts'
import { findFreePort } from './helpers/free-port.ts'
import { send } from './helpers/http.ts'
import { bearerHeaders, modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { createRedis, withoutRedis } from './helpers/redis.ts'

/*
 * Two instances under load lose their Redis: never unlimited, never an error, and back together
 * afterwards. For the full proof: REDIS_OUTAGE_SECONDS=20 node dist/test/redis-outage.test.js
 */

const outageMs = 1000 * Number(process.env.REDIS_OUTAGE_SECONDS ?? 2)
const rate = { perMinute: 3000, burst: 20 }
const token = 'a-token-of-more-than-32-characters-for-tests'
const timeout = 600_000
t.setTimeout(timeout)

const body = modernRequest('tools/call', toolCall('fill', { length: 1 }))
const headers = { ...modernHeaders(body), ...bearerHeaders(token) }

interface Seen {
  readonly atMs: number
  readonly tookMs: number
  readonly status: number
  readonly isAllowed: boolean
  readonly isLimited: boolean
}

async function callOnce(url: string, agent: Agent): Promise<Seen> {
  const sentMs = performance.now()
  const { status, text } = await send(url, { headers, body, agent })
  const atMs = performance.now()
  return {
    atMs,
    tookMs: atMs - sentMs,
    status,
    isAllowed: text.includes('"text":"x"'),
    isLimited: text.includes('retryAfterMs')
  }
}

/** Two instances and a client that calls both without a pause until it is told to stop. */
async function startLoad(t: { teardown(end: () => unknown): void }, redisUrl: string) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-test-'))
  const config = join(folder, 'config.json')
  const limits = { address: 10_000_000, methods: { 'tools/call': rate } }
  writeFileSync(config, JSON.stringify({ limits, log: { level: 'warn' } }))
  const env = { MCP_AUTH_TOKEN: token, REDIS_URL: redisUrl, MCP_AUDIT: 'false' }
  const flags = ['--http', '--config', config, '--module', fixture('gated-tools')]
  const agent = new Agent({ keepAlive: true })
  const seen: Seen[] = []
  const instances: Running[] = []
  let isOver = false
  const work: Promise<void>[] = []
  for (let index = 0; index < 2; index++) {
    const port = String(await findFreePort())
    const running = start([...flags, '--port', port], env)
    instances.push(running)
    const url = `http://127.0.0.1:${port}/mcp`
    await up(`http://127.0.0.1:${port}/ready`)
    const loop = async () => {
      while (!isOver) {
        seen.push(await callOnce(url, agent))
        await wait(2)
      }
    }
    work.push(loop(), loop(), loop())
  }
  t.teardown(() => {
    isOver = true
    agent.destroy()
    for (const { child } of instances) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    seen,
    instances,
    async stop() {
      isOver = true
      await Promise.all(work)
    }
  }
}

async function up(url: string): Promise<void> {
  const isUp = async () => (await send(url, { method: 'GET' })).status === 200
  while (!(await isUp().catch(() => false))) await wait(20)
}

const skip = withoutRedis
for (const fault of ['SIGKILL', 'SIGSTOP'] as const) {
  t.test(`${fault} under load, two instances`, { skip, timeout }, async (t) => {
    const redis = await createRedis()
    t.teardown(redis.close)
    await redis.start()
    const { seen, instances, stop } = await startLoad(t, redis.url)
    const countOutages = () =>
      instances.reduce(
        (sum, { stderr }) => sum + stderr.text.split('Redis is away: limits').length - 1,
        0
      )
    const marks = [performance.now()]
    const mark = () => marks.push(performance.now())
    await wait(1500)
    mark()
    const early = countOutages()
    if (fault === 'SIGKILL') await redis.kill()
    else redis.signal('SIGSTOP')
    await wait(outageMs)
    mark()
    if (fault === 'SIGKILL') await redis.start()
    else redis.signal('SIGCONT')
    await Promise.all(instances.map(({ stderr }) => stderr.until(/"Redis is back"/)))
    mark()
    await wait(1500)
    mark()
    await stop()

    const phase = (index: number) => {
      const [from = 0, to = 0] = marks.slice(index)
      const within = seen.filter(({ atMs }) => atMs >= from && atMs < to)
      const count = within.filter(({ isAllowed }) => isAllowed).length
      const took = within.map(({ tookMs }) => tookMs).sort((a, b) => a - b)
      const p99 = took[Math.floor(took.length * 0.99)]?.toFixed(1)
      const limit = rate.burst + (rate.perMinute / 60_000) * (to - from)
      const ms = (to - from).toFixed(0)
      return {
        limit,
        count,
        text: `${within.length} calls in ${ms} ms, ${count} allowed, p99 ${p99} ms`
      }
    }
    const [before, outage, return_, after] = [phase(0), phase(1), phase(2), phase(3)]
    t.comment(`before:  ${before.text}, limit ${before.limit.toFixed(0)}`)
    t.comment(`outage:  ${outage.text}, limit ${outage.limit.toFixed(0)}`)
    t.comment(`return:  ${return_.text}`)
    t.comment(`after:   ${after.text}, limit ${after.limit.toFixed(0)}`)
    t.ok(
      seen.every(({ status }) => status === 200),
      'no call got an error'
    )
    t.ok(
      seen.every((each) => each.isAllowed !== each.isLimited),
      'allowed or refused, nothing else'
    )
    // Answers of calls that were decided before a mark come after it: one per loop of the client.
    // On a machine too busy for an answer in 100 ms, Redis is away at other times, too.
    const isCalm = early === 0 && countOutages() === instances.length
    if (!isCalm) t.comment(`${early} outages before ours, ${countOutages()} in all`)
    const shared = isCalm ? 1 : 2
    t.ok(before.count <= shared * before.limit + 6, 'one limit for both')
    t.ok(outage.count <= 2 * outage.limit + 6, 'each its own while Redis is away')
    t.ok(outage.count > outage.limit / 2, 'and not nothing')
    t.ok(after.count <= shared * after.limit + 6, 'one limit for both again')
  })
}
