import { createSeal, genesis, type Link, type Seal } from './audit/chain.ts'
import { createDeferred, type Deferred } from './audit/deferred.ts'
import type { AuditSink } from './audit/file.ts'
import { createFormatEntry, type Pending, sealLines } from './audit/line.ts'
import { createTimestamp } from './audit/timestamp.ts'
import { reasonOf } from './config-error.ts'
import { Refusal } from './errors.ts'
import type { CallContext, Outcome, TransportName } from './types.ts'

export type AuditEventName =
  | 'AUTH_SUCCESS'
  | 'AUTH_FAILED'
  | 'AUTH_DISABLED'
  | 'TOOL_EXECUTE'
  | 'TOOL_DRIFT'
  | 'RESOURCE_READ'
  | 'PROMPT_GET'
  | 'RATE_LIMITED'
  | 'SECURITY_ALERT'
  /** Written after a time without: `dropped` lines are missing, or a crash left a `torn` one. */
  | 'AUDIT_RESUMED'
  /** The first line of a file that goes on where another one ended. */
  | 'AUDIT_CONTINUED'

export type AuthFailure =
  | 'missing_bearer_token'
  | 'invalid_token'
  | 'expired_token'
  | 'wrong_audience'
  | 'banned'

/** Why a person should look. */
export type SecurityAlert = 'address_banned' | 'calls_stopped'

/** How a tool that is withheld differs from what was approved. */
export type ToolDrift = 'changed' | 'added'

/** The closed set of fields. Nothing free-form enters a record: a leak needs a change here. */
export interface AuditEntry {
  readonly event: AuditEventName
  readonly outcome?: Outcome
  readonly reason?: AuthFailure | SecurityAlert | ToolDrift
  readonly principal?: string
  readonly transport?: TransportName
  readonly remote?: string
  readonly path?: string
  readonly protocolVersion?: string
  readonly method?: string
  readonly tool?: string
  /** Of TOOL_DRIFT: who defines the tool, and SHA-256 of what was approved and of what is offered. */
  readonly source?: string
  readonly oldDigest?: string
  readonly newDigest?: string
  readonly args?: unknown
  /** Argument names of the tool whose values are censored whatever they are called. */
  readonly sensitive?: readonly string[]
  readonly bytesOut?: number
  readonly durationMs?: number
  readonly upstreamStatus?: number
  readonly requestId?: string
  readonly traceId?: string
  /** Of AUDIT_RESUMED: lines that could not be written. */
  readonly dropped?: number
  /** Of AUDIT_RESUMED: SHA-256 of what a crash left of a line. */
  readonly torn?: string
}

export interface Audit {
  /** Takes an entry; its line is written before this turn of the event loop ends. */
  record(entry: AuditEntry): void
  /**
   * Resolves when all lines so far are written, or counted as dropped. With `audit.required` it
   * rejects with a Refusal instead: what the line tells of must be withheld.
   */
  written(): Promise<void> | undefined
  /** Writes all lines so far at once; false when that failed. */
  flush(): boolean
  /** With `audit.required`: true while no line can be written; tries each time. */
  isBlocked(): boolean
  /** Throws a Refusal while blocked. */
  demand(): void
  /** Opens the file again, after a rotation. */
  reopen(): void
  /** Lines written, and lines lost, since the start. */
  counts(): { readonly records: number; readonly dropped: number }
  close(maxMs: number): Promise<void>
}

export type AuditArgs = 'redacted' | 'keys' | 'none'

export interface AuditOptions {
  readonly enabled: boolean
  readonly args: AuditArgs
  /** Withhold what cannot be recorded. */
  readonly required?: boolean
  /** What the chain is sealed with; SHA-256 by default. */
  readonly seal?: Seal
  /** The second line against secrets, over the finished text. */
  readonly clean?: (text: string) => string
  /** Told of lines that cannot be written. */
  readonly report?: (problem: string) => void
}

/** With `audit.required`, lines that wait for a disk; more than this are dropped. */
const maxPending = 10_000
/** Lines in one write: about 100 KiB. */
const maxTogether = 200

/** Appends audit lines to `sink`, one JSON object each, each with the hash of the one before. */
export function createAudit(options: AuditOptions, sink: AuditSink): Audit {
  const { required = false, seal = createSeal(undefined), clean = asItIs } = options
  const format = createFormatEntry(options.args)
  const now = createTimestamp()
  let link: Link = sink.tail?.link ?? genesis
  let pending: Pending[] = []
  let waiting: Deferred | undefined
  let isScheduled = false
  let isBroken = false
  let lost = 0
  let records = 0
  let dropped = 0

  function push(entry: AuditEntry): void {
    if (pending.length < maxPending) pending.push({ ts: now(), fields: format(entry) })
    else drop(1)
  }

  function drop(count: number): void {
    lost += count
    dropped += count
  }

  function flush(): boolean {
    while (pending.length > 0) {
      const problem = writeSome()
      if (problem !== undefined) return fail(problem)
    }
    if (waiting) settle()
    return true
  }

  /** Writes as many lines as go well together; says what is wrong when it cannot. */
  function writeSome(): string | undefined {
    const next = pending.length > maxTogether ? pending.slice(0, maxTogether) : pending
    const lines = lost > 0 ? [resumed({ dropped: lost }), ...next] : next
    const { text, end } = sealLines(lines, clean, link, seal)
    try {
      sink.append(text)
    } catch (error) {
      return reasonOf(error)
    }
    link = end
    records += lines.length
    lost = 0
    pending = pending.slice(next.length)
    isBroken = false
    return undefined
  }

  function fail(problem: string): false {
    options.report?.(problem)
    isBroken = true
    if (!required) {
      drop(pending.length)
      pending = []
    }
    settle()
    return false
  }

  function settle(): void {
    if (isBroken && required) waiting?.reject(new Refusal('unrecorded', { detail: withheld }))
    else waiting?.resolve()
    waiting = undefined
  }

  function resumed(more: Pick<AuditEntry, 'dropped' | 'torn'>): Pending {
    return { ts: now(), fields: format({ event: 'AUDIT_RESUMED', ...more }) }
  }

  function isBlocked(): boolean {
    return isBroken && required && !flush()
  }

  function endTurn(): void {
    isScheduled = false
    flush()
  }

  if (sink.tail?.torn !== undefined) {
    pending.push(resumed({ torn: sink.tail.torn }))
    flush()
  }

  return Object.freeze({
    record(entry: AuditEntry) {
      if (!options.enabled) return
      push(entry)
      if (isScheduled) return
      isScheduled = true
      // Calls that end in the same turn share one write.
      setImmediate(endTurn)
    },
    written() {
      if (pending.length === 0) return undefined
      waiting ??= createDeferred()
      return waiting.promise
    },
    flush,
    isBlocked,
    demand() {
      if (isBlocked()) throw new Refusal('unrecorded')
    },
    reopen() {
      flush()
      try {
        if (sink.reopen?.()) push({ event: 'AUDIT_CONTINUED' })
      } catch (error) {
        options.report?.(reasonOf(error))
      }
      flush()
    },
    counts: () => ({ records, dropped }),
    async close(maxMs: number) {
      flush()
      await sink.flush?.(maxMs)
      sink.close?.()
    }
  })
}

const withheld =
  'The request was carried out, but its result is withheld because it could not be recorded. Do ' +
  'not repeat it blindly.'

function asItIs(text: string): string {
  return text
}

/** The fields of a record that come from the call's context. */
export function auditContext(
  ctx: CallContext
): Pick<
  AuditEntry,
  'principal' | 'transport' | 'remote' | 'path' | 'protocolVersion' | 'requestId' | 'traceId'
> {
  const { principal, transport, remote, path, protocolVersion, requestId, traceId } = ctx
  return { principal: principal.id, transport, remote, path, protocolVersion, requestId, traceId }
}
