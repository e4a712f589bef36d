import { nameFault } from '../../src/limits/redis-client.ts'
import type { Config } from '../../src/settings.ts'
import {
  type Check,
  configured,
  type Finding,
  fail,
  type Patient,
  pass,
  served,
  skip,
  warn
} from './check.ts'

function checkRates({ limits }: Config): Finding {
  if (limits.enabled) {
    return pass(`${limits.perMinute} a minute for each caller, bursts of ${limits.burst}`)
  }
  return warn('off: one caller can take everything', 'MCP_RATE_LIMIT_ENABLED=true')
}

function checkBans({ limits }: Config): Finding {
  if (!limits.enabled) {
    return warn(
      'off with the other limits: keys may be tried forever',
      'MCP_RATE_LIMIT_ENABLED=true'
    )
  }
  const { authFailuresPerMinute: failures, banMs } = limits
  return failures <= 60
    ? pass(`${failures} wrong keys a minute ban an address for ${banMs / 1000} s`)
    : warn(`${failures} wrong keys a minute are let through`, 'MCP_AUTH_FAILURES_PER_MINUTE=10')
}

const largeBytes = 67_108_864

function checkSizes({ limits, resources }: Config): Finding {
  const sizes = [
    ['MAX_REQUEST_SIZE', limits.maxRequestBytes],
    ['MCP_MAX_RESULT_SIZE', limits.maxResultBytes],
    ['MAX_RESOURCE_SIZE', resources.maxBytes]
  ] as const
  const large = sizes.find(([, bytes]) => bytes > largeBytes)
  if (large) return warn(`${large[0]}=${large[1]}: a few of that size fill the memory`, largeMend)
  if (resources.allow.includes('*') || resources.allow.includes('*://*')) {
    return warn('resources.allow lets every URI through', 'RESOURCE_ALLOWLIST=docs://*')
  }
  return pass('requests, results and resources are capped')
}

const largeMend = 'keep each at 1 MiB, and let tools return pages'

function checkTimes({ limits }: Config, { warnings }: Patient): Finding {
  const { callTimeoutMs } = limits
  if (callTimeoutMs > 300_000) {
    return warn(`a call may take ${callTimeoutMs / 1000} s`, 'MCP_DEFAULT_TIMEOUT=30')
  }
  const [late] = warnings.flatMap((text) => /^config\.late_attempts: (.*)$/.exec(text)?.[1] ?? [])
  if (late !== undefined) {
    return warn(late, 'UPSTREAM_RETRIES × UPSTREAM_TIMEOUT at most MCP_DEFAULT_TIMEOUT')
  }
  return pass(`a call ends after ${callTimeoutMs / 1000} s`)
}

const pingTimeoutMs = 5000

async function checkRedis({ limits }: Config): Promise<Finding> {
  const { redisUrl } = limits
  if (redisUrl === undefined) return skip('each instance counts alone')
  try {
    await ping(redisUrl)
    return pass('answers to PING')
  } catch (error) {
    return fail(
      `${nameFault(error)}: each instance would count alone`,
      'start Redis, correct REDIS_URL, or npm install ioredis when that package is missing'
    )
  }
}

async function ping(url: string): Promise<void> {
  const { Redis } = await import('ioredis')
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: pingTimeoutMs,
    commandTimeout: pingTimeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    disableClientInfo: true,
    retryStrategy: () => null,
    protocol: 2
  })
  let fault: unknown
  client.on('error', (error: unknown) => {
    fault ??= error
  })
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    // The rejection itself says no more than that the connection was closed.
    throw fault ?? error
  } finally {
    client.disconnect()
  }
}

function checkDiagnostics({ log, env }: Config): Finding {
  if (log.level === 'silent') return warn('silent: failures leave no trace', 'MCP_LOG_LEVEL=info')
  if (env === 'production' && ['trace', 'debug'].includes(log.level)) {
    return warn(`${log.level} in production is slow and wordy`, 'MCP_LOG_LEVEL=info')
  }
  return pass(`JSON lines on standard error from ${log.level} on`)
}

function checkRedaction({ log }: Config): Finding {
  return log.redact
    ? pass('secrets are censored in log lines')
    : warn('off: secrets may reach the log', 'MCP_SECRETS_REDACTION=true')
}

function checkAlerts({ alerts, env }: Config): Finding {
  const { webhook, secret } = alerts
  if (webhook !== undefined) {
    return secret === undefined
      ? warn('alerts go out unsigned: the receiver cannot tell ours', 'set MCP_ALERT_SECRET')
      : pass('alerts go to a webhook, signed')
  }
  const says = 'nobody is told when an address is banned'
  if (env !== 'production') return skip(says)
  return warn(says, 'MCP_ALERT_WEBHOOK, or the rules in deploy/prometheus/alerts.yml')
}

export const limitChecks: readonly Check[] = [
  { id: 'limits.enabled', run: configured(checkRates) },
  { id: 'limits.authFailuresPerMinute', run: served(checkBans) },
  { id: 'limits.sizes', run: configured(checkSizes) },
  { id: 'limits.callTimeoutMs', run: configured(checkTimes) },
  { id: 'limits.redisUrl', run: configured(checkRedis) },
  { id: 'log.level', run: configured(checkDiagnostics) },
  { id: 'log.redact', run: configured(checkRedaction) },
  { id: 'alerts.webhook', run: served(checkAlerts) }
]
