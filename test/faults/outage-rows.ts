import { setTimeout as wait } from 'node:timers/promises'
import {
  closeOnReuse,
  drip,
  type Fault,
  hang,
  reply,
  reset,
  startFaultServer
} from '../helpers/fault-server.ts'
import { until } from '../helpers/until.ts'
import { good, isError, mount } from './api-mount.ts'
import { noncesIn } from './ledger.ts'
import { expectWhole, type Row, type Stage } from './row.ts'
import { type Called, pace, quantile } from './system.ts'

const writesAtMostOnce = (stage: Stage, nonces: readonly string[]): void =>
  stage.expect(new Set(nonces).size === nonces.length, 'a write was sent twice')

const isSecond = { UPSTREAM_TIMEOUT: '1' }

/** The whole seconds that a deadline of one may differ by. */
const toleranceMs = 100

function deadlineRow(id: string, fault: string, expected: string, what: Fault): Row {
  return {
    id,
    fault,
    expected,
    async run(stage) {
      const { server, system, finish } = await mount(stage, what, { env: isSecond })
      await system.write()
      const calls = await Promise.all(Array.from({ length: 5 }, () => system.write()))
      stage.expect(calls.every(isError), 'an answer is not isError')
      const slowest = Math.max(...calls.map(({ tookMs }) => tookMs))
      stage.expectTime(slowest <= 1000 + toleranceMs, `answered after ${slowest.toFixed(0)} ms`)
      await until(() => server.sockets.size === 0, 'every socket to the API is closed')
      return finish(`isError after ${slowest.toFixed(0)} ms of 1000, sockets 0`)
    }
  }
}

const burst: Row = {
  id: 'up-5xx-burst',
  fault: '503 at 50 calls/s, then good again',
  expected: 'at most 1.1 requests a call, open within 2 s, back within 5 s',
  async run(stage) {
    const seconds = stage.size(3, 30)
    const { server, system, finish } = await mount(stage, reply(503, '{}'))
    const startedMs = performance.now()
    let openedMs = Number.POSITIVE_INFINITY
    const quick: number[] = []
    await pace(50, seconds, async () => {
      const called = await system.read()
      if (!called.text.includes('left alone')) return
      openedMs = Math.min(openedMs, performance.now() - startedMs)
      quick.push(called.tookMs)
    })
    const ratio = server.seen.length / (50 * seconds)
    server.answerWith(good)
    const healthyMs = performance.now()
    await until(async () => (await system.read()).ending === 'ok', 'good answers again')
    const backMs = performance.now() - healthyMs
    stage.expect(ratio <= 1.1, `${ratio.toFixed(2)} requests a call`)
    stage.expectTime(openedMs <= 2000, `open after ${openedMs.toFixed(0)} ms`)
    stage.expectTime(backMs <= 5100, `back after ${backMs.toFixed(0)} ms`)
    return finish(
      `${ratio.toFixed(2)} requests a call, open after ${openedMs.toFixed(0)} ms, then ` +
        `${quantile(quick, 0.5).toFixed(1)} ms an answer, back after ${backMs.toFixed(0)} ms`
    )
  }
}

const patience: Row = {
  id: 'up-429-retry-after',
  fault: '429 with Retry-After 3600, garbage, negative',
  expected: 'told to the caller, never slept past the deadline',
  async run(stage) {
    const { server, system, finish } = await mount(stage, good)
    const took: string[] = []
    for (const after of ['3600', 'soon', '-5']) {
      server.answerWith(reply(429, '{}', { 'retry-after': after }))
      const called = await system.read()
      stage.expect(isError(called), `${after}: no error`)
      stage.expect(called.tookMs < 10_000, `${after}: ${called.tookMs.toFixed(0)} ms`)
      took.push(`${after}: ${called.tookMs.toFixed(0)} ms`)
    }
    return finish(took.join(', '))
  }
}

const race: Row = {
  id: 'up-keepalive-race',
  fault: 'the API closes kept connections as they are used again',
  expected: 'no read fails, no write is sent twice',
  async run(stage) {
    const count = stage.size(50, 5000)
    const { system, server, reached, finish } = await mount(stage, closeOnReuse(good))
    let failed = 0
    for (let index = 0; index < count; index++) if (isError(await system.read())) failed++
    const reads = server.seen.length
    const unknown: Called[] = []
    for (let index = 0; index < count; index++) {
      const called = await system.write()
      if (isError(called)) unknown.push(called)
      // A row of failures would open the breaker.
      if (isError(called)) await system.read()
    }
    const writes = server.seen.slice(reads).filter(({ method }) => method === 'POST')
    writesAtMostOnce(
      stage,
      writes.flatMap(({ target }) => noncesIn(target))
    )
    stage.expect(failed === 0, `${failed} reads failed`)
    stage.expect(reads > count, 'no race came about')
    return finish(
      `${count} reads, ${reads - count} races, ${failed} failed; ${count} writes, ` +
        `${unknown.length} answered "outcome unknown", ${writes.length - new Set(writes.flatMap(({ target }) => noncesIn(target))).size} twice; ${reached().length} requests`
    )
  }
}

const refused: Row = {
  id: 'up-refused',
  fault: 'nobody listens',
  expected: 'isError at once; ready says circuit_open, health stays 200',
  async run(stage) {
    const { server, system, finish } = await mount(stage, good)
    await system.read()
    await server.close()
    const calls: Called[] = []
    for (let index = 0; index < stage.size(10, 200); index++) calls.push(await system.write())
    const p99 = quantile(
      calls.map(({ tookMs }) => tookMs),
      0.99
    )
    stage.expect(calls.every(isError), 'no error')
    stage.expectTime(p99 <= 50, `p99 ${p99.toFixed(0)} ms`)
    const ready = await system.get('/ready')
    stage.expect(ready.text.includes('circuit_open'), `ready: ${ready.text}`)
    stage.expect((await system.get('/health')).status === 200, 'health is not 200')
    return finish(`p99 of the error ${p99.toFixed(1)} ms, ready ${ready.status}, health 200`)
  }
}

const flap: Row = {
  id: 'up-flap',
  fault: '2 s good, 2 s resets',
  expected: 'every call answered once',
  async run(stage) {
    const seconds = stage.size(5, 60)
    const { server, system, reached, finish } = await mount(stage, good)
    let isGood = true
    const timer = setInterval(() => {
      isGood = !isGood
      server.answerWith(isGood ? good : reset)
    }, 2000)
    let turn = 0
    const calls = await pace(50, seconds, () => (turn++ % 2 === 0 ? system.read() : system.write()))
    clearInterval(timer)
    const lost = calls.filter(({ ending }) => ending !== 'ok' && ending !== 'error').length
    stage.expect(lost === 0, `${lost} without an answer`)
    const writes = server.seen.filter(({ method }) => method === 'POST')
    writesAtMostOnce(
      stage,
      writes.flatMap(({ target }) => noncesIn(target))
    )
    const ok = calls.filter(({ ending }) => ending === 'ok').length
    return finish(
      `${calls.length} calls, ${ok} ok, ${calls.length - ok} isError; ${reached().length} requests`
    )
  }
}

const dns: Row = {
  id: 'up-dns-fail',
  fault: 'ENOTFOUND, EAI_AGAIN, then good again',
  expected: 'isError, nothing remembered for more than 5 s',
  async run(stage) {
    const server = await startFaultServer(good)
    stage.defer(() => server.close())
    const preload = new URL('./saboteur.js', import.meta.url).href
    const api = server.origin.replace('127.0.0.1', 'api.test')
    const system = await stage.start({ api, nodeArgs: [`--import=${preload}`] })
    const told: string[] = []
    for (const code of ['ENOTFOUND', 'EAI_AGAIN']) {
      system.target.child.send({ dns: code })
      const called = await system.read()
      stage.expect(isError(called), `${code}: no error`)
      told.push(`${code}: isError after ${called.tookMs.toFixed(0)} ms`)
    }
    system.target.child.send({ dns: 'good' })
    const sinceMs = performance.now()
    await until(async () => (await system.read()).ending === 'ok', 'good answers again')
    const backMs = performance.now() - sinceMs
    stage.expectTime(backMs <= 5100, `back after ${backMs.toFixed(0)} ms`)
    const tally = system.join(server.seen.flatMap(({ target }) => noncesIn(target)))
    expectWhole(stage, tally)
    return { seen: `${told.join(', ')}, back after ${backMs.toFixed(0)} ms`, tally }
  }
}

const idle: Row = {
  id: 'up-slow-headers-sockets',
  fault: 'a client that waits is served while the API hangs',
  expected: 'other tools answer meanwhile',
  async run(stage) {
    const { system, finish } = await mount(stage, hang, { env: isSecond })
    const held = Array.from({ length: 10 }, () => system.write())
    await wait(100)
    const called = await system.call('note')
    stage.expect(called.ending === 'ok', `another tool: ${called.text}`)
    await Promise.all(held)
    return finish(`another tool answered after ${called.tookMs.toFixed(0)} ms`)
  }
}

export const outageRows: readonly Row[] = [
  deadlineRow(
    'up-slow-headers',
    'accepts, never answers',
    'isError at the deadline, socket closed',
    hang
  ),
  idle,
  deadlineRow(
    'up-slow-drip',
    'a byte now and then, forever',
    'the deadline counts, not the last byte',
    drip
  ),
  burst,
  patience,
  race,
  dns,
  refused,
  flap
]
