import { ConfigError } from '../../src/config-error.ts'
import type { Observation } from '../../src/metrics.ts'
import type { ReadSecret } from '../../src/settings/secret-reference.ts'
import type { Log } from '../../src/types.ts'
import type { Defaults } from './configuration/defaults.ts'
import type { LocalServer, RemoteServer } from './configuration/entry.ts'
import type { UpstreamConnection } from './connection.ts'
import { createAddressGuard, type LookUp } from './link/address-guard.ts'
import { killGroup } from './link/child.ts'
import { createCredential } from './link/credential.ts'
import { createChildEnvironment } from './link/environment.ts'
import { createGuardedFetch } from './link/guarded-fetch.ts'
import { createStdioTransport } from './link/stdio-transport.ts'
import { createServerConnection } from './server.ts'
import type { ServerOptions } from './server-options.ts'

const defaultIdleMs = 600_000
/** Back within 5 s of its return. */
const remoteBackoffMs = 4_000
/** A program that does not start costs more than a request that fails. */
const localBackoffMs = 30_000

/** `client.*` of the configuration. */
export interface ClientSettings {
  readonly production: boolean
  readonly verifyTls: boolean
  /** Connections to one server at the same time. */
  readonly maxConnections: number
  readonly timeoutMs: number
  readonly healthMs: number
  readonly retries: number
  /** For servers that have no credential of their own. */
  readonly token?: string | undefined
}

export interface ConnectionsOptions {
  readonly servers: readonly (RemoteServer | LocalServer)[]
  /** What the configuration of the servers says for them all. */
  readonly defaults: Defaults
  readonly settings: ClientSettings
  readonly log: Log
  readonly readSecret: ReadSecret
  observe?(server: string, observation: Observation): void
  /** For tests. */
  readonly resolve?: LookUp
  readonly idleMs?: number
}

export interface Connections {
  /** By the servers' names; those switched off are not among them. */
  readonly servers: ReadonlyMap<string, UpstreamConnection>
  /** What the configuration says of each. */
  readonly entries: readonly (RemoteServer | LocalServer)[]
  close(): Promise<void>
}

/**
 * Prepares a connection to every server; none is opened before it is used. Throws a ConfigError
 * when a secret is missing.
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const { settings } = options
  if (settings.production && !settings.verifyTls) {
    throw new ConfigError(
      'client.verifyTls (MCP_VERIFY_SSL): must stay on in production mode; ' +
        'name a private authority with NODE_EXTRA_CA_CERTS'
    )
  }
  const groups = new Set<number>()
  const hasChildren = options.servers.some(({ kind }) => kind === 'local')
  // However this process ends, short of a kill, its children end with it.
  const killAll = (): void => {
    for (const group of groups) killGroup(group, 'SIGKILL')
  }
  if (hasChildren) process.once('exit', killAll)
  const servers = new Map(
    options.servers
      .filter(({ enabled }) => enabled)
      .map((server) => [server.name, createConnection(server, options, groups)])
  )
  return Object.freeze({
    servers,
    entries: options.servers,
    async close() {
      await Promise.all([...servers.values()].map((server) => server.close()))
      process.off('exit', killAll)
    }
  })
}

function createConnection(
  server: RemoteServer | LocalServer,
  options: ConnectionsOptions,
  groups: Set<number>
): UpstreamConnection {
  const { defaults, settings, log, observe, idleMs = defaultIdleMs } = options
  const isLocal = server.kind === 'local'
  return createServerConnection({
    name: server.name,
    isLocal,
    timeoutMs: server.timeoutMs ?? defaults.timeoutMs ?? settings.timeoutMs,
    healthMs: defaults.healthMs ?? settings.healthMs,
    retries: defaults.retries ?? settings.retries,
    maxConnections: settings.maxConnections,
    idleMs,
    maxBackoffMs: isLocal ? localBackoffMs : remoteBackoffMs,
    log,
    open: isLocal
      ? createLocalOpener(server, options, groups)
      : createRemoteOpener(server, options),
    ...(observe && { observe: (observation) => observe(server.name, observation) })
  })
}

function createLocalOpener(
  server: LocalServer,
  { log, readSecret }: ConnectionsOptions,
  groups: Set<number>
): ServerOptions['open'] {
  const env = createChildEnvironment(server, process.env, readSecret)
  const track = (group: number): (() => void) => {
    groups.add(group)
    return () => groups.delete(group)
  }
  return async (rest) => {
    const { openLink } = await import('./link/sdk-link.ts')
    const open = () => createStdioTransport({ server, env, log, track })
    return openLink({ ...rest, target: { kind: 'stdio', open } })
  }
}

function createRemoteOpener(
  server: RemoteServer,
  { defaults, settings, log, readSecret, resolve }: ConnectionsOptions
): ServerOptions['open'] {
  const { verifyTls, production } = settings
  const url = new URL(server.endpoint)
  const guard = createAddressGuard(production, resolve)
  const token = defaults.token ?? settings.token
  const credential = createCredential({ server, token, guard, verifyTls, readSecret, log })
  return async (rest) => {
    const { openLink } = await import('./link/sdk-link.ts')
    const http = createGuardedFetch({ endpoint: url, guard, verifyTls, credential })
    const transports = transportsOf(server)
    try {
      const link = await openLink({ ...rest, target: { kind: 'http', url, http, transports } })
      return Object.freeze({
        ...link,
        async close() {
          await link.close()
          await http.close()
        }
      })
    } catch (error) {
      await http.close()
      throw error
    }
  }
}

function transportsOf({ transport }: RemoteServer): readonly ('streamable_http' | 'sse')[] {
  if (transport === 'sse') return ['sse']
  return transport === 'http' ? ['streamable_http'] : ['streamable_http', 'sse']
}
