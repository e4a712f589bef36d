import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { monotonicClock } from '../clock.ts'
import { ConfigError } from '../config-error.ts'
import type { Log } from '../types.ts'

/** How long until a lost connection is tried again. */
export const retryMs = 500
const startTimeoutMs = 1000
const warnEveryMs = 60_000

/**
 * A client that is not connected yet. Its commands fail, rather than wait for better times; a lost
 * connection comes back by itself. Throws a ConfigError when ioredis is not installed.
 */
export async function createRedisClient(url: string, timeoutMs: number): Promise<Redis> {
  const { Redis } = await import('ioredis').catch((cause) => {
    throw new ConfigError(
      'limits.redisUrl (REDIS_URL): the optional package ioredis is not installed; npm install ioredis',
      { cause }
    )
  })
  return new Redis(url, {
    lazyConnect: true,
    commandTimeout: timeoutMs,
    connectTimeout: startTimeoutMs,
    // A command that waits would hold its call, and come too late.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => retryMs,
    disableClientInfo: true,
    protocol: 2
  })
}

/** Waits for Redis, but not for long; the client goes on trying. `onFault` hears why it waits. */
export async function connectRedis(
  client: Redis,
  onFault: (cause: unknown) => void
): Promise<void> {
  let fault: unknown
  // The rejection of `connect` itself says no more than that the connection was closed.
  client.on('error', (error: unknown) => {
    fault = error
  })
  const connected = client.connect().catch((error: unknown) => onFault(fault ?? error))
  const late = new AbortController()
  const tooLong = delay(startTimeoutMs, undefined, { signal: late.signal }).then(
    () => onFault(new Error('timeout')),
    () => {}
  )
  await Promise.race([connected, tooLong])
  late.abort()
}

/** Redis is there but will not do it: READONLY on a replica, WRONGTYPE on a key of somebody's. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}

/** A code, such as ECONNREFUSED or WRONGPASS; never a text that could name the address. */
export function nameFault(error: unknown): string {
  const { code, message = '' } = error as NodeJS.ErrnoException
  if (code !== undefined) return code
  if (/time(?:d )?out/i.test(message)) return 'timeout'
  return /^[A-Z]+\b/.exec(message)?.[0] ?? 'connection lost'
}

/** One line a minute for what Redis will not do, with what follows from it. */
export function createReplyWarning(log: Log, consequence: string): (error: Error) => void {
  let nextMs = 0
  return (error) => {
    if (monotonicClock() < nextMs) return
    nextMs = monotonicClock() + warnEveryMs
    log.error(`Redis refuses a command: ${consequence}`, {
      setting: 'limits.redisUrl',
      reason: nameFault(error)
    })
  }
}
