import { count, flag, list, name, type SettingRow, seconds, size } from './setting-row.ts'

const rate = (perMinute: number, burst: number) => ({ perMinute, burst })
export const methodRates = {
  'tools/call': rate(60, 10),
  'resources/read': rate(120, 20),
  'prompts/get': rate(30, 5),
  'tools/list': rate(300, 60),
  'resources/list': rate(300, 60),
  'resources/templates/list': rate(300, 60),
  'prompts/list': rate(300, 60),
  'completion/complete': rate(300, 60)
}
const badRates = [
  7,
  { a: 7 },
  { a: { perMinute: 1 } },
  { a: { perMinute: 0, burst: 1 } },
  { a: { perMinute: 1, burst: 0 } },
  { a: { perMinute: 1, burst: 1, perHour: 1 } }
]
const allowed = [
  'resources://users/*',
  'resources://events/*',
  'resources://notifications/*',
  'docs://*',
  'example://*',
  'reference://*'
]

const limits: readonly SettingRow[] = [
  {
    key: 'limits.enabled',
    env: ['MCP_RATE_LIMIT_ENABLED'],
    variable: ['0', false],
    file: false,
    default: true,
    ...flag
  },
  {
    key: 'limits.perMinute',
    env: ['MCP_RATE_LIMIT_REQUESTS_PER_MINUTE'],
    variable: ['7.5', 7.5],
    file: 8,
    default: 100,
    bad: ['0', '-1', 'many'],
    badInFile: [0, -1, 'many']
  },
  {
    key: 'limits.burst',
    env: ['MCP_RATE_LIMIT_BURST'],
    variable: ['7', 7],
    file: 8,
    default: 10,
    ...count
  },
  {
    key: 'limits.methods',
    file: { 'tools/call': rate(1, 2) },
    default: methodRates,
    badInFile: badRates
  },
  {
    key: 'limits.address',
    env: ['MCP_ADDRESS_RATE_LIMIT'],
    variable: ['7', 7],
    file: 8,
    default: 600,
    ...count
  },
  { key: 'limits.tools', file: { create_schedule: rate(5, 1) }, default: {}, badInFile: badRates },
  {
    key: 'limits.authFailuresPerMinute',
    env: ['MCP_AUTH_FAILURES_PER_MINUTE'],
    variable: ['7', 7],
    file: 8,
    default: 10,
    bad: ['0', '1001', ...count.bad],
    badInFile: [0, ...count.badInFile]
  },
  { key: 'limits.banMs', file: 50, default: 60_000, badInFile: [0, 1.5, 'soon'] },
  {
    key: 'limits.redisUrl',
    env: ['REDIS_URL'],
    variable: ['redis://user:word@127.0.0.1:6379/1', 'redis://user:word@127.0.0.1:6379/1'],
    file: 'rediss://redis.example',
    default: undefined,
    bad: ['http://127.0.0.1', '127.0.0.1:6379', 'redis', 'redis://'],
    badInFile: [7, [], ''],
    secret: true
  },
  {
    key: 'limits.maxRequestBytes',
    env: ['MAX_REQUEST_SIZE'],
    variable: ['2048', 2048],
    file: 4096,
    default: 1_048_576,
    ...size
  },
  {
    key: 'limits.maxConcurrent',
    env: ['MCP_MAX_CONCURRENT'],
    variable: ['7', 7],
    file: 8,
    default: 32,
    ...count
  },
  { key: 'limits.queue', file: 0, default: 100, badInFile: [-1, 1.5, 'many'] },
  { key: 'limits.queueWaitMs', file: 50, default: 5000, badInFile: [0, 1.5, 'soon'] },
  {
    key: 'limits.callTimeoutMs',
    env: ['MCP_DEFAULT_TIMEOUT'],
    variable: ['2.5', 2500],
    file: 50,
    default: 30_000,
    ...seconds
  },
  {
    key: 'limits.maxResultBytes',
    env: ['MCP_MAX_RESULT_SIZE'],
    variable: ['2048', 2048],
    file: 4096,
    default: 1_048_576,
    ...size
  }
]

const alerts: readonly SettingRow[] = [
  {
    key: 'alerts.webhook',
    env: ['MCP_ALERT_WEBHOOK'],
    variable: ['https://alerts.example/a', 'https://alerts.example/a'],
    file: 'http://127.0.0.1:9/b',
    default: undefined,
    bad: ['ftp://alerts.example', 'alerts.example'],
    badInFile: [7, [], ''],
    secret: true
  },
  {
    key: 'alerts.secret',
    env: ['MCP_ALERT_SECRET'],
    variable: ['signing-secret', 'signing-secret'],
    file: 'another-secret',
    default: undefined,
    badInFile: [7, [], ''],
    secret: true
  }
]

const rest: readonly SettingRow[] = [
  {
    key: 'resources.maxBytes',
    env: ['MAX_RESOURCE_SIZE'],
    variable: ['2048', 2048],
    file: 4096,
    default: 1_048_576,
    ...size
  },
  {
    key: 'resources.allow',
    env: ['RESOURCE_ALLOWLIST'],
    variable: ['docs://*,a://*', ['docs://*', 'a://*']],
    file: ['b://*'],
    default: allowed,
    ...list
  },
  {
    key: 'sessions.idleMs',
    env: ['MCP_SESSION_TIMEOUT'],
    variable: ['0.1', 100],
    file: 50,
    default: 3_600_000,
    ...seconds
  },
  {
    key: 'sessions.heartbeatMs',
    env: ['SSE_HEARTBEAT_INTERVAL'],
    variable: ['7', 7000],
    file: 50,
    default: 30_000,
    ...seconds
  },
  {
    key: 'sessions.max',
    env: ['MCP_MAX_SESSIONS'],
    variable: ['7', 7],
    file: 8,
    default: 1000,
    ...count
  },
  {
    key: 'sse.enabled',
    env: ['MCP_SSE'],
    variable: ['on', true],
    file: true,
    default: false,
    ...flag
  },
  {
    key: 'sse.idleMs',
    env: ['SSE_SESSION_TIMEOUT'],
    variable: ['0.1', 100],
    file: 50,
    default: 300_000,
    ...seconds
  },
  {
    key: 'log.level',
    env: ['MCP_LOG_LEVEL', 'LOG_LEVEL'],
    variable: ['DEBUG', 'debug'],
    file: 'error',
    default: 'info',
    bad: ['loud', '1'],
    badInFile: ['loud', 7]
  },
  {
    key: 'log.redact',
    env: ['MCP_SECRETS_REDACTION'],
    variable: ['No', false],
    file: false,
    default: true,
    ...flag
  },
  {
    key: 'audit.enabled',
    env: ['MCP_AUDIT'],
    variable: ['OFF', false],
    file: false,
    default: true,
    ...flag
  },
  {
    key: 'audit.file',
    env: ['MCP_AUDIT_FILE'],
    variable: ['/run/audit', '/run/audit'],
    file: '/var/audit',
    default: undefined,
    ...name
  },
  {
    key: 'audit.args',
    env: ['MCP_AUDIT_ARGS'],
    variable: ['keys', 'keys'],
    file: 'none',
    default: 'redacted',
    bad: ['all'],
    badInFile: ['all', 7]
  },
  {
    key: 'audit.required',
    env: ['MCP_AUDIT_REQUIRED'],
    variable: ['yes', true],
    file: true,
    default: false,
    ...flag
  },
  {
    key: 'audit.fsync',
    env: ['MCP_AUDIT_FSYNC'],
    variable: ['on', true],
    file: true,
    default: false,
    ...flag
  },
  {
    key: 'audit.key',
    env: ['MCP_AUDIT_KEY'],
    variable: ['the-key-of-the-chain', 'the-key-of-the-chain'],
    file: 'another-key-of-the-chain',
    default: undefined,
    secret: true,
    badInFile: [7, '']
  }
]

/** How much of it, and what is kept of it. */
export const limitRows: readonly SettingRow[] = [...limits, ...alerts, ...rest]
