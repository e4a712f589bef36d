import {
  createMcpHandler,
  isJSONRPCRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport
} from '@modelcontextprotocol/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ChangeEvent } from '../../src/changes.ts'
import { ConfigError, reasonOf } from '../../src/config-error.ts'
import { Refusal } from '../../src/errors.ts'
import { isRecord } from '../../src/json.ts'
import { describeError } from '../../src/log.ts'
import type { Registry } from '../../src/registry.ts'
import type { Config } from '../../src/settings.ts'
import type { InputRequired, Principal, ToolDefinition } from '../../src/types.ts'
import { keepReadable } from '../keep-readable.ts'
import { createServerFactory, type Mcp } from '../mcp.ts'
import { callerOf, toAuthInfo } from './caller.ts'
import { onceGone, untilGone } from './gone.ts'
import { abandon, addPost, answerWith, trackInFlight } from './in-flight.ts'
import { createNativeLane, type NativeLane } from './native.ts'
import { compileParamHeaders, type ParamCheck } from './param-headers.ts'
import { createRoom, ownerKey, type Room } from './room.ts'
import { countAnswered, isModernRequest, screenBody, screenVersion } from './screen.ts'
import { createSessions, requestIds, type Sessions } from './sessions.ts'
import { createUnanswered } from './unanswered.ts'
import { stopOnDisconnect, toWebRequest } from './web.ts'

/** The three ways in which a POST can be served. */
export interface Lanes {
  readonly sessions: Sessions
  readonly native: NativeLane
  /** The `Mcp-Param-*` headers that tools declare at the start, for the preflights of browsers. */
  readonly paramHeaders: readonly string[]
  post(request: FastifyRequest, reply: FastifyReply): Promise<Response>
  /** Puts a question that the native lane got from a tool. */
  ask(request: FastifyRequest, reply: FastifyReply, question: InputRequired): Promise<Response>
  /** GET of a session: its stream, which is sent, or what is left of an answer that was cut off. */
  listen(
    request: FastifyRequest,
    reply: FastifyReply,
    sessionId: string
  ): Promise<Response | undefined>
  /** DELETE of a session. */
  end(request: FastifyRequest, sessionId: string): Promise<Response>
  /** Ends streams and sessions, and tells everybody who still waits there that the server ends. */
  close(): Promise<void>
}

export interface LaneOptions {
  readonly mcp: Mcp
  readonly registry: Registry
  readonly config: Config
  readonly room: Room
}

const acceptsBoth = 'application/json, text/event-stream'

export function createLanes({ mcp, registry, config, room }: LaneOptions): Lanes {
  const { log } = mcp
  const reportError = (error: Error): void => log.debug('mcp', { error: describeError(error) })
  const factory = createServerFactory(mcp, { isConnection: false, callerOf })
  // By the request that each serves, to answer that when the lane closes.
  const serving = new WeakMap<Request, Server>()
  const serve: typeof factory = (context) => {
    const server = factory(context)
    if (context.requestInfo) serving.set(context.requestInfo, server)
    return server
  }
  const modern = createMcpHandler(serve, {
    legacy: 'reject',
    keepAliveMs: Math.min(config.sessions.heartbeatMs, 15_000),
    // Counted by `takePlace`, whose refusal says when to come back.
    maxSubscriptions: Number.POSITIVE_INFINITY,
    onerror: reportError
  })
  const subscriptions = createRoom(config.sessions.max)
  const stopAnnouncing = mcp.changes.subscribe((event) => announce(modern.notify, event))
  const sessions = createSessions({
    factory: createServerFactory(mcp, { isConnection: true, callerOf }),
    idleMs: config.sessions.idleMs,
    heartbeatMs: config.sessions.heartbeatMs,
    room,
    log
  })
  const paramCheckOf = createParamChecks()
  const unanswered = createUnanswered()

  /** Undefined for a hidden tool, too: asking for it must not differ from an unknown one. */
  function findParamCheck(name: string, principal: Principal): ParamCheck | undefined {
    const tool = registry.tools.get(name)
    const check = tool && paramCheckOf(tool)
    return check && registry.view(principal).tools.has(name) ? check : undefined
  }

  function checkParamHeaders(request: FastifyRequest, params: Record<string, unknown>): void {
    const declared = findParamCheck(String(params.name), request.principal)
    declared?.check(params.arguments, (name) => {
      const value = request.headers[name]
      return typeof value === 'string' ? value : undefined
    })
  }

  /** Held until the stream is over. */
  function takePlace(request: FastifyRequest, reply: FastifyReply): void {
    const leave = subscriptions.take(ownerKey(request.principal, request.ip))
    if (!leave) throw new Refusal('subscriptions_full', { data: { retryAfterMs: 10_000 } })
    onceGone(request, reply, leave)
  }

  /** 2026-07-28: no session; a disconnect stops the call. */
  async function serveModern(
    request: FastifyRequest,
    reply: FastifyReply,
    settled?: InputRequired
  ): Promise<Response> {
    const { body } = request
    if (isRecord(body) && isRecord(body.params)) {
      if (body.method === 'tools/call') checkParamHeaders(request, body.params)
      if (body.method === 'subscriptions/listen') {
        keepReadable(mcp.dispatcher, request.principal, body.params)
        takePlace(request, reply)
      }
    }
    const web = toWebRequest(request, {
      accept: acceptsBoth,
      signal: stopOnDisconnect(request, reply).signal
    })
    const authInfo = toAuthInfo(request, settled && { settled })
    // A subscription is ended with its result.
    if (isJSONRPCRequest(body) && body.method !== 'subscriptions/listen') {
      unanswered.add(request, reply, async () => {
        const { transport } = serving.get(web) ?? {}
        if (transport) await answerWith(transport, body.id, 'draining')
      })
    }
    return modern.fetch(web, { parsedBody: body, authInfo })
  }

  /** A 2025-era request outside a session: one server for one exchange. */
  async function serveOnce(request: FastifyRequest, reply: FastifyReply): Promise<Response> {
    const authInfo = toAuthInfo(request)
    const transport = new WebStandardStreamableHTTPServerTransport({
      enableJsonResponse: !acceptsEventStream(request)
    })
    const server = factory({ era: 'legacy', authInfo })
    const inFlight = trackInFlight(transport)
    addPost(inFlight, requestIds(request.body))
    await server.connect(transport)
    unanswered.add(request, reply, () => abandon({ transport, inFlight }))
    // Closing aborts what still runs, so it serves the disconnect as well as the end.
    untilGone(request, reply, () => {
      server.close().catch(reportError)
    })
    onceGone(request, reply, () => {
      server.close().catch(reportError)
    })
    return transport.handleRequest(toWebRequest(request, { accept: acceptsBoth }), {
      authInfo,
      parsedBody: request.body
    })
  }

  async function serveLegacy(request: FastifyRequest, reply: FastifyReply): Promise<Response> {
    const { body, principal } = request
    const sessionId = sessionIdOf(request)
    const isInitialize = isRecord(body) && body.method === 'initialize'
    if (sessionId === undefined && !isInitialize) return serveOnce(request, reply)
    const web = toWebRequest(request, { accept: acceptsBoth })
    const authInfo = toAuthInfo(request, { canBeAsked: true })
    const call = { request: web, authInfo, principal, remote: request.ip, parsedBody: body }
    return sessionId === undefined ? sessions.open(call) : sessions.serve(sessionId, call)
  }

  /** A request without a body. */
  function inSession(request: FastifyRequest, sessionId: string): Promise<Response> {
    return sessions.serve(sessionId, {
      request: toWebRequest(request, { accept: acceptsBoth }),
      authInfo: toAuthInfo(request),
      principal: request.principal,
      remote: request.ip
    })
  }

  return Object.freeze({
    sessions,
    native: createNativeLane(mcp, (name, principal) => !findParamCheck(name, principal)),
    ask: serveModern,
    paramHeaders: [...registry.tools.values()].flatMap((tool) => paramCheckOf(tool)?.headers ?? []),
    async post(request, reply) {
      const isModern = isModernRequest(request)
      screenBody(request, isModern, mcp)
      const response = await (isModern ? serveModern(request, reply) : serveLegacy(request, reply))
      countAnswered(request, isModern, mcp)
      return response
    },
    async listen(request, reply, sessionId) {
      screenVersion(request)
      const { principal, ip: remote, headers } = request
      const lastEventId = headers['last-event-id']
      const visitor = { principal, remote }
      const isSent = sessions.listen(sessionId, visitor, reply, lastEventId?.toString())
      return isSent ? undefined : inSession(request, sessionId)
    },
    end: inSession,
    async close() {
      stopAnnouncing()
      await unanswered.abandon()
      await modern.close()
      await sessions.close()
    }
  } satisfies Lanes)
}

/** The session that a request names; one header of the 2025 revisions. */
export function sessionIdOf(request: FastifyRequest): string | undefined {
  const value = request.headers['mcp-session-id']
  return typeof value === 'string' ? value : undefined
}

export function acceptsEventStream(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/event-stream') ?? false
}

/** The check of each definition, compiled once. */
function createParamChecks(): (tool: ToolDefinition) => ParamCheck | undefined {
  const checks = new WeakMap<ToolDefinition, ParamCheck | 'none'>()
  return (tool) => {
    const known = checks.get(tool)
    if (known) return known === 'none' ? undefined : known
    const made = compileForTool(tool)
    checks.set(tool, made ?? 'none')
    return made
  }
}

function compileForTool({ name, inputSchema }: ToolDefinition): ParamCheck | undefined {
  try {
    return compileParamHeaders(inputSchema)
  } catch (cause) {
    throw new ConfigError(`tool ${name}: ${reasonOf(cause)}`, { cause })
  }
}

function announce(notify: ReturnType<typeof createMcpHandler>['notify'], event: ChangeEvent): void {
  if (event.kind === 'resource') notify.resourceUpdated(event.uri)
  else if (event.kind === 'tools') notify.toolsChanged()
  else if (event.kind === 'prompts') notify.promptsChanged()
  else notify.resourcesChanged()
}
