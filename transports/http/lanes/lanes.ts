import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Registry } from '../../../src/registry.ts'
import type { Config } from '../../../src/settings.ts'
import type { InputRequired } from '../../../src/types.ts'
import type { TakePlace } from '../../listening.ts'
import type { Mcp } from '../../mcp.ts'
import type { Room } from '../streams/room.ts'
import { createLegacyLane, type LegacyLane } from './legacy-lane.ts'
import { createModernLane } from './modern-lane.ts'
import { createNativeLane, type NativeLane } from './native.ts'
import { createParamChecks } from './param-checks.ts'
import { countAnswered, isModernRequest, screenBody } from './screen.ts'

/** The three ways in which a POST can be served. */
export interface Lanes extends Pick<LegacyLane, 'sessions' | 'listen' | 'end'> {
  readonly native: NativeLane
  /** The `Mcp-Param-*` headers that tools declare at the start, for the preflights of browsers. */
  readonly paramHeaders: readonly string[]
  post(request: FastifyRequest, reply: FastifyReply): Promise<Response>
  /** Puts a question that the native lane got from a tool. */
  ask(request: FastifyRequest, reply: FastifyReply, question: InputRequired): Promise<Response>
  /** Ends streams and sessions, and tells everybody who still waits there that the server ends. */
  close(): Promise<void>
}

export interface LaneOptions {
  readonly mcp: Mcp
  readonly registry: Registry
  readonly config: Config
  readonly room: Room
  readonly takePlace: TakePlace
}

export function createLanes(options: LaneOptions): Lanes {
  const { mcp, registry, config, room, takePlace } = options
  const paramChecks = createParamChecks(registry)
  const modern = createModernLane({ mcp, config, takePlace, paramChecks })
  const legacy = createLegacyLane({ mcp, config, room })
  const { sessions, listen, end } = legacy
  return Object.freeze({
    sessions,
    listen,
    end,
    native: createNativeLane(mcp, (name, principal) => !paramChecks.has(name, principal)),
    paramHeaders: paramChecks.headers,
    ask: modern.serve,
    async post(request, reply) {
      const isModern = isModernRequest(request)
      screenBody(request, isModern, mcp)
      const response = await (isModern ? modern : legacy).serve(request, reply)
      countAnswered(request, isModern, mcp)
      return response
    },
    async close() {
      await modern.close()
      await legacy.close()
    }
  } satisfies Lanes)
}
