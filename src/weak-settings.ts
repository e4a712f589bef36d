import { findWeakness } from './key-strength.ts'
import type { Config } from './settings.ts'

/** What development warns about and production refuses. */
export function findWeakSettings({ log, http, auth, audit }: Config): readonly string[] {
  return [
    ...(log.redact ? [] : ['log.redact (MCP_SECRETS_REDACTION): off lets secrets into the log']),
    ...(http.allowedOrigins.includes('*')
      ? ['http.allowedOrigins (ALLOWED_ORIGINS): * lets any web page call this server']
      : []),
    ...findWeakKeys('auth.token (MCP_AUTH_TOKEN)', auth.token === undefined ? [] : [auth.token]),
    ...findWeakKeys('auth.apiKeys (MCP_API_KEYS)', auth.apiKeys),
    ...findWeakKeys('audit.key (MCP_AUDIT_KEY)', audit.key === undefined ? [] : [audit.key])
  ]
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
