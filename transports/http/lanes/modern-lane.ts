import { createMcpHandler, isJSONRPCRequest, type Server } from '@modelcontextprotocol/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ChangeEvent } from '../../../src/changes.ts'
import { isRecord } from '../../../src/json.ts'
import { describeError } from '../../../src/log.ts'
import type { Config } from '../../../src/settings.ts'
import type { InputRequired } from '../../../src/types.ts'
import { admitListener, type TakePlace } from '../../listening.ts'
import { createServerFactory, type Mcp } from '../../mcp.ts'
import { callerOf, toAuthInfo, visitorOf } from '../edge/caller.ts'
import { onceGone } from '../edge/gone.ts'
import { answerWith } from './in-flight.ts'
import type { ParamChecks } from './param-checks.ts'
import { createUnanswered } from './unanswered.ts'
import { stopOnDisconnect, toWebRequest } from './web.ts'

/** 2026-07-28 as the SDK serves it: no session; a disconnect stops the call. */
export interface ModernLane {
  /** `settled`: a question that the native lane got from the tool. */
  serve(request: FastifyRequest, reply: FastifyReply, settled?: InputRequired): Promise<Response>
  close(): Promise<void>
}

export interface ModernLaneOptions {
  readonly mcp: Mcp
  readonly config: Config
  readonly takePlace: TakePlace
  readonly paramChecks: ParamChecks
}

export function createModernLane(options: ModernLaneOptions): ModernLane {
  const { mcp, config, takePlace, paramChecks } = options
  const { sessions } = config
  const factory = createServerFactory(mcp, { isConnection: false, callerOf })
  // By the request that each serves, to answer that when the lane closes.
  const serving = new WeakMap<Request, Server>()
  const serve: typeof factory = (context) => {
    const server = factory(context)
    if (context.requestInfo) serving.set(context.requestInfo, server)
    return server
  }
  const handler = createMcpHandler(serve, {
    legacy: 'reject',
    keepAliveMs: Math.min(sessions.heartbeatMs, 15_000),
    // Counted by `takePlace`, whose refusal says when to come back.
    maxSubscriptions: Number.POSITIVE_INFINITY,
    onerror: (error) => mcp.log.debug('mcp', { error: describeError(error) })
  })
  const unanswered = createUnanswered()
  const stopAnnouncing = mcp.changes.subscribe((event) => announce(handler.notify, event))

  return Object.freeze({
    async serve(request: FastifyRequest, reply: FastifyReply, settled?: InputRequired) {
      const { body } = request
      if (isRecord(body) && isRecord(body.params)) {
        if (body.method === 'tools/call') paramChecks.check(request, body.params)
        if (body.method === 'subscriptions/listen') {
          const leave = admitListener(mcp.dispatcher, takePlace, visitorOf(request), body.params)
          onceGone(request, reply, leave)
        }
      }
      const web = toWebRequest(request, stopOnDisconnect(request, reply).signal)
      const authInfo = toAuthInfo(request, settled && { settled })
      // A subscription is ended with its result.
      if (isJSONRPCRequest(body) && body.method !== 'subscriptions/listen') {
        unanswered.add(request, reply, async () => {
          const { transport } = serving.get(web) ?? {}
          if (transport) await answerWith(transport, body.id, 'draining')
        })
      }
      return handler.fetch(web, { parsedBody: body, authInfo })
    },
    async close() {
      stopAnnouncing()
      await unanswered.abandon()
      await handler.close()
    }
  })
}

function announce(notify: ReturnType<typeof createMcpHandler>['notify'], event: ChangeEvent): void {
  if (event.kind === 'resource') notify.resourceUpdated(event.uri)
  else if (event.kind === 'tools') notify.toolsChanged()
  else if (event.kind === 'prompts') notify.promptsChanged()
  else notify.resourcesChanged()
}
