import { isIP } from 'node:net'
import { isLoopback } from '../../../src/network.ts'
import type { Config } from '../../../src/settings.ts'

const hostGrammar = /^(\[[\da-f:.]+\]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)(?::(\d{1,5}))?$/

/**
 * Compiles the Host check. The grammar comes first: a URL parser would read `evil@localhost`,
 * `0x7f.1` or `localhost/evil` as an allowed name (DNS rebinding, CVE-2025-66414).
 */
export function createHostCheck(
  allowed: readonly string[] | undefined,
  boundHost: string
): (host: string | undefined) => boolean {
  const names = new Set((allowed ?? defaultHosts(boundHost)).map((name) => name.toLowerCase()))
  const isWildcard = !allowed && (boundHost === '0.0.0.0' || boundHost === '::')
  return (header) => {
    const host = header?.toLowerCase() ?? ''
    const match = hostGrammar.exec(host)
    if (!match) return false
    const [, name = '', port] = match
    if (port !== undefined && Number(port) > 65_535) return false
    return (
      names.has(name) || names.has(host) || (isWildcard && isIP(name.replace(/[[\]]/g, '')) !== 0)
    )
  }
}

function defaultHosts(boundHost: string): readonly string[] {
  const loopback = ['localhost', '127.0.0.1', '[::1]']
  const own = isIP(boundHost) === 6 ? `[${boundHost}]` : boundHost
  if (boundHost === '0.0.0.0' || boundHost === '::') return ['localhost']
  return isLoopback(boundHost) ? [own, ...loopback] : [own]
}

/** The host that clients name; those of a UNIX socket have none of their own. */
export function boundHost({ socket, host }: Config['http']): string {
  return socket === undefined ? host : 'localhost'
}
