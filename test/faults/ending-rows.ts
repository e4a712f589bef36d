import { readFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { findFreePort } from '../helpers/free-port.ts'
import { openStream } from '../helpers/http.ts'
import { modernRequest } from '../helpers/messages.ts'
import { until } from '../helpers/until.ts'
import { expectWhole, type Row, type Stage } from './row.ts'
import type { Called, System } from './system.ts'

/** Sends a signal; resolves with the exit status and how long it took. */
async function end({ target }: System, signal: NodeJS.Signals, times = 1) {
  const sinceMs = performance.now()
  target.child.kill(signal)
  for (let time = 1; time < times; time++) {
    await until(() => target.stderr.text.includes('shutting down'), 'the first signal is heard')
    target.child.kill(signal)
  }
  const secondMs = performance.now()
  const { code, signal: by } = await target.ended
  return {
    code,
    by,
    tookMs: performance.now() - sinceMs,
    sinceSecondMs: performance.now() - secondMs
  }
}

const loud = { LOG_LEVEL: 'info' }

const inFlight: Row = {
  id: 'sigterm-inflight',
  fault: 'SIGTERM with 50 calls of 2 s in flight, balancers get 3 s to notice',
  expected:
    'ready 503 at once, new work is taken until the listener closes, 50 answers, exit 0 within 10 s',
  isQuick: true,
  async run(stage) {
    const system = await stage.start({ env: { ...loud, MCP_DRAIN_WAIT: '3' } })
    const calls = Array.from({ length: 50 }, () => system.call('linger', { ms: 2000 }))
    await until(() => system.noted().length >= 30, 'they run')
    const ended = end(system, 'SIGTERM')
    await until(() => system.target.stderr.text.includes('shutting down'), 'the signal is heard')
    const ready = await system.get('/ready')
    const late = await system.call('note', {}, { agent: false })
    stage.expect(ready.status === 503 && ready.text.includes('draining'), `ready: ${ready.text}`)
    stage.expect(late.ending === 'ok', `a call during the wait: ${late.ending}`)
    const closed = until(
      async () => (await system.get('/ready').catch(() => 0)) === 0,
      'the listener closes'
    )
    const { code, tookMs } = await ended
    await closed
    await Promise.all(calls)
    const tally = system.join()
    expectWhole(stage, tally)
    stage.expect(code === 0, `exit ${code}`)
    stage.expect(tally.ok === 51, `${tally.ok} of 51 answered`)
    stage.expectTime(tookMs <= 10_000, `${tookMs.toFixed(0)} ms`)
    return {
      seen: `ready 503, ${tally.ok} answers, exit ${code} after ${(tookMs / 1000).toFixed(1)} s`,
      tally
    }
  }
}

async function subscribe(system: System, agent: Agent) {
  const wish = { notifications: { toolsListChanged: true } }
  const body = modernRequest('subscriptions/listen', wish, 'listen')
  const headers = {
    authorization: `Bearer ${system.target.key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'subscriptions/listen'
  }
  const stream = await openStream(`${system.origin}/mcp`, { headers, body, agent })
  await stream.find(({ method }) => method === 'notifications/subscriptions/acknowledged')
  return stream
}

const streams: Row = {
  id: 'sigterm-sse',
  fault: 'SIGTERM with 100 open subscriptions',
  expected: 'each ends with its result, exit 0 within 10 s',
  async run(stage) {
    const count = stage.size(20, 100)
    const settings = { http: { maxConnectionsPerAddress: 1000 } }
    const system = await stage.start({ env: loud, settings })
    const agent = new Agent({ keepAlive: true })
    const open = await Promise.all(Array.from({ length: count }, () => subscribe(system, agent)))
    const ends = Promise.all(open.map((stream) => stream.find(({ id }) => id === 'listen')))
    const { code, tookMs } = await end(system, 'SIGTERM')
    const clean = (await ends).filter(({ result }) => result !== undefined).length
    agent.destroy()
    stage.expect(code === 0, `exit ${code}`)
    stage.expect(clean === count, `${clean} of ${count} ended with a result`)
    stage.expectTime(tookMs <= 10_000, `${tookMs.toFixed(0)} ms`)
    return `${clean} of ${count} ended with their result, exit ${code} after ${(tookMs / 1000).toFixed(1)} s`
  }
}

const stuck: Row = {
  id: 'sigterm-stuck',
  fault: 'SIGTERM while a tool never ends and hears nothing',
  expected: 'stopped, answered and recorded after the grace period of 10 s, exit 0',
  async run(stage) {
    const system = await stage.start({ env: loud })
    const held = system.call('hang')
    await until(() => system.noted().length === 1, 'it runs')
    const { code, tookMs } = await end(system, 'SIGTERM')
    const called = await held
    const line = readFileSync(system.target.auditFile, 'utf8').match(
      /"outcome":"(\w+)"[^\n]*"tool":"hang"/
    )?.[1]
    const tally = system.join()
    expectWhole(stage, tally)
    stage.expect(code === 0, `exit ${code}`)
    stage.expect(called.ending === 'error', `answered: ${called.ending}`)
    stage.expect(line === 'cancelled' || line === 'timeout', `recorded as ${line}`)
    stage.expectTime(Math.abs(tookMs - 10_000) <= 1000, `${tookMs.toFixed(0)} ms`)
    return {
      seen: `answered with isError, recorded as ${line}, exit ${code} after ${(tookMs / 1000).toFixed(1)} s`,
      tally
    }
  }
}

const twice: Row = {
  id: 'sigterm-twice',
  fault: 'a second signal while calls are in flight',
  expected: 'ends at once with 1',
  async run(stage) {
    const told: string[] = []
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const system = await stage.start({ env: loud })
      const held = system.call('hang')
      await until(() => system.noted().length > told.length, 'it runs')
      const { code, sinceSecondMs } = await end(system, signal, 2)
      await held
      stage.expect(code === 1, `exit ${code}`)
      stage.expectTime(sinceSecondMs <= 500, `${sinceSecondMs.toFixed(0)} ms`)
      told.push(`${signal}: exit ${code} after ${sinceSecondMs.toFixed(0)} ms`)
    }
    return told.join(', ')
  }
}

/** Many deaths of one server under load; each start goes on with the same files. */
async function killUnderLoad(
  stage: Stage,
  signal: 'SIGTERM' | 'SIGKILL',
  times: number,
  port: number
) {
  let system = await stage.start({ port })
  const { ledger } = system
  let acknowledged = 0
  let lost = 0
  for (let turn = 0; turn < times; turn++) {
    if (turn > 0) system = await stage.start({ port, ledger })
    let isOver = false
    const calls: Promise<Called>[] = []
    const enough = 10 + Math.floor(Math.random() * 90)
    const { child, ended } = system.target
    while (calls.length < 400 && !isOver) {
      calls.push(system.call('note'))
      if (calls.length === enough) {
        child.kill(signal)
        ended.then(() => {
          isOver = true
        })
      }
      await wait(5)
    }
    const { code } = await ended
    const all = await Promise.all(calls)
    acknowledged += all.filter(({ status }) => status === 200).length
    // A 200 whose body did not come is lost although it was acknowledged.
    lost += all.filter(({ status, ending }) => status === 200 && ending === 'lost').length
    if (signal === 'SIGTERM') stage.expect(code === 0, `turn ${turn}: exit ${code}`)
    system.agent.destroy()
  }
  const tally = system.join()
  expectWhole(stage, tally)
  stage.expect(tally.executed[2] === 0, `${tally.executed[2]} executed twice`)
  stage.expect(lost === 0, `${lost} acknowledged calls lost`)
  const seen = `${times} times, ${acknowledged} acknowledged, ${lost} of them lost, ${tally.unrecorded} without a line`
  return { seen, tally }
}

const times = Number(process.env.FAULT_KILLS ?? 20)

const kill9: Row = {
  id: 'kill-9',
  fault: 'kill -9 under 200 calls/s, and started again (FAULT_KILLS=200)',
  expected: 'every answered call has its line',
  async run(stage) {
    return killUnderLoad(stage, 'SIGKILL', stage.size(2, times), await findFreePort())
  }
}

const sigtermLoad: Row = {
  id: 'sigterm-load',
  fault: 'SIGTERM under 200 calls/s, and started again (FAULT_KILLS=200)',
  expected: 'no acknowledged call lost, every answered call has its line, exit 0',
  async run(stage) {
    return killUnderLoad(stage, 'SIGTERM', stage.size(2, times), await findFreePort())
  }
}

export const endingRows: readonly Row[] = [inFlight, streams, stuck, twice, sigtermLoad, kill9]
