import { z } from 'zod'
import { count, credential, setting } from './setting.ts'

/**
 * MCP servers behind this one: the text of `MCP_SERVERS`, or a tree from the file. What is in it is
 * checked where servers are connected to, not here; only a tree may name commands to run.
 */
export const servers = setting(
  z.union([z.string().min(1), z.record(z.string(), z.unknown())]).optional(),
  ['MCP_SERVERS'],
  { hidden: true }
)

/** How MCP servers are connected to. */
export const client = z.strictObject({
  production: setting(z.boolean().default(true), ['MCP_PRODUCTION_MODE']),
  verifyTls: setting(z.boolean().default(true), ['MCP_VERIFY_SSL']),
  maxConnections: setting(count(1, 100).default(10), ['MCP_MAX_CONNECTIONS']),
  timeoutMs: setting(count(1000, 300_000).default(30_000), ['MCP_TIMEOUT'], { unit: 'seconds' }),
  healthMs: setting(count(1000, 86_400_000).default(300_000), ['MCP_HEALTH_CHECK_INTERVAL'], {
    unit: 'seconds'
  }),
  retries: setting(count(0, 10).default(3), ['MCP_MAX_RETRIES']),
  token: setting(credential.optional(), ['MCP_CLIENT_AUTH_TOKEN'], { secret: true })
})
