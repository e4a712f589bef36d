import { join } from 'node:path'
import { type FaultServer, reply, startFaultServer } from '../helpers/fault-server.ts'
import { findFreePort } from '../helpers/free-port.ts'
import { noncesIn } from './ledger.ts'
import { type Nginx, startNginx, withoutNginx } from './nginx.ts'
import { expectWhole, type Row, type Stage } from './row.ts'
import { type Called, pace, type System } from './system.ts'

const callsPerSecond = Number(process.env.FAULT_RATE ?? 200)
const restarts = Number(process.env.FAULT_RESTARTS ?? 20)
const callCount = Number(process.env.FAULT_CALLS ?? 50_000)

interface Pair {
  readonly api: FaultServer
  readonly nginx: Nginx
  readonly ports: readonly number[]
  /** Begins an instance; what it replaces has ended. */
  begin(index: number): Promise<System>
  readonly files: readonly string[]
}

/** Two instances behind nginx, and an API behind them. */
async function startPair(stage: Stage): Promise<Pair> {
  const api = await startFaultServer(reply(200, '{"id":1}'))
  stage.defer(() => api.close())
  const ports = [await findFreePort(), await findFreePort()]
  const files = ports.map((_, index) => join(stage.folder, `audit-${index}.jsonl`))
  const nginx = await startNginx(stage.folder, ports)
  stage.defer(() => nginx.stop())
  return {
    api,
    nginx,
    ports,
    files,
    begin: (index) =>
      stage.start({
        api: api.origin,
        port: ports[index] ?? 0,
        env: {
          MCP_AUDIT_FILE: files[index] ?? '',
          MCP_TRUST_PROXY: '127.0.0.1',
          MCP_DRAIN_WAIT: '0.5',
          LOG_LEVEL: 'error'
        }
      })
  }
}

/** Each instance in turn: out of nginx, SIGTERM, begun anew, back into nginx. */
async function restartInTurn(
  stage: Stage,
  pair: Pair,
  systems: System[],
  count: number
): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    const index = turn % 2
    await pair.nginx.takeOut(pair.ports[index])
    const { target } = systems[index] as System
    target.child.kill('SIGTERM')
    const { code } = await target.ended
    stage.expect(code === 0, `restart ${turn}: exit ${code}`)
    systems[index] = await pair.begin(index)
    await pair.nginx.takeOut()
  }
}

const rolling: Row = {
  id: 'lb-keepalive',
  fault:
    'two instances behind nginx, restarted in turn under load (FAULT_RESTARTS, FAULT_CALLS, FAULT_RATE)',
  expected: 'no 502, no read fails, no write is executed twice',
  missing: withoutNginx,
  async run(stage) {
    const pair = await startPair(stage)
    const systems = [await pair.begin(0), await pair.begin(1)]
    const [first] = systems as [System]
    const seconds = stage.size(4, callCount / callsPerSecond)
    let index = 0
    const rate = stage.size(50, callsPerSecond)
    // nginx 1.22 closes kept connections of its clients when it reads its configuration again.
    const how = { port: pair.nginx.port, agent: false } as const
    const statuses = new Map<number, number>()
    let failedReads = 0
    const count = ({ status, ending }: Called, isRead: boolean): void => {
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (isRead && ending !== 'ok') failedReads++
    }
    const load = pace(rate, seconds, async () => {
      const isRead = index++ % 2 === 0
      count(await (isRead ? first.read(how) : first.write(how)), isRead)
    })
    await restartInTurn(stage, pair, systems, stage.size(2, restarts))
    await load
    const tally = first.join(
      pair.api.seen.flatMap(({ target }) => noncesIn(target)),
      pair.files
    )
    expectWhole(stage, tally)
    const writes = pair.api.seen
      .filter(({ method }) => method === 'POST')
      .map(({ target }) => target)
    const twice = writes.length - new Set(writes).size
    const bad = statuses.get(502) ?? 0
    stage.expect(bad === 0, `${bad} times 502`)
    stage.expect(failedReads === 0, `${failedReads} reads failed`)
    stage.expect(twice === 0, `${twice} writes executed twice`)
    const found = [...statuses].map(([status, times]) => `${status}: ${times}`).join(', ')
    return {
      seen: `${stage.size(2, restarts)} restarts; ${found}; ${failedReads} reads failed, ${twice} writes twice`,
      tally
    }
  }
}

export const balancerRows: readonly Row[] = [rolling]
