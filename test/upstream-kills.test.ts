import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t, { type Test } from 'tap'
import { UpstreamError } from '../tools/upstream/upstream-error.ts'
import { until } from './helpers/until.ts'
import { callTool, childEntry, connect, isAlive } from './helpers/upstreams.ts'

/** `UPSTREAM_KILL_CALLS=10000 node dist/test/upstream-kills.test.js` is the long form. */
const calls = Number(process.env.UPSTREAM_KILL_CALLS ?? 300)
// A long run takes its time; so do programs that were killed three times in a row.
if (calls > 1000) t.setTimeout(600_000)
const callsPerKill = 60
const concurrency = 20

function countDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function measure() {
  collectGarbage()
  const megabytes = Math.round(process.memoryUsage().heapUsed / 1e6)
  return { descriptors: countDescriptors(), megabytes }
}

/** Connects, calls, closes: what only the first time costs is paid then. */
async function callOnce(t: Test): Promise<void> {
  const { get, connections } = connect(t, { child: childEntry() })
  await callTool(get('child'), 'echo')
  await connections.close()
}

t.test('every call is answered once while programs are killed at random', async (t) => {
  if (calls > 1000) t.setTimeout(500_000)
  await callOnce(t)
  const base = measure()
  const { get, connections } = connect(t, { child: childEntry() })
  const server = get('child')
  await callTool(server, 'echo')
  const pids = new Set<number>()
  let answered = 0
  let failed = 0
  let next = 0
  const work = async (): Promise<void> => {
    while (next < calls) {
      const n = next++
      try {
        const { pid, ...rest } = await callTool(server, 'echo', { n })
        if (rest.n !== n) t.fail(`call ${n} got the answer of ${rest.n}`)
        pids.add(Number(pid))
        answered++
        if (n % callsPerKill === callsPerKill - 1) process.kill(-Number(pid), 'SIGKILL')
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        failed++
        // While it is down calls fail at once; real callers do not come back in a loop.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  t.equal(answered + failed, calls, `${failed} of ${calls} were told of a failure`)
  t.ok(pids.size > 1, `${pids.size} programs came and went`)
  await until(async () => {
    const found = await callTool(server, 'echo').catch(() => undefined)
    return found !== undefined
  }, 'it works again')
  await connections.close()
  await until(() => ![...pids].some(isAlive), 'no program is left')
  await until(() => countDescriptors() <= base.descriptors, 'descriptors are back')
  const { descriptors, megabytes } = measure()
  t.comment(`${failed} of ${calls} told of a failure, ${pids.size} programs`)
  t.comment(`descriptors ${base.descriptors} before, ${descriptors} after`)
  t.comment(`heap ${base.megabytes} MB before, ${megabytes} MB after`)
})

t.test('connections that are closed leave no descriptor behind', async (t) => {
  await callOnce(t)
  const before = countDescriptors()
  for (let count = 0; count < 3; count++) await callOnce(t)
  await until(() => countDescriptors() <= before, 'descriptors are back')
  t.ok(true)
})
