import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { noteAcceptedKeys } from './inbound-key.ts'

export const executable = fileURLToPath(new URL('../../bin/mcp-server.js', import.meta.url))

/** The path of a compiled module in `test/fixtures`, for `--module`. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url))
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** One readable line on stderr and nothing else: no stack, no log, nothing on stdout. */
export function isOneLine({ stdout, stderr }: Ended): boolean {
  return stdout === '' && /^mcp-server: [^\n]+\n$/.test(stderr)
}

export interface Running {
  readonly child: ChildProcess
  readonly stdout: Text
  readonly stderr: Text
  /** Resolves when the process is gone and everything it wrote was read. */
  readonly ended: Promise<Ended>
  write(text: string | Buffer): void
}

/** What a stream has said so far. */
export interface Text {
  readonly text: string
  /** Resolves with the first match; rejects when the stream ends without one. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with what `pick` first returns; rejects when the stream ends before. */
  pick<T>(pick: (text: string) => T | undefined): Promise<T>
}

type Env = Readonly<Record<string, string>>

/** Nothing of the developer's own environment may decide a test, and no machine that is busy. */
function cleanEnv(env: Env): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: '/nonexistent', MCP_MAX_LOOP_DELAY: '60', ...env }
}

/** Starts the executable as a client would. */
export function start(args: readonly string[] = [], env: Env = {}, cwd?: string): Running {
  return startWith('pipe', args, env, cwd)
}

/** Starts it with descriptors of the test's choice. */
export function startWith(
  stdio: StdioOptions,
  args: readonly string[],
  env: Env,
  cwd?: string
): Running {
  return spawnNode([executable, ...args], env, stdio, cwd)
}

/** Starts it as the child of a child, which can be killed in between. */
export function startByParent(env: Env, stdio: StdioOptions = 'pipe'): Running {
  return spawnNode([fixture('parent'), process.execPath, executable], env, stdio)
}

/** Starts node itself, with flags of its own. */
export function spawnNode(
  args: readonly string[],
  env: Env,
  stdio: StdioOptions,
  cwd?: string
): Running {
  noteAcceptedKeys(env)
  // Without this, tap's own hooks would run in the process that is tested.
  const clean = ['-u', 'NODE_OPTIONS', process.execPath]
  return follow(spawn('env', [...clean, ...args], { env: cleanEnv(env), stdio, cwd }))
}

/** Runs it to its end with `input` on stdin. */
export function run(
  args: readonly string[],
  env: Env = {},
  input = '',
  cwd?: string
): Promise<Ended> {
  const running = start(args, env, cwd)
  running.child.stdin?.end(input)
  return running.ended
}

/** Collects what a child says. */
function follow(child: ChildProcess): Running {
  // A child that is gone breaks the pipe; `ended` tells of it.
  child.stdin?.on('error', () => {})
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.off('exit', kill)
      resolve({ code, signal, stdout: stdout.text, stderr: stderr.text })
    })
  })
  return { child, stdout, stderr, ended, write: (text) => child.stdin?.write(text) }
}

function collect(stream: NodeJS.ReadableStream | null): Text {
  let text = ''
  let isOver = stream === null
  const watchers = new Set<() => void>()
  const wake = () => {
    for (const watcher of [...watchers]) watcher()
  }
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    text += chunk
    wake()
  })
  stream?.on('end', () => {
    isOver = true
    wake()
  })
  const pick = <T>(choose: (text: string) => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const watcher = () => {
        const chosen = choose(text)
        if (chosen === undefined && !isOver) return
        watchers.delete(watcher)
        if (chosen === undefined) reject(new Error(`the stream ended after: ${text.slice(-2000)}`))
        else resolve(chosen)
      }
      watchers.add(watcher)
      watcher()
    })
  return {
    get text() {
      return text
    },
    until: (pattern) => pick((all) => pattern.exec(all) ?? undefined),
    pick
  }
}
