import { randomUUID } from 'node:crypto'
import {
  type AuthInfo,
  isJSONRPCRequest,
  type McpServer,
  type McpServerFactory,
  type Server,
  WebStandardStreamableHTTPServerTransport
} from '@modelcontextprotocol/server'
import type { FastifyReply } from 'fastify'
import { Refusal } from '../../src/errors.ts'
import { callerKey, ownerKey } from '../../src/identity/caller-key.ts'
import { describeError } from '../../src/log.ts'
import type { Log } from '../../src/types.ts'
import { cancelledId } from '../cancelled.ts'
import type { Visitor } from './edge/caller.ts'
import { abandon, addPost, cancelRequest, type Exchange, trackInFlight } from './lanes/in-flight.ts'
import { type Announcements, createAnnouncements, resumesAnswer } from './streams/announcements.ts'
import { createEventStore, parseEventId } from './streams/event-store.ts'
import { createExpiry } from './streams/expiry.ts'
import type { Room } from './streams/room.ts'

export interface SessionOptions {
  readonly factory: McpServerFactory
  readonly idleMs: number
  readonly heartbeatMs: number
  readonly room: Room
  readonly log: Log
}

/** One request to a session, with what the SDK needs of it. */
export interface SessionRequest extends Visitor {
  readonly request: Request
  readonly authInfo: AuthInfo
  readonly parsedBody?: unknown
}

export interface Sessions {
  /** Serves an `initialize` in a new session. Throws a Refusal when there are too many. */
  open(request: SessionRequest): Promise<Response>
  /** Serves a request in its session. Throws a Refusal when that is unknown or somebody else's. */
  serve(sessionId: string, request: SessionRequest): Promise<Response>
  /**
   * Answers with the stream of announcements, from the event `lastEventId` on when there is one;
   * false when that is an event of an answer, which `serve` resumes. Throws a Refusal as `serve`.
   */
  listen(
    sessionId: string,
    visitor: Visitor,
    reply: FastifyReply,
    lastEventId: string | undefined
  ): boolean
  /**
   * Says that an answer of the session is being sent; the returned function that it is over. A
   * session that is not the visitor's own is as good as none.
   */
  hold(sessionId: string | undefined, visitor: Visitor): () => void
  /**
   * Resolves when no request is in flight, or after `maxMs`. A call whose client went away is one:
   * that client is expected back.
   */
  settle(maxMs: number): Promise<void>
  /** Ends all sessions; what is in flight is answered with a refusal. */
  close(): Promise<void>
}

interface Session extends Exchange {
  readonly server: Server | McpServer
  readonly announcements: Announcements
  readonly owner: string
  /** Gives its place back. */
  readonly leave: () => void
  openAnswers: number
}

/** How long a 2025-era client waits before it reconnects a stream. */
const retryIntervalMs = 1000

/** The sessions of 2025-era clients: capped, expiring when idle, bound to whoever opened them. */
export function createSessions(options: SessionOptions): Sessions {
  const { factory, idleMs, heartbeatMs, room, log } = options
  const sessions = new Map<string, Session>()
  let onOver: (() => void) | undefined
  // One for all of them.
  const reportOver = (): void => onOver?.()
  const expiry = createExpiry(idleMs, (id) => {
    log.info('Cleaned up expired session')
    end(id).catch((error: unknown) =>
      log.error('session not closed', { error: describeError(error) })
    )
  })

  async function open(call: SessionRequest) {
    const { request, authInfo, parsedBody } = call
    const owner = ownerKey(call)
    const leave = room.enter(callerKey(call))
    let isOpen = false
    try {
      const server = await factory({ era: 'legacy', authInfo })
      const announcements = createAnnouncements(heartbeatMs)
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        eventStore: createEventStore(),
        retryInterval: retryIntervalMs,
        keepAliveMs: heartbeatMs,
        onsessioninitialized: (id) => {
          const made = { transport, server, announcements, owner, leave, inFlight, openAnswers: 0 }
          sessions.set(id, made)
          isOpen = true
          expiry.rest(id)
        },
        onsessionclosed: (id) => end(id)
      })
      const inFlight = trackInFlight(transport, reportOver)
      divertAnnouncements(transport, announcements)
      await server.connect(transport)
      const response = await transport.handleRequest(request, { authInfo, parsedBody })
      if (transport.sessionId === undefined) await server.close()
      return response
    } finally {
      if (!isOpen) leave()
    }
  }

  /** The session of this id. Throws a Refusal when it is unknown or somebody else's. */
  function enter(id: string, visitor: Visitor): Session {
    const session = sessions.get(id)
    // Knowing the id of a session is not being its owner.
    if (!session || session.owner !== ownerKey(visitor)) throw new Refusal('session_unknown')
    if (session.openAnswers === 0) expiry.rest(id)
    return session
  }

  async function serve(sessionId: string, call: SessionRequest) {
    const { request, authInfo, parsedBody } = call
    const session = enter(sessionId, call)
    const body = parsedBody === undefined ? {} : { parsedBody }
    const { inFlight } = session
    const ids = requestIds(parsedBody)
    if (new Set(ids).size < ids.length || ids.some((id) => inFlight.has(id))) {
      throw new Refusal('duplicate_id')
    }
    addPost(inFlight, ids)
    const response = await session.transport.handleRequest(request, { authInfo, ...body })
    // What the SDK refuses as a whole is never answered one by one.
    if (!response.ok) {
      for (const id of ids) inFlight.delete(id)
      reportOver()
    }
    for (const id of cancelledIds(parsedBody)) await cancelRequest(session, id)
    return response
  }

  function listen(
    sessionId: string,
    visitor: Visitor,
    reply: FastifyReply,
    lastEventId: string | undefined
  ): boolean {
    const { announcements } = enter(sessionId, visitor)
    if (resumesAnswer(lastEventId)) return false
    const last = lastEventId === undefined ? undefined : parseEventId(lastEventId)
    reply.header('mcp-session-id', sessionId)
    announcements.open(reply, last?.id)
    return true
  }

  function hold(id: string | undefined, visitor: Visitor): () => void {
    const session = id === undefined ? undefined : sessions.get(id)
    // A 2026-era request may name any session, and is served without one.
    if (id === undefined || session?.owner !== ownerKey(visitor)) return () => {}
    session.openAnswers++
    // A session with an open stream is alive however quiet it is.
    expiry.wake(id)
    return () => {
      session.openAnswers--
      if (session.openAnswers === 0 && sessions.has(id)) expiry.rest(id)
    }
  }

  async function end(id: string): Promise<void> {
    const session = sessions.get(id)
    if (!session) return
    sessions.delete(id)
    expiry.wake(id)
    session.leave()
    session.announcements.close()
    reportOver()
    await session.server.close()
  }

  async function settle(maxMs: number): Promise<void> {
    const isSettled = (): boolean =>
      [...sessions.values()].every(({ inFlight }) => inFlight.size === 0)
    if (isSettled()) return
    await new Promise<void>((resolve) => {
      onOver = () => {
        if (isSettled()) resolve()
      }
      setTimeout(resolve, maxMs).unref()
    })
  }

  return Object.freeze({
    open,
    serve,
    listen,
    hold,
    settle,
    async close() {
      expiry.close()
      await Promise.all([...sessions.values()].map(abandon))
      await Promise.all([...sessions.keys()].map(end))
    }
  })
}

/** What the transport sends and belongs to no request is announced. */
function divertAnnouncements(
  transport: WebStandardStreamableHTTPServerTransport,
  announcements: Announcements
): void {
  const send = transport.send.bind(transport)
  transport.send = async (message, options) => {
    const isAlone = 'method' in message && options?.relatedRequestId === undefined
    return isAlone ? announcements.send(message) : send(message, options)
  }
}

export function requestIds(body: unknown): readonly (string | number)[] {
  return listMessages(body).flatMap((message) => (isJSONRPCRequest(message) ? [message.id] : []))
}

function cancelledIds(body: unknown): readonly (string | number)[] {
  return listMessages(body).flatMap((message) => cancelledId(message) ?? [])
}

function listMessages(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body]
}
