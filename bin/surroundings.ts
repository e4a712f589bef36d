import type { Changes } from '../src/changes.ts'
import { createLimiter } from '../src/limit.ts'
import type { RedisLimiter } from '../src/limits/redis-limiter.ts'
import type { SharedChanges } from '../src/redis-changes.ts'
import type { Config } from '../src/settings.ts'
import type { Log } from '../src/types.ts'
import type { CoreOptions } from './core.ts'

interface Surroundings extends Pick<CoreOptions, 'limiters' | 'sendAlert'> {
  close(): void
}

/**
 * Opens what lies outside the process: the store of shared limits, the channel for changes, the
 * webhook for alerts.
 */
export async function openSurroundings(
  config: Config,
  changes: Changes,
  log: Log
): Promise<Surroundings> {
  const own = createLimiter()
  const shared = await openShared(config, own, log)
  const bus = await openBus(config, changes, log)
  const sendAlert = await openWebhook(config, log)
  return {
    ...(shared && { limiters: { own, shared } }),
    ...(sendAlert && { sendAlert }),
    close() {
      shared?.close()
      bus?.close()
    }
  }
}

async function openShared(
  { limits }: Config,
  own: ReturnType<typeof createLimiter>,
  log: Log
): Promise<RedisLimiter | undefined> {
  if (limits.redisUrl === undefined || !limits.enabled) return undefined
  const { openRedisLimiter } = await import('../src/limits/redis-limiter.ts')
  return openRedisLimiter(limits.redisUrl, own, log)
}

async function openBus(
  { limits: { redisUrl } }: Config,
  changes: Changes,
  log: Log
): Promise<SharedChanges | undefined> {
  if (redisUrl === undefined) return undefined
  const { shareChanges } = await import('../src/redis-changes.ts')
  return shareChanges(redisUrl, changes, log)
}

async function openWebhook({ alerts }: Config, log: Log): Promise<Surroundings['sendAlert']> {
  const { webhook, secret } = alerts
  if (webhook === undefined) return undefined
  const { createAlertWebhook } = await import('./alert-webhook.ts')
  return createAlertWebhook({ webhook, secret }, log)
}
