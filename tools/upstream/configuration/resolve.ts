import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { classifyAddress } from '../../../src/address-class.ts'
import type { LocalServer, RemoteServer } from './entry.ts'
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
  const check = async ([path, url]: Target): Promise<void> => {
    const host = new URL(url).hostname
    if (host.startsWith('[') || isIP(host) !== 0) return
    const addresses = await resolve(host).catch(() => [])
    if (addresses.length === 0) report('unresolved', path)
    for (const found of new Set(addresses.map(classifyAddress))) {
      if (found !== 'public') report(found, path, 'by its name')
    }
  }
  await Promise.all(servers.flatMap(listTargets).map(check))
  return summarize([...issues, ...list()], servers.length, productionMode)
}

type Target = readonly [path: readonly string[], url: string]

/** Every address that a server makes us speak to. */
function listTargets(server: RemoteServer | LocalServer): readonly Target[] {
  if (server.kind === 'local') return []
  const { name, endpoint, auth } = server
  const own: Target = [[name, 'endpoint'], endpoint]
  const isIssued = auth?.scheme === 'oauth2' && URL.canParse(auth.tokenUrl)
  return isIssued ? [own, [[name, 'auth', 'tokenUrl'], auth.tokenUrl]] : [own]
}

async function resolveHost(host: string): Promise<readonly string[]> {
  const answers = await lookup(host, { all: true })
  return answers.map(({ address }) => address)
}
