import { createMcpHandler } from '@modelcontextprotocol/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ChangeEvent } from '../../src/changes.ts'
import { isRecord } from '../../src/json.ts'
import { describeError } from '../../src/log.ts'
import type { Config } from '../../src/settings.ts'
import type { InputRequired } from '../../src/types.ts'
import { admitListener, type TakePlace } from '../listening.ts'
import { createServerFactory, type Mcp } from '../mcp.ts'
import { callerOf, toAuthInfo, visitorOf } from './caller.ts'
import { onceGone } from './gone.ts'
import type { ParamChecks } from './param-checks.ts'
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
  const handler = createMcpHandler(createServerFactory(mcp, { isConnection: false, callerOf }), {
    legacy: 'reject',
    keepAliveMs: Math.min(sessions.heartbeatMs, 15_000),
    // Counted by `takePlace`, whose refusal says when to come back.
    maxSubscriptions: Number.POSITIVE_INFINITY,
    onerror: (error) => mcp.log.debug('mcp', { error: describeError(error) })
  })
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
      return handler.fetch(web, { parsedBody: body, authInfo })
    },
    async close() {
      stopAnnouncing()
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
