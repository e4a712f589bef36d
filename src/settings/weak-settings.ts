import { findWeakness } from '../identity/key-strength.ts'
import { isLoopback } from '../network.ts'
import type { Config } from '../settings.ts'

/** What development warns about and production refuses. */
export function findWeakSettings(config: Config): readonly string[] {
  const { log, http, auth, audit, transport } = config
  return [
    ...(log.redact ? [] : ['log.redact (MCP_SECRETS_REDACTION): off lets secrets into the log']),
    ...(http.allowedOrigins.includes('*')
      ? ['http.allowedOrigins (ALLOWED_ORIGINS): * lets any web page call this server']
      : []),
    ...(transport !== 'stdio' && auth.required && isPlainBeyond(http)
      ? [
          'http.tls (MCP_TLS_CERT, MCP_TLS_KEY): without it keys cross the network in clear; ' +
            'set both, or MCP_TRUST_PROXY to the proxy that does TLS'
        ]
      : []),
    ...findWeakKeys('auth.token (MCP_AUTH_TOKEN)', auth.token === undefined ? [] : [auth.token]),
    ...findWeakKeys('auth.apiKeys (MCP_API_KEYS)', auth.apiKeys),
    ...findWeakKeys('audit.key (MCP_AUDIT_KEY)', audit.key === undefined ? [] : [audit.key])
  ]
}

/** True when requests come over plain HTTP from beyond this machine and its trusted proxies. */
export function isPlainBeyond({ host, socket, tls, trustProxy }: Config['http']): boolean {
  const isLocal = socket !== undefined || isLoopback(host)
  return !isLocal && tls.cert === undefined && trustProxy.length === 0
}

/** Attempts at an API that do not fit into a call; those that come late get what is left of it. */
export function findLateAttempts(config: Config): readonly string[] {
  const { api, apis, limits, demo } = config
  const { attempts, timeoutMs, openapi, baseUrl } = api
  const isMounted = demo || apis.length > 0 || openapi !== undefined || baseUrl !== undefined
  if (!isMounted || attempts * timeoutMs <= limits.callTimeoutMs) return []
  const all = `${attempts} attempts of ${timeoutMs / 1000} s (UPSTREAM_RETRIES, UPSTREAM_TIMEOUT)`
  const one = `a call of ${limits.callTimeoutMs / 1000} s (MCP_DEFAULT_TIMEOUT)`
  return [`config.late_attempts: ${all} do not fit into ${one}`]
}

/** One line for a setting, however many of its keys are weak; never a key itself. */
function findWeakKeys(setting: string, keys: readonly string[]): readonly string[] {
  const [weakness] = keys.flatMap((key) => findWeakness(key) ?? [])
  return weakness === undefined
    ? []
    : [`${setting}: ${weakness}; use 32 random characters or more (openssl rand -base64 32)`]
}

/** What is a choice in development and refused in production. */
export function findOpenDoors(config: Config): readonly string[] {
  const { auth, limits, audit, transport, client } = config
  return [
    ...(transport !== 'stdio' && !auth.required
      ? ['auth.required (MCP_AUTH_REQUIRED): off lets everybody call every tool']
      : []),
    ...(limits.enabled
      ? []
      : ['limits.enabled (MCP_RATE_LIMIT_ENABLED): off lets one caller take all']),
    ...(client.production
      ? []
      : ['client.production (MCP_PRODUCTION_MODE): off lets MCP servers be anywhere']),
    ...(client.verifyTls
      ? []
      : ['client.verifyTls (MCP_VERIFY_SSL): off lets anybody be the MCP server']),
    ...(audit.enabled ? [] : ['audit.enabled (MCP_AUDIT): off leaves no record of any call'])
  ]
}
