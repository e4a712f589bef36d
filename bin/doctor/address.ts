import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, isIP } from 'node:net'
import { isConfidential, isLoopback } from '../../src/network.ts'
import type { Config } from '../../src/settings.ts'
import { createHostCheck } from '../../transports/http/host.ts'
import { type Check, type Finding, fail, type Patient, pass, served, skip, warn } from './check.ts'

const probeTimeoutMs = 5000

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::'

async function checkHost({ http }: Config, { machine }: Patient): Promise<Finding> {
  const { host } = http
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
  const { port } = http
  const host = reach(http.host)
  if (port === 0) return pass('0: the system chooses a free one')
  if (port < machine.lowestPort) {
    return fail(
      `${port}: ports below ${machine.lowestPort} need a privilege that this user lacks`,
      'MCP_PORT=8080 behind a proxy, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit'
    )
  }
  if (!(await isOwn(host, [...machine.addresses, '127.0.0.1', '::1']))) {
    return skip('there is no such address to try it on')
  }
  if (!(await isTaken(host, port))) return pass(`${port} is free`)
  const version = await askVersion(host, port)
  if (version !== undefined) return pass(`${port}: Portcullis ${version} answers there`)
  return fail(
    `${port} is taken by another program`,
    `choose another one (MCP_PORT), or end that program: ss -ltnp 'sport = :${port}'`
  )
}

/** Where a client on this machine finds it. */
function reach(host: string): string {
  if (!isWildcard(host)) return host
  return host === '::' ? '::1' : '127.0.0.1'
}

async function isTaken(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port })
  socket.setTimeout(probeTimeoutMs, () => socket.destroy(new Error('timeout')))
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    // Whoever does not answer may still hold it.
    return (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED'
  } finally {
    socket.destroy()
  }
}

/** The version of a Portcullis that listens there. */
async function askVersion(host: string, port: number): Promise<string | undefined> {
  const name = isIP(host) === 6 ? `[${host}]` : host
  try {
    const signal = AbortSignal.timeout(probeTimeoutMs)
    const response = await fetch(`http://${name}:${port}/health`, { signal, redirect: 'error' })
    const { service, version } = (await response.json()) as Record<string, unknown>
    const isOurs = service === 'portcullis' && typeof version === 'string'
    return isOurs && /^[\w.+-]{1,40}$/.test(version) ? version : undefined
  } catch {
    return undefined
  }
}

function checkHosts({ http }: Config): Finding {
  const { host, allowedHosts } = http
  const bad = allowedHosts?.find((entry) => !createHostCheck([entry], host)(entry))
  if (bad !== undefined) {
    return fail(
      `${JSON.stringify(bad)} matches no Host header`,
      'MCP_ALLOWED_HOSTS=mcp.example.com: names only, with or without port, no scheme, no *'
    )
  }
  if (allowedHosts) return pass(`answers to ${allowedHosts.join(', ')}`)
  if (isLoopback(host)) return pass('answers to this machine only')
  if (!isWildcard(host)) return pass(`answers to ${host}`)
  return warn(
    'a name in the Host header is refused with 403; addresses are not',
    'MCP_ALLOWED_HOSTS=mcp.example.com, the name that clients use'
  )
}

function checkOrigins({ http }: Config): Finding {
  const { allowedOrigins } = http
  if (allowedOrigins.includes('*')) {
    return warn(
      '* lets every web page call this server from its visitors’ browsers',
      'ALLOWED_ORIGINS=https://agents.example.com'
    )
  }
  const plain = allowedOrigins.find((origin) => !isConfidential(new URL(origin)))
  if (plain === undefined) return pass(`pages of ${allowedOrigins.join(', ')} may call`)
  return warn(`${plain}: a page over http can be changed on its way`, 'list it with https')
}

function checkProxy({ http }: Config): Finding {
  const { host, trustProxy } = http
  const everybody = trustProxy.find((network) => /\/0$/.test(network))
  if (everybody !== undefined) {
    return fail(
      `${everybody}: every client may claim any address, and so evade limits and bans`,
      'MCP_TRUST_PROXY=10.0.0.7, the address of the proxy alone'
    )
  }
  if (trustProxy.length > 0) return pass(`trusts ${trustProxy.join(', ')}`)
  if (isLoopback(host)) return pass('no proxy is trusted; X-Forwarded-For is not read')
  return warn(
    'no proxy is trusted: behind one, all clients count as one address',
    'MCP_TRUST_PROXY=10.0.0.7, the address of the proxy; nothing when there is none'
  )
}

function checkEncryption({ http }: Config): Finding {
  if (isLoopback(http.host)) return pass('keys do not leave this machine')
  if (http.trustProxy.length > 0) return pass('plain HTTP to the trusted proxy, which does TLS')
  return warn(
    'plain HTTP beyond this machine: keys can be read on the way',
    'put nginx, Caddy or Traefik with TLS before it (deploy/) and set MCP_TRUST_PROXY'
  )
}

export const addressChecks: readonly Check[] = [
  { id: 'http.host', run: served(checkHost) },
  { id: 'http.port', run: served(checkPort) },
  { id: 'http.allowedHosts', run: served(checkHosts) },
  { id: 'http.allowedOrigins', run: served(checkOrigins) },
  { id: 'http.trustProxy', run: served(checkProxy) },
  { id: 'http.tls', run: served(checkEncryption) }
]
