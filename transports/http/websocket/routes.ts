import type { WebSocket } from '@fastify/websocket'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import { callerKey } from '../../../src/identity/caller-key.ts'
import { describeError } from '../../../src/log.ts'
import type { Config } from '../../../src/settings.ts'
import { type Connection, openConnection } from '../../connection.ts'
import type { TakePlace } from '../../listening.ts'
import type { Mcp } from '../../mcp.ts'
import { readCaller, visitorOf } from '../edge/caller.ts'
import type { Flood } from '../edge/flood.ts'
import { onceGone } from '../edge/gone.ts'
import type { Refuse } from '../edge/refuse.ts'
import type { Room } from '../streams/room.ts'
import { addHandshakeCheck } from './handshake.ts'
import { createSocketWire } from './wire.ts'

export interface WebSocketOptions {
  readonly mcp: Mcp
  readonly config: Config
  readonly room: Room
  readonly takePlace: TakePlace
  readonly flood: Flood
  readonly refuse: Refuse
}

export interface WebSockets {
  /** The last hook before the upgrade: still an HTTP answer when there is no room. */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<void>
  serve(socket: WebSocket, request: FastifyRequest): void
  /** Admits no more, answers what is in flight, for at most `graceMs`, closes every connection. */
  close(graceMs: number): Promise<void>
}

/** For the closing of a connection on which everything was said. */
const closingMs = 100

/** RFC 6455 §7.4.1 */
const policyViolation = 1008

/**
 * WebSocket connections on the MCP path: one JSON-RPC message per text frame, in both directions.
 * Upgrades must have been opened before the guard.
 */
export function addWebSockets(
  app: FastifyInstance,
  { mcp, config, room, takePlace, flood, refuse }: WebSocketOptions
): WebSockets {
  const { limits, http, sessions } = config
  addHandshakeCheck(app, http.path, refuse)
  const connections = new Set<Connection>()
  let isClosing = false

  return {
    async admit(request, reply) {
      if (!request.ws) return
      // Its key was being judged when the end began; nobody would close it any more.
      if (isClosing) throw new Refusal('draining', { data: { retryAfterMs: 1000 } })
      onceGone(request, reply, room.enter(callerKey(visitorOf(request))))
      reply.code(101)
    },
    serve(socket, request) {
      const { requestId: _, ...caller } = readCaller(request)
      const wire = createSocketWire(socket, {
        heartbeatMs: sessions.heartbeatMs,
        admit: () => flood(request.ip),
        onFrame: (frame) => connection.receive(frame),
        onGone() {
          stopWatching()
          connections.delete(connection)
          connection.breakOff()
          connection.close(0).catch((error: unknown) => {
            mcp.log.error('connection not closed', { error: describeError(error) })
          })
        }
      })
      const connection: Connection = openConnection({
        mcp,
        caller: { ...caller, transport: 'websocket', canBeAsked: true },
        wire,
        maxBytes: limits.maxRequestBytes,
        takePlace
      })
      connections.add(connection)
      const stopWatching = request.server.watchCredential(request, () => {
        socket.close(policyViolation, 'The credential is no longer valid.')
      })
    },
    async close(graceMs) {
      isClosing = true
      const terminate = (): void => {
        for (const socket of app.websocketServer.clients) socket.terminate()
      }
      // Those that do not read would hold the process, as would those that do not answer the closing.
      const late = setTimeout(terminate, graceMs + closingMs).unref()
      await Promise.all([...connections].map((connection) => connection.close(graceMs)))
      clearTimeout(late)
      setTimeout(terminate, closingMs).unref()
    }
  }
}
