import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { executable, type Running, spawnNode } from '../helpers/executable.ts'
import { findFreePort } from '../helpers/free-port.ts'
import { send } from '../helpers/http.ts'
import { until } from '../helpers/until.ts'

/** The product under attack: its executable, with a tool that notes each execution. */
export interface Target extends Running {
  /** 0 on stdio. */
  readonly port: number
  readonly key: string
  readonly auditFile: string
  /** Nonces in the order of execution. */
  executed(): readonly string[]
  /** The longest stall of its event loop since the last question, and its heap. */
  measure(): Promise<Measured>
  stop(): Promise<void>
}

export interface Measured {
  readonly stallMs: number
  readonly heapUsed: number
  readonly rss: number
  readonly timers: number
}

const key = 'pcl_campaign-key-0123456789-0123456789-0123456789'
const pathOf = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url))

/** What differs from the campaign's own target. */
export interface TargetOptions {
  /** Flags of the executable, instead of those that mount the canary. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Flags of node. */
  readonly nodeArgs?: readonly string[]
  /** Where it listens, to be found there again. */
  readonly port?: number
  /** Where its files are; whoever gives one removes it. */
  readonly folder?: string
  readonly stderr?: 'pipe' | number
}

/** Starts it over HTTP or stdio; limits are off, so that every message gets as far as it can. */
export async function startTarget(
  transport: 'http' | 'stdio',
  options: TargetOptions = {}
): Promise<Target> {
  const { args = ['--module', pathOf('canary-tools')], nodeArgs = [], stderr = 'pipe' } = options
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'portcullis-campaign-'))
  const file = join(folder, 'canary')
  const env = {
    CANARY_FILE: file,
    MCP_AUTH_TOKEN: key,
    MCP_RATE_LIMIT_ENABLED: 'false',
    MCP_AUDIT_FILE: join(folder, 'audit.jsonl'),
    LOG_LEVEL: 'fatal',
    ...options.env
  }
  const port = transport === 'http' ? (options.port ?? (await findFreePort())) : 0
  const command = [
    `--import=${pathOf('stall-monitor')}`,
    ...nodeArgs,
    executable,
    ...(port > 0 ? ['--http', '--port', String(port)] : []),
    ...args
  ]
  const running = spawnNode(command, env, ['pipe', 'pipe', stderr, 'ipc'])
  if (port > 0) await Promise.race([listening(port), diedOf(running)])
  else {
    running.write('{"jsonrpc":"2.0","id":"the-first","method":"ping"}\n')
    await running.stdout.until(/"the-first"/)
  }
  // Loading modules is no stall that a client can cause.
  running.child.send('reset')
  return {
    ...running,
    port,
    key,
    auditFile: env.MCP_AUDIT_FILE,
    executed: () => (existsSync(file) ? readLines(file) : []),
    async measure() {
      const answer = once(running.child, 'message')
      running.child.send('measure')
      const [measured] = await answer
      running.child.send('reset')
      return measured as Measured
    },
    async stop() {
      running.child.kill()
      await running.ended
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    }
  }
}

function listening(port: number): Promise<void> {
  return until(() => isHealthy(port), 'the server listens')
}

async function diedOf({ ended }: Running): Promise<never> {
  const { code, stderr } = await ended
  throw new Error(`the server ended with ${code}: ${stderr.slice(-2000)}`)
}

function readLines(file: string): readonly string[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

async function isHealthy(port: number): Promise<boolean> {
  const { status } = await send(`http://127.0.0.1:${port}/health`, { method: 'GET' }).catch(() => ({
    status: 0
  }))
  return status === 200
}
