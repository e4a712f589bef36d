import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  type RequestId,
  type Transport
} from '@modelcontextprotocol/server'
import { Refusal, type RefusalKind } from '../src/errors.ts'
import { isRecord, parseMessage } from '../src/json.ts'
import type { Frame } from '../src/line-framing.ts'
import type { Caller } from './call-context.ts'
import { cancelledId } from './cancelled.ts'

/** What carries the messages of one connection, one by one. */
export interface Wire {
  /** Begins to hand over what comes in. */
  start?(): void
  /**
   * Hands one message over; rejects when nobody can read it any more. It does not wait for the
   * reader: what comes in meanwhile would be kept behind whoever waits.
   */
  write(text: string): Promise<void>
  /** Takes no more in; resolves when what was read by then is handed over. */
  pause?(): Promise<void>
  /** Resolves when everything said so far is written. */
  flush?(): Promise<void>
  /** Lets go of the other end. */
  close?(): void
}

export interface MessageTransportOptions {
  /** Whose messages they are, unless one of them says otherwise. */
  readonly caller: Caller
  readonly maxBytes: number
  /** The 2026-era revisions that are served. */
  readonly modernVersions: readonly string[]
  /**
   * Looks at a request before the SDK does. A Refusal is the answer; for a subscription it returns
   * what is to be called when that one is over.
   */
  readonly screen: (
    request: JSONRPCRequest,
    isModern: boolean,
    caller: Caller
  ) => Refusal | (() => void) | undefined
  /** Told of what is refused before `screen` could see it. */
  readonly onRefuse: (refusal: Refusal) => void
}

export interface MessageTransport extends Transport {
  receive(frame: Frame): void
  /** Takes a message that was parsed already. */
  accept(message: unknown, caller?: Caller): void
  /** True while a request with this id waits for its answer. */
  isInFlight(id: RequestId): boolean
  /** Who sent the request that is about to be served. Throws a Refusal when it is over already. */
  callerOf(id: RequestId): Caller
  /** The client will say no more, so nobody answers our questions. */
  endInput(): void
  /** Nobody can read an answer any more, so nobody waits for one. */
  breakOff(): void
  /** Takes no new requests; resolves when every accepted one is answered. */
  drain(): Promise<void>
  /** Tells every caller that still waits that nothing will come. */
  abandon(): void
}

/**
 * One connection as the SDK sees it. Unlike the SDK's own transports this one answers every bad
 * message, keeps serving after it, and can finish what is in flight after the input has ended.
 */
export function createMessageTransport(
  wire: Wire,
  options: MessageTransportOptions
): MessageTransport {
  const { maxBytes, modernVersions } = options
  const inFlight = new Map<RequestId, Caller>()
  // What is cancelled at once may still be in line before the SDK.
  const cancelled = new Map<RequestId, Caller>()
  // Answered when they end, and closing ends them: nobody has to wait for these.
  const listening = new Map<RequestId, () => void>()
  // Requests of ours, put to the client by a tool.
  const asked = new Set<RequestId>()
  let onIdle: () => void = () => {}
  let isModern = false
  let isDraining = false
  let isClosed = false
  let isBroken = false

  const transport: MessageTransport = {
    async start() {
      wire.start?.()
    },
    async send(message) {
      if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) settle(message.id)
      if (isJSONRPCRequest(message)) asked.add(message.id)
      await wire.write(JSON.stringify(message))
    },
    receive(frame) {
      if (isClosed) return
      if (frame === 'too_large') {
        return refuse('body_too_large', undefined, { detail: `The limit is ${maxBytes} bytes.` })
      }
      if (frame.text.trim() === '') return
      let message: unknown
      try {
        message = parseMessage(frame.text)
      } catch (error) {
        return refuse(error instanceof Refusal ? error.kind : 'parse', undefined)
      }
      transport.accept(message)
    },
    accept(message, caller = options.caller) {
      if (isClosed) return
      if (isJSONRPCRequest(message)) return acceptRequest(message, caller)
      if (isJSONRPCNotification(message)) return acceptNotification(message)
      if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
        return deliver(message)
      }
      refuse('invalid_request', isRecord(message) ? message.id : undefined)
    },
    isInFlight: (id) => inFlight.has(id),
    callerOf(id) {
      const caller = inFlight.get(id) ?? cancelled.get(id)
      if (!caller) throw new Refusal('cancelled')
      return caller
    },
    endInput() {
      for (const id of asked) deliver(unanswered(id))
    },
    breakOff() {
      isBroken = true
      onIdle()
    },
    async drain() {
      await wire.pause?.()
      isDraining = true
      if (inFlight.size === 0 || isBroken) return
      await new Promise<void>((resolve) => {
        onIdle = resolve
      })
    },
    abandon() {
      for (const id of inFlight.keys()) answer(new Refusal('draining'), id)
      inFlight.clear()
    },
    async close() {
      if (isClosed) return
      isClosed = true
      for (const leave of listening.values()) leave()
      listening.clear()
      const paused = wire.pause?.()
      transport.onclose?.()
      await paused
    }
  }

  function acceptNotification(message: JSONRPCMessage): void {
    deliver(message)
    const id = cancelledId(message)
    if (id === undefined) return
    const caller = inFlight.get(id)
    if (caller) rememberCancelled(id, caller)
    // A cancelled request is never answered, so nothing may wait for its answer.
    settle(id)
  }

  function rememberCancelled(id: RequestId, caller: Caller): void {
    cancelled.set(id, caller)
    // In this turn the SDK begins with everything that was delivered.
    setImmediate(() => {
      if (cancelled.get(id) === caller) cancelled.delete(id)
    })
  }

  function acceptRequest(message: JSONRPCRequest, caller: Caller): void {
    const { id } = message
    if (inFlight.has(id) || listening.has(id)) return refuse('duplicate_id', id)
    if (isDraining) return refuse('draining', id, { data: { retryAfterMs: 1000 } })
    const version = claimedVersion(message.params)
    // Each 2026-era request names its revision; the SDK looks at the first one only.
    if (version !== undefined && !modernVersions.includes(version)) {
      const data = { supported: modernVersions, requested: version }
      return refuse('unsupported_version', id, { data })
    }
    const screened = options.screen(message, version !== undefined, caller)
    if (screened instanceof Refusal) return answer(screened, id)
    isModern ||= version !== undefined
    if (screened) listening.set(id, screened)
    else inFlight.set(id, caller)
    deliver(message)
  }

  function deliver(message: JSONRPCMessage): void {
    transport.onmessage?.(message)
  }

  function settle(id: RequestId | undefined): void {
    if (id !== undefined) {
      inFlight.delete(id)
      listening.get(id)?.()
      listening.delete(id)
    }
    if (isDraining && inFlight.size === 0) onIdle()
  }

  function refuse(
    kind: RefusalKind,
    id: unknown,
    more: ConstructorParameters<typeof Refusal>[1] = {}
  ): void {
    const refusal = new Refusal(kind, more)
    options.onRefuse(refusal)
    answer(refusal, id)
  }

  function answer({ code, message, data }: Refusal, id: unknown): void {
    const isId = typeof id === 'string' || Number.isInteger(id)
    // An unreadable id is null in the 2025 revisions and absent in 2026-07-28.
    const response = {
      jsonrpc: '2.0',
      ...(isId ? { id } : isModern ? {} : { id: null }),
      error: { code, message, ...(data && { data }) }
    }
    wire.write(JSON.stringify(response)).catch(() => {})
  }

  return transport
}

function unanswered(id: RequestId): JSONRPCMessage {
  const { code, message } = new Refusal('cancelled')
  return { jsonrpc: '2.0', id, error: { code, message } }
}

function claimedVersion(params: unknown): string | undefined {
  const meta = isRecord(params) ? params._meta : undefined
  const version = isRecord(meta) ? meta[PROTOCOL_VERSION_META_KEY] : undefined
  return typeof version === 'string' ? version : undefined
}
