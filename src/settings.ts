import { isIP } from 'node:net'
import { z } from 'zod'
import { logLevels } from './log.ts'
import { apiSettings } from './settings/api-settings.ts'
import { auth, stdio } from './settings/auth-settings.ts'
import { client, servers } from './settings/client-settings.ts'
import { count, credential, list, setting } from './settings/setting.ts'
import type { Rate } from './types.ts'

const milliseconds = (max = 86_400_000): z.ZodNumber => count(1, max)
const bytes = (): z.ZodNumber => count(1024, 1_073_741_824)
const rate = z.strictObject({ perMinute: z.number().positive(), burst: count(1, 1_000_000) })
const origin = z
  .string()
  .refine(
    (text) => text === '*' || isOrigin(text),
    'must be origins such as https://agents.example.com'
  )
const network = z.string().refine(isNetwork, 'must be addresses or CIDR ranges')

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && !text.includes('*')
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  )
}

const lists = { perMinute: 300, burst: 60 }

/** Every method that is charged; those without a rate here share `limits.perMinute`. */
const methods = z
  .strictObject({
    'tools/call': rate.default({ perMinute: 60, burst: 10 }),
    'resources/read': rate.default({ perMinute: 120, burst: 20 }),
    'prompts/get': rate.default({ perMinute: 30, burst: 5 }),
    'tools/list': rate.default(lists),
    'resources/list': rate.default(lists),
    'resources/templates/list': rate.default(lists),
    'prompts/list': rate.default(lists),
    'completion/complete': rate.default(lists),
    'resources/subscribe': rate.optional(),
    'resources/unsubscribe': rate.optional()
  })
  .transform((rates): Readonly<Record<string, Rate>> => rates as Record<string, Rate>)

const ownPaths =
  /^\/(?:health|healthz|livez|ready|readyz|ping|metrics|openapi\.json|api(?:\/.*)?|\.well-known(?:\/.*)?)$/

/** Files with certificates and keys; text of the PEM format. */
const tls = z.strictObject({
  cert: setting(z.string().min(1).optional(), ['MCP_TLS_CERT']),
  key: setting(z.string().min(1).optional(), ['MCP_TLS_KEY']),
  clientCa: setting(z.string().min(1).optional(), ['MCP_TLS_CLIENT_CA'])
})

const http = z.strictObject({
  port: setting(count(0, 65_535).default(8080), [
    '--port',
    'MCP_HTTP_PORT',
    '--http',
    'MCP_PORT',
    'LISTEN_PORT'
  ]),
  host: setting(z.string().min(1).default('127.0.0.1'), ['--host', 'MCP_HOST', 'LISTEN_HOST']),
  socket: setting(z.string().min(1).optional(), ['--socket', 'MCP_SOCKET']),
  path: setting(
    z
      .string()
      .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/, 'must be a path such as /mcp')
      .refine((path) => !ownPaths.test(path), 'is a path that the server needs for itself')
      .default('/mcp'),
    ['--path', 'MCP_PATH']
  ),
  allowedOrigins: setting(z.array(origin).default(['http://localhost:8080']), [
    'ALLOWED_ORIGINS',
    'MCP_ALLOWED_ORIGINS'
  ]),
  allowedHosts: setting(list().optional(), ['MCP_ALLOWED_HOSTS']),
  trustProxy: setting(z.array(network).default([]), ['MCP_TRUST_PROXY']),
  tls: tls.prefault({}),
  maxConnections: setting(count(1, 100_000).default(1000), ['MCP_MAX_INBOUND_CONNECTIONS']),
  maxConnectionsPerAddress: setting(count(1, 100_000).default(100), []),
  drainWaitMs: setting(count(0, 600_000).default(0), ['MCP_DRAIN_WAIT'], { unit: 'seconds' }),
  maxLoopDelayMs: setting(count(200, 86_400_000).default(2000), ['MCP_MAX_LOOP_DELAY'], {
    unit: 'seconds'
  }),
  infoPublic: setting(z.boolean().default(true), ['MCP_INFO_PUBLIC']),
  metricsPublic: setting(z.boolean().default(false), ['MCP_METRICS_PUBLIC'])
})

const limits = z.strictObject({
  enabled: setting(z.boolean().default(true), ['MCP_RATE_LIMIT_ENABLED']),
  perMinute: setting(z.number().positive().default(100), ['MCP_RATE_LIMIT_REQUESTS_PER_MINUTE']),
  burst: setting(count(1, 1_000_000).default(10), ['MCP_RATE_LIMIT_BURST']),
  methods: methods.prefault({}),
  address: setting(count(1, 10_000_000).default(600), ['MCP_ADDRESS_RATE_LIMIT']),
  tools: z.record(z.string(), rate).default({}),
  authFailuresPerMinute: setting(count(1, 1000).default(10), ['MCP_AUTH_FAILURES_PER_MINUTE']),
  banMs: milliseconds().default(60_000),
  redisUrl: setting(
    z
      .url({
        protocol: /^rediss?$/,
        hostname: /./,
        error: 'must be a URL such as redis://HOST:6379 or rediss://HOST:6379'
      })
      .optional(),
    ['REDIS_URL'],
    { secret: true }
  ),
  maxRequestBytes: setting(bytes().default(1_048_576), ['MAX_REQUEST_SIZE']),
  maxConcurrent: setting(count(1, 10_000).default(32), ['MCP_MAX_CONCURRENT']),
  queue: count(0, 100_000).default(100),
  queueWaitMs: milliseconds().default(5000),
  callTimeoutMs: setting(milliseconds().default(30_000), ['MCP_DEFAULT_TIMEOUT'], {
    unit: 'seconds'
  }),
  maxResultBytes: setting(bytes().default(1_048_576), ['MCP_MAX_RESULT_SIZE'])
})

const alerts = z.strictObject({
  // Such an address is often a secret of its own.
  webhook: setting(
    z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
    ['MCP_ALERT_WEBHOOK'],
    { secret: true }
  ),
  secret: setting(credential.optional(), ['MCP_ALERT_SECRET'], { secret: true })
})

const resources = z.strictObject({
  maxBytes: setting(bytes().default(1_048_576), ['MAX_RESOURCE_SIZE']),
  allow: setting(
    list().default([
      'resources://users/*',
      'resources://events/*',
      'resources://notifications/*',
      'docs://*',
      'example://*',
      'reference://*'
    ]),
    ['RESOURCE_ALLOWLIST']
  )
})

const sessions = z.strictObject({
  idleMs: setting(milliseconds().default(3_600_000), ['MCP_SESSION_TIMEOUT'], { unit: 'seconds' }),
  heartbeatMs: setting(milliseconds().default(30_000), ['SSE_HEARTBEAT_INTERVAL'], {
    unit: 'seconds'
  }),
  max: setting(count(1, 1_000_000).default(1000), ['MCP_MAX_SESSIONS'])
})

/** The transport of the revision 2024-11-05. */
const sse = z.strictObject({
  enabled: setting(z.boolean().default(false), ['MCP_SSE']),
  idleMs: setting(milliseconds().default(300_000), ['SSE_SESSION_TIMEOUT'], { unit: 'seconds' })
})

const levelNames = new Map([
  ['warning', 'warn'],
  ['critical', 'fatal'],
  ['notice', 'info']
])

const log = z.strictObject({
  level: setting(
    z
      .string()
      .transform((text) => levelNames.get(text.toLowerCase()) ?? text.toLowerCase())
      .pipe(z.enum(logLevels))
      .default('info'),
    ['MCP_LOG_LEVEL', 'LOG_LEVEL']
  ),
  redact: setting(z.boolean().default(true), ['MCP_SECRETS_REDACTION'])
})

const audit = z.strictObject({
  enabled: setting(z.boolean().default(true), ['MCP_AUDIT']),
  file: setting(z.string().min(1).optional(), ['MCP_AUDIT_FILE']),
  args: setting(z.enum(['redacted', 'keys', 'none']).default('redacted'), ['MCP_AUDIT_ARGS']),
  required: setting(z.boolean().default(false), ['MCP_AUDIT_REQUIRED']),
  fsync: setting(z.boolean().default(false), ['MCP_AUDIT_FSYNC']),
  key: setting(credential.optional(), ['MCP_AUDIT_KEY'], { secret: true })
})

const lock = z.strictObject({
  file: setting(z.string().min(1).optional(), ['MCP_TOOLS_LOCK'])
})

const api = z.strictObject({
  openapi: setting(z.string().min(1).optional(), ['--openapi']),
  baseUrl: setting(
    z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
    ['--api-base-url', 'API_BASE_URL']
  ),
  token: setting(credential.optional(), ['API_AUTH_TOKEN'], { secret: true }),
  timeoutMs: setting(milliseconds(300_000).default(30_000), ['UPSTREAM_TIMEOUT', 'HTTPX_TIMEOUT'], {
    unit: 'seconds'
  }),
  attempts: setting(count(1, 10).default(3), ['UPSTREAM_RETRIES', 'HTTPX_RETRIES']),
  backoffFactor: setting(z.number().min(0).max(60).default(0.5), [
    'UPSTREAM_BACKOFF_FACTOR',
    'HTTPX_BACKOFF_FACTOR'
  ]),
  maxSockets: setting(count(1, 10_000).default(100), ['UPSTREAM_MAX_CONNECTIONS']),
  keepAliveSockets: setting(count(0, 10_000).default(20), ['UPSTREAM_MAX_KEEPALIVE']),
  cacheTtlMs: setting(milliseconds().optional(), ['MCP_CACHE_TTL'], { unit: 'seconds' })
})

/** Every setting: its key, its check, its default, and where else it may come from. */
export const settingsSchema = z.strictObject({
  transport: setting(z.enum(['stdio', 'http', 'both', 'websocket']).default('stdio'), [
    '--mode',
    'MCP_TRANSPORT'
  ]),
  toolsets: setting(list().optional(), ['--toolsets', 'MCP_TOOLSETS']),
  tools: setting(list().optional(), ['--tools', 'MCP_TOOLS']),
  excludeTools: setting(list().default([]), ['--exclude-tools', 'MCP_EXCLUDE_TOOLS']),
  discovery: setting(z.boolean().default(false), ['--discovery', 'MCP_DISCOVERY']),
  modules: setting(list().default([]), ['--module']),
  allowWrites: setting(z.boolean().default(false), ['--allow-writes', 'MCP_ALLOW_WRITES']),
  demo: setting(z.boolean().default(false), ['--demo']),
  env: setting(z.enum(['development', 'production']).default('development'), ['MCP_ENV']),
  apis: z.array(apiSettings).default([]),
  api: api.prefault({}),
  servers,
  client: client.prefault({}),
  http: http.prefault({}),
  auth: auth.prefault({}),
  stdio: stdio.prefault({}),
  limits: limits.prefault({}),
  alerts: alerts.prefault({}),
  resources: resources.prefault({}),
  sessions: sessions.prefault({}),
  sse: sse.prefault({}),
  log: log.prefault({}),
  audit: audit.prefault({}),
  lock: lock.prefault({})
})

export type Config = z.output<typeof settingsSchema>
