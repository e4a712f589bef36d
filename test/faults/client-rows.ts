import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { attackBodies, attackHeaders } from '../campaign/phases.ts'
import { startTarget } from '../campaign/server.ts'
import { attackSlowly } from '../campaign/slow.ts'
import { hang, startFaultServer } from '../helpers/fault-server.ts'
import { until } from '../helpers/until.ts'
import { noncesIn } from './ledger.ts'
import { expectWhole, type Row } from './row.ts'
import { quantile, type System, spread, toRequest } from './system.ts'

const mebibyte = 1024 * 1024
const deafAddress = '127.0.0.2'
const loud = { 'io.modelcontextprotocol/logLevel': 'info' }

const abort: Row = {
  id: 'client-abort',
  fault: 'the client leaves 150 ms into a call of 5 s',
  expected: 'the request to the API is aborted, the line says cancelled',
  isQuick: true,
  async run(stage) {
    const count = stage.size(10, 200)
    const api = await startFaultServer(hang)
    stage.defer(() => api.close())
    const system = await stage.start({ api: api.origin, env: { UPSTREAM_TIMEOUT: '60' } })
    await system.call('note')
    const abortedMs: number[] = []
    await spread(count, 10, async () => {
      const controller = new AbortController()
      const called = system.write({ signal: controller.signal, agent: false })
      await wait(150)
      const before = api.sockets.size
      controller.abort()
      const sinceMs = performance.now()
      await called
      await until(() => api.sockets.size < before || api.sockets.size === 0, 'a socket closes')
      abortedMs.push(performance.now() - sinceMs)
    })
    await until(() => api.sockets.size === 0, 'no socket to the API is left')
    const tally = () => system.join(api.seen.flatMap(({ target }) => noncesIn(target)))
    await until(() => tally().audited[1] === count + 1, 'every call has its line')
    const slowest = Math.max(...abortedMs)
    stage.expectTime(slowest <= 400, `aborted after ${slowest.toFixed(0)} ms`)
    expectWhole(stage, tally())
    return {
      seen: `${count} aborted, the slowest after ${slowest.toFixed(0)} ms, 0 sockets left`,
      tally: tally()
    }
  }
}

/** Sends a call and reads nothing of its answer. */
async function sendDeaf(
  { target, ledger }: System,
  tool: string,
  args: object,
  times = 1
): Promise<Socket> {
  const socket = connect({ port: target.port, host: '127.0.0.1', localAddress: deafAddress })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  for (let time = 0; time < times; time++) {
    const nonce = ledger.begin()
    const body = JSON.stringify(toRequest(nonce, tool, args, loud))
    const lines = [
      'POST /mcp HTTP/1.1',
      `host: 127.0.0.1:${target.port}`,
      `authorization: Bearer ${target.key}`,
      'content-type: application/json',
      'accept: application/json, text/event-stream',
      'mcp-protocol-version: 2026-07-28',
      'mcp-method: tools/call',
      `mcp-name: ${tool}`,
      `content-length: ${Buffer.byteLength(body)}`
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  }
  return socket
}

/** Calls one after the other until told to stop; returns how long each took. */
async function probe(system: System, isOver: () => boolean): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const took: number[] = []
  while (!isOver()) {
    const called = await system.call('note', {}, { agent })
    if (called.ending === 'ok') took.push(called.tookMs)
    await wait(5)
  }
  agent.destroy()
  return took
}

const slowRead: Row = {
  id: 'client-slow-read',
  fault: '10 clients stop reading their event streams',
  expected: 'cut off at 1 MiB unread; memory +16 MiB at most; others are served',
  async run(stage) {
    const system = await stage.start()
    // What is said to those who do read takes room, too; that is no leak.
    for (let call = 0; call < 3; call++) await system.call('talk', { times: 1000 }, { meta: loud })
    const idle = await probeFor(system, 500)
    const before = (await system.target.measure()).rss
    const sockets: Socket[] = []
    for (let client = 0; client < 10; client++) {
      sockets.push(await sendDeaf(system, 'talk', { times: 20_000 }))
    }
    let isOver = false
    const probing = probe(system, () => isOver)
    const deaf = sockets.length
    await until(() => lingering(system) <= 1, `all ${deaf} are cut off`)
    isOver = true
    const took = await probing
    const growth = ((await system.target.measure()).rss - before) / mebibyte
    for (const socket of sockets) socket.destroy()
    stage.expect(growth <= 48, `memory +${growth.toFixed(1)} MiB`)
    stage.expectTime(growth <= 16, `memory +${growth.toFixed(1)} MiB`)
    const tally = system.join()
    expectWhole(stage, tally)
    return {
      seen: `10 cut off, memory +${growth.toFixed(1)} MiB, others p99 ${quantile(idle, 0.99).toFixed(1)} ms before, ${quantile(took, 0.99).toFixed(1)} ms meanwhile`,
      tally
    }
  }
}

/** Calls without a line yet: those who do not read, and perhaps one that is under way. */
const lingering = (system: System): number => system.join().audited[0]

async function probeFor(system: System, ms: number): Promise<readonly number[]> {
  const endMs = performance.now() + ms
  return probe(system, () => performance.now() > endMs)
}

/** More than the kernel takes from the server for somebody who does not read. */
const unreadAnswers = 16

const slowReadHttp: Row = {
  id: 'client-slow-read-http',
  fault: '50 clients ask for 16 MB each and do not read it',
  expected: 'closed by the server after 50 s, others are served meanwhile',
  async run(stage) {
    const system = await stage.start()
    const sockets: Socket[] = []
    for (let client = 0; client < stage.size(5, 50); client++) {
      sockets.push(await sendDeaf(system, 'fill', { bytes: 1_000_000 }, unreadAnswers))
      // All at once would be refused as too many.
      await wait(50)
    }
    const startedMs = performance.now()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const took: number[] = []
    const maxMs = stage.size(1000, 120_000)
    let left = sockets.length
    while (left > 0 && performance.now() - startedMs < maxMs) {
      const called = await system.call('note', {}, { agent })
      stage.expect(called.ending === 'ok', `another client: ${called.ending}`)
      took.push(called.tookMs)
      await wait(100)
      left = countDeaf(system.target.port)
    }
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
    agent.destroy()
    for (const socket of sockets) socket.destroy()
    if (stage.isFull) stage.expect(left === 0, `${left} still open after ${seconds} s`)
    const tally = system.join()
    stage.expect(tally.audited[2] === 0, 'several lines for a call')
    const p99 = quantile(took, 0.99)
    return {
      seen: `${left} of ${sockets.length} open after ${seconds} s; others p99 ${p99.toFixed(0)} ms`,
      tally
    }
  }
}

/**
 * Connections that the server holds to those who do not read, as Linux tells; they themselves hear
 * of no end.
 */
function countDeaf(port: number): number {
  const from = deafAddress
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, '0'))
  const peer = `${from.join('').toUpperCase()}:`
  const own = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local = '', remote = '', state]) =>
        state === '01' && local.endsWith(own) && remote.startsWith(peer)
    ).length
}

function slowRow(
  id: string,
  fault: string,
  expected: string,
  kind: 'slowHeaders' | 'slowBodies',
  maxMs: number
): Row {
  return {
    id,
    fault,
    expected,
    async run(stage) {
      const target = await startTarget('http')
      stage.defer(target.stop)
      const none = { slowHeaders: 0, slowBodies: 0, halfOpen: 0 }
      const attack = { ...none, [kind]: stage.size(100, 500), patienceMs: stage.size(2000, 45_000) }
      const report = await attackSlowly(target, attack)
      stage.expect(report.honestFailures === 0, `${report.honestFailures} honest calls failed`)
      if (stage.isFull) {
        stage.expect(report.leftOpen === 0, `${report.leftOpen} left open`)
        stage.expect(
          report.lastClosedMs <= maxMs,
          `closed after ${report.lastClosedMs.toFixed(0)} ms`
        )
      }
      return `${attack[kind]} attackers, the last closed after ${(report.lastClosedMs / 1000).toFixed(1)} s, ${report.leftOpen} left; honest p99 ${report.idleP99Ms.toFixed(1)} ms before, ${report.attackedP99Ms.toFixed(1)} ms meanwhile, ${report.honestFailures} failed`
    }
  }
}

const flood: Row = {
  id: 'client-conn-flood',
  fault: 'idle connections by the thousand, from 100 addresses',
  expected: 'no more than maxConnections; memory +64 MiB at most; a key is served within 1 s',
  async run(stage) {
    const system = await stage.start()
    await system.call('note')
    const before = (await system.target.measure()).rss
    const sockets: Socket[] = []
    const count = stage.size(1200, 5000)
    for (let index = 0; index < count; index++) {
      const localAddress = `127.0.0.${2 + (index % 100)}`
      const socket = connect({ port: system.target.port, host: '127.0.0.1', localAddress })
      socket.on('error', () => {})
      sockets.push(socket)
      if (index % 100 === 99) await once(socket, 'connect')
    }
    const called = await system.call('note', {}, { agent: false })
    const growth = ((await system.target.measure()).rss - before) / mebibyte
    for (const socket of sockets) socket.destroy()
    stage.expect(called.ending === 'ok', `a good key: ${called.ending}`)
    stage.expectTime(called.tookMs <= 1000, `a good key waited ${called.tookMs.toFixed(0)} ms`)
    stage.expect(growth <= 64, `memory +${growth.toFixed(1)} MiB`)
    const tally = system.join()
    expectWhole(stage, tally)
    return {
      seen: `${count} connections, memory +${growth.toFixed(1)} MiB, a good key served after ${called.tookMs.toFixed(0)} ms`,
      tally
    }
  }
}

const malformed: Row = {
  id: 'client-10k-bad',
  fault: 'malformed bodies and headers as fast as they go',
  expected: '4xx only, nothing runs that must not, the process lives',
  async run(stage) {
    const target = await startTarget('http')
    stage.defer(target.stop)
    const startedMs = performance.now()
    const bodies = await attackBodies(target, stage.size(500, 60_000), 20261121)
    const headers = await attackHeaders(target, stage.size(200, 20_000), 20261121)
    const perSecond = (1000 * (bodies.sent + headers.sent)) / (performance.now() - startedMs)
    for (const fault of [...bodies.faults, ...headers.faults].slice(0, 5))
      stage.expect(false, fault)
    return `${bodies.sent + headers.sent} requests at ${perSecond.toFixed(0)}/s, ${bodies.executed + headers.executed} executed, all allowed, ${bodies.faults.length + headers.faults.length} faults`
  }
}

export const clientRows: readonly Row[] = [
  abort,
  slowRead,
  slowRow(
    'client-slowloris-headers',
    'a header byte now and then',
    'all closed within 15 s',
    'slowHeaders',
    15_000
  ),
  slowRow(
    'client-slow-body',
    'a body byte now and then',
    'all closed within 35 s',
    'slowBodies',
    35_000
  ),
  slowReadHttp,
  flood,
  malformed
]
