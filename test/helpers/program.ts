import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The path of a file of `deploy/`; from dist/test/helpers, where this file runs. */
export function deployed(name: string): string {
  return fileURLToPath(new URL(`../../../deploy/${name}`, import.meta.url))
}

/** How long the server takes to end, at most; see bin/serve.ts. */
export const shutdownSeconds = 17

/** Why tests with this program cannot run here; false when they can. */
export function without(program: string, debianPackage = program): string | false {
  const isThere = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
  return isThere ? false : `${program} is not installed: apt-get install ${debianPackage}`
}

export interface Checked {
  readonly status: number | null
  /** What it wrote, to either stream. */
  readonly text: string
}

/** tap would have its hooks in every node that a test starts, also behind npm. */
const unhooked = ['-u', 'NODE_OPTIONS']

/** Runs a program that checks something to its end. */
export function check(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}
): Checked {
  const { status, stdout, stderr, error } = spawnSync('env', [...unhooked, program, ...args], {
    encoding: 'utf8',
    maxBuffer: 64_000_000,
    ...options
  })
  return { status, text: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` }
}

/** A program that runs until the test is over. */
export interface Daemon {
  /** Resolves when it has ended. */
  readonly gone: Promise<unknown>
  close(): Promise<void>
}

export function startDaemon(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env
): Daemon {
  const child = spawn('env', [...unhooked, program, ...args], { stdio: 'ignore', env })
  const gone = once(child, 'exit')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  return {
    gone,
    async close() {
      child.kill('SIGTERM')
      await gone
      process.off('exit', kill)
    }
  }
}
