import type { FastifyInstance } from 'fastify'
import { isReady } from '../../src/readiness.ts'
import type { ServerState } from './edge/server-state.ts'

/** Liveness (never looks beyond the process) and readiness, both without a credential. */
export function addHealth(
  app: FastifyInstance,
  version: string,
  { notReadyReasons }: ServerState
): void {
  const config = { isProbe: true }
  for (const url of ['/health', '/livez', '/healthz']) {
    app.get(url, { config }, async (request, reply) => {
      const [preferred = ''] = (request.headers.accept ?? '').split(',')
      if (preferred.trim().startsWith('text/plain')) return reply.type('text/plain').send('OK')
      return {
        status: 'healthy',
        version,
        service: 'portcullis',
        timestamp: new Date().toISOString(),
        uptimeSeconds: Math.round(process.uptime())
      }
    })
  }
  for (const url of ['/ready', '/readyz']) {
    app.get(url, { config }, async (_request, reply) => {
      const reasons = notReadyReasons()
      const status = isReady(reasons) ? 'ready' : 'not ready'
      return reply.code(isReady(reasons) ? 200 : 503).send({
        status,
        reasons
      })
    })
  }
}
