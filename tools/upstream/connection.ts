import type { CircuitState } from '../../src/readiness.ts'
import type { InputRequest } from '../../src/types.ts'

/** Any JSON object of the protocol. What came from a server is untrusted. */
export type Message = Readonly<Record<string, unknown>>

/** What the connected server said of itself. */
export interface UpstreamInfo {
  /** `modern`: 2026-07-28 and later; `legacy`: everything that begins with `initialize`. */
  readonly era: 'modern' | 'legacy'
  readonly protocolVersion: string
  readonly transport: 'streamable_http' | 'sse' | 'stdio'
  readonly capabilities: Message
  /** Undefined when it did not say. */
  readonly serverInfo: Message | undefined
}

/** What a list holds; templates are those of resources. */
export type ListKind = 'tools' | 'resources' | 'templates' | 'prompts'

/** Requests that are passed on. */
export type ForwardedMethod =
  | 'tools/call'
  | 'resources/read'
  | 'prompts/get'
  | 'completion/complete'

/** A request of a 2025-era server to the client: within a call, on the connection of that call. */
export interface ServerRequest {
  readonly method: InputRequest['method']
  readonly params: Message
}

export interface Progress {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

/** On whose behalf a server is used. */
export interface UpstreamCall {
  /** Ends the work; the server is told with the protocol's own cancellation. */
  readonly signal: AbortSignal
  /**
   * Names the caller (a principal, a session): what a 2025-era server is told of a client's
   * capabilities, and what it asks back, is never shared with another caller.
   */
  readonly caller?: string
  /** What the caller's client declared; nothing else is offered to the server. */
  readonly capabilities?: Message
  /** W3C trace context, well formed. */
  readonly traceparent?: string
  /**
   * Answers a request of a 2025-era server within this call, with the result for it. While it
   * runs the server's own time limit stands still. Without it such requests are refused.
   * A 2026-era server asks by its result instead: see `request`.
   */
  answer?(request: ServerRequest, signal: AbortSignal): Promise<Message>
}

export interface RequestOptions {
  onProgress?(progress: Progress): void
  /** The tool's definition as it was listed: arguments that it wants as headers become such. */
  readonly tool?: Message
}

/** A connected server, for the length of one `use`. */
export interface UpstreamClient {
  readonly info: UpstreamInfo
  /** Every page of a list, as the server wrote it; nothing when it does not offer such. */
  list(kind: ListKind): Promise<readonly Message[]>
  /**
   * The result as it came. An input-required one (2026) has `resultType: 'input_required'`, with
   * `inputRequests` and `requestState`; send the same request again with `inputResponses` and
   * `requestState` among the params. An error that the server answered with is an UpstreamError
   * with `rpc`.
   */
  request(method: ForwardedMethod, params: Message, options?: RequestOptions): Promise<Message>
}

export type UpstreamEvent =
  /** Connected, for the first time or again: lists may differ from what was known. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'tools' | 'prompts' | 'resources' }
  | { readonly kind: 'resource'; readonly uri: string }

/** One upstream server, with as many connections as its callers need. */
export interface UpstreamConnection {
  /** As the configuration calls it. */
  readonly name: string
  /**
   * Runs work with a connected client, and connects when needed. Throws an UpstreamError, or the
   * reason of the call's signal.
   */
  use<T>(call: UpstreamCall, work: (client: UpstreamClient) => Promise<T>): Promise<T>
  /** What the server said of itself; undefined before the first connection. */
  readonly info: UpstreamInfo | undefined
  /** The event listener is called for what the server announces. Returns the way to unsubscribe. */
  subscribe(listener: (event: UpstreamEvent) => void): () => void
  /** Has a resource watched from now on, over reconnects too: its events come to subscribers. */
  watch(uri: string): void
  unwatch(uri: string): void
  state(): 'idle' | 'connecting' | 'up' | 'down'
  /** For readiness and metrics: open while the server is down. */
  circuit(): CircuitState
  close(): Promise<void>
}
