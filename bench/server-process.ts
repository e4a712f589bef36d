import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Pinning, pinned } from './pinning.ts'
import type { ServerName, Usage } from './servers/main.ts'

/** A server in a process of its own. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  /** User and system CPU time so far, and resident memory, of the server's process. */
  usage(): Promise<Usage>
  /** Ends the process. */
  stop(): Promise<void>
}

export interface ServerProcessOptions {
  readonly server: ServerName
  /** Where the server writes its audit file and its standard error. */
  readonly directory: string
  readonly pinning: Pinning | undefined
  /** Origin of the API behind it, or the words of a command as JSON, for those that call one. */
  readonly upstream?: string
  /** Flags for node itself. */
  readonly nodeFlags?: readonly string[]
}

export const startTimeoutMs = 30_000
const stopTimeoutMs = 10_000

/** Starts one of the servers and waits until it listens. */
export async function startServer(options: ServerProcessOptions): Promise<ServerProcess> {
  const { server, directory, pinning, upstream = '', nodeFlags = [] } = options
  const main = fileURLToPath(new URL('./servers/main.js', import.meta.url))
  const errorFile = join(directory, 'stderr.log')
  const stderr = openSync(errorFile, 'w')
  const own = [main, server, directory, upstream]
  const [file, args] = pinned(pinning, [process.execPath, ...nodeFlags, ...own])
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', stderr, 'ipc'] })
  closeSync(stderr)

  const ask = async <T>(question?: string): Promise<T> => {
    const answer = receive(child, startTimeoutMs)
    if (question !== undefined) child.send(question)
    try {
      return (await answer) as T
    } catch (cause) {
      child.kill('SIGKILL')
      const tail = readFileSync(errorFile, 'utf8').slice(-2000)
      throw new Error(`server ${server}: ${(cause as Error).message}\n${tail}`, { cause })
    }
  }

  const { port } = await ask<{ port: number }>()
  const stop = (): Promise<void> => endProcess(child, () => child.disconnect())
  return { pid: child.pid ?? 0, port, usage: () => ask<Usage>('usage'), stop }
}

/** The next message of a child; throws when it exits instead or stays silent. */
async function receive(child: ChildProcess, timeoutMs: number): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs)
  const settled = new AbortController()
  const options = { signal: AbortSignal.any([signal, settled.signal]) }
  try {
    return await Promise.race([
      once(child, 'message', options).then(([message]) => message),
      once(child, 'exit', options).then(([code]) => {
        throw new Error(`exited with ${code}`)
      })
    ])
  } finally {
    settled.abort()
  }
}

/** Asks a child to end and waits until it has; after ten seconds it is killed. */
export async function endProcess(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  ask()
  await exited
  clearTimeout(timer)
}
