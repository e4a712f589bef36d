import type { LookupAddress } from 'node:dns'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { Log, LogFields } from '../../src/types.ts'
import { readServers } from '../../tools/upstream/configuration/servers.ts'
import type { UpstreamCall, UpstreamConnection } from '../../tools/upstream/connection.ts'
import { type ClientSettings, createConnections } from '../../tools/upstream/connections.ts'
import { UpstreamError } from '../../tools/upstream/upstream-error.ts'

export interface Options {
  readonly settings?: Partial<ClientSettings>
  readonly secrets?: Readonly<Record<string, string>>
  resolve?(host: string): Promise<readonly LookupAddress[]>
  readonly idleMs?: number
}

export interface LogLine extends LogFields {
  readonly level: string
  readonly message: string
}

const childScript = fileURLToPath(new URL('../fixtures/mcp-child.js', import.meta.url))

/** An entry that starts the child of the fixtures. */
export function childEntry(more: object = {}) {
  return { command: process.execPath, args: [childScript], ...more }
}

/** The script of a reference server's package. */
export function referenceServer(name: 'everything' | 'filesystem'): string {
  return fileURLToPath(import.meta.resolve(`@modelcontextprotocol/server-${name}/dist/index.js`))
}

const settings: ClientSettings = {
  production: false,
  verifyTls: true,
  maxConnections: 10,
  timeoutMs: 20_000,
  healthMs: 300_000,
  retries: 0
}

/** Connections to these servers, closed with the test; and what they wrote into the log. */
export function connect(
  t: Test,
  servers: Readonly<Record<string, unknown>>,
  options: Options = {}
) {
  const lines: LogLine[] = []
  const write = (level: string) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, ...fields })
  }
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error')
  }
  const { production = false } = options.settings ?? {}
  const read = readServers({ servers }, { productionMode: production, allowCommands: true })
  const observed: string[] = []
  const connections = createConnections({
    ...read,
    settings: { ...settings, ...options.settings },
    log,
    readSecret(reference) {
      const value = options.secrets?.['env' in reference ? reference.env : reference.file]
      if (value === undefined) throw new Error('none')
      return value
    },
    observe: (server, { statusClass }) => observed.push(`${server} ${statusClass}`),
    ...(options.resolve && { resolve: options.resolve }),
    ...(options.idleMs !== undefined && { idleMs: options.idleMs })
  })
  t.teardown(() => connections.close())
  const get = (name: string): UpstreamConnection => {
    const found = connections.servers.get(name)
    if (!found) throw new Error(`no server ${name}`)
    return found
  }
  return { connections, get, lines, observed }
}

/** One tool call and the JSON in its text. */
export async function callTool(
  server: UpstreamConnection,
  name: string,
  args: object = {},
  call: Partial<UpstreamCall> = {}
): Promise<Record<string, unknown>> {
  const signal = new AbortController().signal
  const result = await server.use({ signal, ...call }, (client) =>
    client.request('tools/call', { name, arguments: args })
  )
  const [{ text }] = result.content as [{ text: string }]
  return JSON.parse(text) as Record<string, unknown>
}

/** True while a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** What is wrong with a call that must fail. */
export async function faultOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (error) => error
  )
  return error instanceof UpstreamError ? error.fault : String(error)
}
