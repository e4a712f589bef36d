import { setTimeout as wait } from 'node:timers/promises'
import { type FaultServer, reply, startFaultServer } from '../helpers/fault-server.ts'
import { until } from '../helpers/until.ts'
import { noncesIn } from './ledger.ts'
import { startProxy, type TcpProxy } from './proxy.ts'
import { expectWhole, type Row, type Stage } from './row.ts'
import { pace, quantile, type System } from './system.ts'

const good = reply(200, '{"id":1}')

interface Path {
  readonly api: FaultServer
  readonly proxy: TcpProxy
  readonly system: System
  finish(seen: string): { seen: string; tally: ReturnType<System['join']> }
}

/** The product, a proxy, an API behind it. */
async function lay(stage: Stage, env: Readonly<Record<string, string>>): Promise<Path> {
  const api = await startFaultServer(good)
  stage.defer(() => api.close())
  const proxy = await startProxy(Number(new URL(api.origin).port))
  stage.defer(() => proxy.close())
  const system = await stage.start({ api: `http://127.0.0.1:${proxy.port}`, env })
  return {
    api,
    proxy,
    system,
    finish(seen) {
      const tally = system.join(api.seen.flatMap(({ target }) => noncesIn(target)))
      expectWhole(stage, tally)
      stage.expect(system.isAlive(), 'the process is gone')
      const writes = api.seen.filter(({ method }) => method === 'POST').length
      const own = new Set(
        api.seen.filter(({ method }) => method === 'POST').map(({ target }) => target)
      )
      stage.expect(own.size === writes, `${writes - own.size} writes came twice`)
      return { seen, tally }
    }
  }
}

const partition: Row = {
  id: 'net-partition',
  fault: 'no packet gets through between the product and the API',
  expected: 'timeouts as configured, good answers again within 5 s',
  async run(stage) {
    const { proxy, system, finish } = await lay(stage, { UPSTREAM_TIMEOUT: '1' })
    await system.read()
    proxy.change({ isBlackHole: true })
    let turn = 0
    const calls = await pace(10, stage.size(3, 30), () =>
      turn++ % 2 === 0 ? system.read() : system.write()
    )
    stage.expect(
      calls.every(({ ending }) => ending === 'error'),
      'not every call is an error'
    )
    const slowest = Math.max(...calls.map(({ tookMs }) => tookMs))
    stage.expectTime(slowest <= 1200, `an error after ${slowest.toFixed(0)} ms`)
    proxy.change({})
    proxy.breakAll('destroy')
    const sinceMs = performance.now()
    await until(async () => (await system.read()).ending === 'ok', 'good answers again')
    const backMs = performance.now() - sinceMs
    stage.expectTime(backMs <= 5100, `back after ${backMs.toFixed(0)} ms`)
    return finish(
      `${calls.length} errors, the slowest after ${slowest.toFixed(0)} ms, back after ${backMs.toFixed(0)} ms`
    )
  }
}

const latency: Row = {
  id: 'net-latency-loss',
  fault: '200 ms and up to 100 ms more each way; lost packets are late ones to TCP (no netem here)',
  expected: 'every call within its deadline, the breaker stays closed',
  async run(stage) {
    const { proxy, system, finish } = await lay(stage, {})
    proxy.change({ delayMs: 200, jitterMs: 100 })
    const calls = await pace(20, stage.size(1, 20), () => system.read())
    const failed = calls.filter(({ ending }) => ending !== 'ok').length
    stage.expect(failed === 0, `${failed} failed`)
    const ready = await system.get('/ready')
    stage.expect(ready.status === 200, `ready: ${ready.text}`)
    return finish(
      `${calls.length} calls, ${failed} failed, p99 ${quantile(
        calls.map(({ tookMs }) => tookMs),
        0.99
      ).toFixed(0)} ms, breaker closed`
    )
  }
}

const cuts: Row = {
  id: 'net-cut',
  fault: 'every connection to the API is ended, cut or reset four times a second',
  expected: 'every call answered once, no write twice',
  isQuick: true,
  async run(stage) {
    const { proxy, system, finish } = await lay(stage, { UPSTREAM_TIMEOUT: '2' })
    const ways = ['end', 'destroy', 'reset'] as const
    let turn = 0
    const timer = setInterval(() => proxy.breakAll(ways[turn++ % ways.length] ?? 'end'), 250)
    let index = 0
    const calls = await pace(50, stage.size(2, 30), () =>
      index++ % 2 === 0 ? system.read() : system.write()
    )
    clearInterval(timer)
    await wait(50)
    const open = calls.filter(({ ending }) => ending !== 'ok' && ending !== 'error').length
    stage.expect(open === 0, `${open} without an answer`)
    const ok = calls.filter(({ ending }) => ending === 'ok').length
    return finish(`${calls.length} calls, ${ok} ok, ${calls.length - ok} isError, all answered`)
  }
}

const throttled: Row = {
  id: 'net-throttle',
  fault: 'answers of 100 KB at 1 MB/s',
  expected: 'late but whole',
  async run(stage) {
    const { api, proxy, system, finish } = await lay(stage, {})
    api.answerWith(reply(200, JSON.stringify({ text: 'x'.repeat(100_000) })))
    proxy.change({ bytesPerSecond: 1_000_000 })
    const calls = await pace(5, stage.size(1, 10), () => system.read())
    const whole = calls.filter(
      ({ ending, text }) => ending === 'ok' && text.length > 100_000
    ).length
    stage.expect(whole === calls.length, `${calls.length - whole} are not whole`)
    return finish(`${whole} of ${calls.length} whole`)
  }
}

export const networkRows: readonly Row[] = [partition, latency, cuts, throttled]
