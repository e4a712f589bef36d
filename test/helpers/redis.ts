import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { findFreePort } from './free-port.ts'

/** Why tests with a real Redis cannot run here; false when they can. */
export const withoutRedis: string | false =
  spawnSync('redis-server', ['--version']).status === 0
    ? false
    : 'redis-server is not installed: apt-get install redis-server'

/** A real redis-server, which can be killed, stopped and started again on the same port. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  start(): Promise<void>
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  kill(): Promise<void>
  /** One command by a client of the test's own. */
  ask(command: string, ...args: readonly string[]): Promise<unknown>
  close(): Promise<void>
}

export interface RedisServerOptions {
  readonly password?: string
  /** More of its command line. */
  readonly flags?: readonly string[]
}

export async function createRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { password, flags = [] } = options
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-redis-'))
  const port = await findFreePort()
  let child: ChildProcess | undefined
  const end = () => child?.kill('SIGKILL')

  async function ask(command: string, ...args: readonly string[]): Promise<unknown> {
    const client = new Redis(port, '127.0.0.1', {
      retryStrategy: () => null,
      ...(password !== undefined && { password })
    })
    client.on('error', () => {})
    try {
      return await client.call(command, ...args)
    } finally {
      client.disconnect()
    }
  }

  async function kill(): Promise<void> {
    if (!child) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    process.off('exit', end)
    child = undefined
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async start() {
      const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
      const secret = password === undefined ? [] : ['--requirepass', password]
      child = spawn('redis-server', [...own, ...secret, ...flags], { stdio: 'ignore' })
      process.once('exit', end)
      for (let answer: unknown; answer !== 'PONG'; ) answer = await ask('PING').catch(() => 'no')
    },
    signal: (signal) => {
      child?.kill(signal)
    },
    kill,
    ask,
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
