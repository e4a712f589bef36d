import { setTimeout as wait } from 'node:timers/promises'
import type { Server } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import type { Audit } from '../../src/audit.ts'
import type { Authenticate } from '../../src/auth.ts'
import { callerKey } from '../../src/identity/caller-key.ts'
import { type Gauges, listFamilies } from '../../src/output/metric-families.ts'
import type { NotReady } from '../../src/readiness.ts'
import type { Registry } from '../../src/registry.ts'
import type { Config } from '../../src/settings.ts'
import type { TakePlace } from '../listening.ts'
import type { Mcp } from '../mcp.ts'
import { addApiRoutes } from './api.ts'
import { addAuth } from './auth.ts'
import { addAccessLog } from './edge/access.ts'
import { type BanGate, createBanGate } from './edge/bans.ts'
import { createChallenge } from './edge/challenge.ts'
import { addConnectionLimits } from './edge/connections.ts'
import { addErrorHandlers } from './edge/error-handlers.ts'
import { createFlood } from './edge/flood.ts'
import { addStopping } from './edge/gone.ts'
import { addJsonParser } from './edge/json-body.ts'
import { type Owed, trackOwed } from './edge/owed.ts'
import { createRefuse, type Refuse } from './edge/refuse.ts'
import { addResourceMetadata, describeResource, type Resource } from './edge/resource-metadata.ts'
import { createServerState, type ServerState } from './edge/server-state.ts'
import { addUnreadLimit } from './edge/unread.ts'
import { addGuard } from './guard.ts'
import { addHealth } from './health.ts'
import { createLanes, type Lanes } from './lanes/lanes.ts'
import { createInstance } from './listener/instance.ts'
import { readTls } from './listener/tls.ts'
import { addLocalAddress, listenOnSocket } from './listener/unix-socket.ts'
import { addMcpRoutes } from './mcp.ts'
import { addMetrics } from './metrics.ts'
import { addSseRoutes, createSsePost } from './sse/routes.ts'
import { createSseSessions, type SseSessions } from './sse/sessions.ts'
import { createRoom, type Room } from './streams/room.ts'
import { addUpstreamHeaders, listUpstreamHeaders } from './upstream-headers.ts'
import { openUpgrades } from './websocket/handshake.ts'
import { addWebSockets, type WebSockets } from './websocket/routes.ts'

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
  const { mcp, registry, config, audit, notReady = () => [] } = options
  const { killSwitch, log, metrics } = mcp
  const { http } = config
  const resource = describeResource(config)
  const refuse = createRefuse(http.path, createChallenge(resource), metrics)
  const { maxLoopDelayMs } = http
  const state = createServerState({ killSwitch, maxLoopDelayMs, notReady })
  const app = createInstance(config, readTls(http))
  if (http.socket !== undefined) addLocalAddress(app)
  addConnectionLimits(app, {
    max: http.maxConnections,
    maxPerAddress: http.maxConnectionsPerAddress,
    proxies: http.trustProxy
  })
  addStopping(app)
  const room = createRoom(config.sessions.max)
  const subscriptions = createRoom(config.sessions.max)
  const takePlace: TakePlace = (listener) => subscriptions.take(callerKey(listener))
  const lanes = createLanes({ mcp, registry, config, room, takePlace })
  const sse = config.sse.enabled ? createSseSessions({ mcp, config, room, takePlace }) : undefined
  addErrorHandlers(app, log, refuse)
  addJsonParser(app)
  addAccessLog(app, mcp)
  addUnreadLimit(app)
  const flood = createFlood(config, metrics)
  const paramHeaders = [...lanes.paramHeaders, ...listUpstreamHeaders(config)]
  const hasWebSockets = config.transport === 'websocket'
  if (hasWebSockets) await openUpgrades(app, config, log)
  await addGuard(app, { config, flood, refuse, paramHeaders, state })
  // Right behind the guard, which turns work away from then on.
  const owed = trackOwed(app, http.path)
  const webSockets = hasWebSockets
    ? addWebSockets(app, { mcp, config, room, takePlace, flood, refuse })
    : undefined
  const bans = createBanGate({ config, alerts: mcp.alerts, audit, metrics, refuse })
  addHealth(app, mcp.version, state)
  const parts = { app, state, owed, refuse, bans, resource, room, lanes, sse, webSockets }
  await app.register((secured) => addSecured(secured, options, parts))
  return {
    listen: () => listen(app, http),
    renewTls() {
      const renewed = readTls(http)
      if (renewed) (app.server as unknown as Server).setSecureContext(renewed)
    },
    close: (graceMs, waitMs = 0) => close(parts, graceMs, waitMs)
  }
}

interface Parts {
  readonly app: FastifyInstance
  readonly state: ServerState
  readonly owed: Owed
  readonly refuse: Refuse
  readonly bans: BanGate
  readonly resource: Resource | undefined
  readonly room: Room
  readonly lanes: Lanes
  readonly sse: SseSessions | undefined
  readonly webSockets: WebSockets | undefined
}

/** Everything that needs a credential, unless a route says that it is public. */
async function addSecured(
  app: FastifyInstance,
  { mcp, registry, config, audit, authenticate, gauges }: HttpOptions,
  { refuse, bans, resource, room, lanes, sse, webSockets }: Parts
): Promise<void> {
  const { log, metrics } = mcp
  const { http } = config
  addUpstreamHeaders(app, config, refuse)
  addAuth(app, { audit, log, metrics, refuse, bans, ...(authenticate && { authenticate }) })
  if (resource) addResourceMetadata(app, resource)
  addMcpRoutes(app, {
    mcp,
    lanes,
    config,
    refuse,
    ...(sse && { ssePost: createSsePost(mcp, sse) }),
    ...(webSockets && { webSockets })
  })
  if (sse) addSseRoutes(app, http.path, sse)
  await addApiRoutes(app, { mcp, registry, config, refuse })
  addMetrics(app, {
    isPublic: http.metricsPublic,
    list: () => {
      const own = { sessions: room.size, version: mcp.version }
      return listFamilies(metrics.counts, { ...gauges(), ...own })
    }
  })
}

async function listen(
  app: FastifyInstance,
  { socket, port, host }: Config['http']
): Promise<string> {
  if (socket === undefined) return app.listen({ port, host })
  await listenOnSocket(app, socket)
  return `http://unix:${socket}:`
}

async function close(
  { app, state, owed, lanes, sse, webSockets }: Parts,
  graceMs: number,
  waitMs: number
): Promise<void> {
  state.leave()
  if (waitMs > 0) {
    await wait(waitMs)
    // A proxy tries another instance when it cannot connect; a 503 it might pass on. Without a
    // wait nobody could know, so that the 503 says it as long as there is work.
    app.server.close()
  }
  state.drain()
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
  state.close()
  // Clients that keep their connection open would otherwise hold the process.
  setTimeout(() => app.server.closeAllConnections(), 100).unref()
  await app.close()
}
