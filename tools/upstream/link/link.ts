import type {
  ForwardedMethod,
  ListKind,
  Message,
  Progress,
  ServerRequest,
  UpstreamEvent,
  UpstreamInfo
} from '../connection.ts'
import type { GuardedFetch } from './guarded-fetch.ts'
import type { StdioTransport } from './stdio-transport.ts'

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

/** Of the SDK: which era a server is of, with its own words on it when it is a modern one. */
export type Prior =
  | { readonly kind: 'modern'; readonly discover: unknown }
  | { readonly kind: 'legacy' }

/** What a connection has found out about a server, so that the next need not ask again. */
export interface Verdict {
  readonly transport: UpstreamInfo['transport']
  readonly prior: Prior
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

/** One connection to one server. */
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
