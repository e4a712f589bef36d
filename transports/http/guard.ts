import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../src/errors.ts'
import type { Config } from '../../src/settings.ts'
import { addCors, exposeRefusal } from './edge/cors.ts'
import type { Flood } from './edge/flood.ts'
import { boundHost, createHostCheck } from './edge/host.ts'
import type { Refuse } from './edge/refuse.ts'
import { securityHeaders } from './edge/security-headers.ts'
import type { ServerState } from './edge/server-state.ts'

export interface GuardOptions {
  readonly config: Config
  readonly flood: Flood
  readonly refuse: Refuse
  /** The `Mcp-Param-*` headers that tools declare; web pages may send them. */
  readonly paramHeaders: readonly string[]
  readonly state: ServerState
}

/** Node drops headers beyond its own cap silently; an Origin among them would go unseen. */
const maxHeaders = 100

/** Node also reads request lines of versions that it does not speak. */
const versions = new Set(['1.0', '1.1'])

/** Sent twice, each of these would let one reader see a value that another does not. */
const singletons = new Set([
  'host',
  'origin',
  'authorization',
  'x-api-key',
  'content-type',
  'mcp-session-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'last-event-id'
])

/**
 * The first hook of every request, before authentication and before a body is read: header count,
 * Host, Origin, flood per address; then CORS. Added to the instance itself, so that refused and
 * unknown paths pass it, too.
 */
export async function addGuard(app: FastifyInstance, options: GuardOptions): Promise<void> {
  const { config, flood, refuse, paramHeaders, state } = options
  const { http } = config
  const isAllowedHost = createHostCheck(http.allowedHosts, boundHost(http))
  const isAllowedOrigin = createOriginCheck(http.allowedOrigins)

  function judgeHeaders({ raw, headers }: FastifyRequest): Refusal | undefined {
    if (raw.rawHeaders.length / 2 > maxHeaders) return new Refusal('headers_too_many')
    if (!versions.has(raw.httpVersion)) return new Refusal('invalid_request')
    const repeated = findRepeated(raw.rawHeaders)
    if (repeated)
      return new Refusal('invalid_request', { detail: `Header ${repeated} is repeated.` })
    if (!isAllowedHost(headers.host) || !isAllowedTarget(raw.url)) return new Refusal('host')
    return isAllowedOrigin(headers.origin, headers.host) ? undefined : new Refusal('origin')
  }

  /** RFC 9112 §3.2.2: the authority of an absolute target counts, not the Host header. */
  function isAllowedTarget(target = ''): boolean {
    if (target.startsWith('/') || target === '*') return true
    return isAllowedHost(/^https?:\/\/([^/?#]*)/i.exec(target)?.[1])
  }

  function judgeLoad(request: FastifyRequest): Refusal | undefined {
    const { isProbe, isServedStopped } = request.routeOptions.config
    if (isProbe) return undefined
    const stopped = isServedStopped ? undefined : state.judge()
    if (stopped) return stopped
    const retryAfterMs = flood(request.ip)
    return retryAfterMs === 0 ? undefined : new Refusal('flood', { data: { retryAfterMs } })
  }

  app.addHook('onRequest', (request, reply, done) => {
    addStandardHeaders(request, reply)
    // Who leaves keeps no connection.
    if (state.isLeaving) reply.header('connection', 'close')
    // Load first, so that refused headers count, too.
    const load = judgeLoad(request)
    const refusal = judgeHeaders(request) ?? load
    if (!refusal) return done()
    // A truncated header block leaves the connection in doubt.
    if (refusal.kind === 'headers_too_many') reply.header('connection', 'close')
    exposeRefusal(request, reply, config)
    refuse(request, reply, refusal)
  })

  await addCors(app, config, paramHeaders)
}

function addStandardHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({ 'x-request-id': request.id, ...securityHeaders, vary: 'Origin' })
}

function findRepeated(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!singletons.has(name)) continue
    if (seen.has(name)) return name
    seen.add(name)
  }
  return undefined
}

/** Whole origins only: scheme, host and port; `null` never matches. A page of our own is welcome. */
function createOriginCheck(
  allowed: readonly string[]
): (origin: string | undefined, host: string | undefined) => boolean {
  const origins = new Set(allowed)
  const isAny = origins.has('*')
  return (origin, host) =>
    origin === undefined ||
    (isAny && origin !== 'null') ||
    origins.has(origin) ||
    origin === `http://${host}` ||
    origin === `https://${host}`
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Health and readiness: answered while draining, not counted as load. */
    isProbe?: boolean
    /** Answered while draining and after the kill switch; counted as load. */
    isServedStopped?: boolean
  }
}
