import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createLineFraming } from '../../../src/line-framing.ts'
import type { LocalServer } from '../configuration/entry.ts'
import { createPace } from './pace.ts'

const maxLineBytes = 10 * 1024 * 1024
const maxStderrLineBytes = 4096
/** What was written before the end is still read, unless somebody else holds the pipe. */
const drainMs = 200
const graceMs = { afterEof: 500, afterTerm: 2000 } as const

export interface ChildOptions {
  readonly server: LocalServer
  readonly env: Record<string, string>
  /** Returns whether somebody waited for this line. */
  onLine(line: string): boolean
  /** A line over the cap was thrown away. */
  onLostLine(): void
  onStderr(line: string): void
  /** Once, when it has ended and nothing more will come from it. */
  onEnd(): void
  /** Told of the process group while it lives, and told again when it is gone. */
  track(group: number): () => void
}

/** A program that speaks lines on stdin and stdout, with everything that it starts. */
export interface Child {
  readonly pid: number
  /** Resolves when the line has left; rejects when the child takes no more. */
  write(line: string): Promise<void>
  /** End of input, then SIGTERM, then SIGKILL to its whole process group. Resolves at the end. */
  stop(): Promise<void>
}

/** Starts the program; rejects when it cannot be started. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { server, env } = options
  const child = spawn(server.command, [...server.args], {
    env,
    ...(server.cwd !== undefined && { cwd: server.cwd }),
    stdio: 'pipe',
    // A group of its own: what it starts ends with it.
    detached: true,
    windowsHide: true
  })
  // A child that has gone makes writing fail; its end says so.
  child.stdin.on('error', () => {})
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve(child.pid ?? 0))
  })
  child.on('error', () => {})
  const ended = watchEnd(child, pid, options)
  readLines(child, options)
  const end = (): Promise<void> => stop(child, pid, ended)
  // Whoever closes its output answers no more.
  child.stdout.once('end', end)
  return { pid, write: (line) => write(child, line), stop: end }
}

function readLines(child: ChildProcessWithoutNullStreams, options: ChildOptions): void {
  const { onLine, onLostLine, onStderr } = options
  const out = createLineFraming(maxLineBytes)
  const pace = createPace()
  child.stdout.on('data', (chunk: Buffer) => {
    let unasked = 0
    for (const line of out.push(chunk)) {
      if (line === 'too_large') onLostLine()
      else if (onLine(line.text)) continue
      unasked++
    }
    const waitMs = pace(unasked)
    if (waitMs === 0) return
    child.stdout.pause()
    setTimeout(() => child.stdout.resume(), waitMs).unref()
  })
  const err = createLineFraming(maxStderrLineBytes)
  child.stderr.on('data', (chunk: Buffer) => {
    for (const line of err.push(chunk)) onStderr(line === 'too_large' ? '(long line)' : line.text)
  })
}

function watchEnd(
  child: ChildProcessWithoutNullStreams,
  pid: number,
  { track, onEnd }: ChildOptions
): Promise<void> {
  const untrack = track(pid)
  return new Promise((resolve) => {
    child.once('exit', () => {
      signalGroup(child, pid, 'SIGKILL')
      untrack()
      let timer: NodeJS.Timeout | undefined
      const end = (): void => {
        clearTimeout(timer)
        child.off('close', end)
        for (const stream of child.stdio) stream?.destroy()
        onEnd()
        resolve()
      }
      timer = setTimeout(end, drainMs)
      child.once('close', end)
    })
  })
}

function write({ stdin }: ChildProcessWithoutNullStreams, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!stdin.writable) reject(Object.assign(new Error('child has ended'), { code: 'EPIPE' }))
    else stdin.write(`${line}\n`, (error) => (error ? reject(error) : resolve()))
  })
}

async function stop(
  child: ChildProcessWithoutNullStreams,
  pid: number,
  ended: Promise<void>
): Promise<void> {
  child.stdin.end()
  const timers = [
    setTimeout(() => signalGroup(child, pid, 'SIGTERM'), graceMs.afterEof),
    setTimeout(() => signalGroup(child, pid, 'SIGKILL'), graceMs.afterEof + graceMs.afterTerm)
  ]
  await ended
  for (const timer of timers) clearTimeout(timer)
}

/** Windows has no groups: there the child alone is ended. */
function signalGroup(
  child: ChildProcessWithoutNullStreams,
  group: number,
  signal: 'SIGTERM' | 'SIGKILL'
): void {
  if (process.platform === 'win32') child.kill(signal)
  else killGroup(group, signal)
}

export function killGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-group, signal)
  } catch {
    // Nobody is left in it.
  }
}
