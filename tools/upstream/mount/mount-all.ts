import { compileGlobs } from '../../../src/glob.ts'
import type { Observation } from '../../../src/metrics.ts'
import type { Config } from '../../../src/settings.ts'
import type { Source } from '../../../src/source.ts'
import type { Log } from '../../../src/types.ts'
import { openConnections } from '../open.ts'
import { mountServer } from './mount.ts'

/**
 * Mounts every server that the configuration names. One that is down is mounted, too, and has
 * nothing to offer yet. Throws a ConfigError with the first thing that is wrong.
 */
export async function mountServers(
  config: Config,
  log: Log,
  observe?: (server: string, observation: Observation) => void
): Promise<readonly Source[]> {
  const connections = openConnections(config, log, observe)
  if (!connections) return []
  const allowsResource = compileGlobs(config.resources.allow)
  const mounting = connections.entries.flatMap(({ name, include, exclude, timeoutMs }) => {
    const connection = connections.servers.get(name)
    if (!connection) return []
    const filter = { ...(include && { include }), ...(exclude && { exclude }) }
    const limit = timeoutMs === undefined ? {} : { timeoutMs }
    return [mountServer({ connection, allowsResource, log, ...filter, ...limit })]
  })
  return Promise.all(mounting)
}
