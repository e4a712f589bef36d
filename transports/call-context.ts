import { randomUUID } from 'node:crypto'
import {
  BAGGAGE_META_KEY,
  CLIENT_CAPABILITIES_META_KEY,
  type ServerContext,
  TRACEPARENT_META_KEY,
  TRACESTATE_META_KEY
} from '@modelcontextprotocol/server'
import { type Cancellation, createCancellation, followSignal } from '../src/call/cancellation.ts'
import { createProgress } from '../src/call/progress.ts'
import { isRecord } from '../src/json.ts'
import { describeError } from '../src/log.ts'
import { readTrace } from '../src/trace.ts'
import type {
  CallContext,
  DispatchContext,
  InputRequired,
  Log,
  Principal,
  TransportName
} from '../src/types.ts'
import { createAsk } from './ask.ts'

/** Who sent a message and how it came; HTTP hands one through the SDK with each request. */
export interface Caller {
  readonly principal: Principal
  readonly transport: TransportName
  readonly requestId?: string
  readonly remote?: string
  readonly path?: string
  readonly protocolVersion?: string
  readonly traceId?: string
  readonly traceparent?: string
  /** Credentials for upstream APIs, by lower-case header name. */
  readonly upstreamHeaders?: ReadonlyMap<string, string>
  /** The question that the native lane already got from the tool; the SDK knows how to put it. */
  readonly settled?: InputRequired
  /** A 2025-era connection on which the server may send requests of its own. */
  readonly canBeAsked?: boolean
}

/** What the connection or exchange was opened with. */
export interface Negotiated {
  readonly era: 'legacy' | 'modern'
  readonly version: string | undefined
  /** What a 2025-era client declared in `initialize`. */
  readonly capabilities?: Readonly<Record<string, unknown>> | undefined
}

type Fields = Omit<DispatchContext, 'cancellation' | 'notes' | 'noteUpstream' | 'signal'>

/** The context of a call that `cancellation` can stop. Its signal is made only for who asks. */
export function createContext(fields: Fields, cancellation: Cancellation): DispatchContext {
  const notes: DispatchContext['notes'] = {}
  // Field by field: spread into an object with a getter, it takes six times as long.
  return {
    principal: fields.principal,
    transport: fields.transport,
    protocolVersion: fields.protocolVersion,
    requestId: fields.requestId,
    remote: fields.remote,
    path: fields.path,
    upstreamHeaders: fields.upstreamHeaders,
    traceId: fields.traceId,
    traceparent: fields.traceparent,
    log: fields.log,
    ask: fields.ask,
    inputResponses: fields.inputResponses,
    requestState: fields.requestState,
    clientCapabilities: fields.clientCapabilities,
    meta: fields.meta,
    wantsProgress: fields.wantsProgress,
    progress: fields.progress,
    message: fields.message,
    cancellation,
    get signal() {
      return cancellation.signal
    },
    notes,
    noteUpstream(status: number) {
      notes.upstreamStatus = status
    }
  } satisfies Record<keyof DispatchContext, unknown>
}

/** Builds what the dispatcher sees of a request from what the SDK knows of it. */
export function createCallContext(
  sdk: ServerContext,
  caller: Caller,
  { era, version, capabilities }: Negotiated,
  log: Log
): DispatchContext {
  const { mcpReq } = sdk
  const meta = mcpReq._meta as Readonly<Record<string, unknown>> | undefined
  const protocolVersion = version ?? caller.protocolVersion
  return createContext(
    {
      principal: caller.principal,
      transport: caller.transport,
      requestId: caller.requestId ?? randomUUID(),
      log,
      ...(caller.remote !== undefined && { remote: caller.remote }),
      ...(caller.path !== undefined && { path: caller.path }),
      ...(protocolVersion !== undefined && { protocolVersion }),
      ...readTrace(meta?.[TRACEPARENT_META_KEY]),
      ...(mcpReq.inputResponses && { inputResponses: mcpReq.inputResponses }),
      ...(caller.upstreamHeaders && { upstreamHeaders: caller.upstreamHeaders }),
      ...askOf(sdk, caller, era, log),
      ...readMeta(meta, capabilities),
      progress: progressOf(sdk, meta?.progressToken, log),
      message: (level, text) => {
        mcpReq.log(level, text).catch((error: unknown) => logLost(log, error))
      }
    },
    followSignal(mcpReq.signal)
  )
}

/** The context of a request that never gets to the SDK. */
export function createBareContext(
  caller: Caller,
  log: Log,
  cancellation = createCancellation()
): DispatchContext {
  const { settled: _, canBeAsked: __, ...fields } = caller
  return createContext(
    {
      ...fields,
      requestId: caller.requestId ?? randomUUID(),
      log,
      progress: () => {},
      message: () => {}
    },
    cancellation
  )
}

type Meta = Readonly<Record<string, unknown>>

/** Keys of `_meta` that mean something between two neighbours only, or go on in another way. */
const ownKeys = new Set<string>([
  'progressToken',
  TRACEPARENT_META_KEY,
  TRACESTATE_META_KEY,
  BAGGAGE_META_KEY
])

/** What a request's `_meta` says to whatever is behind us. */
export function readMeta(
  meta: Meta | undefined,
  declared?: Meta
): Pick<CallContext, 'clientCapabilities' | 'meta' | 'wantsProgress'> {
  if (!meta) return declared ? { clientCapabilities: declared } : {}
  const capabilities = meta[CLIENT_CAPABILITIES_META_KEY] ?? declared
  let rest: Record<string, unknown> | undefined
  for (const key in meta) {
    if (ownKeys.has(key) || key.startsWith('io.modelcontextprotocol/')) continue
    rest ??= {}
    rest[key] = meta[key]
  }
  return {
    ...(isRecord(capabilities) && { clientCapabilities: capabilities }),
    ...(rest && { meta: rest }),
    ...('progressToken' in meta && { wantsProgress: true })
  }
}

function askOf(
  sdk: ServerContext,
  caller: Caller,
  era: Negotiated['era'],
  log: Log
): Pick<CallContext, 'ask'> {
  if (era === 'modern') return { ask: 'by-result' }
  return caller.canBeAsked ? { ask: createAsk(sdk, log) } : {}
}

function progressOf(sdk: ServerContext, token: unknown, log: Log): CallContext['progress'] {
  if (typeof token !== 'string' && typeof token !== 'number') return () => {}
  return createProgress((progress, total, message) => {
    const params = {
      progressToken: token,
      progress,
      ...(total !== undefined && { total }),
      ...(message !== undefined && { message })
    }
    sdk.mcpReq
      .notify({ method: 'notifications/progress', params })
      .catch((error: unknown) => logLost(log, error))
  })
}

function logLost(log: Log, error: unknown): void {
  log.debug('notification not delivered', { error: describeError(error) })
}
