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
import { quantile, spread, type System, toRequest } from './system.ts'

const mebibyte = 1024 * 1024
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
    return { seen: `${count} aborted, the slowest after ${slowest.toFixed(0)} ms, 0 sockets left`, tally: tally() }
  }
}

/** Sends a call and reads nothing of its answer. */
async function sendDeaf({ target, ledger }: System, tool: string, args: object, from: string): Promise<Socket> {
  const nonce = ledger.begin()
  const body = JSON.stringify(toRequest(nonce, tool, args, loud))
  const socket = connect({ port: target.port, host: '127.0.0.1', localAddress: from })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
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
  isQuick: true,
  async run(stage) {
    const system = await stage.start()
    // What is said to those who do read takes room, too; that is no leak.
    for (let call = 0; call < 3; call++) await system.call('talk', { times: 1000 }, { meta: loud })
    const idle = await probeFor(system, 500)
    const before = (await system.target.measure()).rss
    const sockets: Socket[] = []
    for (let client = 0; client < 10; client++) {
      sockets.push(await sendDeaf(system, 'talk', { times: 20_000 }, '127.0.0.2'))
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

const slowReadHttp: Row = {
  id: 'client-slow-read-http',
  fault: '50 clients ask for 1 MB each and do not read it',
  expected: 'closed by the server, others are served meanwhile',
  async run(stage) {
    const system = await stage.start()
    const sockets: Socket[] = []
    for (let client = 0; client < stage.size(10, 50); client++) {
      const socket = await sendDeaf(system, 'fill', { bytes: 1_000_000 }, '127.0.0.2')
      sockets.push(socket)
    }
    const closed = await countClosed(system, stage.size(2000, 70_000), sockets)
    const called = await system.call('note')
    stage.expect(called.ending === 'ok', 'others are not served')
    if (stage.isFull) stage.expect(closed.left === 0, `${closed.left} still open after 70 s`)
    const tally = system.join()
    expectWhole(stage, tally)
    return { seen: `${closed.left} of ${sockets.length} open after ${(closed.tookMs / 1000).toFixed(0)} s; another call took ${called.tookMs.toFixed(0)} ms`, tally }
  }
}

/** Asks the server how many connections it holds, since who does not read hears of no end. */
async function countClosed({ target }: System, maxMs: number, sockets: readonly Socket[]) {
  const startedMs = performance.now()
  const ports = new Set(sockets.map(({ localPort }) => localPort))
  let left = ports.size
  while (left > 0 && performance.now() - startedMs < maxMs) {
    await wait(250)
    left = countConnections(target.port, ports)
  }
  for (const socket of sockets) socket.destroy()
  return { left, tookMs: performance.now() - startedMs }
}

/** Established connections of the server to these ports, as Linux tells. */
function countConnections(port: number, peers: ReadonlySet<number | undefined>): number {
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', peer = '', state]) => state === '01' && portOf(local) === port && peers.has(portOf(peer)))
    .length
}

const portOf = (address: string): number => Number.parseInt(address.split(':')[1] ?? '0', 16)

function slowRow(id: string, fault: string, expected: string, kind: 'slowHeaders' | 'slowBodies', maxMs: number): Row {
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
        stage.expect(report.lastClosedMs <= maxMs, `closed after ${report.lastClosedMs.toFixed(0)} ms`)
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
    return { seen: `${count} connections, memory +${growth.toFixed(1)} MiB, a good key served after ${called.tookMs.toFixed(0)} ms`, tally }
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
    for (const fault of [...bodies.faults, ...headers.faults].slice(0, 5)) stage.expect(false, fault)
    return `${bodies.sent + headers.sent} requests at ${perSecond.toFixed(0)}/s, ${bodies.executed + headers.executed} executed, all allowed, ${bodies.faults.length + headers.faults.length} faults`
  }
}

export const clientRows: readonly Row[] = [
  abort,
  slowRead,
  slowRow('client-slowloris-headers', 'a header byte now and then', 'all closed within 15 s', 'slowHeaders', 15_000),
  slowRow('client-slow-body', 'a body byte now and then', 'all closed within 35 s', 'slowBodies', 35_000),
  slowReadHttp,
  flood,
  malformed
]
