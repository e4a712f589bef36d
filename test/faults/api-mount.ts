import { type Fault, type FaultServer, reply, startFaultServer } from '../helpers/fault-server.ts'
import { noncesIn } from './ledger.ts'
import { expectWhole, type Stage } from './row.ts'
import type { Called, System, SystemOptions } from './system.ts'

export const good = reply(200, '{"id":1}')

export interface Fixture {
  readonly server: FaultServer
  readonly system: System
  /** Nonces that the API has seen, as often as it has. */
  reached(): readonly string[]
  finish(seen: string): { seen: string; tally: ReturnType<System['join']> }
}

/** An API with this fault, and the product in front of it. */
export async function mount(
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

export const isError = ({ ending }: Called): boolean => ending === 'error'
