import {
  Client,
  type PriorDiscovery,
  ProtocolError,
  type RequestOptions as SdkRequestOptions,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Tool,
  type Transport
} from '@modelcontextprotocol/client'
import { raceAbort } from '../../../src/call/race-abort.ts'
import { readVersion } from '../../../src/version.ts'
import type {
  ForwardedMethod,
  ListKind,
  Message,
  Progress,
  ServerRequest,
  UpstreamInfo
} from '../connection.ts'
import { boundLists } from './bounded-lists.ts'
import { isOldServer, lostAnswer } from './fault.ts'
import { createLegacyFollower, createModernFollower } from './follow.ts'
import type { Leg, Link, LinkOptions, Prior, Target } from './link.ts'
import { acceptAll, capabilityOf, readEvent, toParams } from './wire.ts'

/** Longer than any call: limits of time are kept outside. */
const noTimeoutMs = 2_147_483_647
const maxProbeMs = 5_000
const closeMs = 1_000

/** Connects by the SDK's client, which this file alone knows. Rejects with the SDK's or the network's own error. */
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
  prior: Prior | undefined
): Promise<Link> {
  const { capabilities, timeoutMs, signal, onTrouble, onClosed } = options
  const probeMs = kind === 'stdio' ? Math.min(timeoutMs, maxProbeMs) : timeoutMs
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
      jsonSchemaValidator: { getValidator: () => acceptAll }
    }
  )
  boundLists(client)
  listen(client, options)
  let isConnected = false
  transport.onerror = (error) => {
    if (!isConnected) return
    // A new event stream is a new session, of which nobody knows anything.
    if (kind === 'sse' && error.name === 'SseError') client.close().catch(() => {})
    else onTrouble()
  }
  try {
    const connecting = client.connect(transport, {
      timeout: timeoutMs,
      ...(prior && { prior: prior as PriorDiscovery })
    })
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
    const capability = capabilityOf.get(method)
    if (!answer || capability === undefined || !(capability in capabilities)) {
      throw new ProtocolError(-32_601, 'Method not found')
    }
    const request = { method, params: params ?? {} } as ServerRequest
    return (await answer(request, mcpReq.signal)) as never
  }
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
    serverInfo: client.getServerVersion() as Message | undefined
  })
  const prior: Prior = isModern && discover ? { kind: 'modern', discover } : { kind: 'legacy' }
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
