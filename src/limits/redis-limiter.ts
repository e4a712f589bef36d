import type { Redis } from 'ioredis'
import type { Limiter, SharedLimiter } from '../limit.ts'
import type { Log, Rate } from '../types.ts'
import {
  connectRedis,
  createRedisClient,
  createReplyWarning,
  isReply,
  nameFault,
  retryMs
} from './redis-client.ts'

export interface RedisLimiter extends SharedLimiter {
  /** How often it was counted in this process because Redis did not answer. */
  readonly localTakes: number
  close(): void
}

const keyPrefix = 'portcullis:limit:'

/**
 * The bucket of `createLimiter`, in Redis. It keeps the server's time: the clocks of the instances
 * have no common zero, and one that is set back takes no token away. A refusal writes nothing; a
 * key lives until its bucket would be full again.
 */
const takeScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local perMs = ARGV[1] / 60000
local burst = tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'atMs')
local tokens = tonumber(bucket[1]) or burst
local elapsedMs = math.max(0, now - (tonumber(bucket[2]) or now))
tokens = math.min(burst, tokens + elapsedMs * perMs)
if tokens < 1 - 1e-6 then return math.ceil((1 - tokens) / perMs) end
tokens = tokens - 1
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'atMs', string.format('%.17g', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / perMs) + 1000)
return 0`

/** ioredis adds a method for each script: EVALSHA, and EVAL when Redis has forgotten it. */
type Client = Redis & { takeToken(key: string, perMinute: number, burst: number): Promise<number> }

/**
 * Token buckets that all instances share. While Redis is away, or refuses a command, `own` counts
 * with the same rates: a caller gets at most as much as once more from each instance. Starts
 * without Redis, too. Throws a ConfigError when ioredis is not installed.
 */
export async function openRedisLimiter(
  url: string,
  own: Limiter,
  log: Log,
  timeoutMs = 100
): Promise<RedisLimiter> {
  const client = (await createRedisClient(url, timeoutMs)) as Client
  client.defineCommand('takeToken', { numberOfKeys: 1, lua: takeScript })
  let localTakes = 0
  const outage = watchCommandOutages(client, log, () => localTakes)
  const warnOfReply = createReplyWarning(log, 'this limit is counted in this process')

  function takeOwn(key: string, rate: Rate): number {
    localTakes++
    return own.take(key, rate)
  }

  async function takeShared(key: string, rate: Rate): Promise<number> {
    try {
      return await client.takeToken(`${keyPrefix}${key}`, rate.perMinute, rate.burst)
    } catch (error) {
      if (isReply(error)) warnOfReply(error)
      else outage.begin(error)
      return takeOwn(key, rate)
    }
  }

  await connectRedis(client, outage.begin)
  return Object.freeze({
    take: (key: string, rate: Rate) => (outage.isOn ? takeOwn(key, rate) : takeShared(key, rate)),
    get localTakes() {
      return localTakes
    },
    close() {
      outage.end()
      client.disconnect()
    }
  })
}

/** From the first command that gets no answer until a probe does. */
interface CommandOutage {
  readonly isOn: boolean
  begin(cause: unknown): void
  end(): void
}

/** Probes while there is an outage; one log line at either end. */
function watchCommandOutages(client: Redis, log: Log, countTakes: () => number): CommandOutage {
  let probing: NodeJS.Timeout | undefined
  let takesBefore = 0

  function probe(): void {
    if (client.status !== 'ready') return
    client.ping().then(
      () => {
        if (!probing) return
        end()
        log.warn('Redis is back', { taken_locally: countTakes() - takesBefore })
      },
      (error: unknown) => {
        // Half a connection is worse than none: a new one finds out whether anybody is there.
        if (!isReply(error)) client.disconnect(true)
      }
    )
  }

  function end(): void {
    clearInterval(probing)
    probing = undefined
  }

  return {
    get isOn() {
      return probing !== undefined
    },
    begin(cause) {
      if (probing) return
      takesBefore = countTakes()
      probing = setInterval(probe, retryMs).unref()
      log.error('Redis is away: limits are counted in this process', {
        setting: 'limits.redisUrl',
        reason: nameFault(cause)
      })
    },
    end
  }
}
