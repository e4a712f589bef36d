import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isLoopback } from '../../src/network.ts'
import type { Config } from '../../src/settings.ts'
import { type Check, type Finding, fail, type Patient, pass, served, skip, warn } from './check.ts'
import { askVersion, isTaken, isWildcard, type Listener } from './listener.ts'

const onSocket = skip('it listens on a UNIX socket instead')

async function checkHost({ http }: Config, { machine }: Patient): Promise<Finding> {
  const { host, socket } = http
  if (socket !== undefined) return onSocket
  if (isLoopback(host)) return pass(`${host}: only this machine reaches it`)
  if (isWildcard(host)) return pass(`${host}: every interface`)
  if (await isOwn(host, machine.addresses)) return pass(`${host} is an address of this machine`)
  return fail(
    `${host} is no address of this machine: the start would be refused`,
    `MCP_HOST=127.0.0.1, or one of ${machine.addresses.join(', ')}`
  )
}

async function isOwn(host: string, addresses: readonly string[]): Promise<boolean> {
  if (isIP(host) !== 0) return addresses.includes(host)
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.some(({ address }) => addresses.includes(address))
}

async function checkPort({ http }: Config, { machine }: Patient): Promise<Finding> {
  const { port, socket } = http
  if (socket !== undefined) return onSocket
  if (port === 0) return pass('0: the system chooses a free one')
  if (port < machine.lowestPort) {
    return fail(
      `${port}: ports below ${machine.lowestPort} need a privilege that this user lacks`,
      'MCP_PORT=8080 behind a proxy, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit'
    )
  }
  const host = reach(http.host)
  if (!(await isOwn(host, [...machine.addresses, '127.0.0.1', '::1']))) {
    return skip('there is no such address to try it on')
  }
  const mend = `choose another one (MCP_PORT), or end that program: ss -ltnp 'sport = :${port}'`
  const listener = listenerOf(http, { host, port })
  if (http.tls.clientCa !== undefined && (await isTaken(listener))) {
    return warn(`${port} is taken, and asks for a certificate: this server, or another`, mend)
  }
  return tryIt(String(port), listener, mend)
}

function listenerOf({ host, allowedHosts, tls }: Config['http'], at: Listener['at']): Listener {
  const own = isIP(host) === 6 ? `[${host}]` : host
  const name = allowedHosts?.[0] ?? (isWildcard(host) ? 'localhost' : own)
  return { at, name, isTls: tls.cert !== undefined }
}

/** Where a client on this machine finds it. */
function reach(host: string): string {
  if (!isWildcard(host)) return host
  return host === '::' ? '::1' : '127.0.0.1'
}

async function tryIt(name: string, listener: Listener, mend: string): Promise<Finding> {
  if (!(await isTaken(listener))) return pass(`${name} is free`)
  const version = await askVersion(listener)
  if (version !== undefined) return pass(`${name}: Portcullis ${version} answers there`)
  return fail(`${name} is taken by another program`, mend)
}

export const addressChecks: readonly Check[] = [
  { id: 'http.host', run: served(checkHost) },
  { id: 'http.port', run: served(checkPort) }
]
