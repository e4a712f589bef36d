import { randomUUID } from 'node:crypto'
import {
  type AuthInfo,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type McpServer,
  type McpServerFactory,
  type Server,
  WebStandardStreamableHTTPServerTransport
} from '@modelcontextprotocol/server'
import { Refusal } from '../../src/errors.ts'
import { monotonicClock } from '../../src/limit.ts'
import { describeError } from '../../src/log.ts'
import type { Log, Principal } from '../../src/types.ts'
import { createEventStore } from './event-store.ts'
import { ownerKey, type Room } from './room.ts'

export interface SessionOptions {
  readonly factory: McpServerFactory
  readonly idleMs: number
  readonly heartbeatMs: number
  readonly room: Room
  readonly log: Log
}

/** One request to a session, with what the SDK needs of it. */
export interface SessionRequest {
  readonly request: Request
  readonly authInfo: AuthInfo
  readonly principal: Principal
  readonly remote: string
  readonly parsedBody?: unknown
}

export interface Sessions {
  /** Serves an `initialize` in a new session. Throws a Refusal when there are too many. */
  open(request: SessionRequest): Promise<Response>
  /** Serves a request in its session. Throws a Refusal when that is unknown or somebody else's. */
  serve(sessionId: string, request: SessionRequest): Promise<Response>
  /** Says that an answer of the session is being sent; the returned function that it is over. */
  hold(sessionId: string | undefined): () => void
  close(): Promise<void>
}

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport
  readonly server: Server | McpServer
  readonly owner: string
  readonly leave: () => void
  /** Ids of requests that are not answered yet. */
  readonly inFlight: Set<string | number>
  usedAtMs: number
  openAnswers: number
}

/** How long a 2025-era client waits before it reconnects a stream. */
const retryIntervalMs = 1000

/** The sessions of 2025-era clients: capped, expiring when idle, bound to whoever opened them. */
export function createSessions(options: SessionOptions): Sessions {
  const { factory, idleMs, heartbeatMs, room, log } = options
  const sessions = new Map<string, Session>()

  async function open({ request, authInfo, principal, remote, parsedBody }: SessionRequest) {
    const owner = ownerKey(principal, remote)
    const leave = room.enter(owner)
    try {
      const server = await factory({ era: 'legacy', authInfo })
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        eventStore: createEventStore(),
        retryInterval: retryIntervalMs,
        keepAliveMs: heartbeatMs,
        onsessioninitialized: (id) => {
          const usedAtMs = monotonicClock()
          const own = { transport, server, owner, leave, inFlight }
          sessions.set(id, { ...own, usedAtMs, openAnswers: 0 })
        },
        onsessionclosed: (id) => end(id)
      })
      const inFlight = trackAnswers(transport)
      await server.connect(transport)
      const response = await transport.handleRequest(request, { authInfo, parsedBody })
      if (transport.sessionId === undefined) {
        leave()
        await server.close()
      }
      return response
    } catch (error) {
      leave()
      throw error
    }
  }

  async function serve(
    sessionId: string,
    { request, authInfo, principal, remote, parsedBody }: SessionRequest
  ) {
    const session = sessions.get(sessionId)
    // Knowing the id of a session is not being its owner.
    if (!session || session.owner !== ownerKey(principal, remote))
      throw new Refusal('session_unknown')
    session.usedAtMs = monotonicClock()
    const body = parsedBody === undefined ? {} : { parsedBody }
    for (const id of requestIds(parsedBody)) {
      if (session.inFlight.has(id)) throw new Refusal('duplicate_id')
      session.inFlight.add(id)
    }
    const response = await session.transport.handleRequest(request, { authInfo, ...body })
    for (const id of cancelledIds(parsedBody)) await endStream(session.transport, id)
    return response
  }

  function hold(sessionId: string | undefined): () => void {
    const session = sessionId === undefined ? undefined : sessions.get(sessionId)
    if (!session) return () => {}
    session.openAnswers++
    return () => {
      session.openAnswers--
      session.usedAtMs = monotonicClock()
    }
  }

  async function end(id: string): Promise<void> {
    const session = sessions.get(id)
    sessions.delete(id)
    session?.leave()
    await session?.server.close()
  }

  function sweep(): void {
    const now = monotonicClock()
    for (const [id, session] of sessions) {
      // A session with an open stream is alive however quiet it is.
      if (session.openAnswers > 0 || now - session.usedAtMs < idleMs) continue
      log.info('Cleaned up expired session')
      end(id).catch((error: unknown) =>
        log.error('session not closed', { error: describeError(error) })
      )
    }
  }

  const sweeper = setInterval(sweep, Math.max(50, Math.min(idleMs / 4, 30_000)))
  sweeper.unref()

  return Object.freeze({
    open,
    serve,
    hold,
    async close() {
      clearInterval(sweeper)
      await Promise.all([...sessions.keys()].map(end))
    }
  })
}

/**
 * A cancelled call is never answered, so its stream would stay open for nothing. The answer comes
 * too late for it; it only makes the SDK forget the request, and ends a stream that was resumed.
 */
async function endStream(
  transport: WebStandardStreamableHTTPServerTransport,
  id: string | number
): Promise<void> {
  transport.closeSSEStream(id)
  const { code, message } = new Refusal('cancelled')
  await transport.send({ jsonrpc: '2.0', id, error: { code, message } }).catch(() => {})
}

/** Notes which requests still wait for their answer, by what the transport sends. */
function trackAnswers(transport: WebStandardStreamableHTTPServerTransport): Set<string | number> {
  const inFlight = new Set<string | number>()
  const send = transport.send.bind(transport)
  transport.send = (message, options) => {
    const isAnswer = isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)
    if (isAnswer && message.id !== undefined) inFlight.delete(message.id)
    return send(message, options)
  }
  return inFlight
}

function requestIds(body: unknown): readonly (string | number)[] {
  return listMessages(body).flatMap((message) => (isJSONRPCRequest(message) ? [message.id] : []))
}

function cancelledIds(body: unknown): readonly (string | number)[] {
  return listMessages(body).flatMap((message) => {
    if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return []
    const id = message.params?.requestId
    return typeof id === 'string' || typeof id === 'number' ? [id] : []
  })
}

function listMessages(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body]
}
