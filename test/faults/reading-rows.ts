import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../helpers/until.ts'
import { expectWhole, type Row } from './row.ts'
import { quantile, type System, toRequest } from './system.ts'

const mebibyte = 1024 * 1024

const deafAddress = '127.0.0.2'

const loud = { 'io.modelcontextprotocol/logLevel': 'info' }

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
  expected: 'closed by the server, others are served meanwhile',
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

export const readingRows: readonly Row[] = [slowRead, slowReadHttp]
