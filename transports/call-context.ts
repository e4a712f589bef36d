import { randomUUID } from 'node:crypto'
import { type ServerContext, TRACEPARENT_META_KEY } from '@modelcontextprotocol/server'
import { type Cancellation, createCancellation, followSignal } from '../src/cancellation.ts'
import { describeError } from '../src/log.ts'
import { createProgress } from '../src/progress.ts'
import { readTraceId } from '../src/trace.ts'
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
    log: fields.log,
    ask: fields.ask,
    inputResponses: fields.inputResponses,
    requestState: fields.requestState,
    progress: fields.progress,
    message: fields.message,
    cancellation,
    get signal() {
      return cancellation.signal
    },
    notes,
    noteUpstream(status) {
      notes.upstreamStatus = status
    }
  }
}

/** Builds what the dispatcher sees of a request from what the SDK knows of it. */
export function createCallContext(
  sdk: ServerContext,
  caller: Caller,
  { era, version }: Negotiated,
  log: Log
): DispatchContext {
  const { mcpReq } = sdk
  const meta = mcpReq._meta as Readonly<Record<string, unknown>> | undefined
  const protocolVersion = version ?? caller.protocolVersion
  const traceId = readTraceId(meta?.[TRACEPARENT_META_KEY])
  return createContext(
    {
      principal: caller.principal,
      transport: caller.transport,
      requestId: caller.requestId ?? randomUUID(),
      log,
      ...(caller.remote !== undefined && { remote: caller.remote }),
      ...(caller.path !== undefined && { path: caller.path }),
      ...(protocolVersion !== undefined && { protocolVersion }),
      ...(traceId !== undefined && { traceId }),
      ...(mcpReq.inputResponses && { inputResponses: mcpReq.inputResponses }),
      ...(caller.upstreamHeaders && { upstreamHeaders: caller.upstreamHeaders }),
      ...askOf(sdk, caller, era, log),
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
