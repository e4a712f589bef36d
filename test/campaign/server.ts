import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { executable, type Running, spawnNode } from '../helpers/executable.ts'
import { send } from '../helpers/http.ts'
import { until } from '../helpers/until.ts'

/** The product under attack: its executable, with a tool that notes each execution. */
export interface Target extends Running {
  /** 0 on stdio. */
  readonly port: number
  readonly key: string
  /** Nonces in the order of execution. */
  executed(): readonly string[]
  /** The longest stall of its event loop since the last question, and its heap. */
  measure(): Promise<Measured>
  stop(): Promise<void>
}

export interface Measured {
  readonly stallMs: number
  readonly heapUsed: number
}

const key = 'pcl_campaign-key-0123456789-0123456789-0123456789'
const pathOf = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url))

/** Starts it over HTTP or stdio; limits are off, so that every message gets as far as it can. */
export async function startTarget(transport: 'http' | 'stdio'): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-campaign-'))
  const file = join(folder, 'canary')
  const env = {
    CANARY_FILE: file,
    MCP_AUTH_TOKEN: key,
    MCP_RATE_LIMIT_ENABLED: 'false',
    MCP_AUDIT_FILE: join(folder, 'audit.jsonl'),
    LOG_LEVEL: 'fatal'
  }
  const port = transport === 'http' ? await findPort() : 0
  const args = [
    `--import=${pathOf('stall-monitor')}`,
    executable,
    ...(port > 0 ? ['--http', '--port', String(port)] : []),
    '--module',
    pathOf('canary-tools')
  ]
  const running = spawnNode(args, env, ['pipe', 'pipe', 'pipe', 'ipc'])
  if (port > 0) await until(() => isHealthy(port), 'the server listens')
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
      rmSync(folder, { recursive: true, force: true })
    }
  }
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

async function findPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
