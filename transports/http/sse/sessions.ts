import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import { callerKey, ownerKey } from '../../../src/identity/caller-key.ts'
import { describeError } from '../../../src/log.ts'
import type { Config } from '../../../src/settings.ts'
import { type Connection, openConnection } from '../../connection.ts'
import type { TakePlace } from '../../listening.ts'
import type { Mcp } from '../../mcp.ts'
import { readCaller, visitorOf } from '../edge/caller.ts'
import type { Room } from '../streams/room.ts'
import { createOutbox } from './outbox.ts'

export interface SseSessionOptions {
  readonly mcp: Mcp
  readonly config: Config
  readonly room: Room
  readonly takePlace: TakePlace
}

export interface SseSession {
  readonly id: string
  readonly connection: Connection
  /** A new stream of its events; an earlier one ends. */
  stream(first: string): ReadableStream<Uint8Array>
  /** The client has been heard of. */
  touch(): void
}

export interface SseSessions {
  /** The session with this id when it is the caller's own; somebody else's is as good as none. */
  find(request: FastifyRequest, id: unknown): SseSession | undefined
  /** Throws a Refusal when there are too many, and at the end of the server. */
  open(request: FastifyRequest): SseSession
  /** Opens no more, answers what is in flight, for at most `graceMs`, and ends every stream. */
  close(graceMs: number): Promise<void>
}

interface Entry {
  readonly session: SseSession
  readonly owner: string
}

/**
 * Sessions of 2024-11-05 clients: bound to whoever opened them, and over when their stream has been
 * gone for `sse.idleMs` without a word from the client.
 */
export function createSseSessions(options: SseSessionOptions): SseSessions {
  const { mcp, config, room, takePlace } = options
  const sessions = new Map<string, Entry>()
  let isClosing = false

  function open(request: FastifyRequest): SseSession {
    // Its key was being judged when the end began; nobody would close it any more.
    if (isClosing) throw new Refusal('draining', { data: { retryAfterMs: 1000 } })
    const owner = ownerKey(visitorOf(request))
    const leave = room.enter(callerKey(visitorOf(request)))
    const id = randomUUID()
    const outbox = createOutbox(config.sessions.heartbeatMs)
    let idle: NodeJS.Timeout | undefined

    const connection = openConnection({
      mcp,
      caller: { ...readCaller(request), transport: 'sse', canBeAsked: true },
      maxBytes: config.limits.maxRequestBytes,
      takePlace,
      wire: {
        async write(text) {
          if (outbox.write(`event: message\ndata: ${text}\n\n`)) return
          end()
          throw new Error('too much waits for a client without a stream')
        },
        close() {
          leaveAll()
          outbox.close()
        }
      }
    })

    function leaveAll(): void {
      clearTimeout(idle)
      sessions.delete(id)
      leave()
    }

    function end(): void {
      leaveAll()
      connection.close(0).catch((error: unknown) => {
        mcp.log.error('session not closed', { error: describeError(error) })
      })
    }

    function expire(): void {
      mcp.log.info('Cleaned up expired session')
      end()
    }

    const session: SseSession = {
      id,
      connection,
      stream(first) {
        const body = outbox.open(first, () => {
          if (sessions.has(id)) idle = setTimeout(expire, config.sse.idleMs).unref()
        })
        clearTimeout(idle)
        idle = undefined
        return body
      },
      touch: () => idle?.refresh()
    }
    sessions.set(id, { session, owner })
    return session
  }

  return Object.freeze({
    find(request: FastifyRequest, id: unknown) {
      const entry = typeof id === 'string' ? sessions.get(id) : undefined
      return entry?.owner === ownerKey(visitorOf(request)) ? entry.session : undefined
    },
    open,
    async close(graceMs: number) {
      isClosing = true
      const all = [...sessions.values()]
      await Promise.all(all.map(({ session }) => session.connection.close(graceMs)))
    }
  })
}
