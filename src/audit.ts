import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { isRecord } from './json.ts'
import type { LineSink } from './line-sink.ts'
import { censored, isSensitiveKey, redact, redactText } from './redact.ts'
import type { CallContext, Outcome } from './types.ts'

export type AuditEventName =
  | 'AUTH_SUCCESS'
  | 'AUTH_FAILED'
  | 'AUTH_DISABLED'
  | 'TOOL_EXECUTE'
  | 'RESOURCE_READ'
  | 'PROMPT_GET'
  | 'RATE_LIMITED'
  | 'SECURITY_ALERT'

export type AuthFailure =
  | 'missing_bearer_token'
  | 'invalid_token'
  | 'expired_token'
  | 'wrong_audience'
  | 'banned'

/** Why a person should look. */
export type SecurityAlert = 'address_banned' | 'calls_stopped'

/** The closed set of fields. Nothing free-form enters a record: a leak needs a change here. */
export interface AuditEntry {
  readonly event: AuditEventName
  readonly outcome?: Outcome
  readonly reason?: AuthFailure | SecurityAlert
  readonly principal?: string
  readonly transport: 'stdio' | 'http'
  readonly remote?: string
  readonly path?: string
  readonly protocolVersion?: string
  readonly method?: string
  readonly tool?: string
  readonly args?: unknown
  /** Argument names of the tool whose values are censored whatever they are called. */
  readonly sensitive?: readonly string[]
  readonly bytesOut?: number
  readonly durationMs?: number
  readonly upstreamStatus?: number
  readonly requestId?: string
  readonly traceId?: string
}

export interface Audit {
  /** Appends one line; it is written when this returns. */
  record(entry: AuditEntry): void
  /** True while lines cannot be written that have to be. */
  isBlocked(): boolean
  /** Lines written, and lines lost, since the start. */
  counts(): { readonly records: number; readonly dropped: number }
}

export type AuditArgs = 'redacted' | 'keys' | 'none'

export interface AuditOptions {
  readonly enabled: boolean
  readonly args: AuditArgs
}

const maxNameLength = 128
const maxKnownNames = 2000

/** Appends audit lines to `sink`, one JSON object each. */
export function createAudit(options: AuditOptions, sink: Pick<LineSink, 'write'>): Audit {
  // Keyed, so that a short argument such as a PIN cannot be guessed from its digest.
  const digestKey = createSecretKey(randomBytes(32))
  const bound = createNameBound()
  let seq = 0
  let unwritten = ''
  let isWaiting = false

  function describeArgs(entry: AuditEntry): { args?: unknown; argsDigest?: string } {
    if (entry.args === undefined) return {}
    const json = JSON.stringify(entry.args) ?? ''
    const argsDigest = createHmac('sha256', digestKey).update(json).digest('base64url').slice(0, 22)
    return options.args === 'none' ? { argsDigest } : { args: showArgs(entry), argsDigest }
  }

  function showArgs(entry: AuditEntry): unknown {
    const sensitive = new Set(entry.sensitive)
    const isSensitive = (key: string): boolean => isSensitiveKey(key) || sensitive.has(key)
    const shown = redact(entry.args, isSensitive)
    if (options.args === 'redacted') return shown
    return isRecord(shown) ? Object.keys(shown) : typeof shown
  }

  function write(): void {
    if (unwritten === '') return
    const lines = unwritten
    unwritten = ''
    sink.write(lines)
  }

  function writeSoon(): void {
    if (isWaiting) return
    isWaiting = true
    setImmediate(() => {
      isWaiting = false
      write()
    })
  }

  return Object.freeze({
    record(entry: AuditEntry) {
      if (!options.enabled) return
      // Field by field: what is no field stays out, however it was handed in.
      const line = {
        ts: new Date().toISOString(),
        seq: ++seq,
        event: entry.event,
        outcome: entry.outcome,
        reason: entry.reason,
        principal: entry.principal,
        transport: entry.transport,
        remote: entry.remote,
        path: bound(entry.path),
        protocolVersion: bound(entry.protocolVersion),
        method: entry.method,
        tool: bound(entry.tool),
        ...describeArgs(entry),
        bytesOut: entry.bytesOut,
        durationMs: entry.durationMs,
        upstreamStatus: entry.upstreamStatus,
        requestId: entry.requestId,
        traceId: entry.traceId
      }
      unwritten += `${JSON.stringify(line)}\n`
      // The call that a caller authenticated for writes both lines at once; what matters is that
      // its own is written before its result leaves.
      if (entry.event === 'AUTH_SUCCESS') writeSoon()
      else write()
    },
    isBlocked: () => false,
    counts: () => ({ records: seq, dropped: 0 })
  })
}

/** The fields of a record that come from the call's context. */
export function auditContext(
  ctx: CallContext
): Pick<
  AuditEntry,
  'principal' | 'transport' | 'remote' | 'path' | 'protocolVersion' | 'requestId' | 'traceId'
> {
  const { principal, transport, remote, path, protocolVersion, requestId, traceId } = ctx
  return {
    principal: principal.id,
    transport,
    ...(remote !== undefined && { remote }),
    ...(path !== undefined && { path }),
    ...(protocolVersion !== undefined && { protocolVersion }),
    requestId,
    ...(traceId !== undefined && { traceId })
  }
}

/** Names chosen by the caller, bounded and searched for secrets; the usual ones only once. */
function createNameBound(): (text: string | undefined) => string | undefined {
  const known = new Map<string, string>()
  return (text) => {
    if (text === undefined) return undefined
    const seen = known.get(text)
    if (seen !== undefined) return seen
    const bound = boundName(text)
    if (text.length <= maxNameLength && known.size < maxKnownNames) known.set(text, bound)
    return bound
  }
}

/** A name chosen by the caller: bounded and searched for secrets. */
function boundName(text: string): string {
  const clean = redactText(text.slice(0, maxNameLength * 8))
  return clean.length > maxNameLength
    ? `${clean.slice(0, maxNameLength - censored.length)}…`
    : clean
}
