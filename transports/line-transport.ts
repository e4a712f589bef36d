import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
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
import { createLineFraming, type Line } from './line-framing.ts'
import type { LineOutput } from './stdout.ts'

export interface LineTransportOptions {
  readonly input: Readable
  readonly output: LineOutput
  readonly maxLineBytes: number
  /** The 2026-era revisions that are served. */
  readonly modernVersions: readonly string[]
  /** Looks at a request before the SDK does; what it returns is the answer. */
  readonly screen?: (request: JSONRPCRequest, isModern: boolean) => Refusal | undefined
  /** Told of what is refused before `screen` could see it. */
  readonly onRefuse?: (refusal: Refusal) => void
}

export interface LineTransport extends Transport {
  /** Resolves when input has ended, with the error when one of the pipes broke. */
  readonly ended: Promise<Error | undefined>
  /** Stops reading; resolves when every accepted request is answered and written. */
  drain(): Promise<void>
  /** Tells every caller that still waits that nothing will come. */
  abandon(): void
  /** Resolves when everything said so far is written. */
  flush(): Promise<void>
}

/** Above this much unread output, input waits. */
const highWaterBytes = 1_048_576

/** A pipe hands over hundreds of small lines at once; between so many, everybody else has a turn. */
const linesPerTurn = 16

/**
 * One JSON-RPC message per line. Unlike the SDK's own transport it answers every bad frame, keeps
 * serving after an oversized one, survives a reader that stalls, and can finish what is in flight
 * after the input has ended.
 */
export function createLineTransport(options: LineTransportOptions): LineTransport {
  const { input, output, maxLineBytes, modernVersions } = options
  const framing = createLineFraming(maxLineBytes)
  const inFlight = new Set<RequestId>()
  // Answered when they end, and closing ends them: nobody has to wait for these.
  const listening = new Set<RequestId>()
  // Requests of ours, put to the client by a tool.
  const asked = new Set<RequestId>()
  const idle = createSignal<void>()
  const ended = createSignal<Error | undefined>()
  let isModern = false
  let isReading = true
  let isDraining = false
  let isReceiving = false
  let received = Promise.resolve()
  let isClosed = false
  let isBroken = false

  const transport: LineTransport = {
    ended: ended.promise,
    async start() {
      output.on('error', breakOff)
      output.on('drain', resume)
      input.on('error', breakOff)
      input.on('data', (chunk: Buffer) => {
        input.pause()
        received = receiveInTurns(framing.push(chunk))
      })
      input.on('end', () => {
        for (const line of framing.end()) receive(line)
        // Nobody can answer our questions any more.
        for (const id of asked) deliver(unanswered(id))
        ended.resolve(undefined)
      })
    },
    async send(message) {
      if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) settle(message.id)
      if (isJSONRPCRequest(message)) asked.add(message.id)
      await write(message)
    },
    async drain() {
      isReading = false
      input.pause()
      await received
      isDraining = true
      if (inFlight.size > 0 && !isBroken) await idle.promise
      await write()
    },
    abandon() {
      for (const id of inFlight) answer(new Refusal('draining'), id)
      inFlight.clear()
    },
    flush: () => write(),
    async close() {
      if (isClosed) return
      isClosed = true
      input.pause()
      transport.onclose?.()
    }
  }

  /** Nobody can read an answer any more, so nobody waits for one. */
  function breakOff(error: Error): void {
    isBroken = true
    ended.resolve(error)
    idle.resolve()
  }

  function resume(): void {
    const isBusy = isReceiving || output.writableLength > highWaterBytes
    if (isReading && !isBusy) input.resume()
  }

  async function receiveInTurns(lines: readonly Line[]): Promise<void> {
    isReceiving = true
    for (const [index, line] of lines.entries()) {
      receive(line)
      if ((index + 1) % linesPerTurn === 0) await setImmediate()
    }
    isReceiving = false
    resume()
  }

  function receive(line: Line): void {
    if (isClosed) return
    if (line === 'too_large')
      return refuse('body_too_large', undefined, `The limit is ${maxLineBytes} bytes.`)
    if (line.text.trim() === '') return
    let message: unknown
    try {
      message = parseMessage(line.text)
    } catch (error) {
      return refuse(error instanceof Refusal ? error.kind : 'parse', undefined)
    }
    accept(message)
  }

  function accept(message: unknown): void {
    if (isJSONRPCRequest(message)) return acceptRequest(message)
    if (isJSONRPCNotification(message)) {
      const cancelled = message.method === 'notifications/cancelled' && message.params?.requestId
      deliver(message)
      // A cancelled request is never answered, so nothing may wait for its answer.
      if (typeof cancelled === 'string' || typeof cancelled === 'number') settle(cancelled)
      return
    }
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) return deliver(message)
    refuse('invalid_request', isRecord(message) ? message.id : undefined)
  }

  function acceptRequest(message: JSONRPCRequest): void {
    const { id } = message
    if (inFlight.has(id) || listening.has(id)) return refuse('duplicate_id', id)
    const version = claimedVersion(message.params)
    // Each 2026-era request names its revision; the SDK looks at the first one only.
    if (version !== undefined && !modernVersions.includes(version)) {
      const data = { supported: modernVersions, requested: version }
      return refuse('unsupported_version', id, undefined, data)
    }
    const refusal = options.screen?.(message, version !== undefined)
    if (refusal) return answer(refusal, id)
    isModern ||= version !== undefined
    if (message.method === 'subscriptions/listen') listening.add(id)
    else inFlight.add(id)
    deliver(message)
  }

  function deliver(message: JSONRPCMessage): void {
    transport.onmessage?.(message)
  }

  function settle(id: RequestId | undefined): void {
    if (id !== undefined) {
      inFlight.delete(id)
      listening.delete(id)
    }
    if (isDraining && inFlight.size === 0) idle.resolve()
  }

  function refuse(
    kind: RefusalKind,
    id: unknown,
    detail?: string,
    data?: Readonly<Record<string, unknown>>
  ): void {
    const refusal = new Refusal(kind, { ...(detail && { detail }), ...(data && { data }) })
    options.onRefuse?.(refusal)
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
    write(response).catch(() => {})
  }

  function write(message?: unknown): Promise<void> {
    const text = message === undefined ? '' : `${JSON.stringify(message)}\n`
    return new Promise((resolve, reject) => {
      output.write(text, (error) => {
        if (!error) return resolve()
        breakOff(error)
        reject(error)
      })
    })
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

function createSignal<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
