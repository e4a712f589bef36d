import type {
  RequestId,
  Transport,
  WebStandardStreamableHTTPServerTransport
} from '@modelcontextprotocol/server'
import { Refusal, type RefusalKind } from '../../src/errors.ts'

/** The requests of one transport that are not over yet. */
export interface InFlight {
  readonly size: number
  has(id: RequestId): boolean
  /** Those of one POST, whose answers share a stream. */
  add(ids: readonly RequestId[]): void
  /** Those of a POST that was refused as a whole. */
  drop(ids: readonly RequestId[]): void
  /** A cancelled request is never answered; its stream goes on for those that came with it. */
  cancel(id: RequestId): Promise<void>
  /** Answers all that still wait: the server ends. */
  abandon(): Promise<void>
}

/** Follows what `transport` answers; calls `onOver` when a request is over. */
export function trackInFlight(
  transport: WebStandardStreamableHTTPServerTransport,
  onOver: () => void = () => {}
): InFlight {
  // Each with those of its POST that will still be answered.
  const inFlight = new Map<RequestId, Set<RequestId>>()
  const send = transport.send.bind(transport)

  transport.send = async (message, options) => {
    try {
      await send(message, options)
    } finally {
      if (!('method' in message) && message.id !== undefined) await settle(message.id)
    }
  }

  async function settle(id: RequestId): Promise<void> {
    const awaited = inFlight.get(id)
    if (!awaited) return
    inFlight.delete(id)
    await giveUp(id, awaited)
  }

  /** The last of a POST ends its stream, which would else stay open for those that were cancelled. */
  async function giveUp(id: RequestId, awaited: Set<RequestId>): Promise<void> {
    awaited.delete(id)
    if (awaited.size === 0) {
      for (const [cancelled, others] of inFlight) if (others === awaited) await end(cancelled)
    }
    onOver()
  }

  /** The answer comes too late for the stream; it makes the SDK forget the request. */
  async function end(id: RequestId): Promise<void> {
    inFlight.delete(id)
    transport.closeSSEStream(id)
    await answerWith({ send }, id, 'cancelled')
  }

  return {
    get size() {
      return inFlight.size
    },
    has: (id) => inFlight.has(id),
    add(ids) {
      const awaited = new Set(ids)
      for (const id of ids) inFlight.set(id, awaited)
    },
    drop(ids) {
      for (const id of ids) inFlight.delete(id)
      onOver()
    },
    async cancel(id) {
      const awaited = inFlight.get(id)
      if (awaited?.has(id)) await giveUp(id, awaited)
    },
    async abandon() {
      for (const [id, awaited] of inFlight) {
        if (awaited.has(id)) await answerWith(transport, id, 'draining')
      }
    }
  }
}

/** What a request is told that gets no other answer; of no account when that is too late. */
export async function answerWith(
  transport: Pick<Transport, 'send'>,
  id: RequestId,
  kind: RefusalKind
): Promise<void> {
  const { code, message } = new Refusal(kind)
  await transport.send({ jsonrpc: '2.0', id, error: { code, message } }).catch(() => {})
}
