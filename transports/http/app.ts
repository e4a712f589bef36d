import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { Audit } from '../../src/audit.ts'
import type { Authenticate } from '../../src/auth.ts'
import { Refusal, toRefusal } from '../../src/errors.ts'
import { parseMessage } from '../../src/json.ts'
import { createStopped } from '../../src/kill-switch.ts'
import { describeError } from '../../src/log.ts'
import { type Gauges, listFamilies } from '../../src/metric-families.ts'
import type { NotReady } from '../../src/readiness.ts'
import type { Registry } from '../../src/registry.ts'
import type { Config } from '../../src/settings.ts'
import type { Mcp } from '../mcp.ts'
import { addAccessLog } from './access.ts'
import { collectAllowedMethods } from './allowed-methods.ts'
import { addApiRoutes } from './api.ts'
import { addAuth } from './auth.ts'
import { createBanGate } from './bans.ts'
import { createChallenge } from './challenge.ts'
import { addConnectionLimits } from './connections.ts'
import { addStopping } from './gone.ts'
import { addGuard } from './guard.ts'
import { addHealth } from './health.ts'
import { createLanes } from './lanes.ts'
import { watchLoopDelay } from './loop-delay.ts'
import { addMcpRoutes } from './mcp.ts'
import { addMetrics } from './metrics.ts'
import { trackOwed } from './owed.ts'
import { createRefuse, type Refuse } from './refuse.ts'
import { refuseSocket } from './refuse-socket.ts'
import { addResourceMetadata, describeResource } from './resource-metadata.ts'
import { addUnreadLimit } from './unread.ts'
import { addUpstreamHeaders, listUpstreamHeaders } from './upstream-headers.ts'
import { pathOf } from './web.ts'

export interface HttpOptions {
  readonly mcp: Mcp
  readonly registry: Registry
  readonly config: Config
  readonly audit: Audit
  /** Why sources cannot serve just now; for readiness. */
  readonly notReady?: () => readonly NotReady[]
  readonly gauges: () => Gauges
  /** Undefined when authentication is off. */
  readonly authenticate?: Authenticate
}

export interface HttpServer {
  /** Binds the port; resolves with the origin that it serves. */
  listen(): Promise<string>
  /**
   * Is not ready from now on, but works on for `waitMs`, so that whoever balances loads can notice;
   * then says no to new work, answers what is in flight (up to `graceMs`), ends streams, lets go.
   */
  close(graceMs: number, waitMs?: number): Promise<void>
}

const maxHeaderBytes = 16_384

/** Builds the HTTP side: limits first, then every plugin in the order in which it runs. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { mcp, registry, config, audit, authenticate } = options
  const { http, limits } = config
  const resource = describeResource(config)
  const refuse = createRefuse(http.path, createChallenge(resource), mcp.metrics)
  const loopDelay = watchLoopDelay(http.maxLoopDelayMs)
  let isLeaving = false
  let isDraining = false
  const judgeState = (): Refusal | undefined => {
    if (isDraining) return new Refusal('draining', { data: { retryAfterMs: 1000 } })
    if (mcp.killSwitch.isStopped) return createStopped()
    return loopDelay.isTooLong
      ? new Refusal('overloaded', { data: { retryAfterMs: 1000 } })
      : undefined
  }

  const app = fastify({
    bodyLimit: limits.maxRequestBytes,
    // Fastify's own default is no limit at all for a body that trickles in.
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    trustProxy: http.trustProxy.length > 0 ? [...http.trustProxy] : false,
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // What the router cannot read would pass no hook; this path is found nowhere, after all of them.
    rewriteUrl: ({ url = '/' }) => (isRoutable(url) ? url : '/-'),
    // Longer than any request line: beyond it the router would answer by itself, before all hooks.
    routerOptions: { maxParamLength: maxHeaderBytes },
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseSocket,
    http: {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: 10_000,
      connectionsCheckingInterval: 1000,
      // A missing Host is refused by the guard, with an answer of ours.
      requireHostHeader: false
    }
  })
  app.server.maxHeadersCount = 128
  // RFC 9110 §10.1.1: what is expected may be left unheard; Node's own 417 would pass no hook.
  app.server.on('checkExpectation', (request, response) => {
    app.server.emit('request', request, response)
  })
  addConnectionLimits(app, {
    max: http.maxConnections,
    maxPerAddress: http.maxConnectionsPerAddress,
    proxies: http.trustProxy
  })
  addStopping(app)
  const lanes = createLanes({ mcp, registry, config })
  const owed = trackOwed(app, http.path)
  addErrorHandlers(app, mcp, refuse)
  addJsonParser(app)
  addAccessLog(app, mcp)
  addUnreadLimit(app)
  const paramHeaders = [...lanes.paramHeaders, ...listUpstreamHeaders(config)]
  await addGuard(app, {
    config,
    metrics: mcp.metrics,
    refuse,
    paramHeaders,
    judgeState,
    isLeaving: () => isLeaving
  })
  const bans = createBanGate({ config, alerts: mcp.alerts, audit, metrics: mcp.metrics, refuse })
  addHealth(app, {
    version: mcp.version,
    notReadyReasons() {
      const others = options.notReady?.() ?? []
      const isNews = loopDelay.isTooLong && !others.some(({ reason }) => reason === 'overloaded')
      return [
        ...(isLeaving ? [{ reason: 'draining' } as const] : []),
        ...(mcp.killSwitch.isStopped ? [{ reason: 'calls_stopped' } as const] : []),
        ...(isNews ? [{ reason: 'overloaded' } as const] : []),
        ...others
      ]
    }
  })
  await app.register(async (secured) => {
    addUpstreamHeaders(secured, config, refuse)
    const { log, metrics } = mcp
    addAuth(secured, { audit, log, metrics, refuse, bans, ...(authenticate && { authenticate }) })
    if (resource) addResourceMetadata(secured, resource)
    addMcpRoutes(secured, { mcp, lanes, config, refuse })
    await addApiRoutes(secured, { mcp, registry, config, refuse })
    addMetrics(secured, {
      isPublic: http.metricsPublic,
      list: () => {
        const own = { sessions: lanes.sessions.size, version: mcp.version }
        return listFamilies(metrics.counts, { ...options.gauges(), ...own })
      }
    })
  })

  return {
    async listen() {
      return app.listen({ port: http.port, host: http.host })
    },
    async close(graceMs, waitMs = 0) {
      isLeaving = true
      if (waitMs > 0) {
        await wait(waitMs)
        // A proxy tries another instance when it cannot connect; a 503 it might pass on. Without a
        // wait nobody could know, so that the 503 says it as long as there is work.
        app.server.close()
      }
      isDraining = true
      await owed.settle(graceMs)
      await lanes.close()
      // Whatever still runs is stopped, answered and recorded.
      for (const stop of app.stopping) stop()
      await owed.settle(1000)
      loopDelay.close()
      // Clients that keep their connection open would otherwise hold the process.
      setTimeout(() => app.server.closeAllConnections(), 100).unref()
      await app.close()
    }
  }
}

/** A path that can be decoded, or a URL (RFC 9112 §3.2.2). */
function isRoutable(target: string): boolean {
  if (!target.startsWith('/')) return URL.canParse(target)
  try {
    decodeURIComponent(target)
    return true
  } catch {
    return false
  }
}

/** Only JSON, parsed by ours: depth first, then JSON-RPC shaped errors. */
function addJsonParser(app: FastifyInstance): void {
  // Fastify would also take text/plain, which a web page may send without a preflight.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (request.headers['content-encoding'] !== undefined) return done(new Refusal('media_type'))
    // DELETE may carry the header without a body.
    if (body === '' && request.method !== 'POST') return done(null, undefined)
    try {
      done(null, parseMessage(String(body)))
    } catch (error) {
      done(error as Error)
    }
  })
}

function addErrorHandlers(app: FastifyInstance, { log }: Mcp, refuse: Refuse): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const refusal = error instanceof Refusal ? error : translate(error)
    if (refusal) return refuse(request, reply, refusal)
    log.error('request failed', { request_id: request.id, error: describeError(error) })
    return refuse(request, reply, toRefusal(error, request.id))
  })
  const allowedMethods = collectAllowedMethods(app)
  app.setNotFoundHandler((request, reply) => {
    const methods = allowedMethods(pathOf(request))
    // A path with the right method comes here when its parameter cannot be decoded.
    if (methods.length === 0 || methods.includes(request.method)) {
      return refuse(request, reply, new Refusal('not_found'))
    }
    return refuse(
      request,
      reply.header('allow', methods.join(', ')),
      new Refusal('method_not_allowed')
    )
  })
}

/** Fastify's own complaints, in our words. */
function translate({ code, statusCode }: FastifyError): Refusal | undefined {
  if (statusCode === 413) return new Refusal('body_too_large')
  if (statusCode === 415) return new Refusal('media_type')
  if (code?.startsWith('FST_ERR_CTP')) return new Refusal('parse')
  return statusCode !== undefined && statusCode < 500 ? new Refusal('invalid_request') : undefined
}
