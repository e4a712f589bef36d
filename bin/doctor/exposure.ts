import { reasonOf } from '../../src/config-error.ts'
import { isConfidential, isLoopback } from '../../src/network.ts'
import { isPlainBeyond } from '../../src/settings/weak-settings.ts'
import type { Config } from '../../src/settings.ts'
import { boundHost, createHostCheck } from '../../transports/http/edge/host.ts'
import { readTls } from '../../transports/http/listener/tls.ts'
import { type Check, type Finding, fail, pass, served, warn } from './check.ts'
import { isWildcard } from './listener.ts'

function checkHosts({ http }: Config): Finding {
  const { allowedHosts } = http
  const host = boundHost(http)
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
  const { trustProxy } = http
  const host = boundHost(http)
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

function checkTls({ http }: Config): Finding {
  try {
    if (readTls(http)) return pass('TLS of its own')
  } catch (error) {
    return fail(
      reasonOf(error),
      'a certificate and its key as PEM files, MCP_TLS_CERT and MCP_TLS_KEY'
    )
  }
  if (isPlainBeyond(http)) {
    return warn(
      'plain HTTP beyond this machine: keys can be read on the way',
      'MCP_TLS_CERT and MCP_TLS_KEY; or a proxy with TLS before it (deploy/) and MCP_TRUST_PROXY'
    )
  }
  return isLoopback(boundHost(http))
    ? pass('keys do not leave this machine')
    : pass('plain HTTP to the trusted proxy, which does TLS')
}

export const exposureChecks: readonly Check[] = [
  { id: 'http.allowedHosts', run: served(checkHosts) },
  { id: 'http.allowedOrigins', run: served(checkOrigins) },
  { id: 'http.trustProxy', run: served(checkProxy) },
  { id: 'http.tls', run: served(checkTls) }
]
