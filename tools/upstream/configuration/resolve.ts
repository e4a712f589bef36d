import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { classifyAddress } from '../../../src/address-class.ts'
import { createIssues } from './issue.ts'
import { inspectServers, type ReadOptions } from './servers.ts'
import { summarize, type ValidationResult } from './validate.ts'

/** All addresses of a host name; throws when it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>

/**
 * The second step of the check: what the names of a configuration resolve to. Every answer counts,
 * not the first alone. A connection must use the answer it checked, since the next may differ.
 */
export async function resolveAndCheck(
  config: unknown,
  { resolve = resolveHost, ...options }: ReadOptions & { readonly resolve?: Resolve } = {}
): Promise<ValidationResult> {
  const { productionMode = true } = options
  const { servers, issues } = inspectServers(config, options)
  const { report, list } = createIssues(productionMode)
  const remote = servers.flatMap((server) => (server.kind === 'remote' ? [server] : []))
  await Promise.all(
    remote.map(async ({ name, endpoint }) => {
      const host = new URL(endpoint).hostname
      if (host.startsWith('[') || isIP(host) !== 0) return
      const path = [name, 'endpoint']
      const addresses = await resolve(host).catch(() => [])
      if (addresses.length === 0) report('unresolved', path)
      const found = new Set(addresses.map(classifyAddress))
      found.delete('public')
      for (const kind of found) report(kind as Exclude<typeof kind, 'public'>, path, 'by its name')
    })
  )
  return summarize([...issues, ...list()], servers.length, productionMode)
}

async function resolveHost(host: string): Promise<readonly string[]> {
  const answers = await lookup(host, { all: true })
  return answers.map(({ address }) => address)
}
