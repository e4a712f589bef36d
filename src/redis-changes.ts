import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { ChangeEvent, Changes } from './changes.ts'
import {
  connectRedis,
  createRedisClient,
  createReplyWarning,
  isReply,
  nameFault,
  retryMs
} from './limits/redis-client.ts'
import type { Log } from './types.ts'

const channelPrefix = 'portcullis:changes:'
const maxMessageLength = 8192
const maxUnsent = 1000
/** After an outage the others find back as fast as their clients try. */
const settleMs = 4 * retryMs

/** Whoever can write to the channel chooses the text; nothing else is taken from it. */
const messageSchema = z.union([
  z.strictObject({ from: z.uuid(), kind: z.enum(['tools', 'prompts', 'resources']) }),
  z.strictObject({ from: z.uuid(), kind: z.literal('resource'), uri: z.string().min(1) })
])

const lists = [{ kind: 'tools' }, { kind: 'prompts' }, { kind: 'resources' }] as const

/** Ends the sharing. */
export interface SharedChanges {
  close(): void
}

/**
 * Carries change events between the instances that share a Redis: what is published here is heard
 * there. While Redis is away each instance hears its own; afterwards what was not sent is sent, and
 * lists count as changed, since nobody knows what was missed. Starts without Redis, too. Throws a
 * ConfigError when ioredis is not installed.
 */
export async function shareChanges(
  url: string,
  changes: Changes,
  log: Log,
  { timeoutMs = 5000, probeMs = 5000 } = {}
): Promise<SharedChanges> {
  // A connection that subscribes can do nothing else.
  const [publisher, subscriber] = await Promise.all([
    createRedisClient(url, timeoutMs),
    createRedisClient(url, timeoutMs)
  ])
  const channel = `${channelPrefix}${publisher.options.db ?? 0}`
  const from = randomUUID()
  const outage = createConnectionOutage(log)
  const sender = createSender(publisher, channel, outage, log)
  let isReceiving = false
  let isSubscribed = false

  function announce(event: ChangeEvent): void {
    // Publishing is synchronous: what comes meanwhile is what was received.
    isReceiving = true
    try {
      changes.publish(event)
    } finally {
      isReceiving = false
    }
  }

  function recover(): void {
    if (!isSubscribed || publisher.status !== 'ready' || !outage.end()) return
    setTimeout(sender.sendLate, settleMs).unref()
    for (const event of lists) announce(event)
  }

  function subscribe(): void {
    subscriber.subscribe(channel).then(() => {
      isSubscribed = true
      recover()
    }, outage.begin)
  }

  function probe(): void {
    if (subscriber.status === 'ready' && !isSubscribed) subscribe()
    for (const client of clients) ping(client, outage, recover)
  }

  subscriber.on('message', (_, text: string) => {
    const event = readMessage(text, from)
    if (event) announce(event)
  })
  subscriber.on('ready', subscribe).on('close', () => {
    isSubscribed = false
  })
  publisher.on('ready', recover)
  const clients = [publisher, subscriber]
  for (const client of clients) watch(client, outage)
  const stopListening = changes.subscribe((event) => {
    if (!isReceiving) sender.send(JSON.stringify({ from, ...event }))
  })
  const probing = setInterval(probe, probeMs).unref()
  await Promise.all(clients.map((client) => connectRedis(client, outage.begin)))
  return Object.freeze({
    close() {
      outage.close()
      stopListening()
      clearInterval(probing)
      for (const client of clients) client.disconnect()
    }
  })
}

interface Sender {
  send(text: string): void
  /** Sends what could not be sent before. */
  sendLate(): void
}

function createSender(
  publisher: Redis,
  channel: string,
  outage: ConnectionOutage,
  log: Log
): Sender {
  const unsent = new Set<string>()
  const warnOfReply = createReplyWarning(log, 'changes are not shared')

  function keep(text: string): void {
    unsent.add(text)
    const [oldest] = unsent
    if (unsent.size > maxUnsent && oldest !== undefined) unsent.delete(oldest)
  }

  function send(text: string): void {
    if (text.length > maxMessageLength) return
    publisher.publish(channel, text).catch((error: unknown) => {
      if (isReply(error)) return warnOfReply(error)
      outage.begin(error)
      keep(text)
    })
  }

  return {
    send,
    sendLate() {
      const late = [...unsent]
      unsent.clear()
      for (const text of late) send(text)
    }
  }
}

/** The event in a message of another instance; undefined when it is our own, or no such message. */
function readMessage(text: string, own: string): ChangeEvent | undefined {
  if (text.length > maxMessageLength) return undefined
  try {
    const { from, ...event } = messageSchema.parse(JSON.parse(text))
    return from === own ? undefined : event
  } catch {
    return undefined
  }
}

/** Half a connection is worse than none: a new one finds out whether anybody is there. */
function ping(client: Redis, outage: ConnectionOutage, onAnswer: () => void): void {
  if (client.status !== 'ready') return
  client.ping().then(onAnswer, (error: unknown) => {
    if (isReply(error)) return onAnswer()
    outage.begin(error)
    client.disconnect(true)
  })
}

function watch(client: Redis, outage: ConnectionOutage): void {
  client.on('error', outage.begin)
  client.on('close', () => outage.begin(new Error('connection lost')))
}

/** From the first fault of either connection until both work. */
interface ConnectionOutage {
  begin(cause: unknown): void
  /** True when there was one. */
  end(): boolean
  /** No more lines. */
  close(): void
}

/** One log line at either end. */
function createConnectionOutage(log: Log): ConnectionOutage {
  let isOn = false
  let isClosed = false
  return {
    begin(cause) {
      if (isOn || isClosed) return
      isOn = true
      log.error('Redis is away: changes reach the clients of this process only', {
        setting: 'limits.redisUrl',
        reason: nameFault(cause)
      })
    },
    end() {
      if (!isOn) return false
      isOn = false
      log.warn('Redis is back: changes reach the clients of every instance')
      return true
    },
    close() {
      isClosed = true
    }
  }
}
