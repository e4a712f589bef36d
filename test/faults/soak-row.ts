import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type Fault,
  hang,
  reply,
  reset,
  resetMidBody,
  shortFin,
  startFaultServer
} from '../helpers/fault-server.ts'
import { noncesIn } from './ledger.ts'
import { expectWhole, type Row, type Stage } from './row.ts'
import type { System } from './system.ts'

const good = reply(200, '{"id":1}')
const faults: readonly Fault[] = [
  reset,
  resetMidBody,
  shortFin,
  reply(503, '{}'),
  reply(200, '<html>'),
  hang
]
const faultShare = 0.01
const loadShare = 0.6
const sampleEveryMs = 5000
const samplesPerMinute = 60_000 / sampleEveryMs
/** Caches fill and code is compiled at first. */
const warmUpShare = 0.25

interface Sample {
  readonly atHours: number
  readonly heapMiB: number
  readonly descriptors: number
  readonly timers: number
}

/** Calls a second of as many callers as the product has slots, for a few seconds. */
async function measureMaximum(system: System, ms: number): Promise<number> {
  const endMs = performance.now() + ms
  let calls = 0
  const caller = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await system.read()
      calls++
    }
  }
  await Promise.all(Array.from({ length: 16 }, caller))
  return (calls * 1000) / ms
}

async function take({ target }: System, startedMs: number): Promise<Sample> {
  const { heapUsed, timers } = await target.measure()
  return {
    atHours: (performance.now() - startedMs) / 3_600_000,
    heapMiB: heapUsed / 2 ** 20,
    descriptors: readdirSync(`/proc/${target.child.pid}/fd`).length,
    timers
  }
}

/** The least of each minute: what comes and goes with the load is not in it, what leaks is. */
function quietestOf(samples: readonly Sample[]): Sample[] {
  const minutes: Sample[] = []
  for (let at = 0; at < samples.length; at += samplesPerMinute) {
    const within = samples.slice(at, at + samplesPerMinute)
    const least = (pick: (sample: Sample) => number): number => Math.min(...within.map(pick))
    minutes.push({
      atHours: least(({ atHours }) => atHours),
      heapMiB: least(({ heapMiB }) => heapMiB),
      descriptors: least(({ descriptors }) => descriptors),
      timers: least(({ timers }) => timers)
    })
  }
  return minutes
}

/** Least squares, per hour. */
function slopeOf(samples: readonly Sample[], pick: (sample: Sample) => number): number {
  const count = samples.length
  const meanX = samples.reduce((sum, { atHours }) => sum + atHours, 0) / count
  const meanY = samples.reduce((sum, each) => sum + pick(each), 0) / count
  const over = samples.reduce((sum, each) => sum + (each.atHours - meanX) * (pick(each) - meanY), 0)
  return over / samples.reduce((sum, { atHours }) => sum + (atHours - meanX) ** 2, 0)
}

/** What is kept after the warm-up, and that it does not grow. */
function judge({ expect }: Stage, samples: readonly Sample[], minutes: number): string {
  const late = quietestOf(samples.filter(({ atHours }) => atHours * 60 >= minutes * warmUpShare))
  const describe = (measure: 'heapMiB' | 'descriptors' | 'timers', atMost: number): string => {
    const values = late.map((sample) => sample[measure])
    const slope = slopeOf(late, (sample) => sample[measure])
    // Over a few minutes the slope is noise.
    if (minutes >= 20) expect(slope <= atMost, `${measure} grow`)
    return `${measure} ${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)} (${slope.toFixed(2)} an hour)`
  }
  return `least of each minute: ${describe('heapMiB', 1)}, ${describe('descriptors', 10)}, ${describe('timers', 10)}`
}

/** `minutes` of load at 60 % of what it can do, a hundredth of it with a fault. */
export function soakRow(minutes: number): Row {
  return {
    id: 'soak',
    fault: `${minutes} min at 60 % of its own maximum, 1 % of the calls with a fault`,
    expected:
      'every call answered and recorded once; heap at most 1 MiB/h, descriptors and timers flat',
    async run(stage) {
      let isFaulty = false
      const reached: string[] = []
      const api = await startFaultServer((socket, seen) => {
        reached.push(...noncesIn(seen.target))
        const pick = faults[Math.floor(Math.random() * faults.length)] ?? good
        const answer = isFaulty && Math.random() < faultShare ? pick : good
        answer(socket, seen)
        // Its own memory is not what is looked at.
        ;(api.seen as unknown[]).length = 0
      })
      stage.defer(() => api.close())
      const system = await stage.start({
        api: api.origin,
        nodeArgs: ['--expose-gc'],
        env: { UPSTREAM_TIMEOUT: '2', LOG_LEVEL: 'error' }
      })
      const maximum = await measureMaximum(system, stage.size(1000, 5000))
      isFaulty = true
      const startedMs = performance.now()
      const endMs = startedMs + minutes * 60_000
      const samples: Sample[] = []
      const sampling = (async () => {
        while (performance.now() < endMs) {
          await wait(Math.min(sampleEveryMs, endMs - performance.now() + 1))
          samples.push(await take(system, startedMs))
        }
      })()
      await loadUntil(system, endMs, maximum * loadShare)
      await sampling
      const tally = system.join(reached)
      expectWhole(stage, tally)
      const answered = tally.ok + tally.error
      stage.expect(tally.refused === 0, `${tally.refused} refused`)
      // Whoever leaves at once may have left before the call arrived.
      stage.expect(tally.audited[0] <= tally.lost, `${tally.audited[0]} without a line`)
      return {
        seen:
          `maximum ${maximum.toFixed(0)}/s, ${answered} answered, ${tally.lost} left by their clients; ` +
          judge(stage, samples, minutes),
        tally
      }
    }
  }
}

/** Reads and writes by turns, a hundredth of them left by their client before the answer. */
async function loadUntil(system: System, endMs: number, perSecond: number): Promise<void> {
  const open = new Set<Promise<unknown>>()
  let dueMs = performance.now()
  for (let index = 0; performance.now() < endMs; index++) {
    dueMs += 1000 / perSecond
    if (performance.now() < dueMs) await wait(dueMs - performance.now())
    const isLeft = Math.random() < faultShare / 2
    const how = isLeft ? { signal: AbortSignal.timeout(1), agent: false as const } : {}
    const called = index % 2 === 0 ? system.read(how) : system.write(how)
    open.add(called)
    called.then(() => open.delete(called))
  }
  await Promise.all(open)
}
