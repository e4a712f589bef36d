import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bomb, type Fault, pour, startFaultServer } from './fault-server.ts'

/** Faults that would fill the memory of the process under test if they ran in it. */
export type HeavyFault = 'pour' | 'pour-unannounced' | 'bomb'

/** Starts a fault server in a process of its own; `bytes` is the size of its answers. */
export async function startFaultProcess(fault: HeavyFault, bytes: number) {
  const child = fork(fileURLToPath(import.meta.url), [fault, String(bytes)])
  const origin = await new Promise<string>((resolve) => {
    child.once('message', (message) => resolve(String(message)))
  })
  return {
    origin,
    async close() {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await exited
    }
  }
}

function toFault(name: string | undefined, bytes: number): Fault {
  if (name === 'bomb') return bomb(bytes)
  return pour(bytes, name === 'pour')
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await startFaultServer(toFault(process.argv[2], Number(process.argv[3])))
  process.send(server.origin)
}
