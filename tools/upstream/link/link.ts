import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  Client,
  type McpSubscription,
  PROTOCOL_VERSION_META_KEY,
  type PriorDiscovery,
  ProtocolError,
  type RequestOptions as SdkRequestOptions,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Tool,
  type Transport
} from '@modelcontextprotocol/client'
import { isRecord } from '../../../src/json.ts'
import { raceAbort } from '../../../src/race-abort.ts'
import { readVersion } from '../../../src/version.ts'
import type {
  ForwardedMethod,
  ListKind,
  Message,
  Progress,
  ServerRequest,
  UpstreamEvent,
  UpstreamInfo
} from '../connection.ts'
import { isOldServer, lostAnswer } from './fault.ts'
import type { GuardedFetch } from './guarded-fetch.ts'
import type { StdioTransport } from './stdio-transport.ts'

/** Longer than any call: limits of time are kept outside. */
const noTimeoutMs = 2_147_483_647
const maxProbeMs = 5_000
const closeMs = 1_000

/** Where a server is. */
export type Target =
  | { readonly kind: 'stdio'; open(): StdioTransport }
  | {
      readonly kind: 'http'
      readonly url: URL
      readonly http: GuardedFetch
      /** To try in this order. */
      readonly transports: readonly ('streamable_http' | 'sse')[]
    }

/** What a connection has found out about a server, so that the next need not ask again. */
export interface Verdict {
  readonly transport: UpstreamInfo['transport']
  readonly prior: PriorDiscovery
}

export interface LinkOptions {
  readonly target: Target
  /** Offered in `initialize`; a 2026-era server is told with each request instead. */
  readonly capabilities: Message
  readonly verdict: Verdict | undefined
  readonly timeoutMs: number
  /** Gives the attempt to connect up. */
  readonly signal: AbortSignal
  /** A request of the server's; without it none is served. */
  answer?(request: ServerRequest, signal: AbortSignal): Promise<Message>
  onEvent(event: UpstreamEvent): void
  /** Something may be wrong with the connection. */
  onTrouble(): void
  /** What the server announces does not arrive any more. */
  onUnfollowed(): void
  /** The connection has ended, whoever ended it. */
  onClosed(): void
}

/** One request through a link. */
export interface Leg {
  readonly signal: AbortSignal
  readonly capabilities: Message
  readonly traceparent: string | undefined
  onProgress?(progress: Progress): void
  readonly tool?: Message | undefined
}

/** One connection to one server, by the SDK's client: this file alone knows it. */
export interface Link {
  readonly info: UpstreamInfo
  readonly verdict: Verdict
  list(kind: ListKind, leg: Leg): Promise<readonly Message[]>
  request(method: ForwardedMethod, params: Message, leg: Leg): Promise<Message>
  /** Rejects when the server does not answer. */
  ping(timeoutMs: number): Promise<void>
  /** Follows what the server announces, these resources among it. */
  follow(uris: ReadonlySet<string>): Promise<void>
  close(): Promise<void>
}

/** Connects. Rejects with the SDK's or the network's own error. */
export async function openLink(options: LinkOptions): Promise<Link> {
  const { target, verdict } = options
  if (target.kind === 'stdio') return openStdio(options, target)
  const kinds = verdict ? [verdict.transport as 'streamable_http' | 'sse'] : target.transports
  for (const [index, kind] of kinds.entries()) {
    try {
      return await connect(options, kind, createHttpTransport(target, kind), verdict?.prior)
    } catch (error) {
      // The specification's way to a server of 2024-11-05: its address takes no POST.
      if (index === kinds.length - 1 || !isOldServer(error)) throw error
    }
  }
  throw new Error('no transport')
}

async function openStdio(
  options: LinkOptions,
  target: Extract<Target, { kind: 'stdio' }>
): Promise<Link> {
  const { verdict } = options
  try {
    return await connect(options, 'stdio', target.open() as Transport, verdict?.prior)
  } catch (error) {
    // Some programs end when the first thing they read is not `initialize`.
    const isProbe = (error as { code?: unknown }).code === 'ERA_NEGOTIATION_FAILED'
    if (verdict || !isProbe) throw error
    return connect(options, 'stdio', target.open() as Transport, { kind: 'legacy' })
  }
}

function createHttpTransport(
  { url, http }: Extract<Target, { kind: 'http' }>,
  kind: 'streamable_http' | 'sse'
): Transport {
  const { fetch } = http
  if (kind === 'sse') return new SSEClientTransport(url, { fetch, eventSourceInit: { fetch } })
  const transport = new StreamableHTTPClientTransport(url, {
    fetch,
    reconnectionOptions: {
      initialReconnectionDelay: 500,
      maxReconnectionDelay: 4_000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: 5
    }
  })
  tellLostAnswers(transport)
  return transport
}

/** A stream that ends without the answer would leave the request waiting until its time limit. */
function tellLostAnswers(transport: StreamableHTTPClientTransport): void {
  const send = transport.send.bind(transport)
  transport.send = (message, options) => {
    const { id, method } = message as { id?: string | number; method?: string }
    const isCall = method !== undefined && typeof id === 'number'
    if (!isCall) return send(message, options)
    return send(message, {
      ...options,
      onRequestStreamEnd() {
        options?.onRequestStreamEnd?.()
        const error = { code: -32_000, message: 'the stream ended', data: lostAnswer }
        transport.onmessage?.({ jsonrpc: '2.0', id, error })
      }
    })
  }
}

async function connect(
  options: LinkOptions,
  kind: UpstreamInfo['transport'],
  transport: Transport,
  prior: PriorDiscovery | undefined
): Promise<Link> {
  const { capabilities, timeoutMs, signal, onTrouble, onClosed } = options
  const probeMs = Math.min(timeoutMs, kind === 'stdio' ? maxProbeMs : timeoutMs)
  const client = new Client(
    { name: 'portcullis-mcp', version: readVersion() },
    {
      capabilities: capabilities as never,
      versionNegotiation: {
        mode: kind === 'sse' ? 'legacy' : 'auto',
        probe: { timeoutMs: probeMs }
      },
      inputRequired: { autoFulfill: false },
      // Their schemas are checked as the untrusted data they are, and not compiled here.
      jsonSchemaValidator: {
        getValidator: () => (input: unknown) => ({
          valid: true,
          data: input as never,
          errorMessage: undefined
        })
      }
    }
  )
  listen(client, options)
  let isConnected = false
  transport.onerror = (error) => {
    if (!isConnected) return
    // A new event stream is a new session, of which nobody knows anything.
    if (kind === 'sse' && error.name === 'SseError') client.close().catch(() => {})
    else onTrouble()
  }
  try {
    const connecting = client.connect(transport, { timeout: timeoutMs, ...(prior && { prior }) })
    connecting.catch(() => {})
    await raceAbort(connecting, signal)
  } catch (error) {
    await transport.close().catch(() => {})
    throw error
  }
  isConnected = true
  client.onclose = onClosed
  if (!client.transport) throw new Error('closed at once')
  return createLink(client, kind, transport, options.onUnfollowed)
}

/** Takes in what the server sends on its own. */
function listen(client: Client, { answer, capabilities, onEvent }: LinkOptions): void {
  client.fallbackNotificationHandler = async ({ method, params }) => {
    const event = readEvent(method, params)
    if (event) onEvent(event)
  }
  client.fallbackRequestHandler = async ({ method, params }, { mcpReq }) => {
    const capability = serverRequests.get(method)
    if (!answer || capability === undefined || !(capability in capabilities)) {
      throw new ProtocolError(-32_601, 'Method not found')
    }
    const request = { method, params: params ?? {} } as ServerRequest
    return (await answer(request, mcpReq.signal)) as never
  }
}

/** The capability that a client declares to be asked so. */
const serverRequests: ReadonlyMap<string, string> = new Map([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots']
])

function readEvent(method: string, params: unknown): UpstreamEvent | undefined {
  const list = /^notifications\/(tools|prompts|resources)\/list_changed$/.exec(method)
  if (list) return { kind: list[1] as 'tools' | 'prompts' | 'resources' }
  const uri = isRecord(params) ? params.uri : undefined
  const isUpdate = method === 'notifications/resources/updated' && typeof uri === 'string'
  return isUpdate ? { kind: 'resource', uri } : undefined
}

function createLink(
  client: Client,
  transport: UpstreamInfo['transport'],
  channel: Transport,
  onUnfollowed: () => void
): Link {
  const isModern = client.getProtocolEra() === 'modern'
  const discover = client.getDiscoverResult()
  const info: UpstreamInfo = Object.freeze({
    era: isModern ? 'modern' : 'legacy',
    protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
    transport,
    capabilities: (client.getServerCapabilities() ?? {}) as Message,
    serverInfo: client.getServerVersion() as Message | undefined,
    instructions: client.getInstructions()
  })
  const prior: PriorDiscovery =
    isModern && discover ? { kind: 'modern', discover } : { kind: 'legacy' }
  const follower = isModern
    ? createModernFollower(client, onUnfollowed)
    : createLegacyFollower(client)
  return Object.freeze({
    info,
    verdict: { transport, prior },
    list: (kind: ListKind, leg: Leg) =>
      listAll(client, kind, toParams({}, leg, info), toOptions(leg)),
    request: (method: ForwardedMethod, params: Message, leg: Leg) =>
      send(client, method, toParams(params, leg, info), leg),
    async ping(timeoutMs: number) {
      await (isModern
        ? client.discover({ timeout: timeoutMs })
        : client.ping({ timeout: timeoutMs }))
    },
    follow: follower,
    async close() {
      // The server may forget the session now, when it can still be told.
      if ('terminateSession' in channel) {
        const gone = (channel as StreamableHTTPClientTransport).terminateSession()
        const late = new Promise((resolve) => setTimeout(resolve, closeMs).unref())
        await Promise.race([gone.catch(() => {}), late])
      }
      await client.close()
    }
  })
}

async function listAll(
  client: Client,
  kind: ListKind,
  params: Message,
  options: SdkRequestOptions
): Promise<readonly Message[]> {
  // Asked for more, the SDK would say so on the console.
  const offered = client.getServerCapabilities() ?? {}
  if (!(kind === 'templates' ? offered.resources : offered[kind])) return []
  const fresh = { ...options, cacheMode: 'refresh' } as const
  if (kind === 'tools') return (await client.listTools(params, fresh)).tools as Message[]
  if (kind === 'prompts') return (await client.listPrompts(params, fresh)).prompts as Message[]
  if (kind === 'resources') {
    return (await client.listResources(params, fresh)).resources as Message[]
  }
  return (await client.listResourceTemplates(params, fresh)).resourceTemplates as Message[]
}

async function send(
  client: Client,
  method: ForwardedMethod,
  params: Message,
  leg: Leg
): Promise<Message> {
  const options = { ...toOptions(leg), allowInputRequired: true }
  // Only this method of the client's turns arguments into headers where the tool wants it.
  if (method === 'tools/call') {
    const { outputSchema: _, ...tool } = leg.tool ?? {}
    const definition = leg.tool && { toolDefinition: tool as unknown as Tool }
    const call = params as Parameters<Client['callTool']>[0]
    return (await client.callTool(call, { ...options, ...definition })) as Message
  }
  return (await client.request({ method, params: params as never }, options)) as Message
}

function toOptions({ signal, traceparent, onProgress }: Leg): SdkRequestOptions {
  return {
    signal,
    timeout: noTimeoutMs,
    ...(traceparent !== undefined && { headers: { traceparent } }),
    ...(onProgress && { onprogress: (progress) => onProgress(progress as Progress) })
  }
}

/** What the client writes into `_meta` itself; nobody behind it may say otherwise. */
const ownMeta = [
  PROTOCOL_VERSION_META_KEY,
  CLIENT_INFO_META_KEY,
  CLIENT_CAPABILITIES_META_KEY,
  'progressToken'
]

function toParams(params: Message, leg: Leg, { era }: UpstreamInfo): Message {
  const { _meta: given } = params
  const kept = Object.entries(isRecord(given) ? given : {}).filter(
    ([key]) => !ownMeta.includes(key)
  )
  const meta = {
    ...Object.fromEntries(kept),
    ...(leg.traceparent !== undefined && { traceparent: leg.traceparent }),
    ...(era === 'modern' && { [CLIENT_CAPABILITIES_META_KEY]: leg.capabilities })
  }
  const { _meta, ...rest } = params
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta }
}

/** 2025: changes of lists come by themselves, resources are subscribed to one by one. */
function createLegacyFollower(client: Client): Link['follow'] {
  const followed = new Set<string>()
  return async (uris) => {
    if (!client.getServerCapabilities()?.resources?.subscribe) return
    for (const uri of uris) {
      if (followed.has(uri)) continue
      followed.add(uri)
      await client.subscribeResource({ uri })
    }
    for (const uri of followed) {
      if (uris.has(uri)) continue
      followed.delete(uri)
      await client.unsubscribeResource({ uri })
    }
  }
}

/** 2026: one stream of what was asked for, opened anew when the wishes change. */
function createModernFollower(client: Client, onLost: () => void): Link['follow'] {
  let open: McpSubscription | undefined
  return async (uris) => {
    const { tools, prompts, resources } = client.getServerCapabilities() ?? {}
    const filter = {
      ...(tools?.listChanged && { toolsListChanged: true }),
      ...(prompts?.listChanged && { promptsListChanged: true }),
      ...(resources?.listChanged && { resourcesListChanged: true }),
      ...(uris.size > 0 && resources?.subscribe && { resourceSubscriptions: [...uris] })
    }
    const before = open
    open = Object.keys(filter).length === 0 ? undefined : await client.listen(filter)
    await before?.close()
    open?.closed.then((why) => {
      // The connection is looked at, and followed anew by whoever does.
      if (why !== 'local') onLost()
    })
  }
}
