import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { attackBodies, attackHeaders } from '../campaign/phases.ts'
import { startTarget } from '../campaign/server.ts'
import { attackSlowly } from '../campaign/slow.ts'
import { hang, startFaultServer } from '../helpers/fault-server.ts'
import { until } from '../helpers/until.ts'
import { noncesIn } from './ledger.ts'
import { expectWhole, type Row } from './row.ts'
import { spread } from './system.ts'

const mebibyte = 1024 * 1024

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
  flood,
  malformed
]
