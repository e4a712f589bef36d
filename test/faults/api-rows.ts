import { setTimeout as wait } from 'node:timers/promises'
import { startFaultProcess } from '../helpers/fault-process.ts'
import {
  closeOnReuse,
  drip,
  type Fault,
  type FaultServer,
  hang,
  head,
  raw,
  reply,
  reset,
  resetMidBody,
  shortFin,
  startFaultServer
} from '../helpers/fault-server.ts'
import { until } from '../helpers/until.ts'
import { noncesIn } from './ledger.ts'
import { expectWhole, type Row, type Stage } from './row.ts'
import { type Called, pace, quantile, type System, type SystemOptions } from './system.ts'

const good = reply(200, '{"id":1}')
const mebibyte = 1024 * 1024

interface Fixture {
  readonly server: FaultServer
  readonly system: System
  /** Nonces that the API has seen, as often as it has. */
  reached(): readonly string[]
  finish(seen: string): { seen: string; tally: ReturnType<System['join']> }
}

/** An API with this fault, and the product in front of it. */
async function mount(
  stage: Stage,
  fault: Fault,
  options: Omit<SystemOptions, 'folder'> = {}
): Promise<Fixture> {
  const server = await startFaultServer(fault)
  stage.defer(() => server.close())
  const system = await stage.start({ api: server.origin, ...options })
  const reached = () => server.seen.flatMap(({ target }) => noncesIn(target))
  return {
    server,
    system,
    reached,
    finish(seen) {
      const tally = system.join(reached())
      expectWhole(stage, tally)
      stage.expect(system.isAlive(), 'the process is gone')
      return { seen, tally }
    }
  }
}

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

const isError = ({ ending }: Called): boolean => ending === 'error'

/** Reads and writes against an API that breaks off: nothing partial is a success. */
function brokenRow(id: string, fault: string, expected: string, what: Fault, full: number): Row {
  return {
    id,
    fault,
    expected,
    isQuick: id === 'up-reset-mid-body',
    async run(stage) {
      const count = stage.size(10, full)
      const { system, reached, finish, server } = await mount(stage, good, {
        env: { UPSTREAM_BACKOFF_FACTOR: '0.01' }
      })
      const calls: Called[] = []
      let most = 0
      // Few at a time, with good answers in between: the breaker would keep the rest away.
      for (let index = 0; index < count; index++) {
        server.answerWith(what)
        const before = server.seen.length
        calls.push(index % 2 === 0 ? await system.read() : await system.write())
        most = Math.max(most, server.seen.length - before)
        if (index % 2 === 1) {
          stage.expect(server.seen.length - before <= 1, 'a write was sent twice')
        }
        server.answerWith(good)
        await system.read()
      }
      const wrong = calls.filter((called) => !isError(called)).length
      stage.expect(wrong === 0, `${wrong} of ${count} were no error`)
      stage.expect(most <= 3, `${most} attempts`)
      return finish(
        `${count} broken answers, ${wrong} taken for good, ${most} attempts at most; ${reached().length} requests`
      )
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

const secret = 'upstream-body-that-nobody-may-see'

function badAnswerRow(id: string, fault: string, faults: readonly Fault[]): Row {
  return {
    id,
    fault,
    expected: 'isError, nothing of the body in it',
    async run(stage) {
      const { server, system, finish } = await mount(stage, good)
      for (const [index, each] of faults.entries()) {
        server.answerWith(each)
        const called = await system.read()
        stage.expect(isError(called), `${index}: ${called.text.slice(0, 200)}`)
        stage.expect(!called.text.includes(secret), `${index} tells the body`)
      }
      return finish(`${faults.length} kinds, each isError, 0 bytes of a body told`)
    }
  }
}

const png = { 'content-type': 'image/png' }
const garbage: readonly Fault[] = [
  reply(200, `{"id":1,${secret}`),
  reply(200, `<html>${secret}</html>`),
  reply(200, `<html>${secret}</html>`, { 'content-type': 'text/html' }),
  reply(200, ''),
  reply(200, `\ufeff${secret}`)
]

const manyHeaders = Array.from({ length: 20_000 }, (_, index) => `x-${index}: 1`).join('\r\n')
const badHeads: readonly Fault[] = [
  raw(`HTTP/1.1 200 OK\r\n${manyHeaders}\r\ncontent-length: 2\r\n\r\n{}`),
  raw(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(mebibyte)}\r\ncontent-length: 2\r\n\r\n{}`),
  raw('HTTP/1.1 200 OK\r\nx-a: a\rb\r\ncontent-length: 2\r\n\r\n{}'),
  raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ')
]
const stacked: Fault = (socket) => {
  const encodings = Array.from({ length: 500 }, () => 'gzip').join(', ')
  const headers = {
    'content-type': 'application/json',
    'content-encoding': encodings,
    'content-length': 2
  }
  socket.write(`${head(200, headers)}{}`)
}

function memoryRow(
  id: string,
  fault: string,
  kinds: readonly ('pour' | 'pour-unannounced' | 'bomb')[]
): Row {
  return {
    id,
    fault,
    expected: 'isError, memory grows by 32 MiB at most',
    async run(stage) {
      const bytes = stage.size(64, 1024) * mebibyte
      const warm = await mount(stage, reply(200, JSON.stringify('a'.repeat(mebibyte))))
      const { ledger } = warm.system
      const told: string[] = []
      if (kinds.includes('bomb')) {
        warm.server.answerWith(stacked)
        stage.expect(isError(await warm.system.read()), 'stacked encodings: no error')
        told.push('500 encodings refused')
      }
      await warm.system.target.stop()
      for (const kind of kinds) {
        const heavy = await startFaultProcess(kind, bytes)
        stage.defer(() => heavy.close())
        const system = await stage.start({ api: heavy.origin, ledger })
        const growth = await watchMemory(system, async () => {
          for (let call = 0; call < 3; call++) {
            stage.expect(isError(await system.read()), `${kind}: no error`)
          }
        })
        stage.expect(growth <= 32, `${kind}: memory grew by ${growth.toFixed(1)} MiB`)
        told.push(`${kind}: +${growth.toFixed(1)} MiB`)
        await system.target.stop()
      }
      const tally = warm.system.join([])
      expectWhole(stage, tally)
      return { seen: told.join(', '), tally }
    }
  }
}

/** MiB by which the server grew at most, after calls that have warmed it up. */
async function watchMemory(system: System, work: () => Promise<void>): Promise<number> {
  // Results of about the size that is refused: the room that they take is no leak.
  for (let call = 0; call < 20; call++) await system.call('fill', { bytes: 1_000_000 })
  const before = (await system.target.measure()).rss
  let peak = before
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      peak = Math.max(peak, (await system.target.measure()).rss)
      await wait(5)
    }
  })()
  await work()
  isOver = true
  await watching
  return (peak - before) / mebibyte
}

const extra: Row = {
  id: 'up-extra-response',
  fault: 'a second answer that nobody asked for, on a kept connection',
  expected: 'no call gets what belongs to another',
  isQuick: true,
  async run(stage) {
    const count = stage.size(50, 1000)
    const delays = [0, 1, 5, 20]
    const { system, server, finish } = await mount(stage, (socket, seen) => {
      reply(200, `{"own":"${noncesIn(seen.target)[0]}"}`)(socket, seen)
      const delayMs = delays[seen.connection % delays.length] ?? 0
      const stray = reply(200, '{"own":"somebody else"}')
      if (delayMs === 0) stray(socket, seen)
      else setTimeout(() => socket.destroyed || stray(socket, seen), delayMs)
    })
    let wrong = 0
    for (let index = 0; index < count; index++) {
      const { text, ending } = await system.read()
      if (ending === 'ok' && text.includes('somebody else')) wrong++
      // Idle: what comes while a request is under way cannot be told from its answer.
      await wait(30)
    }
    stage.expect(wrong === 0, `${wrong} calls got another's answer`)
    const connections = new Set(server.seen.map(({ connection }) => connection)).size
    stage.expect(
      connections === server.seen.length,
      `${server.seen.length - connections} connections used again`
    )
    return finish(`${wrong} of ${count} got another's answer, ${connections} connections`)
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

const redirect: Row = {
  id: 'up-redirect-internal',
  fault: '302 to a trap on loopback',
  expected: 'not followed',
  async run(stage) {
    const trap = await startFaultServer(good)
    stage.defer(() => trap.close())
    const { system, finish } = await mount(
      stage,
      reply(302, '', { location: `${trap.origin}/trap` })
    )
    stage.expect(isError(await system.read()), 'no error')
    stage.expect(trap.seen.length === 0, `${trap.seen.length} requests at the trap`)
    return finish(`${trap.seen.length} requests at the trap`)
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

export const apiRows: readonly Row[] = [
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
  brokenRow(
    'up-reset-mid-body',
    'RST after half of the body',
    'isError; a write once, a read 3 times at most',
    resetMidBody,
    200
  ),
  brokenRow(
    'up-fin-short',
    'FIN before the promised length',
    'no truncated answer is a success',
    shortFin,
    1000
  ),
  burst,
  patience,
  badAnswerRow('up-garbage-json', '200 with broken JSON, HTML, nothing, a BOM', garbage),
  badAnswerRow('up-wrong-type', 'image/png, or no type', [
    reply(200, secret, png),
    raw(`HTTP/1.1 200 OK\r\ncontent-length: ${secret.length}\r\n\r\n${secret}`)
  ]),
  memoryRow('up-huge-body', '1 GiB, announced and not', ['pour', 'pour-unannounced']),
  memoryRow('up-gzip-bomb', '1 MiB of gzip that holds 1 GiB; 500 encodings', ['bomb']),
  badAnswerRow(
    'up-bad-headers',
    '20,000 lines, 1 MiB in one, CR in a value, two lengths',
    badHeads
  ),
  extra,
  race,
  dns,
  refused,
  redirect,
  flap
]
