import { execFileSync } from 'node:child_process'

/** Which core serves and which one asks; undefined where `taskset` or a second core is missing. */
export interface Pinning {
  readonly serverCore: number
  readonly clientCore: number
}

const command = 'taskset'

/** Moves this process, the client, to a core of its own; servers get the other one. */
export function pinClient(): Pinning | undefined {
  try {
    const [serverCore, clientCore] = readCores()
    if (serverCore === undefined || clientCore === undefined) return undefined
    execFileSync(command, ['-acp', String(clientCore), String(process.pid)], { stdio: 'ignore' })
    return { serverCore, clientCore }
  } catch {
    return undefined
  }
}

/** For what is neither measured nor the client: it runs on the client's core. */
export function besideClient(pinning: Pinning | undefined): Pinning | undefined {
  return pinning && { ...pinning, serverCore: pinning.clientCore }
}

/** A command as it is to be spawned: on the server's core when there is one. */
export function pinned(
  pinning: Pinning | undefined,
  words: readonly string[]
): readonly [string, readonly string[]] {
  const [file = '', ...args] = words
  return pinning ? [command, ['-c', String(pinning.serverCore), file, ...args]] : [file, args]
}

/** The cores that this process may use, from a list such as `0,2-3`. */
function readCores(): readonly number[] {
  const text = execFileSync(command, ['-cp', String(process.pid)], { encoding: 'utf8' })
  const list = text.slice(text.lastIndexOf(':') + 1).trim()
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}
