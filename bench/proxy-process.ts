import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Pinning, pinned } from './pinning.ts'
import { endProcess, type ServerProcess, startTimeoutMs } from './server-process.ts'
import { findPort } from './servers/find-port.ts'

/** The arguments each wants, everything else by its defaults: the port, and the child's command. */
const proxyArguments = {
  'mcp-proxy': (port, command) => [
    ...['--host', '127.0.0.1', '--port', String(port), '--server', 'stream', '--'],
    ...command
  ],
  supergateway: (port, command) => [
    ...['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port)],
    // By default it prints every message.
    ...['--logLevel', 'none', '--stdio', command.map(quote).join(' ')]
  ]
} as const satisfies Record<string, (port: number, command: readonly string[]) => string[]>

type ProxyName = keyof typeof proxyArguments

/** Another project's proxy: streamable HTTP with sessions before a child on stdio. */
export interface ProxyProgram {
  readonly name: ProxyName
  readonly version: string
  readonly script: string
}

/** The program as npm has installed it in the directory `BENCH_PROGRAMS`, or why it is missing. */
export function findProxy(
  name: ProxyName
): ProxyProgram | { readonly name: ProxyName; readonly reason: string } {
  const programs = process.env.BENCH_PROGRAMS
  const advice = `npm install --prefix ${programs || 'DIR'} ${name}`
  if (!programs) return { name, reason: `BENCH_PROGRAMS is not set: ${advice}, then set it to DIR` }
  const directory = join(programs, 'node_modules', name)
  const file = join(directory, 'package.json')
  if (!existsSync(file)) return { name, reason: `not in BENCH_PROGRAMS: ${advice}` }
  const { version, bin } = JSON.parse(readFileSync(file, 'utf8'))
  return { name, version, script: join(directory, bin[name]) }
}

/** Starts it with our node before the child that `command` runs, and waits until it listens. */
export async function startProxy(
  { name, script }: ProxyProgram,
  command: readonly string[],
  pinning: Pinning | undefined
): Promise<Omit<ServerProcess, 'usage'>> {
  const port = await findPort()
  const words = [process.execPath, script, ...proxyArguments[name](port, command)]
  const [file, args] = pinned(pinning, words)
  // One of them ends when its standard input does.
  const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000)
  })
  const stop = (): Promise<void> => endProcess(child, () => child.kill())
  try {
    await waitUntilListening(child, port)
  } catch (cause) {
    await stop()
    throw new Error(`${name}: ${(cause as Error).message}\n${errors}`, { cause })
  }
  return { pid: child.pid ?? 0, port, stop }
}

/** User and system CPU time of one process so far, without its children. */
export function readCpuSeconds(pid: number): number {
  // proc_pid_stat(5): fields 14 and 15, counted after the name, in hundredths of a second.
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function waitUntilListening(child: ChildProcess, port: number): Promise<void> {
  const deadlineMs = performance.now() + startTimeoutMs
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}`)
    if (performance.now() > deadlineMs) throw new Error('does not listen')
    await wait(50)
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** One word for a shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
