import type { FastifyInstance, FastifyRequest } from 'fastify'
import { monotonicClock } from '../../../src/clock.ts'
import { isRecord } from '../../../src/json.ts'
import { readTrace } from '../../../src/trace.ts'
import type { Mcp } from '../../mcp.ts'
import { recordedPath } from '../lanes/web.ts'
import { onceGone } from './gone.ts'

const clientLeft = 499
const upgraded = 101

/** Counts every request when it is over, and writes a line for those that are no probe. */
export function addAccessLog(app: FastifyInstance, { log, metrics }: Mcp): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { url, config } = request.routeOptions
    // Not onResponse: that one never sees an answer whose client went away.
    const startedMs = monotonicClock()
    onceGone(request, reply, (isDone) => {
      // A WebSocket is over when its connection is.
      const isWhole = isDone || reply.statusCode === upgraded
      const status = isWhole ? reply.statusCode : clientLeft
      metrics.countHttp(url, status)
      if (config.isProbe) return
      log.info('request', {
        request_id: request.id,
        ...traceFields(request),
        method: `${request.method} ${recordedPath(request)}`,
        duration_ms: Math.round((monotonicClock() - startedMs) * 1000) / 1000,
        status: isWhole && status < 400 ? 'success' : 'error',
        http_status: status
      })
    })
    done()
  })
}

/** MCP has its `traceparent` in the body, the facade in a header. */
function traceFields({ body, headers }: FastifyRequest): { trace_id?: string } {
  const params = isRecord(body) ? body.params : undefined
  const meta = isRecord(params) ? params._meta : undefined
  const trace = readTrace(isRecord(meta) ? meta.traceparent : headers.traceparent)
  return trace ? { trace_id: trace.traceId } : {}
}
