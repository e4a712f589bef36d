import { setTimeout as wait } from 'node:timers/promises'
import type { Server } from 'node:tls'
import type { Audit } from '../../src/audit.ts'
import type { Authenticate } from '../../src/auth.ts'
import { Refusal } from '../../src/errors.ts'
import { createStopped } from '../../src/kill-switch.ts'
import { type Gauges, listFamilies } from '../../src/metric-families.ts'
import type { NotReady } from '../../src/readiness.ts'
import type { Registry } from '../../src/registry.ts'
import type { Config } from '../../src/settings.ts'
import type { Mcp } from '../mcp.ts'
import { addAccessLog } from './access.ts'
import { addApiRoutes } from './api.ts'
import { addAuth } from './auth.ts'
import { createBanGate } from './bans.ts'
import { createChallenge } from './challenge.ts'
import { addConnectionLimits } from './connections.ts'
import { addErrorHandlers } from './error-handlers.ts'
import { createFlood } from './flood.ts'
import { addStopping } from './gone.ts'
import { addGuard } from './guard.ts'
import { addHealth } from './health.ts'
import { addJsonParser } from './json-body.ts'
import { createLanes } from './lanes.ts'
import { createInstance } from './listener/instance.ts'
import { readTls } from './listener/tls.ts'
import { addLocalAddress, listenOnSocket } from './listener/unix-socket.ts'
import { watchLoopDelay } from './loop-delay.ts'
import { addMcpRoutes } from './mcp.ts'
import { addMetrics } from './metrics.ts'
import { trackOwed } from './owed.ts'
import { createRefuse } from './refuse.ts'
import { addResourceMetadata, describeResource } from './resource-metadata.ts'
import { createRoom } from './room.ts'
import { addSseRoutes, createSsePost } from './sse/routes.ts'
import { createSseSessions } from './sse/sessions.ts'
import { addUnreadLimit } from './unread.ts'
import { addUpstreamHeaders, listUpstreamHeaders } from './upstream-headers.ts'
import { openUpgrades } from './websocket/handshake.ts'
import { addWebSockets } from './websocket/routes.ts'

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
  /** Binds port or socket; resolves with the origin that it serves. Throws a ConfigError. */
  listen(): Promise<string>
  /** Reads certificate and key again; throws a ConfigError and keeps the old when they are no good. */
  renewTls(): void
  /**
   * Is not ready from now on, but works on for `waitMs`, so that whoever balances loads can notice;
   * then says no to new work, answers what is in flight (up to `graceMs`), ends streams, lets go.
   */
  close(graceMs: number, waitMs?: number): Promise<void>
}

/** Builds the HTTP side: limits first, then every plugin in the order in which it runs. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { mcp, registry, config, audit, authenticate } = options
  const { http } = config
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

  const tls = readTls(http)
  const app = createInstance(config, tls)
  if (http.socket !== undefined) addLocalAddress(app)
  addConnectionLimits(app, {
    max: http.maxConnections,
    maxPerAddress: http.maxConnectionsPerAddress,
    proxies: http.trustProxy
  })
  addStopping(app)
  const room = createRoom(config.sessions.max)
  const lanes = createLanes({ mcp, registry, config, room })
  const sse = config.sse.enabled ? createSseSessions({ mcp, config, room }) : undefined
  addErrorHandlers(app, mcp.log, refuse)
  addJsonParser(app)
  addAccessLog(app, mcp)
  addUnreadLimit(app)
  const flood = createFlood(config, mcp.metrics)
  const paramHeaders = [...lanes.paramHeaders, ...listUpstreamHeaders(config)]
  const hasWebSockets = config.transport === 'websocket'
  if (hasWebSockets) await openUpgrades(app, config, mcp.log)
  await addGuard(app, {
    config,
    flood,
    refuse,
    paramHeaders,
    judgeState,
    isLeaving: () => isLeaving
  })
  // Right behind the guard, which turns work away from then on.
  const owed = trackOwed(app, http.path)
  const webSockets = hasWebSockets
    ? addWebSockets(app, { mcp, config, room, flood, refuse })
    : undefined
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
    addMcpRoutes(secured, {
      mcp,
      lanes,
      config,
      refuse,
      ...(sse && { ssePost: createSsePost(mcp, sse) }),
      ...(webSockets && { webSockets })
    })
    if (sse) addSseRoutes(secured, http.path, sse)
    await addApiRoutes(secured, { mcp, registry, config, refuse })
    addMetrics(secured, {
      isPublic: http.metricsPublic,
      list: () => {
        const own = { sessions: room.size, version: mcp.version }
        return listFamilies(metrics.counts, { ...options.gauges(), ...own })
      }
    })
  })

  return {
    async listen() {
      if (http.socket === undefined) return app.listen({ port: http.port, host: http.host })
      await listenOnSocket(app, http.socket)
      return `http://unix:${http.socket}:`
    },
    renewTls() {
      const renewed = readTls(http)
      if (renewed) (app.server as unknown as Server).setSecureContext(renewed)
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
      await Promise.all([
        owed.settle(graceMs),
        lanes.sessions.settle(graceMs),
        sse?.close(graceMs),
        webSockets?.close(graceMs)
      ])
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
