import type { Cancellation } from './call/cancellation.ts'

/** A JSON Schema (2020-12) as it travels on the wire. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** How a call ended. Audit records and metrics share these words. */
export type Outcome =
  | 'ok'
  | 'unknown'
  | 'forbidden'
  | 'limited'
  | 'invalid'
  | 'timeout'
  | 'cancelled'
  | 'failed'
  | 'too_large'
  | 'busy'

/** `sse` and `websocket` came by HTTP, too: by one of its streams, after an upgrade. */
export type TransportName = 'stdio' | 'http' | 'sse' | 'websocket'

/** Who is calling. `id` is a name, never a secret. */
export interface Principal {
  readonly id: string
  readonly kind: 'key' | 'jwt' | 'local' | 'anonymous'
  /** Scopes held; undefined means all of them. */
  readonly scopes?: readonly string[]
  /** Globs over tool names; undefined means every tool. */
  readonly tools?: readonly string[]
}

/** A rate: `perMinute` tokens refill evenly, at most `burst` are saved. */
export interface Rate {
  readonly perMinute: number
  readonly burst: number
}

export type TextContent = { readonly type: 'text'; readonly text: string }

/** One content block of a result; blocks other than text pass through as the specification names them. */
export type Content = TextContent | ({ readonly type: string } & Readonly<Record<string, unknown>>)

/** A finished call. `structuredContent` matches the tool's output schema. */
export interface CallResult {
  readonly content: readonly Content[]
  readonly structuredContent?: Readonly<Record<string, unknown>>
  readonly isError?: boolean
  readonly _meta?: Readonly<Record<string, unknown>>
}

/** A question to the client: elicitation, sampling or roots, by key. */
export interface InputRequest {
  readonly method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list'
  readonly params?: Readonly<Record<string, unknown>>
}

/**
 * "Ask the client this, then call me again." The answers arrive in `ctx.inputResponses`;
 * `state` comes back sealed and verified in `ctx.requestState`.
 */
export interface InputRequired {
  readonly inputRequests?: Readonly<Record<string, InputRequest>>
  readonly state?: unknown
  /** Told when the client will not answer, so that nothing waits for it. */
  abandon?(): void
}

/** Puts questions to the client and resolves with its answers, by key. */
export type Ask = (
  requests: Readonly<Record<string, InputRequest>>
) => Promise<Readonly<Record<string, unknown>>>

export type ToolResult = CallResult | InputRequired

export type LogLevel = 'debug' | 'info' | 'warning' | 'error'

/** What a log line says beside its message. Flat: no header map or body gets in as a whole. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | null | undefined | Error>
>

/**
 * The application log as tools and transports see it. Messages and fields are redacted, errors
 * reduced to class, code and frames.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

/** What every request carries into the dispatcher, whatever the transport. */
export interface CallContext {
  readonly principal: Principal
  readonly transport: TransportName
  readonly protocolVersion?: string
  readonly requestId: string
  /** Aborts on client cancellation, disconnect, deadline and shutdown. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Peer address, on HTTP. */
  readonly remote?: string
  /** URL path, on HTTP. */
  readonly path?: string
  /**
   * Headers of this request that the configuration names for mounted APIs (`credential.mode:
   * caller`), by lower-case name, on HTTP. Never the credential the caller showed to us.
   */
  readonly upstreamHeaders?: ReadonlyMap<string, string>
  /** W3C trace id from `_meta.traceparent`. */
  readonly traceId?: string
  /** The whole `traceparent`, well formed, for requests to upstream servers. */
  readonly traceparent?: string
  /** Tells the audit record what status an upstream API answered with. */
  noteUpstream?(status: number): void
  /** What the client's program can do, as it declared it for this request or this connection. */
  readonly clientCapabilities?: Readonly<Record<string, unknown>>
  /** The request's `_meta` without the keys that the protocol keeps for one connection. */
  readonly meta?: Readonly<Record<string, unknown>>
  /** True when somebody hears of progress. */
  readonly wantsProgress?: boolean
  /** Reports progress when the client asked for it; a value not above the last one is dropped. */
  progress(progress: number, total?: number, message?: string): void
  /** Sends a log message to the client, when it asked for that level. */
  message(level: LogLevel, text: string): void
  /**
   * How a question gets to the client: within the call (2025-era connections), by returning it
   * (2026-07-28), or, when undefined, not at all.
   */
  readonly ask?: 'by-result' | Ask
  /** The client's answers to an earlier `inputRequests`, by key. */
  readonly inputResponses?: Readonly<Record<string, unknown>>
  /** The `state` of an earlier input-required result, verified. */
  readonly requestState?: unknown
}

/** What the dispatcher takes: a context whose call it can stop. */
export interface DispatchContext extends CallContext {
  readonly cancellation: Cancellation
  /** Filled in while the call runs. */
  readonly notes: { upstreamStatus?: number }
}

export interface Problem {
  /** Path of the argument, such as `cashFlows[2]`; empty for the whole. */
  readonly field: string
  readonly message: string
}

export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface ToolAnnotations {
  readonly readOnlyHint: boolean
  readonly destructiveHint: boolean
  readonly idempotentHint: boolean
  readonly openWorldHint: boolean
}

export interface ToolDefinition {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly inputSchema: JsonSchema
  readonly outputSchema?: JsonSchema
  readonly annotations: ToolAnnotations
  /** Group for `--toolsets`, such as `finance.tvm`. */
  readonly toolset: string
  /** Scopes a caller needs, all of them. */
  readonly scopes: readonly string[]
  readonly timeoutMs?: number
  readonly limit?: Rate
  /** Names of arguments whose values never enter a log or an audit record. */
  readonly sensitive?: readonly string[]
  /** A promise while the module behind the tool is still to be loaded. */
  parse(args: unknown): Parsed | Promise<Parsed>
  run(value: unknown, ctx: CallContext): ToolResult | Promise<ToolResult>
}

/** One whose module is there. */
export interface LoadedTool extends ToolDefinition {
  parse(args: unknown): Parsed
}

export interface ResourceContents {
  readonly uri: string
  readonly mimeType?: string
  readonly text?: string
  /** Base64. */
  readonly blob?: string
  readonly _meta?: Readonly<Record<string, unknown>>
}

/** A resource, or a template when `uri` holds `{variables}` (each matches one path segment). */
export interface ResourceDefinition {
  readonly uri: string
  readonly name: string
  readonly title: string
  readonly description: string
  readonly mimeType?: string
  readonly scopes: readonly string[]
  /** Recognises the URIs of a template whose variables are not each one path segment. */
  match?(uri: string): ReadonlyMap<string, string> | undefined
  /** Suggestions per template variable. */
  readonly complete?: Readonly<Record<string, readonly string[]>>
  /** Suggests in place of `complete`. */
  readonly suggest?: Suggest
  /** Somebody wants to hear of changes to this URI. */
  watch?(uri: string): void
  read(
    uri: string,
    variables: ReadonlyMap<string, string>,
    ctx: CallContext
  ): ReadResult | Promise<ReadResult>
}

export type ReadResult = { readonly contents: readonly ResourceContents[] } | InputRequired

/** An argument to complete, and what is known of the others. */
export interface CompletionArgument {
  readonly name: string
  readonly value: string
  readonly context?: Readonly<Record<string, unknown>>
}

/** At most 100 values. */
export interface Completion {
  readonly values: readonly string[]
  readonly total?: number
  readonly hasMore?: boolean
}

export type Suggest = (argument: CompletionArgument, ctx: CallContext) => Promise<Completion>

/** What a completion refers to. */
export type CompletionRef =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string }
