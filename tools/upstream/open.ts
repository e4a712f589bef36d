import type { Observation } from '../../src/metrics.ts'
import type { Config } from '../../src/settings.ts'
import type { Log } from '../../src/types.ts'
import { readSecret } from '../credentials/read-secret.ts'
import { formatIssue } from './configuration/issue.ts'
import { readServers } from './configuration/servers.ts'
import { type Connections, createConnections } from './connections.ts'

/** Told of each request to a server. */
type Observe = (server: string, observation: Observation) => void

/** The servers that the configuration names. Throws a ConfigError with the first thing that is wrong. */
export function readConfigured({ servers, client }: Config): ReturnType<typeof readServers> {
  return readServers(servers, {
    productionMode: client.production,
    // A tree comes from the operator's own file only; a text may have come from anywhere.
    allowCommands: typeof servers !== 'string'
  })
}

/**
 * Prepares the connections to the servers that the configuration names, and opens none. Throws a
 * ConfigError with the first thing that is wrong; undefined when it names none.
 */
export function openConnections(
  config: Config,
  log: Log,
  observe?: Observe
): Connections | undefined {
  const { client: settings } = config
  if (config.servers === undefined) return undefined
  const { servers, defaults, warnings } = readConfigured(config)
  for (const issue of warnings) log.warn('servers', { issue: formatIssue(issue) })
  const options = { servers, defaults, settings, log, readSecret }
  return createConnections({ ...options, ...(observe && { observe }) })
}
